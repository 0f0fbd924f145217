"""A backtest's journal: every signal, and what the strategy answered when Freqtrade asked about it.

It goes with the export, in the configuration that Freqtrade exports. What Freqtrade swallowed without a
question (a position on the pair, a lock, no free slot) is derived from it afterwards: see `ict_lab.journal`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from freqtrade.enums import RunMode
from freqtrade.persistence import Order, Trade
from pandas import DataFrame, Timestamp

from ict.desk.limits.facts import Account, Reached
from ict.params import Params
from ict_host.contracts import size_rules
from ict_host.parts import WithEntries
from ict_host.seams.access import exchange_of
from ict_host.seams.habits import given
from ict_host.signals import Signals

KEY = "ict_journal"
# Counts up when a reader of before could no longer read it.
SCHEMA = 1

Milliseconds = int


class Journal:
    """What is noted in one backtest; times in milliseconds since 1970, UTC.

    Attributes
    ----------
    record : dict
        signals: of each pair, its candles' opening times, sides and tags. asked: rows of pair, time, side,
        answer (placed or refused) and reason. ended: rows of pair, time and how a placed entry ended, filled
        or taken_back. locks: rows of begin, end and reason. contracts: of each pair
        that was asked about, see `size_rules`.
    """

    def __init__(self) -> None:
        self.record: dict[str, Any] = {
            "schema": SCHEMA, "signals": {}, "asked": [], "ended": [], "locks": [], "contracts": {},
        }  # fmt: skip
        # The question that is being answered: its row.
        self._asked: list[Any] | None = None

    def signals(self, pair: str, signals: Signals) -> None:
        """Note what a pair's candles signal."""
        direction, tag = signals.direction, signals.tag
        rows = direction.nonzero()[0]
        opens = signals.opens[rows].as_unit("ms").asi8
        self.record["signals"][pair] = [
            opens.tolist(), direction[rows].tolist(), [str(word) for word in tag[rows]]
        ]  # fmt: skip

    def contract(self, pair: str, rules: dict[str, Any]) -> None:
        """Note what the exchange says of a pair's sizes."""
        self.record["contracts"][pair] = rules

    def ask(self, pair: str, at: datetime, side: str) -> None:
        """Note that Freqtrade asks about an entry."""
        row = [pair, _ms(at), side]
        if self._asked is None or self._asked[:3] != row:
            self._asked = [*row, "refused", ""]
            self.record["asked"].append(self._asked)

    def refuse(self, pair: str, reason: str) -> None:
        """Note why it is refused; the first reason is the one."""
        if self._asked is not None and self._asked[0] == pair and not self._asked[4]:
            self._asked[4] = reason

    def place(self) -> None:
        """Note that the entry is placed."""
        if self._asked is not None:
            self._asked[3], self._asked[4] = "placed", ""

    def end(self, pair: str, at: datetime, how: str) -> None:
        """Note how a placed entry ended."""
        self.record["ended"].append([pair, _ms(at), how])

    def lock(self, now: datetime, until: datetime, reason: str) -> None:
        """Note that every pair is locked."""
        self.record["locks"].append([_ms(now), _ms(until), reason])


class IctJournal(WithEntries):
    """The part of the strategy that keeps a backtest's journal, first of its parts."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        # Not in hyperopt, which has no use for it.
        self._journal = Journal() if config.get("runmode") == RunMode.BACKTEST else None
        if self._journal is not None:
            given(config)[KEY] = {type(self).__name__: self._journal.record}

    def _find_signals(self, pair: str, frame: DataFrame, params: Params) -> Signals | None:
        signals = super()._find_signals(pair, frame, params)
        if self._journal is not None and signals is not None:
            self._journal.signals(pair, signals)
        return signals

    def _note_question(self, pair: str, at: datetime, side: str) -> None:
        if self._journal is None:
            return
        self._journal.ask(pair, at, side)
        if pair not in self._journal.record["contracts"]:
            self._journal.contract(pair, size_rules(exchange_of(self.dp), pair))

    def custom_entry_price(
        self,
        pair: str,
        trade: Trade | None,
        current_time: datetime,
        proposed_rate: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Note the question."""
        self._note_question(pair, current_time, side)
        return super().custom_entry_price(
            pair=pair, trade=trade, current_time=current_time, proposed_rate=proposed_rate,
            entry_tag=entry_tag, side=side, **kwargs,
        )  # fmt: skip

    def leverage(self, pair: str, current_time: datetime, side: str, **kwargs: Any) -> float:
        """Note the question."""
        self._note_question(pair, current_time, side)
        return super().leverage(pair=pair, current_time=current_time, side=side, **kwargs)

    def confirm_trade_entry(
        self, pair: str, rate: float, current_time: datetime, entry_tag: str | None, side: str, **kwargs: Any
    ) -> bool:
        """Note the answer."""
        confirmed = super().confirm_trade_entry(
            pair=pair, rate=rate, current_time=current_time, entry_tag=entry_tag, side=side, **kwargs
        )
        if self._journal is not None:
            if confirmed:
                self._journal.place()
            else:
                self._journal.refuse(pair, "it could not be checked, or is not at its price")
        return confirmed

    def check_entry_timeout(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> bool:
        """Note that an entry is cancelled."""
        over = super().check_entry_timeout(
            pair=pair, trade=trade, order=order, current_time=current_time, **kwargs
        )
        if self._journal is not None and over:
            self._journal.end(pair, current_time, "taken_back")
        return over

    def order_filled(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> None:
        """Note that an entry has filled."""
        if self._journal is not None and order.ft_order_side == trade.entry_side:
            self._journal.end(pair, current_time, "filled")
        super().order_filled(pair=pair, trade=trade, order=order, current_time=current_time, **kwargs)

    def _refuse(self, pair: str, side: str, reason: str) -> None:
        if self._journal is not None:
            self._journal.refuse(pair, reason)
        super()._refuse(pair, side, reason)

    def _end_entries(self, pair: str, reached: Reached, account: Account) -> None:
        if self._journal is not None:
            self._journal.refuse(pair, reached.reason)
            if reached.until is not None:
                self._journal.lock(account.now, _lock_end(reached.until, self._candle), reached.reason)
        super()._end_entries(pair, reached, account)


def _lock_end(until: datetime, candle: timedelta) -> datetime:
    """Round as Freqtrade does with a lock until a second before."""
    return Timestamp(until - timedelta(seconds=1)).floor(candle).to_pydatetime() + candle


def _ms(at: datetime) -> Milliseconds:
    return int(np.rint(at.timestamp() * 1000))
