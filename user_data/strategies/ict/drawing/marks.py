"""What can be drawn, before the choice of what fits: price levels and bands with their lifetimes."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Direction, Floats, Ints
from ict.market.liquidity import EQUAL, Liquidity
from ict.market.periods import Periods
from ict.market.search import NEVER
from ict.market.zones import Zones


class Look(IntEnum):
    """State of a mark at the newest candle."""

    FRESH = 0
    TOUCHED = 1
    SPENT = 2


@dataclass(frozen=True, slots=True)
class Marks:
    """Bands of prices, each from the candle at whose close it was known to the one that ended it.

    Attributes
    ----------
    direction : npt.NDArray[np.int8]
        +1 bullish, -1 bearish, shape (m,).
    top, bottom : Floats
        Edges, price units; equal for a level.
    known_at, ended_at : Ints
        Candles; `ended_at` is -1 while nothing has ended it.
    look : npt.NDArray[np.int8]
        A `Look`.
    """

    direction: npt.NDArray[np.int8]
    top: Floats
    bottom: Floats
    known_at: Ints
    ended_at: Ints
    look: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.known_at)

    def __getitem__(self, chosen: Ints | Bools) -> "Marks":
        return Marks(*(getattr(self, name)[chosen] for name in self.__slots__))


def marks_of_zones(zones: Zones, came_back: Bools) -> Marks:
    """Make marks of zones, with the look of their state (ZONE-1).

    Parameters
    ----------
    zones : Zones
        Shape (m,).
    came_back : Bools
        Whether price has returned to each zone, shape (m,).
    """
    look = np.where(zones.ended_at >= 0, Look.SPENT, np.where(came_back, Look.TOUCHED, Look.FRESH))
    return Marks(
        zones.direction, zones.top, zones.bottom, zones.known_at, zones.ended_at, look.astype(np.int8)
    )


def marks_of_pools(liquidity: Liquidity, count: int) -> tuple[Marks, Bools, Bools]:
    """Make levels of the pools of both sides (POOL-1).

    Of pools at one price that end together, the oldest is kept. A pool below the lows is bullish: its
    sweep can start a long.

    Parameters
    ----------
    liquidity : Liquidity
        On `count` candles.

    Returns
    -------
    tuple[Marks, Bools, Bools]
        The levels, and which of them were swept (SWEEP-1) and are of equal highs or lows (EQ-1).
    """
    pools = list(liquidity.pools.values())
    side = np.concatenate([np.full(len(one.level), -one.side, np.int8) for one in pools])
    level = np.concatenate([one.level for one in pools])
    known_at = np.concatenate([one.known_at for one in pools])
    taken_at = np.concatenate([one.taken_at for one in pools])
    swept = np.concatenate([one.swept for one in pools])
    expires_at = np.concatenate([one.expires_at for one in pools])
    # Weeks and months of daily candles may have expired long before the first candle.
    expired_at = np.where(expires_at < count, np.maximum(expires_at, 0), -1)
    ended_at = np.where(taken_at != NEVER, taken_at, expired_at)
    look = np.where(ended_at < 0, Look.FRESH, Look.SPENT).astype(np.int8)
    marks = Marks(side, level, level, known_at, ended_at, look)
    # Oldest first, with pools of one level and end adjacent.
    order = np.lexsort((known_at, ended_at, level, side))
    starts = np.arange(len(order)) == 0
    for values in (side, level, ended_at):
        starts[1:] |= values[order][1:] != values[order][:-1]
    is_equal = np.concatenate([one.kind == EQUAL for one in pools])
    # What is true of one of them is drawn for all of their level.
    swept, is_equal = (np.bincount(starts.cumsum() - 1, of[order]) > 0 for of in (swept, is_equal))
    by_age = np.argsort(known_at[order[starts]], kind="stable")
    return marks[order[starts][by_age]], swept[by_age], is_equal[by_age]


def marks_of_periods(periods: Periods, side: Direction) -> Marks:
    """Make levels of the highs (+1) or lows (-1) of past periods, each until the next period has ended.

    Parameters
    ----------
    periods : Periods
        Days, weeks, months or the sessions of one kind.
    side : Direction
        A high is bearish, like the liquidity above it.
    """
    level, known_at = periods.extreme[side], np.maximum(periods.last_at + 1, 0)
    ended_at = np.append(known_at[1:], -1)[: len(known_at)]
    look = np.where(ended_at < 0, Look.FRESH, Look.SPENT).astype(np.int8)
    return Marks(np.full(len(level), -side, np.int8), level, level, known_at, ended_at, look)


def joined_marks(parts: list[Marks]) -> Marks:
    """Concatenate marks of several kinds."""
    return Marks(*(np.concatenate([getattr(one, name) for one in parts]) for name in Marks.__slots__))


def marks_of_band(top: Floats, bottom: Floats, direction: int) -> Marks:
    """Cut a band that is given candle by candle into stretches of constant edges.

    Parameters
    ----------
    top, bottom : Floats
        Edges at each candle, NaN where there is no band, shape (n,).
    direction : int
        Side of the band.
    """
    there = np.isfinite(top)
    moved = np.ones(len(top), np.bool_)
    # NaN equals nothing: where there is no band, each candle is a stretch.
    moved[1:] = (top[1:] != top[:-1]) | (bottom[1:] != bottom[:-1])
    starts = np.flatnonzero(moved)
    ends = np.append(starts[1:], -1)[: len(starts)]
    chosen = there[starts]
    starts, ends = starts[chosen], ends[chosen]
    look = np.where(ends < 0, Look.FRESH, Look.SPENT).astype(np.int8)
    return Marks(np.full(len(starts), direction, np.int8), top[starts], bottom[starts], starts, ends, look)


def onto_base_candles(marks: Marks, seen: Ints) -> Marks:
    """Put marks of a higher timeframe onto base candles, which see its candles after their close (HTF-1).

    Parameters
    ----------
    marks : Marks
        Marks by candles of the higher timeframe, all of them closed.
    seen : Ints
        Last candle of the higher timeframe that had closed at each base candle, shape (n,).
    """
    highest = int(seen[-1]) if len(seen) else -1
    # The last entry is for marks that nothing has ended.
    seen_at = np.append(np.searchsorted(seen, np.arange(highest + 1)), -1)
    return replace(marks, known_at=seen_at[marks.known_at], ended_at=seen_at[marks.ended_at])
