"""What an entry may cost, on the real bot: late or far prices, a near liquidation, a deposit of the day."""

import json

from ict_lab.bots.looks import (
    BTC,
    ETH,
    ETH_LONG,
    LONG,
    RESTING_STOPS,
    move,
    orders,
    positions,
    waiting_stops,
)
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeBot
from tests.live.test_trade import fields, number

LTC = "LTCUSDT"


def test_a_bot_that_starts_late_leaves_the_signal_alone(make_bot: MakeBot) -> None:
    """It would have entered 3 % above the block at 4.8 times the planned risk."""
    bot = make_bot({BTC: LONG}, "2026-03-04T12:12:30+00:00", is_patient=False)
    server = bot.server
    move(server, LONG.at(30.0))
    with bot:
        bot.wait_for_loops(5)
        assert (orders(server), bot.told("Entry refused")) == ([], [])


def test_a_price_that_ran_away_is_not_chased(make_bot: MakeBot) -> None:
    """RISK-8: 0.5 % either way, where the stop is 0.8 % from the signal's close."""
    run_away = {BTC: (LONG, 5.0), ETH: (ETH_LONG, -5.0), LTC: (Retest(80.0, "short"), 5.0)}
    bot = make_bot({symbol: retest for symbol, (retest, _) in run_away.items()})
    server = bot.server
    for symbol, (retest, far) in run_away.items():
        move(server, retest.at(far), symbol)
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
    bot = make_bot(retests, ict=settings)
    server = bot.server
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        for symbol in retests:
            placed = check_leverage(bot, server, symbol)
            move(server, placed, symbol)
        bot.wait_for("closed", lambda: len(bot.trades("is_open = 0")) == 2)
        assert [trade["exit_reason"] for trade in bot.trades()] == ["stoploss_on_exchange"] * 2


def check_leverage(bot: ShippedBot, server: LoopbackServer, symbol: str) -> float:
    """Require a stop well before the liquidation, at the risk that is set; return its price."""
    pair = SPECS[symbol].pair
    (trade,) = bot.trades(f"pair = '{pair}'")
    (stop,), (position,) = waiting_stops(server, symbol), positions(server, symbol)
    levels = json.loads(bot.levels()[trade["id"]])
    told = fields(bot.wait_told("Position opened", pair))
    assert 20 <= trade["leverage"] <= 33
    placed, liquidation = float(stop["triggerPrice"]), float(position["liquidationPrice"])
    assert placed == levels["stop"] == trade["stop_loss"] == number(told["SL"])
    away = abs(trade["open_rate"] - placed)
    assert away <= 0.6 * abs(trade["open_rate"] - liquidation)
    # 1 % of 9 500 is at risk, the fees with it.
    assert 90 < trade["amount"] * away * (1 + 0.001 / 0.016) <= 95.1
    return placed
