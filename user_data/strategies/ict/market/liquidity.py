"""Liquidity: equal highs and lows (EQ-1), pools (POOL-1, POOL-2), and their sweeps (SWEEP-1, SWEEP-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
from ict.market.periods import Periods
from ict.market.search import NEVER, first_beyond
from ict.market.swings import Swings
from ict.params import POOL_KINDS, Params

EQUAL, SWING = POOL_KINDS.index("equal"), POOL_KINDS.index("swing")


@dataclass(frozen=True, slots=True)
class Pools:
    """Levels with resting orders beyond them, of one side.

    Attributes
    ----------
    side : Direction
        +1 buy side (above highs), -1 sell side (below lows).
    kind : npt.NDArray[np.int8]
        Place in `POOL_KINDS`, shape (m,).
    level : Floats
        Price.
    known_at : Ints
        Candle that confirmed it, or the last one of its period; it can be traded through from the next one
        on. Negative for a period that ended before the first candle.
    expires_at : Ints
        First candle at which it is too old; for one taken before the first candle, when that is known.
    taken_at : Ints
        First candle that traded through it; `NEVER` where none did within its life.
    swept : Bools
        Whether that candle closed back on this side of the level.
    """

    side: Direction
    kind: npt.NDArray[np.int8]
    level: Floats
    known_at: Ints
    expires_at: Ints
    taken_at: Ints
    swept: Bools

    def __len__(self) -> int:
        return len(self.level)

    def __getitem__(self, chosen: Ints | Bools) -> "Pools":
        arrays = (getattr(self, name)[chosen] for name in self.__slots__[1:])
        return Pools(self.side, *arrays)

    def lives(self) -> tuple[Ints, Ints]:
        """First candle at whose close each can be taken, and the one at which it no longer can."""
        # A period is past with the candle after its last one only.
        from_at = self.known_at + (self.kind < EQUAL)
        return np.maximum(from_at, 0), np.minimum(self.taken_at, self.expires_at)


@dataclass(frozen=True, slots=True)
class EqualGroups:
    """Groups of equal highs (or lows), one entry for each swing that joins or forms a group.

    Attributes
    ----------
    level : Floats
        Outermost price of the group, shape (m,).
    known_at : Ints
        Candle that confirmed the newest swing of the group.
    """

    level: Floats
    known_at: Ints


@dataclass(frozen=True, slots=True)
class Liquidity:
    """Pools and equal groups of both sides."""

    pools: dict[Direction, Pools]
    equal: dict[Direction, EqualGroups]


def find_liquidity(
    candles: Candles,
    swings: dict[Direction, Swings],
    periods: Mapping[str, Periods],
    atr: Floats,
    params: Params,
) -> Liquidity:
    """Find pools of liquidity on both sides, and when each was taken (EQ-1, POOL-1, POOL-2, SWEEP-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    swings : dict[Direction, Swings]
        Swing highs (+1) and lows (-1) of the same candles.
    periods : Mapping[str, Periods]
        Past periods whose highs and lows are pools, by kind.
    atr : Floats
        Average true range, shape (n,).
    params : Params
        `equal_tolerance_atr`, `pool_max_age_candles`.
    """
    age = params.pool_max_age_candles
    levels = {side: _levels(swings[side], periods, age) for side in BOTH_SIDES}
    taken_at = _first_trades_through(candles, levels, age)
    pools, equal = {}, {}
    for side in BOTH_SIDES:
        groups, group_taken_at = _equal_groups(swings[side], taken_at[side], atr, params)
        together = _joined([levels[side], _of_swings(EQUAL, groups.level, groups.known_at, age)])
        all_taken_at = np.concatenate([taken_at[side], group_taken_at])
        # Where the candles themselves take a level, they do so before the day has closed.
        lost = together.lost_at < all_taken_at
        expires_at = np.where(lost, np.minimum(together.lost_at, together.expires_at), together.expires_at)
        expires_at[(together.known_at < -1) & (all_taken_at == 0)] = 0
        # The search looked further than a pool lives.
        all_taken_at[all_taken_at >= expires_at] = NEVER
        swept = _swept(candles, together.level, all_taken_at, side)
        kind, level, known_at = together.kind, together.level, together.known_at
        pools[side] = Pools(side, kind, level, known_at, expires_at, all_taken_at, swept)
        equal[side] = groups
    return Liquidity(pools, equal)


class _Levels(NamedTuple):
    """Levels of one side; for the fields see `Pools` and `Periods`."""

    kind: npt.NDArray[np.int8]
    level: Floats
    known_at: Ints
    expires_at: Ints
    lost_at: Ints


def _levels(swings: Swings, periods: Mapping[str, Periods], age: int) -> _Levels:
    """Levels of the swings, which come first, and of the periods of a side."""
    found = [_of_swings(SWING, swings.price, swings.confirmed_at, age)]
    for name, past in periods.items():
        known_at, count = past.last_at, len(past.last_at)
        expires_at = known_at + age + 1 if past.expires_at is None else past.expires_at
        lost_at = np.full(count, NEVER) if past.lost_at is None else past.lost_at[swings.side]
        kind = np.full(count, POOL_KINDS.index(name), np.int8)
        found.append(_Levels(kind, past.extreme[swings.side], known_at, expires_at, lost_at))
    return _joined(found)


def _of_swings(kind: int, level: Floats, known_at: Ints, age: int) -> _Levels:
    count = len(level)
    return _Levels(np.full(count, kind, np.int8), level, known_at, known_at + age + 1, np.full(count, NEVER))


def _joined(levels: list[_Levels]) -> _Levels:
    return _Levels(*(np.concatenate(field) for field in zip(*levels, strict=True)))


def _first_trades_through(
    candles: Candles, levels: dict[Direction, _Levels], age: int
) -> dict[Direction, Ints]:
    """First candle that trades beyond each level; searches both sides at once."""
    _, level, known_at, expires_at, _ = _joined(list(levels.values()))
    known_at = np.maximum(known_at, -1)
    sides = np.repeat(np.array(BOTH_SIDES, np.int8), [len(of_side.level) for of_side in levels.values()])
    wicks = candles.high, candles.low
    # A group's level is that of one of its swings, and may be that much younger than the swing.
    taken_at = first_beyond(wicks, level, sides, known_at, horizon=2 * age)
    lives = expires_at - known_at
    longer = ((taken_at == NEVER) & (lives > 2 * age + 1)).nonzero()[0]
    if len(longer):
        found = (level[longer], sides[longer], known_at[longer])
        taken_at[longer] = first_beyond(wicks, *found, horizon=int(lives[longer].max()))
    return {side: taken_at[sides == side] for side in BOTH_SIDES}


def _swept(candles: Candles, level: Floats, taken_at: Ints, side: Direction) -> Bools:
    taken = taken_at != NEVER
    close = candles.close[np.where(taken, taken_at, 0)] if len(candles) else level
    swept: Bools = taken & (side * (level - close) > 0)
    return swept


def _equal_groups(swings: Swings, taken_at: Ints, atr: Floats, params: Params) -> tuple[EqualGroups, Ints]:
    """Find swings whose price lies near that of a newer one, and when each such group is taken."""
    price, known_at = swings.price, swings.confirmed_at
    taken_at = taken_at[: len(price)]
    # An older swing is intact at the closes before the candle that takes it, and while it is young.
    stands_until = np.minimum(taken_at - 1, known_at + params.pool_max_age_candles)
    count = known_at.searchsorted(stands_until, side="right") - np.arange(len(price)) - 1
    older = np.repeat(np.arange(len(price)), count)
    newer = np.arange(len(older)) - (count.cumsum() - count)[older] + older + 1
    tolerance = params.equal_tolerance_atr * atr[known_at]
    near = (np.abs(price[older] - price[newer]) <= tolerance[newer]).nonzero()[0]
    older, newer = older[near], newer[near]
    # The outermost swing of each group: later pairs win, so the most extreme older swing comes last.
    outermost = np.arange(len(price))
    order = (swings.side * price[older]).argsort(kind="stable")
    outermost[newer[order]] = older[order]
    further = swings.side * (price[outermost] - price) > 0
    outermost = np.where(further, outermost, np.arange(len(price)))
    joined = np.zeros(len(price), np.bool_)
    joined[newer] = True
    chosen = outermost[joined]
    return EqualGroups(price[chosen], known_at[joined]), taken_at[chosen]


def swept_at(pools: Pools, count: int) -> Bools:
    """Whether any pool of this side is swept at each of `count` candles (SWEEP-1)."""
    column = np.zeros(count, np.bool_)
    column[pools.taken_at[pools.swept]] = True
    return column


def swept_kinds(pools: Pools, count: int) -> npt.NDArray[np.object_]:
    """Kinds of the pools of this side that are swept at each of `count` candles (SWEEP-2).

    Returns
    -------
    npt.NDArray[np.object_]
        Words of `POOL_KINDS`, each once and in that order, joined by "+"; empty for none.
    """
    kinds = np.zeros(count, np.uint8)
    bits = np.uint8(1) << pools.kind[pools.swept].view(np.uint8)
    np.bitwise_or.at(kinds, pools.taken_at[pools.swept], bits)
    return _words_of_kinds()[kinds]


@cache
def _words_of_kinds() -> npt.NDArray[np.object_]:
    """Words of each set of kinds; a set is a number with one bit for each kind."""
    sets = range(1 << len(POOL_KINDS))
    words = ["+".join(kind for bit, kind in enumerate(POOL_KINDS) if chosen >> bit & 1) for chosen in sets]
    return np.array(words, np.object_)


def last_happened(happens: Bools) -> npt.NDArray[np.int32]:
    """Latest candle with an event, at or before each one; -1 before the first."""
    numbers = np.where(happens, np.arange(len(happens), dtype=np.int32), np.int32(-1))
    return np.maximum.accumulate(numbers)


def recently(last: npt.NDArray[np.int32], memory_candles: int) -> Bools:
    """Whether the latest event is at most `memory_candles` ago at each candle."""
    return (last >= 0) & (np.arange(len(last), dtype=np.int32) - last <= memory_candles)
