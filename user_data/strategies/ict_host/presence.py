"""Reports of the bot's starts and stops, with what is open, and of each day's result."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from freqtrade.enums import State
from freqtrade.persistence import KeyStoreKeys, KeyValueStore, Trade

from ict import Params, __version__
from ict.desk.limits.periods import day_start
from ict.desk.safety import host_of, money_of, prices_of
from ict.desk.secrets import redacted, secrets_in
from ict.words.bot import (
    OpenFacts,
    StartedFacts,
    StopCause,
    StoppedFacts,
    StopPlace,
    SummaryFacts,
    started_message,
    stopped_message,
    summary_message,
)
from ict.words.languages import Language
from ict_host.book import costs_of, entries_between, profit_of_day, trades_closed_between
from ict_host.notices import Message
from ict_host.records import LevelRecords
from ict_host.reports import Reporter
from ict_host.sides import SIDES

logger = logging.getLogger(__name__)

DAY_KEY = cast("KeyStoreKeys", "ict_summed_up")
ONE_DAY = timedelta(days=1)


class Presence:
    """Reports the starts, stops and days of one bot.

    Parameters
    ----------
    bot
        Freqtrade's.
    reporter : Reporter
        Makes the texts.
    post : Callable
        Takes a text for the channels.
    levels : LevelRecords
        Stop and target of each trade.
    params : Callable
        Returns the current settings.
    equity : Callable
        Gives the realised equity, in the stake currency.
    """

    def __init__(
        self,
        bot: Any,
        reporter: Reporter,
        post: Callable[[str], None],
        levels: LevelRecords,
        params: Callable[[], Params],
        equity: Callable[[], float],
    ) -> None:
        self._bot, self._reporter, self._post = bot, reporter, post
        self._levels, self._params, self._equity = levels, params, equity
        # Reported by the first loop: only then are trades and balances loaded.
        self._is_due, self._has_failed = True, False

    def on_error(self, message: Message) -> None:
        """Record that Freqtrade is about to stop after an error."""
        self._has_failed = True

    def on_status(self, message: Message) -> None:
        """Report that a command or an error stopped the bot, or record that it runs again."""
        if message["status"] == State.STOPPED.name.lower():
            self.stopped("error" if self._has_failed else "command")
        self._is_due, self._has_failed = True, False

    def look(self, now: datetime) -> None:
        """Report that the bot runs, if that was not reported yet, and sum up a completed day."""
        if self._is_due:
            self._is_due = False
            self._say(lambda language: started_message(self._started(), language))
        if self._reporter.settings.daily_summary and _is_new_day(now):
            yesterday = day_start(now) - ONE_DAY
            self._say(lambda language: summary_message(self._summary(yesterday), language))

    def ended(self) -> None:
        """Report that the process ends, unless it only reloads its configuration."""
        if self._bot.state != State.RELOAD_CONFIG:
            # Freqtrade cleans up while the exception that ends it is propagating.
            error = sys.exc_info()[1]
            by_signal = error is None or isinstance(error, KeyboardInterrupt)
            self.stopped("signal" if by_signal else "error", None if by_signal else error)

    def stopped(self, cause: StopCause, error: BaseException | None = None) -> None:
        """Report that the bot stopped, and whether the stops of open trades rest."""
        said = None if error is None else f"{type(error).__name__}: {error}"

        def message(language: Language) -> str:
            clean = None if said is None else redacted(said, secrets_in(self._bot.config))
            facts = StoppedFacts(strategy=self._name, cause=cause, error=clean, open=self._open())
            return stopped_message(facts, language)

        self._say(message)

    def _say(self, make: Callable[[Language], str]) -> None:
        text = self._reporter.made(make)
        if text is not None:
            self._post(text)

    @property
    def _name(self) -> str:
        return str(self._bot.config.get("strategy", ""))

    def _started(self) -> StartedFacts:
        config, params = self._bot.config, self._params()
        return StartedFacts(
            state="paused" if self._bot.state == State.PAUSED else "running",
            strategy=self._name,
            version=__version__,
            market=money_of(config),
            host=host_of(config),
            prices=prices_of(config),
            pairs=tuple(self._bot.active_pair_whitelist or config["exchange"].get("pair_whitelist", ())),
            timeframe=config.get("timeframe", ""),
            entry_at="alerts" if params.alerts_only else params.entry_at,
            equity_usdt=self._equity(),
            risk_percent=params.risk_per_trade_percent,
            max_daily_loss_percent=params.max_daily_loss_percent,
            max_daily_trades=params.max_daily_trades,
            max_open_trades=config.get("max_open_trades", 0),
            leverage=params.position_leverage,
            open=self._open(),
        )

    def _open(self) -> tuple[OpenFacts, ...]:
        return tuple(self._open_facts(trade) for trade in Trade.get_open_trades())

    def _open_facts(self, trade: Trade) -> OpenFacts:
        place: StopPlace = "rests" if trade.has_open_sl_orders else "missing"
        return OpenFacts(
            pair=trade.pair,
            side=SIDES[trade.trade_direction],
            amount_base=trade.amount or trade.amount_requested or 0.0,
            entry_price=trade.open_rate,
            stop_price=trade.stop_loss,
            price_step=trade.price_precision,
            stop_place=None if not trade.has_open_position else "simulated" if self._simulates else place,
        )

    @property
    def _simulates(self) -> bool:
        return bool(self._bot.config["dry_run"])

    def _summary(self, day: datetime) -> SummaryFacts:
        closed = trades_closed_between(day, day + ONE_DAY)
        costs = [costs_of(trade) for trade in closed]
        profits = [trade.close_profit_abs or 0.0 for trade in closed]
        return SummaryFacts(
            day=day.date(),
            entries=entries_between(day, day + ONE_DAY),
            max_entries=self._params().max_daily_trades,
            won=sum(profit > 0 for profit in profits),
            lost=sum(profit <= 0 for profit in profits),
            profit_usdt=profit_of_day(day),
            fees_usdt=sum(cost.fees for cost in costs),
            funding_usdt=sum(cost.funding for cost in costs),
            multiple_r=self._multiple(closed),
            equity_usdt=self._equity(),
            open=self._open(),
        )

    def _multiple(self, closed: list[Trade]) -> float | None:
        total = 0.0
        for trade in closed:
            levels = self._levels.read(trade)
            risk = levels.risk * _entered(trade) if levels else 0.0
            if not risk:
                return None
            total += (trade.close_profit_abs or 0.0) / risk
        return total


def _entered(trade: Trade) -> float:
    return sum(entry.safe_filled for entry in trade.select_filled_orders(trade.entry_side))


def _is_new_day(now: datetime) -> bool:
    """Whether a completed UTC day was not summed up yet, across restarts; from now on it was."""
    today = now.astimezone(UTC).date()
    try:
        known = KeyValueStore.get_string_value(DAY_KEY)
        if known != today.isoformat():
            KeyValueStore.store_value(DAY_KEY, today.isoformat())
    except Exception:
        # A locked database: the next loop tries again.
        logger.exception("The daily summary could not be checked")
        return False
    return known is not None and date.fromisoformat(known) < today
