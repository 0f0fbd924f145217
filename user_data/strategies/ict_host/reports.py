"""What the strategy reports to its trader: facts from Freqtrade's records, sent as Freqtrade's own messages.

A message never decides on money: whatever goes wrong here is logged, and the trade continues.
"""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import TRADE_MODES
from freqtrade.persistence import Order, Trade
from pandas import DataFrame

from ict.candles import Floats
from ict.catalogue.placing import Signs
from ict.columns import Columns
from ict.desk.levels import Levels
from ict.desk.limits.entries import entries_of_day
from ict.desk.limits.facts import Account, Reached, closes_since
from ict.desk.limits.loss import deepest_loss
from ict.desk.limits.periods import day_start, next_day
from ict.desk.secrets import redacted, secrets_in
from ict.params import Params
from ict.words.findings import FindingFacts, finding_message
from ict.words.formatting import or_nan
from ict.words.languages import Language
from ict.words.limits import DayCapFacts, LimitFacts, day_cap_message, limit_message
from ict.words.patterns import Pattern, PatternFacts, PatternKind, pattern_message
from ict.words.problems import ErrorFacts, RefusalFacts, error_message, refusal_message
from ict.words.settings import SETTINGS_KEY, MessageSettings
from ict.words.trades import (
    ClosedFacts,
    EntryFacts,
    SetupFacts,
    TakenBack,
    TakenBackFacts,
    closed_message,
    opened_message,
    placed_message,
    taken_back_message,
)
from ict_host.book import costs_of, profit_so_far
from ict_host.sides import SIDES

logger = logging.getLogger(__name__)

# Reports later than this contain the time of the event.
LATE = timedelta(minutes=10)


