"""The bot says that it runs and with what, that it stops and what stays open, and what each day brought."""

import inspect
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from freqtrade.enums import RPCMessageType, State
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Trade
from freqtrade.rpc import RPCManager
from ict_host.notices import Notices
from ict_host.presence import Presence
from ict_host.records import LevelRecords
from ict_host.reports import Reporter
from ict_host.seams.messages import SAID_BY_OURS

from ict import Params
from ict.desk.levels import Levels
from ict.words.settings import SETTINGS_KEY
from tests.strategy.host import NOW, filled, opened, saved
from tests.strategy.live import configuration

pytestmark = pytest.mark.usefixtures("clock")

STATUS, WARNING = RPCMessageType.STATUS, RPCMessageType.WARNING


class Bot:
    """A bot of Freqtrade's with nothing around it, and its strategy's voice."""

    def __init__(self, **config: Any) -> None:
        self.config = {**configuration(), "timeframe": "15m", "max_open_trades": 1, **config}
        self.state, self.active_pair_whitelist = State.RUNNING, ["BTC/USDT:USDT"]
        self.passed_on: list[Any] = []
        self.rpc = SimpleNamespace(send_msg=self.passed_on.append)
        self.said: list[str] = []
        self.levels = LevelRecords(live=True)
        self.presence = Presence(
            self, Reporter(self.config), self.said.append, self.levels, Params, lambda: 1_000.0
        )
        listeners = {STATUS: self.presence.on_status, RPCMessageType.EXCEPTION: self.presence.on_error}
        Notices(self, listeners)

    def hears(self, kind: RPCMessageType, status: str) -> None:
        self.rpc.send_msg({"type": kind, "status": status})

    @property
    def headlines(self) -> list[str]:
        return [text.splitlines()[0] for text in self.said]


def trade_of(bot: Bot, *, has_stop: bool = True) -> Trade:
    """Make an open long of 0.01 BTC from 60,000, stopped at 59,400."""
    trade, _ = opened("long")
    trade.stop_loss = 59_400.0
    if has_stop:
        stop = filled("sell", 59_400.0, NOW)
        stop.order_id, stop.ft_order_side, stop.ft_is_open, stop.status = "stop", "stoploss", True, "open"
        stop.filled, stop.order_filled_date = 0.0, None
        trade.orders.append(stop)
    saved(trade)
    bot.levels.fix(trade, Levels(60_000.0, 59_400.0, 61_200.0), None)
    return trade


def test_it_says_once_what_runs_and_again_after_a_stop() -> None:
    bot = Bot()
    trade_of(bot)
    bot.presence.look(NOW)
    bot.presence.look(NOW)
    (text,) = bot.said
    assert "\nMarket: play money (demo-fapi.binance.com)\n" in text
    assert text.endswith(
        "\nOpen: BTC/USDT:USDT Long 0.01 BTC @ 60,000.0, stop 59,400.0 (rests on the exchange)"
    )
    bot.hears(STATUS, "stopped")
    bot.presence.look(NOW)
    assert bot.headlines == ["Bot started", "Bot stopped", "Bot started"]
    assert "the command /stop" in bot.said[1]


def test_a_bot_that_only_alerts_says_so() -> None:
    bot = Bot()
    bot.presence._params = lambda: Params(alerts_only=True)
    bot.presence.look(NOW)
    assert "\nEntries: none, alerts only\n" in bot.said[0]


@pytest.mark.parametrize(("dry", "where", "error", "reason"), [
    (False, "no stop order on the exchange", KeyboardInterrupt(), "a stop signal (Ctrl-C, docker stop)"),
    (True, "simulated, not watched", RuntimeError("no way"), "an error: RuntimeError: no way"),
])  # fmt: skip
def test_a_clean_end_is_no_death(dry: bool, where: str, error: BaseException, reason: str) -> None:
    """Freqtrade says "process died" for both, and ends in a `finally`; where a stop does not rest is said."""
    bot = Bot(dry_run=dry)
    trade_of(bot, has_stop=False)
    with pytest.raises(type(error)):  # noqa: PT012
        try:
            raise error
        finally:
            bot.presence.ended()
    assert f"Reason: {reason}\n" in bot.said[0]
    assert bot.said[0].endswith(f"stop 59,400.0 ({where})")


def test_an_error_of_freqtrades_and_a_reload() -> None:
    bot = Bot()
    bot.hears(RPCMessageType.EXCEPTION, "OperationalException")
    bot.hears(STATUS, "stopped")
    assert "Reason: an error\n" in bot.said[0]
    bot.state = State.RELOAD_CONFIG
    bot.presence.ended()
    assert len(bot.said) == 1


def test_freqtrades_words_are_passed_on_but_for_what_ours_say() -> None:
    bot = Bot()
    for kind, status in (
        (WARNING, "Dry run is enabled. All trades are simulated."),
        (WARNING, "2 open trades active.\n\nHandle these ... to handle open trades gracefully. \n"),
        (WARNING, "Something else"), (STATUS, "running"),
    ):  # fmt: skip
        bot.hears(kind, status)
    assert [message["status"] for message in bot.passed_on] == ["Something else", "running"]
    # What is not passed on is as Freqtrade words it.
    places = (RPCManager.startup_messages, FreqtradeBot.check_for_open_trades)
    source = "".join(map(inspect.getsource, places))
    assert [text for text in SAID_BY_OURS if repr(text)[1:-1] not in source] == []


def test_a_day_is_summed_up_once_when_it_is_over(clock: time_machine.Traveller) -> None:
    """0.01 BTC from 60,000 to 61,200: 12, less 0.3 of fees and 0.2 of funding; R is 600 x 0.01 = 6."""
    bot = Bot()
    trade = trade_of(bot)
    bot.presence.look(NOW)
    exit_ = filled("sell", 61_200.0, NOW + timedelta(hours=1))
    exit_.order_id, exit_.order_filled_date = "exit", datetime(2024, 3, 5, 11)
    trade.orders.append(exit_)
    trade.is_open, trade.close_date, trade.close_rate = False, datetime(2024, 3, 5, 11), 61_200.0
    trade.funding_fees, trade.close_profit_abs = -0.2, 11.5
    saved(trade)
    tomorrow = datetime(2024, 3, 6, 0, 1, tzinfo=UTC)
    clock.move_to(tomorrow)
    for at in (tomorrow, tomorrow):
        bot.presence.look(at)
    assert bot.headlines == ["Bot started", "Summary of 2024-03-05 (UTC)"]
    assert bot.said[1].splitlines()[1:7] == [
        "Entries: 1 / 5", "Trades closed: 1 won, 0 lost", "Profit: +11.50 USDT", "Fees: -0.30 USDT",
        "Funding: -0.20 USDT", "R multiple: +1.92R",
    ]  # fmt: skip
    again = Bot(**{SETTINGS_KEY: {"daily_summary": False}})
    again.presence.look(tomorrow + timedelta(days=1))
    assert again.headlines == ["Bot started"]
