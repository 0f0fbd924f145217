"""The account's limits, reached in the live bot; the day's are lifted at midnight UTC."""

from datetime import datetime

from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS, move, orders, waiting_stops

from loopback.clock import RunningClock
from loopback.server import LoopbackServer
from tests.live.conftest import MakeBot

EVENING, LATE = "2026-03-04T23:47:00+00:00", "2026-03-04T23:59:30+00:00"
MIDNIGHT = "2026-03-05T00:00:00+00:00"


def test_a_cap_holds_over_a_restart_and_ends_at_midnight(make_bot: MakeBot) -> None:
    """The stop is 0.8 % away and the margin a tenth of the equity: 0.08 % of it, and the fees."""
    caps = {"max_daily_loss_percent": 0.05}
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG}, EVENING, ict=caps, slots=1)
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


def test_an_entry_that_risks_too_much_is_refused(make_bot: MakeBot) -> None:
    """RISK-3: told once a day, and nothing is locked; each of both would risk 0.08 % of the equity."""
    limit = {"max_open_risk_percent": 0.12}
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG}, EVENING, ict=limit)
    with bot:
        bot.wait_told("open risk", "/ 0.12%")
        bot.wait_for("one entry", lambda: len(waiting_stops(server)) + len(waiting_stops(server, ETH)) == 1)
        assert bot.rows("select * from pairlocks") == []
    assert len(bot.told("open risk", "/ 0.12%")) == 1
    assert len(orders(server)) + len(orders(server, ETH)) == 1


def at(server: LoopbackServer, moment: str) -> None:
    """Let time pass in which no bot runs."""
    clock = server.exchange.clock
    assert isinstance(clock, RunningClock)
    clock.jump_to(ms(moment))


def ms(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
