"""What an entry may cost, on the real bot: late or far prices, a near liquidation, a deposit of the day."""

import json
from pathlib import Path

import pytest
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import (
    BTC,
    ETH,
    ETH_LONG,
    LONG,
    RESTING_STOPS,
    SHORT,
    calls,
    move,
    orders,
    positions,
    waiting_stops,
)
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from tests.live.conftest import MakeServer
from tests.live.test_restart import ONE_SLOT


def test_a_bot_that_starts_late_leaves_the_signal_alone(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """It would have entered 3 % above the block at 4.8 times the planned risk."""
    server = make_server({BTC: LONG}, "2026-03-04T12:12:30+00:00")
    move(server, LONG.at(30.0))
    with ShippedBot(server, discord, tmp_path, is_patient=False) as bot:
        bot.wait_for_loops(5)
        assert (orders(server), bot.told("Entry refused")) == ([], [])


@pytest.mark.parametrize(("retest", "run_away"), [(LONG, 5.0), (LONG, -5.0), (SHORT, 5.0)])
def test_a_price_that_ran_away_is_not_chased(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path, retest: Retest, run_away: float
) -> None:
    """RISK-8: 0.5 % either way, where the stop is 0.8 % from the signal's close."""
    server = make_server({BTC: retest})
    move(server, retest.at(run_away))
    with ShippedBot(server, discord, tmp_path) as bot:
        bot.wait_told("Entry refused", "R away from the signal's close", "0.5 R are allowed")
        assert orders(server) == []


@pytest.mark.parametrize("retest", [LONG, SHORT])
def test_at_a_high_leverage_the_stop_comes_before_the_liquidation(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path, retest: Retest
) -> None:
    """RISK-1: 1.6 % to the stop; at 75x Freqtrade itself would have closed at 0.9 %."""
    server = make_server({BTC: retest})
    settings = {"position_leverage": 75, "stop_buffer": 0.01}
    with ShippedBot(server, discord, tmp_path, ict=settings) as bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        (trade,), (stop,), (position,) = bot.trades(), waiting_stops(server), positions(server)
        levels = json.loads(bot.levels()[trade["id"]])
        told = bot.wait_told("Position opened").replace(",", "")
        assert 20 <= trade["leverage"] <= 33
        placed, liquidation = float(stop["triggerPrice"]), float(position["liquidationPrice"])
        assert placed == levels["stop"] == trade["stop_loss"]
        assert f"SL: {placed:.1f} " in told
        way = abs(trade["open_rate"] - liquidation)
        assert abs(trade["open_rate"] - placed) <= 0.6 * way
        # 1 % of 9 500 is at risk, the fees with it.
        assert 90 < trade["amount"] * abs(trade["open_rate"] - placed) * (1 + 0.001 / 0.016) <= 95.1
        move(server, placed)
        bot.wait_for("closed", lambda: bot.trades("is_open = 0"))
        assert bot.trades()[0]["exit_reason"] == "stoploss_on_exchange"


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
