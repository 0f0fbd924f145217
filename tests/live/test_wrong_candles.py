"""One bad candle on the live bot: told with pair, timeframe and time, and the other pair is traded (C1)."""

from datetime import UTC, datetime
from pathlib import Path

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS, orders
from ict_lab.bots.shipped import ShippedBot

from loopback.api import Api
from tests.live.conftest import MakeServer

PAIRS = ["ETH/USDT:USDT", "BTC/USDT:USDT"]


def test_a_bad_candle_of_one_pair(make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path) -> None:
    server = make_server({ETH: ETH_LONG, BTC: LONG})
    bot = ShippedBot(server, discord, tmp_path, extra={"exchange": {"pair_whitelist": PAIRS}})
    with bot.in_its_time(), Api(server, tmp_path) as api:
        rows = api.get("/fapi/v1/klines", symbol=ETH, interval="15m", limit="1000")
    rows[-100][2] = "1.00"  # its high
    when = f"{datetime.fromtimestamp(rows[-100][0] / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    server.operator.garble_next(
        "GET", "/fapi/v1/klines", rows, times=None, where={"symbol": ETH, "interval": "15m"}
    )
    with bot:
        bot.wait_told("ETH/USDT:USDT 15m is not analysed", when)
        bot.wait_for("BTC's stop", lambda: bot.rows(RESTING_STOPS))
        bot.wait_for_loops()
        assert len(bot.told("is not analysed")) == 1
        assert (len(orders(server, BTC)), orders(server, ETH)) == (1, [])
