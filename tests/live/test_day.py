"""The day's caps, reached in the live bot and lifted at midnight UTC."""

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

EVENING, LATE = "2026-03-04T23:47:00+00:00", "2026-03-04T23:59:30+00:00"
MIDNIGHT = "2026-03-05T00:00:00+00:00"


@pytest.mark.parametrize(
    ("caps", "said"),
    [
        # The stop is 0.8 % away and the margin a tenth of the equity: 0.08 % of it, and the fees.
        ({"max_daily_loss_percent": 0.05}, ("Entries: 1 / 5", "Deepest loss / allowed: 0.09% / 0.05%")),
        ({"max_daily_trades": 1}, ("Entries: 1 / 1", "Deepest loss / allowed: 0.09% / 3.00%")),
    ],
    ids=["loss", "entries"],
)
def test_a_cap_holds_over_a_restart_and_ends_at_midnight(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path, caps: dict[str, Any], said: tuple[str]
) -> None:
    server = make_server({BTC: LONG, ETH: ETH_LONG}, EVENING)
    bot = ShippedBot(server, discord, tmp_path, ict=caps, extra=ONE_SLOT)
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        move(server, float(waiting_stops(server)[0]["triggerPrice"]))
        bot.wait_told("Position closed", "BTC/USDT:USDT")
        bot.wait_told("No more entries today", *said, "Entries resume: 2026-03-05 00:00 UTC")
    assert orders(server, ETH) == []
    at(server, LATE)
    with bot:
        # It starts while the cap holds, and lives into the next day.
        bot.wait_for("an entry", lambda: waiting_stops(server, ETH))
        bot.wait_told("Position opened", "ETH/USDT:USDT")
    assert orders(server, ETH)[0]["time"] >= ms(MIDNIGHT)
    assert (len(bot.trades()), len(bot.told("No more entries today"))) == (2, 1)


def at(server: LoopbackServer, moment: str) -> None:
    """Let time pass in which no bot runs."""
    clock = server.exchange.clock
    assert isinstance(clock, RunningClock)
    clock.jump_to(ms(moment))


def ms(moment: str) -> int:
    """Return a time in milliseconds UTC."""
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
