"""A table of candles, and longer candles made from shorter ones."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loopback.market.intervals import IntArray, next_open, open_of

FloatArray = NDArray[np.float64]

# Sums of volumes have rounding errors; no contract's quantity has more digits than this.
_VOLUME_DIGITS = 8


class Candle(NamedTuple):
    """One candle: open time in milliseconds UTC, prices in USDT, volume in the base coin."""

    open_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True)
class Candles:
    """Candles of one interval in ascending order of open time; there may be gaps.

    `open_ms` is in milliseconds UTC, prices are in USDT, `volume` is in the base coin.
    """

    interval: str
    open_ms: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray

    def __len__(self) -> int:
        return len(self.open_ms)

    def __getitem__(self, row: int) -> Candle:
        return Candle(int(self.open_ms[row]), *(float(column[row]) for column in self._floats()))

    @property
    def end_ms(self) -> int:
        """End of the last candle, exclusive, in milliseconds UTC; 0 if there is none."""
        return int(next_open(self.open_ms[-1:], self.interval)[0]) if len(self) else 0

    def rows(self, first: int, stop: int) -> "Candles":
        """Return the rows from `first` to `stop`, exclusive."""
        part = slice(first, stop)
        return Candles(self.interval, self.open_ms[part], *(column[part] for column in self._floats()))

    def between(self, start_ms: int, stop_ms: int) -> "Candles":
        """Return the candles that open from `start_ms` to `stop_ms`, exclusive (milliseconds UTC)."""
        first, stop = np.searchsorted(self.open_ms, [start_ms, stop_ms])
        return self.rows(int(first), int(stop))

    def with_row(self, candle: Candle) -> "Candles":
        """Return these candles and one more after them."""
        open_ms = np.append(self.open_ms, np.int64(candle.open_ms))
        columns = (np.append(column, value) for column, value in zip(self._floats(), candle[1:], strict=True))
        return Candles(self.interval, open_ms, *columns)

    def followed_by(self, other: "Candles") -> "Candles":
        """Return these candles and later ones of the same interval after them."""
        columns = (np.concatenate(pair) for pair in zip(self._floats(), other._floats(), strict=True))
        return Candles(self.interval, np.concatenate((self.open_ms, other.open_ms)), *columns)

    def _floats(self) -> tuple[FloatArray, ...]:
        return self.open, self.high, self.low, self.close, self.volume


def no_candles(interval: str) -> Candles:
    """Return an empty table."""
    none = np.empty(0)
    return Candles(interval, np.empty(0, dtype=np.int64), none, none, none, none, none)


def aggregate(candles: Candles, interval: str) -> Candles:
    """Make longer candles; the last one may be unfinished.

    Parameters
    ----------
    candles
        Candles of an interval that divides `interval`.
    interval
        Interval of the result.
    """
    if not len(candles):
        return no_candles(interval)
    opens, first = np.unique(open_of(candles.open_ms, interval), return_index=True)
    last = np.append(first[1:], len(candles)) - 1
    sums: FloatArray = np.add.reduceat(candles.volume, first)
    volume = np.round(sums, _VOLUME_DIGITS)
    high, low = np.maximum.reduceat(candles.high, first), np.minimum.reduceat(candles.low, first)
    return Candles(interval, opens, candles.open[first], high, low, candles.close[last], volume)


def aggregate_finished(candles: Candles, interval: str) -> Candles:
    """Make longer candles, without an unfinished last one."""
    longer = aggregate(candles, interval)
    return longer if longer.end_ms <= candles.end_ms else longer.rows(0, len(longer) - 1)
