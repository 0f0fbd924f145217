"""What a restart must not change, and what happened while the bot was down."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.discord.server import LoopbackDiscord
from tests.live.bot import ShippedBot
from tests.live.conftest import MakeServer
from tests.live.looks import (
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

# One slot: the second pair waits with its signal until the first one's trade is closed.
ONE_SLOT = {"exchange": {"pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT"]}}
_LONGEST_RUN = timedelta(minutes=4)


@pytest.fixture(autouse=True)
def _one_utc_day() -> None:
    """Leave out what counts by the day where midnight may come in between."""
    now = datetime.now(UTC)
    if (now + _LONGEST_RUN).date() != now.date():
        pytest.skip("midnight UTC is near")


def test_restarts_and_a_stop_hit_while_the_bot_was_down(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG, ETH: ETH_LONG})
    bot = ShippedBot(server, discord, tmp_path, ict={"max_daily_trades": 1}, extra=ONE_SLOT)
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        bot.wait_told("Position opened")
    before, (stop,) = bot.levels(), waiting_stops(server)
    assert before
    with bot:
        bot.wait_for_loops()
    assert bot.levels() == before
    assert [row["algoId"] for row in waiting_stops(server)] == [stop["algoId"]]
    assert (len(orders(server)), len(bot.trades()), len(bot.told("Position opened"))) == (1, 1, 1)
    move(server, float(stop["triggerPrice"]))
    assert positions(server) == []
    with bot:
        check_told_of_what_it_missed(bot)
        check_the_day_is_over(bot)
        bot.wait_for_loops()
    assert orders(server, ETH) == []
    assert len(bot.told("No more entries today")) == 1
    assert len(bot.told("Position closed")) == 1


def test_no_second_entry_from_the_signal_of_a_trade_stopped_while_down(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    bot = ShippedBot(server, discord, tmp_path)
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
    (stop,) = waiting_stops(server)
    move(server, float(stop["triggerPrice"]))
    move(server, LONG.price)
    with bot:
        bot.wait_told("Position closed", "BTC/USDT:USDT")
        bot.wait_for_loops()
    # A running bot would have been kept from it by the lock that Freqtrade sets until the candle is over.
    slots = [int(row["open_date"][14:16]) // 15 for row in bot.trades()]
    assert len(slots) == len(set(slots)), "two entries from one candle"


def check_told_of_what_it_missed(bot: ShippedBot) -> None:
    """Require the trade to be closed in the book and told, with the day's total."""
    text = bot.wait_told("Position closed", "BTC/USDT:USDT")
    (trade,) = bot.trades()
    assert (trade["is_open"], trade["exit_reason"]) == (0, "stoploss_on_exchange")
    profit = f"{trade['close_profit_abs']:+.2f}"
    assert f"Day's total (UTC): {profit}" in text
    assert "R multiple: -1." in text


def check_the_day_is_over(bot: ShippedBot) -> None:
    """Require a lock of all pairs up to midnight UTC, and a message that says so."""
    bot.wait_told("No more entries today", "1 / 1")
    locks = bot.rows("select * from pairlocks where pair = '*'")
    assert len(locks) == 1
    midnight = datetime.now(UTC).date() + timedelta(days=1)
    assert locks[0]["lock_end_time"].startswith(f"{midnight} 00:00:00")