class Reporter:
    """Send the strategy's texts.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.settings = MessageSettings.parse(config.get(SETTINGS_KEY))
        self._secrets = secrets_in(config)
        # The last error, and its time.
        self.newest_error: tuple[datetime, str] | None = None

    def opened(self, trade: Trade, levels: Levels | None, at_fill: Mapping[str, Any]) -> str | None:
        """Make the text of an entry that filled; None where it can't be made.

        Parameters
        ----------
        trade : Trade
            Freqtrade's record of it.
        levels : Levels or None
            Its stop and target; the stop in force is named where they are not known.
        at_fill : Mapping
            `equity`, `score` and `most_points` at the fill, where they were kept.
        """

        def message(language: Language) -> str:
            entries = trade.select_filled_orders(trade.entry_side)
            setup = at_fill.get("setup")
            facts = EntryFacts(
                pair=trade.pair,
                side=SIDES[trade.trade_direction],
                entry_price=levels.entry if levels else trade.open_rate,
                stop_price=levels.stop if levels else trade.stop_loss,
                target_price=levels.target if levels else math.nan,
                part_price=levels.part if levels else None,
                price_step=trade.price_precision,
                amount_base=sum(entry.safe_filled for entry in entries),
                leverage=trade.leverage,
                equity_usdt=at_fill.get("equity"),
                tag=trade.enter_tag,
                score_points=at_fill.get("score"),
                most_points=at_fill.get("most_points"),
                setup=SetupFacts.from_record(setup) if setup else None,
                fee=trade.fee_close or 0.0,
                late_at=_late(trade.date_entry_fill_utc),
            )
            return opened_message(facts, language)

        return self.made(message)

    def placed(
        self, trade: Trade, levels: Levels, at_order: Mapping[str, Any], setup: SetupFacts | None
    ) -> str | None:
        """Make the text of an entry that rests; None where it can't be made, or is switched off.

        Parameters
        ----------
        trade : Trade
            Freqtrade's record of it.
        levels : Levels
            Its price, stop and target.
        at_order : Mapping
            `equity`, `score` and `most_points` as it was placed.
        setup : SetupFacts or None
            Why it was.
        """

        def message(language: Language) -> str:
            facts = EntryFacts(
                pair=trade.pair,
                side=SIDES[trade.trade_direction],
                entry_price=levels.entry,
                stop_price=levels.stop,
                target_price=levels.target,
                part_price=levels.part,
                price_step=trade.price_precision,
                amount_base=sum(
                    order.safe_amount for order in trade.orders if order.ft_order_side == trade.entry_side
                ),
                leverage=trade.leverage,
                equity_usdt=at_order["equity"],
                tag=trade.enter_tag,
                score_points=at_order["score"],
                most_points=at_order["most_points"],
                setup=setup,
                fee=trade.fee_close or 0.0,
            )
            return placed_message(facts, language)

        return self.made(message) if self.settings.placed else None

    def taken_back(
        self, pair: str, side: str, price: float, step: float | None, reason: TakenBack
    ) -> str | None:
        """Make the text of an entry that was cancelled; None where it can't be made, or is switched off."""
        facts = TakenBackFacts(pair=pair, side=SIDES[side], price=price, price_step=step, reason=reason)
        if not self.settings.taken_back:
            return None
        return self.made(lambda language: taken_back_message(facts, language))

    def closed(
        self,
        trade: Trade,
        order: Order | None,
        levels: Levels | None,
        day_profit: float,
        *,
        is_partial: bool,
    ) -> str | None:
        """Make the text of an exit that filled, or of a close without an order; None where it can't be made.

        Parameters
        ----------
        trade : Trade
            Freqtrade's record of it.
        order : Order or None
            The exit; None where the trade is closed and no exit is known.
        levels : Levels or None
            Its stop and target.
        day_profit : float
            What all trades realised on the UTC day of the exit, in the stake currency.
        is_partial : bool
            Whether the trade went on after it.
        """

        def message(language: Language) -> str:
            entered = sum(entry.safe_filled for entry in trade.select_filled_orders(trade.entry_side))
            filled_at = order.order_filled_utc if order else None
            at = filled_at if is_partial else trade.close_date_utc or filled_at
            costs = None if is_partial else costs_of(trade)
            facts = ClosedFacts(
                pair=trade.pair,
                side=SIDES[trade.trade_direction],
                entry_price=trade.open_rate,
                exit_price=order.safe_price if order else or_nan(trade.close_rate),
                price_step=trade.price_precision,
                amount_base=order.safe_filled if order and is_partial else entered,
                profit_usdt=profit_so_far(trade, order if is_partial else None),
                profit_percent=None if is_partial or trade.close_profit is None else trade.close_profit * 100,
                risk_usdt=entered * levels.risk if levels else None,
                reason=(order.ft_order_tag if order and is_partial else None) or trade.exit_reason,
                open_for=(at or datetime.now(UTC)) - (trade.date_entry_fill_utc or trade.open_date_utc),
                day_profit_usdt=day_profit,
                fees_usdt=costs.fees if costs else None,
                funding_usdt=costs.funding if costs else None,
                is_partial=is_partial,
                late_at=_late(at),
            )
            return closed_message(facts, language)

        return self.made(message)

    def limit(self, dp: DataProvider, pair: str, reached: Reached, account: Account, params: Params) -> None:
        """Report that a limit of the account forbids entries."""
        if reached.cause in ("daily_trades", "daily_loss"):
            day = _day_cap(account, params)
            self._send(dp, lambda language: day_cap_message(day, language))
        else:
            facts = LimitFacts(
                limit=reached.cause,
                pair=pair,
                value=reached.value,
                allowed=reached.allowed,
                resumes_at=reached.until,
                entry_price=account.entry.entry,
                stop_price=account.entry.stop,
                fees=account.fees,
            )
            self._send(dp, lambda language: limit_message(facts, language))

    def refused(self, dp: DataProvider, pair: str, side: str, reason: str) -> None:
        """Report an entry that was not made, once per candle for the same reason."""

        def message(language: Language) -> str:
            clean = redacted(reason, self._secrets)
            return refusal_message(RefusalFacts(pair=pair, side=SIDES[side], reason=clean), language)

        self._send(dp, message, always=False)

    def failed(self, dp: DataProvider, pair: str | None, step: str, error: BaseException) -> None:
        """Report an error, once per candle; step is size, limits or levels."""
        self._send(dp, self._error(pair, step, f"{type(error).__name__}: {error}"), always=False)

    def fault(self, dp: DataProvider, text: str) -> None:
        """Report something that Freqtrade only logged."""
        self._send(dp, self._error(None, "exchange", text))

    def _error(self, pair: str | None, step: str, text: str) -> Callable[[Language], str]:
        self.newest_error = datetime.now(UTC), self.clean(text)
        # Made where `_send` catches what goes wrong: a callback that raises would trade the full stake.
        return lambda language: error_message(
            ErrorFacts(pair=pair, step=step, error=redacted(text, self._secrets)), language
        )

    def clean(self, text: str) -> str:
        """Remove the secrets from a text."""
        return redacted(text, self._secrets)

    def finding(self, dp: DataProvider, facts: FindingFacts) -> None:
        """Report where exchange and book differ (BOOK-1)."""
        detail = redacted(facts.detail, self._secrets) if facts.detail else None
        clean = replace(facts, detail=detail)
        self._send(dp, lambda language: finding_message(clean, language))

    def patterns(
        self, dp: DataProvider, pair: str, timeframe: str, step: float | None, analysed: DataFrame
    ) -> None:
        """Report the patterns that the newest candle made known, if that is switched on."""
        if not self.settings.patterns or not len(analysed):
            return
        if found := _patterns_in(analysed):
            facts = PatternFacts(pair=pair, timeframe=timeframe, price_step=step, patterns=found)
            self._send(dp, lambda language: pattern_message(facts, language), always=False)

    def _send(self, dp: DataProvider, make: Callable[[Language], str], always: bool = True) -> None:
        try:
            if dp.runmode in TRADE_MODES and (text := self.made(make)) is not None:
                dp.send_msg(text, always_send=always)
        except Exception:
            logger.exception("A message could not be sent")

    def made(self, make: Callable[[Language], str]) -> str | None:
        """Make a text in the configured language, without secrets; None where it can't be made."""
        try:
            return redacted(make(self.settings.language), self._secrets)
        except Exception:
            logger.exception("A message could not be made")
            return None


