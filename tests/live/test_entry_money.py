"""What an entry may cost, on the real bot: late or far prices, a near liquidation, a deposit of the day."""

import json
from pathlib import Path

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import (
    BTC,
    ETH,
    ETH_LONG,
    LONG,
    RESTING_STOPS,
    calls,
    move,
    orders,
    positions,
    waiting_stops,
)
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeServer
from tests.live.test_restart import ONE_SLOT
from tests.live.test_trade import BOTH, fields, number

LTC = "LTCUSDT"


def test_a_bot_that_starts_late_leaves_the_signal_alone(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """It would have entered 3 % above the block at 4.8 times the planned risk."""
    server = make_server({BTC: LONG}, "2026-03-04T12:12:30+00:00")
    move(server, LONG.at(30.0))
    with ShippedBot(server, discord, tmp_path, is_patient=False) as bot:
        bot.wait_for_loops(5)
        assert (orders(server), bot.told("Entry refused")) == ([], [])


def test_a_price_that_ran_away_is_not_chased(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """RISK-8: 0.5 % either way, where the stop is 0.8 % from the signal's close."""
    run_away = {BTC: (LONG, 5.0), ETH: (ETH_LONG, -5.0), LTC: (Retest(80.0, "short"), 5.0)}
    server = make_server({symbol: retest for symbol, (retest, _) in run_away.items()})
    pairs = [SPECS[symbol].pair for symbol in run_away]
    for symbol, (retest, far) in run_away.items():
        move(server, retest.at(far), symbol)
    extra = {"max_open_trades": 3, "exchange": {"pair_whitelist": pairs}}
    with ShippedBot(server, discord, tmp_path, extra=extra) as bot:
        for pair in pairs:
            bot.wait_told("Entry refused", pair, "R away from the signal's close", "0.5 R are allowed")
        assert server.operator.state()["orders"] == []


def test_at_a_high_leverage_the_stop_comes_before_the_liquidation(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """RISK-1: 1.6 % to the stop; at 75x Freqtrade itself would have closed at 0.9 %."""
    retests = {BTC: LONG, ETH: Retest(3_000.0, "short")}
    server = make_server(retests)
    settings = {"position_leverage": 75, "stop_buffer": 0.01}
    with ShippedBot(server, discord, tmp_path, ict=settings, extra=BOTH) as bot:
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


def test_a_deposit_while_the_bot_is_down_lifts_no_cap(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """RISK-2: 8.6 USDT are 0.09 % of the 9 500 at midnight, and 0.045 % of what is there now."""
    server = make_server({BTC: LONG, ETH: ETH_LONG})
    bot = ShippedBot(server, discord, tmp_path, ict={"max_daily_loss_percent": 0.05}, extra=ONE_SLOT)
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        (stop,) = waiting_stops(server)
    move(server, float(stop["triggerPrice"]))
    server.operator.set_balance(20_000)
    asked = calls(server, "GET", "/fapi/v1/income")
    with bot:
        bot.wait_told("No more entries today", "Deepest loss / allowed: 0.09% / 0.05%")
        assert calls(server, "GET", "/fapi/v1/income") > asked
    assert orders(server, ETH) == []
