"""What an entry may cost on the real bot, and what keeps one pair from an entry (C1)."""

import json
from datetime import UTC, datetime
from pathlib import Path

from ict_lab.bots import looks
from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from loopback.api import Api
from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeBot
from tests.live.test_trade import fields, number

LTC = "LTCUSDT"


def test_a_bot_that_starts_late_leaves_the_signal_alone(make_bot: MakeBot) -> None:
    """It would have entered 3 % above the block at 4.8 times the planned risk."""
    bot, server = make_bot({BTC: LONG}, "2026-03-04T12:12:30+00:00", is_patient=False)
    looks.move(server, LONG.at(30.0))
    with bot:
        bot.wait_for_loops(5)
        assert (looks.orders(server), bot.told("Entry refused")) == ([], [])


def test_a_price_that_ran_away_is_not_chased(make_bot: MakeBot) -> None:
    """RISK-8: 0.5 % either way, where the stop is 0.8 % from the signal's close."""
    run_away = {BTC: (LONG, 5.0), ETH: (ETH_LONG, -5.0), LTC: (Retest(80.0, "short"), 5.0)}
    bot, server = make_bot({symbol: retest for symbol, (retest, _) in run_away.items()})
    for symbol, (retest, far) in run_away.items():
        looks.move(server, retest.at(far), symbol)
    with bot:
        for symbol in run_away:
            bot.wait_told(
                "Entry refused", SPECS[symbol].pair, "R away from the signal's close", "0.5 R are allowed"
            )
        assert server.operator.state()["orders"] == []


def test_at_a_high_leverage_the_stop_comes_before_the_liquidation(make_bot: MakeBot) -> None:
    """RISK-1: 1.6 % to the stop; at 75x Freqtrade itself would have closed at 0.9 %."""
    retests = {BTC: LONG, ETH: Retest(3_000.0, "short")}
    settings = {"position_leverage": 75, "stop_buffer": 0.01}
    bot, server = make_bot(retests, ict=settings)
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        for symbol in retests:
            placed = check_leverage(bot, server, symbol)
            looks.move(server, placed, symbol)
        bot.wait_for("closed", lambda: len(bot.trades("is_open = 0")) == 2)
        assert [trade["exit_reason"] for trade in bot.trades()] == ["stoploss_on_exchange"] * 2


def check_leverage(bot: ShippedBot, server: LoopbackServer, symbol: str) -> float:
    """Require a stop well before the liquidation, at the risk that is set; return its price."""
    pair = SPECS[symbol].pair
    (trade,) = bot.trades(f"pair = '{pair}'")
    (stop,), (position,) = looks.waiting_stops(server, symbol), looks.positions(server, symbol)
    levels = json.loads(bot.levels()[trade["id"]])
    told = fields(bot.wait_told("Position opened", pair))
    assert 20 <= trade["leverage"] <= 33
    placed, liquidation = float(stop["triggerPrice"]), float(position["liquidationPrice"])
    assert placed == levels["stop"] == trade["stop_loss"] == number(told["Stop"])
    away = abs(trade["open_rate"] - placed)
    assert away <= 0.6 * abs(trade["open_rate"] - liquidation)
    # 1 % of 9 500 is at risk, the fees with it.
    assert 90 < trade["amount"] * away * (1 + 0.001 / 0.016) <= 95.1
    return placed


ENTRY = ("POST", "/fapi/v1/order")
NO_MARGIN = {"code": -2019, "msg": "Margin is insufficient."}


def test_a_bad_candle_of_one_pair_and_missing_margin_for_the_other(make_bot: MakeBot, tmp_path: Path) -> None:
    """An entry that is refused each time is told once, tried again, and made when the exchange takes it."""
    bot, server = make_bot({ETH: ETH_LONG, BTC: LONG}, slots=1)
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
        assert (looks.orders(server), bot.trades()) == ([], [])
        refused.times = 0
        bot.wait_for("BTC's stop", lambda: bot.rows(RESTING_STOPS))
        bot.wait_for_loops()
        assert len(bot.told("is not analysed")) == 1
        assert (len(looks.orders(server, BTC)), looks.orders(server, ETH)) == (1, [])
