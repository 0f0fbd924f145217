"""Market structure: breaks of the last swing, and the trend that follows from them (BOS-1, CHOCH-1)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Candles, Direction, Ints
from ict.market.lookup import look_up
from ict.market.runs import begins_run
from ict.market.swings import Swings, find_swings


@dataclass(frozen=True, slots=True)
class Breaks:
    """Breaks of structure, oldest first.

    Attributes
    ----------
    at : Ints
        Candle whose close broke the swing, shape (m,), strictly rising.
    direction : npt.NDArray[np.int8]
        +1 up, -1 down.
    is_continuation : Bools
        True for a BOS (the trend already had this direction), False for a CHoCH.
    pivot_at : Ints
        Candle of the swing that was broken.
    """

    at: Ints
    direction: npt.NDArray[np.int8]
    is_continuation: Bools
    pivot_at: Ints

    def __len__(self) -> int:
        return len(self.at)

    def last_known(self, count: int) -> Ints:
        """Index of the last break at each of `count` candles; -1 before the first."""
        breaks = np.zeros(count, np.int64)
        breaks[self.at] = 1
        return breaks.cumsum() - 1


@dataclass(frozen=True, slots=True)
class Structure:
    """Swings, breaks and the trend of a chart.

    Attributes
    ----------
    swings : dict[Direction, Swings]
        Confirmed swing highs (+1) and swing lows (-1).
    breaks : Breaks
        BOS and CHoCH events.
    trend : npt.NDArray[np.int8]
        Trend after each close: +1, -1, or 0 before the first break, shape (n,).
    """

    swings: dict[Direction, Swings]
    breaks: Breaks
    trend: npt.NDArray[np.int8]


def find_structure(candles: Candles, strength: int) -> Structure:
    """Find swings, breaks and trend (SWING-1, BOS-1, CHOCH-1).

    Each close first confirms its swings, then is tested against the last swing high, and only where it
    does not break that, against the last swing low.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    strength : int
        Strength of the swings, in candles.
    """
    swings = find_swings(candles, strength)
    nothing = np.zeros(len(candles), np.bool_)
    up_at, up_pivot = _first_closes_beyond(swings[1], candles, nothing)
    broke_up = nothing.copy()
    broke_up[up_at] = True
    down_at, down_pivot = _first_closes_beyond(swings[-1], candles, broke_up)
    breaks = _in_order(up_at, up_pivot, down_at, down_pivot)
    trend = look_up(breaks.direction, breaks.last_known(len(candles)), 0)
    return Structure(swings, breaks, trend)


def _first_closes_beyond(swings: Swings, candles: Candles, passed_over: Bools) -> tuple[Ints, Ints]:
    """First close beyond each swing while it is the last one known; skipped candles do not count."""
    last = swings.last_known(len(candles))
    # A comparison with NaN, before the first swing, is False.
    beyond = swings.side * (candles.close - swings.at_candles(last)) > 0
    at = (beyond & ~passed_over).nonzero()[0]
    swing = last[at]
    first = begins_run(swing)
    return at[first], swings.pivot_at[swing[first]]


def _in_order(up_at: Ints, up_pivot: Ints, down_at: Ints, down_pivot: Ints) -> Breaks:
    at = np.concatenate([up_at, down_at])
    order = at.argsort(kind="stable")
    direction = np.repeat(np.array([1, -1], np.int8), [len(up_at), len(down_at)])[order]
    # The first break continues nothing.
    is_continuation = ~begins_run(direction)
    return Breaks(at[order], direction, is_continuation, np.concatenate([up_pivot, down_pivot])[order])


def direction_at(breaks: Breaks, chosen: Bools, count: int) -> npt.NDArray[np.int8]:
    """Direction of the chosen breaks at their candles, 0 elsewhere, shape (count,)."""
    column = np.zeros(count, np.int8)
    column[breaks.at[chosen]] = breaks.direction[chosen]
    return column


def broke(breaks: Breaks, direction: Direction, count: int) -> Bools:
    """Whether structure broke in a direction at each of `count` candles."""
    column = np.zeros(count, np.bool_)
    column[breaks.at[breaks.direction == direction]] = True
    return column
