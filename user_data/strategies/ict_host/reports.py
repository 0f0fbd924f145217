"""What the strategy tells its trader: facts from Freqtrade's records, sent as Freqtrade's own messages.

A message never decides on money: whatever goes wrong here is logged, and the trade goes on.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import TRADE_MODES
from freqtrade.persistence import Order, Trade
from pandas import DataFrame

from ict.desk.levels import Levels
from ict.desk.limits import TradeFact, deepest_loss, next_day
from ict.desk.messages import (
    SETTINGS_KEY,
    ClosedFacts,
    DayCapFacts,
    ErrorFacts,
    FindingFacts,
    MessageSettings,
    OpenedFacts,
    Pattern,
    PatternFacts,
    PatternKind,
    RefusalFacts,
    closed_message,
    day_cap_message,
    error_message,
    finding_message,
    opened_message,
    pattern_message,
    refusal_message,
)
from ict.desk.secrets import redacted, secrets_in
from ict.desk.words import Language
from ict.params import Params
from ict_host.records import as_placed

logger = logging.getLogger(__name__)

SIDES = {"long": 1, "short": -1}


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

    def opened(
        self, dp: DataProvider, trade: Trade, levels: Levels, equity: float, score: float | None
    ) -> None:
        """Tell of an entry that filled."""
        facts = OpenedFacts(
            pair=trade.pair,
            side=SIDES[trade.trade_direction],
            entry_price=levels.entry,
            stop_price=as_placed(levels.stop, trade),
            target_price=levels.target,
            price_step=trade.price_precision,
            amount_base=trade.amount,
            leverage=trade.leverage,
            equity_usdt=equity,
            tag=trade.enter_tag,
            score_points=score,
        )
        self._send(dp, lambda language: opened_message(facts, language))

    def closed(
        self,
        dp: DataProvider,
        trade: Trade,
        order: Order,
        levels: Levels | None,
        now: datetime,
        day_profit: float,
    ) -> None:
        """Tell of an exit that filled: the whole trade's result, or so far where it is still open."""
        entered = sum(entry.safe_filled for entry in trade.select_filled_orders(trade.entry_side))
        closed = not trade.is_open
        facts = ClosedFacts(
            pair=trade.pair,
            side=SIDES[trade.trade_direction],
            entry_price=trade.open_rate,
            exit_price=order.safe_price,
            price_step=trade.price_precision,
            amount_base=entered if closed else order.safe_filled,
            profit_usdt=(trade.close_profit_abs if closed else trade.realized_profit) or 0.0,
            profit_percent=trade.close_profit * 100 if closed and trade.close_profit is not None else None,
            risk_usdt=entered * levels.risk if levels else None,
            reason=trade.exit_reason,
            open_for=(trade.close_date_utc or now) - (trade.date_entry_fill_utc or trade.open_date_utc),
            day_profit_usdt=day_profit,
            is_partial=not closed,
        )
        self._send(dp, lambda language: closed_message(facts, language))

    def day_cap(
        self, dp: DataProvider, trades: list[TradeFact], now: datetime, equity: float, params: Params
    ) -> None:
        """Tell that the day's caps end its entries."""
        today = now.astimezone(UTC).date()
        realised = sum(trade.realised for trade in trades)
        facts = DayCapFacts(
            entries=sum(trade.opened_at.astimezone(UTC).date() == today for trade in trades),
            max_entries=params.max_daily_trades,
            day_profit_usdt=realised,
            day_lowest_usdt=deepest_loss(trades),
            day_start_equity_usdt=equity - realised,
            max_loss_percent=params.max_daily_loss_percent,
            resumes_at=next_day(now),
        )
        self._send(dp, lambda language: day_cap_message(facts, language))

    def refused(self, dp: DataProvider, pair: str, side: str, reason: str) -> None:
        """Tell of an entry that was not made, once a candle for the same reason."""

        def message(language: Language) -> str:
            clean = redacted(reason, self._secrets)
            return refusal_message(RefusalFacts(pair=pair, side=SIDES[side], reason=clean), language)

        self._send(dp, message, always=False)

    def failed(self, dp: DataProvider, pair: str | None, step: str, error: BaseException) -> None:
        """Tell of an error, once a candle; step is size, day_caps or levels."""
        self._send(dp, self._error(pair, step, f"{type(error).__name__}: {error}"), always=False)

    def fault(self, dp: DataProvider, text: str) -> None:
        """Tell of something that Freqtrade reported to its log alone."""
        self._send(dp, self._error(None, "exchange", text))

    def found(self, dp: DataProvider, facts: FindingFacts) -> None:
        """Tell where exchange and book differ, or that they agree again."""
        self._send(dp, lambda language: finding_message(facts, language))

    def _error(self, pair: str | None, step: str, text: str) -> Callable[[Language], str]:
        # Made where `_send` catches what goes wrong: a callback that raises would trade the full stake.
        return lambda language: error_message(
            ErrorFacts(pair=pair, step=step, error=redacted(text, self._secrets)), language
        )

    def patterns(
        self, dp: DataProvider, pair: str, timeframe: str, step: float | None, analysed: DataFrame
    ) -> None:
        """Tell what the newest candle made known, where that is asked for."""
        if not self.settings.patterns or not len(analysed):
            return
        if found := _patterns_in(analysed):
            facts = PatternFacts(pair=pair, timeframe=timeframe, price_step=step, patterns=found)
            self._send(dp, lambda language: pattern_message(facts, language), always=False)

    def _send(self, dp: DataProvider, make: Callable[[Language], str], always: bool = True) -> None:
        try:
            if dp.runmode in TRADE_MODES:
                dp.send_msg(redacted(make(self.settings.language), self._secrets), always_send=always)
        except Exception:
            logger.exception("A message could not be made")


_ZONES: dict[PatternKind, str] = {"order_block": "ict_ob", "gap": "ict_fvg"}
_EVENTS: tuple[PatternKind, ...] = ("bos", "choch", "sweep")


def _patterns_in(analysed: DataFrame) -> tuple[Pattern, ...]:
    row = analysed.iloc[-1]
    zones = [
        Pattern(
            kind=kind,
            direction=int(row[f"{name}_direction"]),
            bottom_price=float(row[f"{name}_bottom"]),
            top_price=float(row[f"{name}_top"]),
        )
        for kind, name in _ZONES.items()
        if row[f"{name}_direction"]
    ]
    kinds = [kind for kind in _EVENTS if row[f"ict_{kind}"]]
    return (*zones, *(Pattern(kind=kind, direction=int(row[f"ict_{kind}"])) for kind in kinds))
