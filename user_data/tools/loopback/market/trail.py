"""A price as a line through points, and where it first reaches a level."""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from loopback.market.candles import Candles, FloatArray
from loopback.market.intervals import LENGTH_MS, IntArray


class Crossing(NamedTuple):
    """A time in milliseconds UTC and the price in USDT at that time."""

    time_ms: int
    price: float


@dataclass(frozen=True)
class Trail:
    """Points in order of time, joined by straight lines; two at the same time are a jump.

    `time_ms` is in milliseconds UTC (with fractions), `price` in USDT.
    """

    time_ms: FloatArray
    price: FloatArray

    @classmethod
    def of(cls, *points: tuple[float, float]) -> Self:
        """Return the trail through (time, price) points."""
        return cls(np.array([time for time, _ in points]), np.array([price for _, price in points]))

    def __add__(self, other: "Trail") -> "Trail":
        return Trail(np.concatenate((self.time_ms, other.time_ms)), np.concatenate((self.price, other.price)))

    def between(self, start_ms: float, stop_ms: float) -> "Trail":
        """Return the points after `start_ms` and up to `stop_ms`."""
        chosen = (self.time_ms > start_ms) & (self.time_ms <= stop_ms)
        return Trail(self.time_ms[chosen], self.price[chosen])

    def first_at(self, level: float, falling: bool) -> Crossing | None:
        """Return where the price first reaches the level, or None if it never does.

        Parameters
        ----------
        level
            The price to reach in USDT.
        falling
            Whether it is reached from above rather than from below.
        """
        reached = self.price <= level if falling else self.price >= level
        hits = np.flatnonzero(reached)
        if not len(hits):
            return None
        at = int(hits[0])
        if at == 0:
            return Crossing(math.ceil(self.time_ms[0]), float(self.price[0]))
        (before, after), (start, end) = self.time_ms[at - 1 : at + 1], self.price[at - 1 : at + 1]
        if before == after:  # a jump: the first price seen is the one after it
            return Crossing(math.ceil(after), float(end))
        moment = before + (level - start) / (end - start) * (after - before)
        return Crossing(math.ceil(moment), level)


def trail_of(candles: Candles, next_open_ms: float) -> Trail:
    """Return the trail through candles by the convention of `path`; constant where candles are missing.

    Parameters
    ----------
    candles
        Candles of a fixed length.
    next_open_ms
        Open time in milliseconds UTC of the candle that follows the last one, infinity if none does.
    """
    length = LENGTH_MS[candles.interval]
    rising = candles.close >= candles.open
    stops = [
        candles.open,
        np.where(rising, candles.low, candles.high),
        np.where(rising, candles.high, candles.low),
        candles.close,
    ]
    steps = np.cumsum([np.abs(later - earlier) for earlier, later in itertools.pairwise(stops)], axis=0)
    whole = np.where(steps[-1] > 0, steps[-1], 1.0)
    opened = candles.open_ms.astype(float)
    times = [opened, opened + length * steps[0] / whole, opened + length * steps[1] / whole, opened + length]
    rest = np.append(opened[1:], next_open_ms)
    return Trail(np.column_stack((*times, rest)).ravel(), np.column_stack((*stops, stops[-1])).ravel())


def slots(first_ms: int, stop_ms: int, interval: str) -> IntArray:
    """Return the open times of an interval's candles from `first_ms` (such a time) to before `stop_ms`."""
    return np.arange(first_ms, stop_ms, LENGTH_MS[interval], dtype=np.int64)
