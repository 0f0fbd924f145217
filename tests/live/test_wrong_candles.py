"""What keeps one pair from an entry is told once, and keeps no other pair from one (C1)."""

from datetime import UTC, datetime
from pathlib import Path

from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS, orders

from loopback.api import Api
from tests.live.conftest import MakeBot

ENTRY = ("POST", "/fapi/v1/order")
NO_MARGIN = {"code": -2019, "msg": "Margin is insufficient."}


def test_a_bad_candle_of_one_pair_and_missing_margin_for_the_other(make_bot: MakeBot, tmp_path: Path) -> None:
    """An entry that is refused each time is told once, tried again, and made when the exchange takes it."""
    bot = make_bot({ETH: ETH_LONG, BTC: LONG}, slots=1)
    server = bot.server
    with bot.in_its_time(), Api(server, tmp_path) as api:
        rows = api.get("/fapi/v1/klines", symbol=ETH, interval="15m", limit="1000")
    rows[-100][2] = "1.00"  # its high
    when = f"{datetime.fromtimestamp(rows[-100][0] / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    server.operator.garble_next(
        "GET", "/fapi/v1/klines", rows, times=None, where={"symbol": ETH, "interval": "15m"}
    )
    refused = server.operator.fail_next(*ENTRY, 400, NO_MARGIN, times=None)
    with bot:
        bot.wait_told("ETH/USDT:USDT 15m is not analysed", when)
        bot.wait_for("several attempts", lambda: refused.hits >= 4)
        bot.wait_told("Error", "Margin is insufficient")
        assert len(bot.told("Margin is insufficient")) == 1
        assert (orders(server), bot.trades()) == ([], [])
        refused.times = 0
        bot.wait_for("BTC's stop", lambda: bot.rows(RESTING_STOPS))
        bot.wait_for_loops()
        assert len(bot.told("is not analysed")) == 1
        assert (len(orders(server, BTC)), orders(server, ETH)) == (1, [])
