"""Candles: checked once at the edge, read-only afterwards."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.direction import BOTH_SIDES as BOTH_SIDES
from ict.direction import Direction as Direction
from ict.errors import CandleError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PRICES = ("open", "high", "low", "close")
MINUTE = 60_000_000_000
_FURTHEST = np.iinfo(np.int64).max
_NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
# A price that was computed, or kept as a shorter float: far below any exchange's tick.
_FLOAT_ERROR = 2e-9
# What an object column may hold; None is a price that is missing.
_NUMBERS = (int, float, Decimal, Fraction, np.integer, np.floating, type(None))
_NO_NUMBERS = (bool, np.timedelta64)


def absent(*shape: int) -> Floats:
    """Make an array of missing prices; `np.full` takes three times as long on a short one."""
    prices = np.empty(shape)
    prices.fill(np.nan)
    return prices


@dataclass(frozen=True)
class Candles:
    """Closed candles, oldest first.

    Attributes
    ----------
    time : Ints
        Open times, shape (n,), nanoseconds since 1970 in UTC, strictly rising.
    open, high, low, close : Floats
        Prices, shape (n,), finite, each candle's low <= open, close <= high.
    """

    time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats

    def __len__(self) -> int:
        return len(self.close)

    def __getitem__(self, chosen: slice | Ints) -> "Candles":
        return Candles(*(getattr(self, name)[chosen] for name in ("time", *PRICES)))

    @cached_property
    def step(self) -> int:
        """Length of a candle in nanoseconds: the smallest distance of two.

        A single candle does not show it: it is taken for one of 15 minutes, as the product trades.
        """
        return int(np.diff(self.time).min()) if len(self) > 1 else 15 * MINUTE

    def same_as(self, other: "Candles") -> bool:
        """Whether these are the same candles at the same times."""
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in ("time", *PRICES))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "Candles":
        """Check a dataframe of Freqtrade's form and take its candles.

        A high or low that misses its open or close by a float's error is moved there.

        Parameters
        ----------
        frame : pandas.DataFrame
            Columns date (open time, UTC), open, high, low, close; further columns are ignored.

        Raises
        ------
        CandleError
            For a missing or repeated column, an unsorted, repeated or missing date, a price that is
            not a positive finite number, or a candle whose high or low does not hold its open and
            close. The message names the column and the first bad row, `at` that row's time.
        """
        time = _times(_column(frame, "date"))
        candles = cls(time, *(_prices(_column(frame, name), time) for name in PRICES))
        return _possible(candles)


def _column(frame: pd.DataFrame, name: str) -> "pd.Series[Any]":
    if not isinstance(frame, pd.DataFrame):
        raise CandleError(f"candles must be a pandas DataFrame, was {type(frame).__name__}")
    if name not in frame.columns:
        raise CandleError(f"candles need a column '{name}', found: {', '.join(map(str, frame.columns))}")
    column = frame[name]
    if not isinstance(column, pd.Series):
        raise CandleError(f"candles need one column '{name}', found {column.shape[1]} of that name")
    return column


def _times(dates: "pd.Series[pd.Timestamp]") -> Ints:
    if not len(dates):
        return np.zeros(0, np.int64)
    if dates.dtype.kind != "M":
        raise CandleError(f"column 'date' must hold times, was of type {dates.dtype}")
    # The stored numbers count from 1970 in UTC whatever the time zone; a time without one is taken as UTC.
    stamps = pd.DatetimeIndex(dates)
    missing = stamps.isna()
    if missing.any():
        raise CandleError(f"column 'date' has no time in row {int(missing.argmax())}")
    counts, factor = stamps.asi8, _NANOSECONDS[stamps.unit]
    far = (np.abs(counts) > _FURTHEST // factor).nonzero()[0]
    if far.size:
        raise CandleError(f"column 'date' must lie in 1678 to 2261, did not in row {int(far[0])}")
    time = counts * factor
    time.flags.writeable = False
    backwards = (time[1:] <= time[:-1]).nonzero()[0]
    if backwards.size:
        row = int(backwards[0]) + 1
        raise CandleError(
            f"column 'date' must increase from row to row, did not at row {row}", _stamp(time[row])
        )
    return time


def _stamp(time: np.int64) -> pd.Timestamp:
    return pd.Timestamp(int(time), tz="UTC")


def _prices(column: "pd.Series[Any]", time: Ints) -> Floats:
    prices = _floats(column)
    bad = (~(np.isfinite(prices) & (prices > 0))).nonzero()[0]
    if bad.size:
        raise CandleError(
            f"column '{column.name}' must hold positive prices, was {prices[bad[0]]} in row {int(bad[0])}",
            _stamp(time[bad[0]]),
        )
    prices.flags.writeable = False
    return prices


def _floats(column: "pd.Series[Any]") -> Floats:
    kind = column.dtype.kind
    if kind not in "iufO":
        raise CandleError(f"column '{column.name}' must hold numbers, was of type {column.dtype}")
    values = column.to_numpy()
    if kind == "O":
        _check_numbers(column.name, values)
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise CandleError(f"column '{column.name}' must hold numbers: {error}") from None


def _check_numbers(name: Any, values: npt.NDArray[np.object_]) -> None:
    """Refuse what NumPy would convert to a number: text, flags and durations."""
    kinds = {kind for kind in map(type, values) if not _is_number(kind)}
    if kinds:
        row = next(row for row, value in enumerate(values) if type(value) in kinds)
        raise CandleError(f"column '{name}' must hold numbers, was {values[row]!r} in row {row}")


def _is_number(kind: type) -> bool:
    return issubclass(kind, _NUMBERS) and not issubclass(kind, _NO_NUMBERS)


def _possible(candles: Candles) -> Candles:
    """Candles whose high and low hold open and close, moved there by a float's error at most."""
    upper, lower = np.maximum(candles.open, candles.close), np.minimum(candles.open, candles.close)
    if (upper <= candles.high).all() and (lower >= candles.low).all():
        return candles
    high, low = np.maximum(candles.high, upper), np.minimum(candles.low, lower)
    short, deep = high - candles.high, candles.low - low
    bad = (np.maximum(short, deep) > _FLOAT_ERROR * high).nonzero()[0]
    if bad.size:
        row = int(bad[0])
        raise CandleError(
            f"candle in row {row} is impossible: open {candles.open[row]}, high {candles.high[row]}, "
            f"low {candles.low[row]}, close {candles.close[row]}",
            _stamp(candles.time[row]),
        )
    high.flags.writeable = low.flags.writeable = False
    return replace(candles, high=high, low=low)
