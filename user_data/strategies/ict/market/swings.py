"""Swing highs and lows (SWING-1): local extremes, known once the candles to their right have closed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
from ict.market.lookup import look_up


@dataclass(frozen=True, slots=True)
class Swings:
    """Confirmed swings of one side, oldest first.

    Attributes
    ----------
    side : Direction
        +1 swing highs, -1 swing lows.
    pivot_at, confirmed_at : Ints
        The swing's own candle, and the later one at whose close it is known, shape (m,).
    price : Floats
        High (or low) of the swing's candle.
    """

    side: Direction
    pivot_at: Ints
    confirmed_at: Ints
    price: Floats

    def __len__(self) -> int:
        return len(self.pivot_at)

    def labels(self) -> npt.NDArray[np.object_]:
        """HH or LH of each swing high, LL or HL of each low; empty for the first of each side."""
        beyond, within = ("HH", "LH") if self.side > 0 else ("LL", "HL")
        # All share one string; `np.full` makes one for each, and takes four times as long.
        labels = np.empty(len(self), np.object_)
        labels.fill(within)
        labels[1:][self.side * (self.price[1:] - self.price[:-1]) > 0] = beyond
        labels[:1] = ""
        return labels

    def last_known(self, count: int) -> Ints:
        """Index of the swing confirmed last at each of `count` candles; -1 before the first."""
        confirmed = np.zeros(count, np.int64)
        confirmed[self.confirmed_at] = 1
        return confirmed.cumsum() - 1

    def at_candles(self, which: Ints) -> Floats:
        """Price of the chosen swings; NaN where the index is -1."""
        return look_up(self.price, which, np.nan)


def find_swings(candles: Candles, strength: int) -> dict[Direction, Swings]:
    """Find the swing highs (+1) and swing lows (-1) of the candles (SWING-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    strength : int
        Candles on each side that a swing exceeds: strictly those before it; those after it may be
        equal.
    """
    # Lows are negated, so that a swing low is a swing high.
    high = np.array([candles.high, -candles.low])
    found = zip(BOTH_SIDES, (candles.high, candles.low), _stands_out(high, strength), strict=True)
    swings = {}
    for side, price, stands_out in found:
        pivot_at = stands_out.nonzero()[0] + strength
        swings[side] = Swings(side, pivot_at, pivot_at + strength, price[pivot_at])
    return swings


def _stands_out(high: Floats, strength: int) -> Bools:
    """Whether each candle with enough neighbours is a swing high, by row."""
    count = max(high.shape[1] - 2 * strength, 0)
    peak = high[:, strength : strength + count]
    stands_out = np.ones(peak.shape, np.bool_)
    for distance in range(1, strength + 1):
        stands_out &= peak > high[:, strength - distance : strength - distance + count]
        stands_out &= peak >= high[:, strength + distance : strength + distance + count]
    return stands_out