def _day_cap(account: Account, params: Params) -> DayCapFacts:
    closes = [*closes_since(account.trades, day_start(account.now))]
    return DayCapFacts(
        entries=entries_of_day(account.trades, account.now),
        max_entries=params.max_daily_trades,
        day_profit_usdt=sum(close.profit for close in closes),
        day_lowest_usdt=deepest_loss(closes),
        day_start_equity_usdt=account.equity_at(day_start(account.now)),
        max_loss_percent=params.max_daily_loss_percent,
        resumes_at=next_day(account.now),
    )


def _late(at: datetime | None) -> datetime | None:
    """Return when it happened where that is not just now."""
    return at if at is not None and datetime.now(UTC) - at > LATE else None


def _patterns_in(analysed: DataFrame) -> tuple[Pattern, ...]:
    newest = Columns.read(analysed.iloc[-1:])
    zones: dict[PatternKind, tuple[Signs, Floats, Floats]] = {
        "order_block": (newest.ob_direction, newest.ob_bottom, newest.ob_top),
        "gap": (newest.fvg_direction, newest.fvg_bottom, newest.fvg_top),
    }
    events: dict[PatternKind, Signs] = {"bos": newest.bos, "choch": newest.choch, "sweep": newest.sweep}
    return (
        *(
            Pattern(kind=kind, direction=int(side[0]), bottom_price=float(low[0]), top_price=float(top[0]))
            for kind, (side, low, top) in zones.items()
            if side[0]
        ),
        *(Pattern(kind=kind, direction=int(side[0])) for kind, side in events.items() if side[0]),
    )
