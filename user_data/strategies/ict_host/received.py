"""A producer's analysis on this bot's own candles: whole, of the same candles, by the same settings.

What comes over the wire decides on money here, so nothing of it is believed. Freqtrade sends a frame as
JSON with ten decimals; its numbers come back as floats, its flags and directions as what JSON makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from pandas import DataFrame, DatetimeIndex, Series, Timestamp

from ict import Params
from ict.analysis import Analysis
from ict.candles import Bools, Candles
from ict.catalogue.kinds import Kind
from ict.catalogue.table import Arrays, Declared
from ict.columns import Columns
from ict.market.chart import Chart
from ict.setups.entries import FindEntries
from ict_host.wanted import Wanted

PRICES = ("open", "high", "low", "close")
SIGNALS = {"enter_long": 1, "enter_short": -1}
# The ten decimals of the transfer, and the error of a float that was written and read.
_DECIMALS, _LAST_DIGITS = 1e-9, 1e-9
_SAME = "must be the same on both sides"


class AnalysisError(Exception):
    """A producer's analysis must not be traded on."""


class LateAnalysisError(AnalysisError):
    """The newest candle's analysis has not come."""


class Received:
    """A producer's analysis of a pair, row by row on this bot's own candles.

    Parameters
    ----------
    candles : DataFrame
        This bot's own closed candles, shape (n,).
    sent : DataFrame
        What the producer sent: candles, `ict_*` columns, enter_long and enter_short.
    params : Params
        This bot's settings.
    wanted : Wanted
        The columns that this bot needs.

    Attributes
    ----------
    arrays : Arrays
        The `ict_*` columns that were sent, each of shape (n,); absent on candles of which nothing was sent.

    Raises
    ------
    AnalysisError
        When a column is missing, or holds something that it can't.
    """

    def __init__(self, candles: DataFrame, sent: DataFrame, params: Params, wanted: Wanted) -> None:
        needed = wanted.of(Chart(Candles.from_frame(candles), params))
        _require(("date", *PRICES, *SIGNALS, *(name for name, *_ in needed)), sent)
        self._declared = {name: one for name, one in Columns.in_use(params).items() if name in sent}
        self._candles, self._sent, self._params = candles, sent, params
        self._dates = DatetimeIndex(candles["date"])
        self._at = _places(self._dates, sent)
        self.arrays: Arrays = {name: self._laid(name, one.kind) for name, one in self._declared.items()}
        directions = [side * self._laid(name, Kind.DIRECTION) for name, side in SIGNALS.items()]
        self._direction = directions[0] + directions[1]

    def check_newest(self, find_entries: FindEntries) -> None:
        """Require the newest candle, the same as here, and the entry that this bot's settings give.

        An entry is worth an analysis of our own: where there is one, all patterns of its candle must agree.

        Raises
        ------
        LateAnalysisError
            When the newest candle is not there.
        AnalysisError
            When it is another candle, or means something else here.
        """
        if self._at[-1] < 0:
            raise LateAnalysisError(
                f"no analysis of the newest candle has come; the last is of {self._last()}"
            )
        newest = np.zeros(len(self._at), np.bool_)
        newest[-1] = True
        self._check_candles(newest)
        self._check_entries(newest, find_entries)
        if self._direction[-1]:
            self._check_patterns(newest, lambda column: True)

    def check_past(self, memory: int, find_entries: FindEntries) -> None:
        """Require the same candles, entries and patterns in all that both sides have in common.

        Parameters
        ----------
        memory : int
            Candles that the columns look back on.
        find_entries : Callable
            From columns to entries.

        Raises
        ------
        AnalysisError
            When something differs, or too little is there to tell.
        """
        rows = (self._at >= memory) & (np.arange(len(self._at)) >= memory)
        if not rows.any():
            raise AnalysisError(
                f"the producer's settings could not be checked: that takes more than {memory} candles, "
                f"{len(self._sent)} were sent and {len(self._at)} are here"
            )
        self._check_candles(rows)
        self._check_entries(rows, find_entries)
        # Other inputs of a value may lie before the candles of this bot.
        self._check_patterns(rows, lambda column: not column.remembers)

    def _check_candles(self, rows: Bools) -> None:
        for name in PRICES:
            here = self._candles[name].to_numpy()
            self._compare(name, here, self._laid(name, Kind.PRICE), rows, "both must see one exchange")

    def _check_entries(self, rows: Bools, find_entries: FindEntries) -> None:
        chart = Chart(Candles.from_frame(self._candles), self._params)
        here = find_entries(Columns(chart, self.arrays)).direction
        self._compare("the entry", here, self._direction, rows, f"settings of confluence {_SAME}")

    def _check_patterns(self, rows: Bools, is_checked: Callable[[Declared[Any]], bool]) -> None:
        """Require columns to be as here; this bot does not load the candles of higher timeframes."""
        checked = (
            (name, one, key)
            for name, one, key in Columns.named(self._params)
            if name in self.arrays and not one.needs_higher and is_checked(one)
        )
        own = Analysis(self._candles, self._params).columns().chosen(checked)
        for name, here in own.items():
            self._compare(name, here, self.arrays[name], rows, f"settings of patterns {_SAME}")

    def _compare(self, what: str, here: Any, there: Any, rows: Bools, rule: str) -> None:
        differ = np.flatnonzero(rows & ~_agree(here, there))
        if len(differ):
            row = differ[0]
            raise AnalysisError(
                f"{what} at {_time(self._dates[row])} is {there[row]} in the producer's analysis and "
                f"{here[row]} here: {rule}"
            )

    def _laid(self, name: str, kind: Kind) -> npt.NDArray[Any]:
        """One column on this bot's candles."""
        laid = kind.absent(len(self._at))
        known = self._at >= 0
        laid[known] = _cast(self._sent[name], kind.dtype)[self._at[known]]
        return laid

    def _last(self) -> str:
        return _time(Timestamp(self._sent["date"].iloc[-1]))


