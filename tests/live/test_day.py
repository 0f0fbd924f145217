"""The account's limits, reached in the live bot; the day's are lifted at midnight UTC."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS, move, orders, waiting_stops
from ict_lab.bots.shipped import ShippedBot

from loopback.clock import RunningClock
from loopback.server import LoopbackServer
from tests.live.conftest import MakeServer
from tests.live.test_restart import ONE_SLOT
from tests.live.test_trade import BOTH

EVENING, LATE = "2026-03-04T23:47:00+00:00", "2026-03-04T23:59:30+00:00"
MIDNIGHT = "2026-03-05T00:00:00+00:00"


def test_a_cap_holds_over_a_restart_and_ends_at_midnight(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """The stop is 0.8 % away and the margin a tenth of the equity: 0.08 % of it, and the fees."""
    server = make_server({BTC: LONG, ETH: ETH_LONG}, EVENING)
    caps = {"max_daily_loss_percent": 0.05}
    bot = ShippedBot(server, discord, tmp_path, ict=caps, extra=ONE_SLOT)
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        move(server, float(waiting_stops(server)[0]["triggerPrice"]))
        bot.wait_told("Position closed", "BTC/USDT:USDT")
        bot.wait_told(
            "No more entries today", "Entries: 1 / 5", "Deepest loss / allowed: 0.09% / 0.05%",
            "Entries resume: 2026-03-05 00:00 UTC",
        )  # fmt: skip
    assert orders(server, ETH) == []
    at(server, LATE)
    with bot:
        # It starts while the cap holds, and lives into the next day.
        bot.wait_for("an entry", lambda: waiting_stops(server, ETH))
        bot.wait_told("Position opened", "ETH/USDT:USDT")
    assert orders(server, ETH)[0]["time"] >= ms(MIDNIGHT)
    assert (len(bot.trades()), len(bot.told("No more entries today"))) == (2, 1)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        # The day is a Wednesday.
        (
            {"max_weekly_loss_percent": 0.05},
            (
                "this week",
                "Week's deepest loss / allowed: 0.09% / 0.05%",
                "Entries resume: 2026-03-09 00:00 UTC",
            ),
        ),
        ({"max_drawdown_percent": 0.05}, ("drawdown", "Drawdown / allowed: 0.08% / 0.05%", "2026-04-03 23:")),
        (
            {"max_losing_streak": 1, "streak_pause_hours": 5.0},
            ("losing streak", "Losing trades in a row / pause at: 1 / 1", "Entries resume: 2026-03-05 04:"),
        ),
    ],
    ids=["week", "drawdown", "streak"],
)
def test_a_loss_ends_the_entries_of_its_time(
    make_server: MakeServer,
    discord: LoopbackDiscord,
    tmp_path: Path,
    limit: dict[str, Any],
    said: tuple[str, ...],
) -> None:
    """RISK-4 to RISK-6: told once, every pair locked, over a restart."""
    server = make_server({BTC: LONG, ETH: ETH_LONG}, EVENING)
    bot = ShippedBot(server, discord, tmp_path, ict=limit, extra=ONE_SLOT)
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        move(server, float(waiting_stops(server)[0]["triggerPrice"]))
        bot.wait_told("Position closed", "BTC/USDT:USDT")
        bot.wait_told(*said)
    with bot:
        bot.wait_for_loops()
    assert orders(server, ETH) == []
    assert len(bot.told(*said)) == 1


@pytest.mark.parametrize(
    ("limit", "said", "entered"),
    [
        # Each of both would risk 0.08 % of the equity.
        ({"max_open_risk_percent": 0.12}, ("open risk", "/ 0.12%"), 1),
        ({"max_cost_r": 0.1}, ("fees too high", "Fees: 0.05% + 0.05%", "0.12R / 0.10R"), 0),
    ],
    ids=["open risk", "cost"],
)
def test_an_entry_that_risks_or_costs_too_much_is_refused(
    make_server: MakeServer,
    discord: LoopbackDiscord,
    tmp_path: Path,
    limit: dict[str, Any],
    said: tuple[str, ...],
    entered: int,
) -> None:
    """RISK-3, RISK-7: told once a day, and nothing is locked."""
    server = make_server({BTC: LONG, ETH: ETH_LONG}, EVENING)
    with ShippedBot(server, discord, tmp_path, ict=limit, extra=BOTH) as bot:
        bot.wait_told(*said)
        bot.wait_for(
            "all that is entered",
            lambda: len(waiting_stops(server)) + len(waiting_stops(server, ETH)) == entered,
        )
        assert bot.rows("select * from pairlocks") == []
    assert len(bot.told(*said)) == 1
    assert len(orders(server)) + len(orders(server, ETH)) == entered


def at(server: LoopbackServer, moment: str) -> None:
    """Let time pass in which no bot runs."""
    clock = server.exchange.clock
    assert isinstance(clock, RunningClock)
    clock.jump_to(ms(moment))


def ms(moment: str) -> int:
    """Return a time in milliseconds UTC."""
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
