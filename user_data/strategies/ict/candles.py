"""Candles: checked once at the edge, read-only afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.errors import CandleError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Direction = int  # +1 bullish, -1 bearish

PRICES = ("open", "high", "low", "close")
_FURTHEST = np.iinfo(np.int64).max
_NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
BOTH_SIDES: tuple[Direction, Direction] = (1, -1)


def absent(*shape: int) -> Floats:
    """Make an array of prices that are not there; `np.full` takes three times as long on a short one."""
    prices = np.empty(shape)
    prices.fill(np.nan)
    return prices


@dataclass(frozen=True, slots=True)
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

    def __getitem__(self, chosen: slice) -> Candles:
        return Candles(*(getattr(self, name)[chosen] for name in ("time", *PRICES)))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Candles:
        """Check a frame of Freqtrade's shape and take its candles.

        Parameters
        ----------
        frame : pandas.DataFrame
            Columns date (open time, UTC), open, high, low, close; further columns are ignored.

        Raises
        ------
        CandleError
            For a missing column, an unsorted, repeated or missing date, a price that is not a
            positive finite number, or a candle whose high or low does not hold its open and close.
            The message names the column and the first bad row.
        """
        for name in ("date", *PRICES):
            if name not in frame.columns:
                raise CandleError(
                    f"candles need a column '{name}', found: {', '.join(map(str, frame.columns))}"
                )
        candles = cls(_times(frame["date"]), *(_prices(frame[name]) for name in PRICES))
        _check_shape(candles)
        return candles

    def views(self) -> Views:
        """Return the candles as the bulls and as the bears see them."""
        high, low = np.array([self.high, -self.low]), np.array([self.low, -self.high])
        return Views(np.array([self.open, -self.open]), high, low, np.array([self.close, -self.close]))


@dataclass(frozen=True, slots=True)
class Views:
    """The candles of both sides, each of shape (2, n): row 0 as the bulls see them, row 1 as the bears.

    The bears' view is the market upside down: negated prices, high and low swapped. A rule that is
    written for the bullish side is then its exact mirror, since negation is exact.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats


def _times(dates: pd.Series[pd.Timestamp]) -> Ints:
    stamps = dates.array
    if not isinstance(stamps, pd.arrays.DatetimeArray):
        raise CandleError(f"column 'date' must hold times, was of type {dates.dtype}")
    # The stored numbers count from 1970 in UTC whatever the time zone; a time without one is taken as UTC.
    missing = stamps.isna()
    if missing.any():
        raise CandleError(f"column 'date' has no time in row {int(missing.argmax())}")
    counts, factor = pd.DatetimeIndex(stamps).asi8, _NANOSECONDS[stamps.unit]
    far = (np.abs(counts) > _FURTHEST // factor).nonzero()[0]
    if far.size:
        raise CandleError(f"column 'date' must lie in 1678 to 2261, did not in row {int(far[0])}")
    time = counts * factor
    time.flags.writeable = False
    backwards = (time[1:] <= time[:-1]).nonzero()[0]
    if backwards.size:
        raise CandleError(f"column 'date' must rise from row to row, did not at row {int(backwards[0]) + 1}")
    return time


def _prices(column: pd.Series[float]) -> Floats:
    try:
        prices: Floats = np.array(column.to_numpy(), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CandleError(f"column '{column.name}' must hold numbers: {error}") from None
    bad = (~(np.isfinite(prices) & (prices > 0))).nonzero()[0]
    if bad.size:
        raise CandleError(
            f"column '{column.name}' must hold positive prices, was {prices[bad[0]]} in row {int(bad[0])}"
        )
    prices.flags.writeable = False
    return prices


def _check_shape(candles: Candles) -> None:
    inside_high = candles.high >= np.maximum(candles.open, candles.close)
    inside_low = candles.low <= np.minimum(candles.open, candles.close)
    bad = (~(inside_high & inside_low)).nonzero()[0]
    if bad.size:
        row = int(bad[0])
        raise CandleError(
            f"candle in row {row} is impossible: open {candles.open[row]}, high {candles.high[row]}, "
            f"low {candles.low[row]}, close {candles.close[row]}"
        )