def _require(names: Iterable[str], sent: DataFrame) -> None:
    missing = [name for name in names if name not in sent]
    if missing:
        raise AnalysisError(
            f"the producer's analysis has no {', '.join(missing)}: strategy, settings and version {_SAME}"
        )


def _places(dates: DatetimeIndex, sent: DataFrame) -> npt.NDArray[np.intp]:
    """Row of each candle in the received analysis, -1 where it is missing."""
    theirs = sent["date"]
    if theirs.dtype.kind != "M" or not theirs.is_unique:
        raise AnalysisError("date in the producer's analysis must hold each candle's time once")
    return DatetimeIndex(theirs).get_indexer(dates)


def _cast(column: Series[Any], kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """Convert a column of JSON back to its type, and refuse other values."""
    if kind.kind == "O":
        words = column.fillna("").to_numpy(object)
        fits = all(isinstance(word, str) for word in words)
        made: npt.NDArray[Any] = words
    else:
        fits, made = _numbers(column, kind)
    if not fits:
        raise AnalysisError(f"{column.name} in the producer's analysis must hold {_words(kind)}")
    return made


def _numbers(column: Series[Any], kind: np.dtype[Any]) -> tuple[bool, npt.NDArray[Any]]:
    try:
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        return False, np.empty(0)
    if kind.kind == "f":
        return True, numbers
    low, high = (0, 1) if kind.kind == "b" else (np.iinfo(kind).min, np.iinfo(kind).max)
    fits = bool(np.all((numbers >= low) & (numbers <= high) & (numbers == np.round(numbers))))
    return fits, numbers.astype(kind) if fits else numbers


def _words(kind: np.dtype[Any]) -> str:
    return {"f": "numbers", "i": "whole numbers", "b": "true or false", "O": "words"}[kind.kind]


def _agree(here: npt.NDArray[Any], there: npt.NDArray[Any]) -> Bools:
    if here.dtype.kind == "f":
        close: Bools = np.isclose(here, there, rtol=_LAST_DIGITS, atol=_DECIMALS, equal_nan=True)
        return close
    same: Bools = np.asarray(here == there, np.bool_)
    return same


def _time(at: Timestamp) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
