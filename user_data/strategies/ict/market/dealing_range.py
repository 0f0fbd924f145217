"""Where price is in the leg that broke structure (OTE-1) and in the dealing range (PD-1)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints, absent
from ict.market.runs import begins_run, members, run_starts
from ict.market.structure import Breaks, Structure

OTE_SHALLOW, OTE_SWEET_SPOT, OTE_DEEP = 0.62, 0.705, 0.79


@dataclass(frozen=True, slots=True)
class OteBand:
    """The optimal trade entry band of one side's leg, at each candle.

    Attributes
    ----------
    top, bottom : Floats
        Edges of the band, NaN where that side has no leg, shape (n,).
    holds_close : Bools
        Whether the close is in it.
    """

    top: Floats
    bottom: Floats
    holds_close: Bools


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the legs that broke structure began (OTE-1), one a break.

    Attributes
    ----------
    at : Ints
        Candle of the lowest low from the broken swing to the break, the latest of equals, shape (m,).
    peak : Floats
        Highest high from there to the break. For a leg downwards highs and lows are swapped: this is
        the lowest low, negated.
    """

    at: Ints
    peak: Floats


@dataclass(frozen=True, slots=True)
class Legs:
    """The current leg at each candle (OTE-1), from the first break on.

    Attributes
    ----------
    first : int
        Candle of the first break; the number of candles where there is none.
    side : npt.NDArray[np.int8]
        +1 upwards, -1 downwards, shape (n - first,).
    origin, peak : Floats
        Low at the leg's origin and highest high since, NaN where a close below the origin has ended it.
        For a leg downwards, high and lowest low, both negated, so that every leg points up.
    """

    first: int
    side: npt.NDArray[np.int8]
    origin: Floats
    peak: Floats

    def of_side(self, direction: Direction, prices: Floats) -> Floats:
        """Return prices of this side's legs in the market's own sign; NaN elsewhere, shape (n,)."""
        column = absent(self.first + len(prices))
        np.multiply(prices, direction, out=column[self.first :], where=self.side == direction)
        return column


def find_legs(candles: Candles, breaks: Breaks, origins: Origins) -> Legs:
    """Find the current leg at each candle (OTE-1).

    A leg starts with the break and runs from its origin to the furthest extreme since; the next
    break in either direction, or a close beyond the origin, ends it.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    breaks : Breaks
        Breaks of structure on the same candles.
    origins : Origins
        Where their legs began.
    """
    leg = breaks.last_known(len(candles))
    first = int(breaks.at[0]) if len(breaks) else len(candles)
    leg, running = leg[first:], candles[first:]
    side = breaks.direction[leg]
    peak, origin = _leg_extremes(candles, breaks, origins, running, leg)
    over = _since_first(side * running.close < origin, leg)
    return Legs(first, side, np.where(over, np.nan, origin), np.where(over, np.nan, peak))


def find_ote_bands(candles: Candles, legs: Legs) -> dict[Direction, OteBand]:
    """Find the retracement band of each side's current leg (OTE-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    legs : Legs
        What `find_legs` found on them.
    """
    height = legs.peak - legs.origin
    deep, shallow = legs.peak - OTE_DEEP * height, legs.peak - OTE_SHALLOW * height
    bands = {}
    for direction in BOTH_SIDES:
        top, bottom = (legs.of_side(direction, edge) for edge in (shallow, deep)[::direction])
        bands[direction] = OteBand(top, bottom, (bottom <= candles.close) & (candles.close <= top))
    return bands


def _leg_extremes(
    candles: Candles, breaks: Breaks, origins: Origins, running: Candles, leg: Ints
) -> tuple[Floats, Floats]:
    """Highest high so far and origin of the current leg at each candle, in the leg's own prices."""
    up = breaks.direction > 0
    origin = np.where(up, candles.low[origins.at], -candles.high[origins.at])
    peak = np.where(up[leg], running.high, -running.low)
    first = begins_run(leg)
    peak[first] = np.maximum(peak[first], origins.peak[leg[first]])
    return _running_maximum(peak, leg), origin[leg]


def find_origins(candles: Candles, breaks: Breaks) -> Origins:
    """Find where the legs that broke structure began (OTE-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    breaks : Breaks
        Breaks of structure, shape (m,).
    """
    if not len(breaks):
        return Origins(np.zeros(0, np.int64), np.zeros(0))
    legs = members(breaks.pivot_at, breaks.at + 1)
    candle, starts = legs.member, legs.lengths.cumsum() - legs.lengths
    up = legs.each(breaks.direction > 0)
    low = np.where(up, candles.low[candle], -candles.high[candle])
    lowest = np.minimum.reduceat(low, starts)
    at = np.zeros(len(breaks), np.int64)
    ties = (low == legs.each(lowest)).nonzero()[0]
    # The last assignment wins, so the latest of equal lows is the origin.
    at[legs.range_of(ties)] = candle[ties]
    high = np.where(up, candles.high[candle], -candles.low[candle])
    high[candle < legs.each(at)] = -np.inf
    return Origins(at, np.maximum.reduceat(high, starts))


def _running_maximum(values: Floats, leg: Ints) -> Floats:
    """Highest value so far within each run of equal legs."""
    highest, reach = values.copy(), 1
    longest = int(np.bincount(leg).max(initial=0)) if len(leg) else 0
    # Each round doubles the number of earlier candles that a maximum covers.
    while reach < longest:
        same = leg[reach:] == leg[:-reach]
        earlier = np.where(same, highest[:-reach], -np.inf)
        highest[reach:] = np.maximum(highest[reach:], earlier)
        reach *= 2
    return highest


def _since_first(happens: Bools, leg: Ints) -> Bools:
    """Whether it has happened at or before each candle of its leg."""
    total = happens.cumsum()
    starts = run_starts(leg)
    before: Ints = np.repeat(total[starts] - happens[starts], np.diff(np.append(starts, len(leg))))
    since: Bools = total > before
    return since


def range_position(candles: Candles, structure: Structure) -> Floats:
    """Place of the close between the last confirmed swing low (0) and swing high (1) (PD-1).

    Returns
    -------
    Floats
        Shape (n,); below 0.5 is discount, above is premium. NaN until both swings are known and
        the high is above the low.
    """
    high, low = last_range(structure, len(candles))
    return (candles.close - low) / (high - low)


def last_range(structure: Structure, count: int) -> tuple[Floats, Floats]:
    """Return the last confirmed swing high and low at each of `count` candles.

    Returns
    -------
    tuple[Floats, Floats]
        Both NaN until both are known, and while the high is not above the low.
    """
    high, low = (swing_prices(structure, side, count) for side in BOTH_SIDES)
    is_range = high > low
    return np.where(is_range, high, np.nan), np.where(is_range, low, np.nan)


def swing_prices(structure: Structure, side: Direction, count: int) -> Floats:
    """Price of the last confirmed swing of a side at each of `count` candles, NaN before the first."""
    swings = structure.swings[side]
    return swings.at_candles(swings.last_known(count))
