"""Candles of a backtest with no signal, no order and no position: Freqtrade walks past them.

What it keeps of such a candle, the wallet and its progress, it keeps as ever. The last one before a candle
at which something can happen is walked as ever too, so that callbacks find all as it would be.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from functools import wraps
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from freqtrade.persistence import LocalTrade
from pandas import Timestamp

from ict_host.seams.habits import BACKTESTING, walks_as_known
from ict_host.uncopied import is_ours

# Where Freqtrade's row of a candle has its opening time and its signals.
_DATE, _LONG, _SHORT = 0, 5, 7

Rows = dict[str, list[list[Any]]]


def walk_past_idle_candles() -> None:
    """Have this process's backtests walk past idle candles, where the strategy does nothing at them."""
    module = sys.modules.get(BACKTESTING)
    if module is None or hasattr(walk := module.Backtesting.time_pair_generator, "__wrapped__"):
        return
    if not walks_as_known():
        return

    @wraps(walk)
    def walk_past(self: Any, start_date: datetime, end_date: datetime, pairs: list[str], data: Rows) -> Any:
        grid = self.timeframe_secs * 1_000_000_000
        if not (_may_walk_past(self, pairs) and all(_is_on_grid(rows, grid) for rows in data.values())):
            yield from walk(self, start_date, end_date, pairs, data)
            return
        idle = _Idle(self, data)
        self._time_generator, self._sync_pair_index = idle.times, idle.row_at
        try:
            yield from walk(self, start_date, end_date, pairs, data)
        finally:
            del self._time_generator, self._sync_pair_index

    module.Backtesting.time_pair_generator = walk_past


def _may_walk_past(backtesting: Any, pairs: list[str]) -> bool:
    """Whether nothing but its signals makes a candle of a backtest without a trade another one."""
    has_more = backtesting.dynamic_pairlist or backtesting.timeframe_detail
    # Coins of the wallet are valued at each candle.
    coins = {pair.split("/")[0] for pair in pairs}
    is_plain = not has_more and not any(map(backtesting.wallets.get_total, coins))
    return is_plain and is_ours(backtesting.strategy, "bot_loop_start")


def _is_on_grid(rows: list[list[Any]], grid: int) -> bool:
    """Whether each candle opens at a time of its own at which Freqtrade looks."""
    opens: npt.NDArray[np.int64] = np.array([row[_DATE].value for row in rows], np.int64)
    return not (opens % grid).any() and bool((np.diff(opens) > 0).all())


class _Idle:
    """Takes the place of two methods of Freqtrade's backtest while it walks over its candles."""

    def __init__(self, backtesting: Any, data: Rows) -> None:
        self._backtesting = backtesting
        signals = (row[_DATE] for rows in data.values() for row in rows if 1 in (row[_LONG], row[_SHORT]))
        self._signals: list[datetime] = [at.to_pydatetime() for at in sorted({*signals})]

    def times(self, start_date: datetime, end_date: datetime) -> Iterator[datetime]:
        """Yield the times that Freqtrade has to look at, and keep the wallet of those between."""
        of, past = self._backtesting, 0
        currency, candle = of.strategy.config["stake_currency"], of.timeframe_td
        signals = iter([*self._signals, end_date])
        coming = next(signals)
        for at in type(of)._time_generator(of, start_date, end_date):
            while coming < at:
                coming = next(signals)
            if at + candle < coming and not LocalTrade.bt_trades_open:
                of.check_abort()
                of._capture_wallet(at, currency, 1)
                past += 1
                continue
            if past:
                of._increment_progress(past)
                past = 0
            yield at

    def row_at(self, data: Rows, pair: str, row_index: int, current_time: Timestamp) -> int:
        """Return the row of a pair's candle: those walked past since the last one count as seen."""
        rows = data[pair]
        if row_index < len(rows) and rows[row_index][_DATE] < current_time:
            row_index = bisect_left(rows, current_time, row_index, key=itemgetter(_DATE))
            seen = self._backtesting.required_startup + row_index
            self._backtesting.dataprovider._set_dataframe_max_index(pair, seen)
        return row_index
