"""Liquidity: equal highs and lows (EQ-1), pools (POOL-1), and their sweeps against breaks (SWEEP-1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
from ict.market.runs import run_starts
from ict.market.search import NEVER, first_beyond
from ict.market.swings import Swings
from ict.params import Params

DAY = 86_400_000_000_000
# 1970-01-01 was a Thursday: three days on, weeks begin on Monday.
DAYS_TO_MONDAY = 3


@dataclass(frozen=True, slots=True)
class Pools:
    """Levels with resting orders beyond them, of one side.

    Attributes
    ----------
    side : Direction
        +1 buy side (above highs), -1 sell side (below lows).
    level : Floats
        Price, shape (m,).
    known_at : Ints
        Candle at whose close it was known; it can be traded through from the next one on.
    taken_at : Ints
        First candle that traded through it; `NEVER` where none did within its life.
    swept : Bools
        Whether that candle closed back on this side of the level.
    """

    side: Direction
    level: Floats
    known_at: Ints
    taken_at: Ints
    swept: Bools


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
    candles: Candles, swings: dict[Direction, Swings], atr: Floats, params: Params
) -> Liquidity:
    """Find pools of liquidity on both sides, and what became of them (EQ-1, POOL-1, SWEEP-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    swings : dict[Direction, Swings]
        Swing highs (+1) and lows (-1) of the same candles.
    atr : Floats
        Average true range, shape (n,).
    params : Params
        `equal_tolerance_atr`, `pool_max_age_candles`.
    """
    age = params.pool_max_age_candles
    pools, equal = {}, {}
    for side, levels in _levels_taken(candles, swings, age).items():
        groups, taken_at = _equal_groups(swings[side], levels.taken_at, atr, params)
        level = np.concatenate([levels.level, groups.level])
        known_at = np.concatenate([levels.known_at, groups.known_at])
        taken_at = np.concatenate([levels.taken_at, taken_at])
        # The search looked further than a pool lives; see below.
        taken_at = np.where(taken_at - known_at > age, NEVER, taken_at)
        pools[side] = Pools(side, level, known_at, taken_at, _swept(candles, level, taken_at, side))
        equal[side] = groups
    return Liquidity(pools, equal)


@dataclass(frozen=True, slots=True)
class _Levels:
    """Levels of one side, the swings first, and the first candle that trades beyond each."""

    level: Floats
    known_at: Ints
    taken_at: Ints


def _levels_taken(candles: Candles, swings: dict[Direction, Swings], age: int) -> dict[Direction, _Levels]:
    periods = [_past_periods(candles, DAY, 0), _past_periods(candles, 7 * DAY, DAYS_TO_MONDAY * DAY)]
    level = {
        side: np.concatenate([swings[side].price, *(extremes[side] for extremes, _ in periods)])
        for side in BOTH_SIDES
    }
    known_at = {
        side: np.concatenate([swings[side].confirmed_at, *(ends for _, ends in periods)])
        for side in BOTH_SIDES
    }
    sides = np.repeat(np.array(BOTH_SIDES, np.int8), [len(level[side]) for side in BOTH_SIDES])
    levels, known = np.concatenate(list(level.values())), np.concatenate(list(known_at.values()))
    wicks = np.array([candles.high, candles.low])
    # A group's level is that of one of its swings, and may be that much younger than the swing.
    taken_at = first_beyond(wicks, levels, sides, known, horizon=2 * age)
    return {side: _Levels(level[side], known_at[side], taken_at[sides == side]) for side in BOTH_SIDES}


def _swept(candles: Candles, level: Floats, taken_at: Ints, side: Direction) -> Bools:
    taken = taken_at != NEVER
    close = candles.close[np.where(taken, taken_at, 0)] if len(candles) else level
    swept: Bools = taken & (side * (level - close) > 0)
    return swept


def _equal_groups(swings: Swings, taken_at: Ints, atr: Floats, params: Params) -> tuple[EqualGroups, Ints]:
    """Find swings whose price lies near that of a newer one, and when each such group is taken."""
    price, known_at = swings.price, swings.confirmed_at
    taken_at = taken_at[: len(price)]
    # An older swing stands at the closes before the candle that takes it, and while it is young.
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


def _past_periods(candles: Candles, span: int, shift: int) -> tuple[dict[Direction, Floats], Ints]:
    """High, low and last candle of each past period whose first candle is there."""
    period = (candles.time + shift) // span
    starts = run_starts(period)
    if len(starts) < 2:
        return {1: np.zeros(0), -1: np.zeros(0)}, np.zeros(0, np.int64)
    # The newest period is not past yet.
    highs = np.maximum.reduceat(candles.high, starts)[:-1]
    lows = np.minimum.reduceat(candles.low, starts)[:-1]
    complete = (candles.time[starts[:-1]] + shift) % span == 0
    return {1: highs[complete], -1: lows[complete]}, (starts[1:] - 1)[complete]


def swept_at(pools: Pools, count: int) -> Bools:
    """Whether any pool of this side is swept at each of `count` candles (SWEEP-1)."""
    column = np.zeros(count, np.bool_)
    column[pools.taken_at[pools.swept]] = True
    return column


def last_happened(happens: Bools) -> npt.NDArray[np.int32]:
    """Latest candle up to each one at which something happened; -1 before the first."""
    numbers = np.where(happens, np.arange(len(happens), dtype=np.int32), np.int32(-1))
    return np.maximum.accumulate(numbers)


def recently(last: npt.NDArray[np.int32], memory_candles: int) -> Bools:
    """Whether the latest happening is at most `memory_candles` ago at each candle."""
    return (last >= 0) & (np.arange(len(last), dtype=np.int32) - last <= memory_candles)
