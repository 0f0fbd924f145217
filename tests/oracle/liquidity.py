"""Equal highs and lows, pools of liquidity and their sweeps.

Rules EQ-1, POOL-1, SWEEP-1. Side +1 is the buy side (above highs), -1 the sell side (below lows).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from .candles import Candles, Settings
from .structure import Swing


@dataclass(frozen=True)
class Pool:
    """A level with resting orders beyond it; live from the candle after `known_at`."""

    side: int
    level: float
    known_at: int


def is_traded_through(candles: Candles, side: int, level: float, c: int) -> bool:
    """POOL-1: candle c goes beyond the level, by its wick or its close."""
    return candles.high[c] > level if side == 1 else candles.low[c] < level


def is_member(candles: Candles, older: Swing, newest: Swing, settings: Settings) -> bool:
    """EQ-1: an older swing of the same side: near, young, and not traded through since its confirmation."""
    now = newest.confirmed_at
    if older.side != newest.side or now - older.confirmed_at > settings.pool_max_age_candles:
        return False
    if not abs(older.price - newest.price) <= settings.equal_tolerance_atr * candles.atr[now]:
        return False
    after = range(older.confirmed_at + 1, now + 1)
    return not any(is_traded_through(candles, older.side, older.price, c) for c in after)


def equal_groups(candles: Candles, swings: list[Swing], settings: Settings) -> list[Pool]:
    """EQ-1: a newly confirmed swing and its members; the level is the outermost price of the group."""
    groups = []
    for number, newest in enumerate(swings):
        prices = [newest.price]
        for older in reversed(swings[:number]):
            if newest.confirmed_at - older.confirmed_at > settings.pool_max_age_candles:
                break
            if is_member(candles, older, newest, settings):
                prices.append(older.price)
        if len(prices) >= 2:
            level = max(prices) if newest.side == 1 else min(prices)
            groups.append(Pool(newest.side, level, newest.confirmed_at))
    return groups


def day_of(opens: pd.Timestamp) -> date:
    """POOL-1: the UTC day."""
    return opens.date()


def week_of(opens: pd.Timestamp) -> date:
    """POOL-1: the Monday of the UTC week."""
    return opens.date() - timedelta(days=opens.weekday())


def period_pools(candles: Candles, period_of: Callable[[pd.Timestamp], date]) -> list[Pool]:
    """POOL-1: the high and the low of each complete day (or week), known once the next one begins."""
    pools = []
    first = 0
    for i in range(1, len(candles)):
        old = period_of(candles.date[first])
        if period_of(candles.date[i]) == old:
            continue
        if candles.date[first] == pd.Timestamp(old, tz="UTC"):
            pools.append(Pool(1, max(candles.high[first:i]), i - 1))
            pools.append(Pool(-1, min(candles.low[first:i]), i - 1))
        first = i
    return pools


def all_pools(candles: Candles, swings: list[Swing], settings: Settings) -> list[Pool]:
    """POOL-1: swings, equal groups, the previous day's and the previous week's highs and lows."""
    pools = [Pool(swing.side, swing.price, swing.confirmed_at) for swing in swings]
    pools += equal_groups(candles, swings, settings)
    pools += period_pools(candles, day_of)
    pools += period_pools(candles, week_of)
    return pools


def end_of_pool(candles: Candles, pool: Pool, max_age_candles: int) -> int:
    """POOL-1: the candle that trades through the pool while it lives, -1 if none does."""
    last = min(pool.known_at + max_age_candles, len(candles) - 1)
    for j in range(pool.known_at + 1, last + 1):
        if is_traded_through(candles, pool.side, pool.level, j):
            return j
    return -1


def is_sweep(candles: Candles, pool: Pool, j: int) -> bool:
    """SWEEP-1: the wick is beyond the level and the close is back on the other side; on the level is not."""
    if pool.side == -1:
        return candles.low[j] < pool.level and candles.close[j] > pool.level
    return candles.high[j] > pool.level and candles.close[j] < pool.level


def swept_sides(candles: Candles, pools: list[Pool], settings: Settings) -> dict[int, list[bool]]:
    """SWEEP-1: for each side (-1 sell, +1 buy), whether a pool of that side is swept at each candle."""
    swept = {1: [False] * len(candles), -1: [False] * len(candles)}
    for pool in pools:
        j = end_of_pool(candles, pool, settings.pool_max_age_candles)
        if j != -1 and is_sweep(candles, pool, j):
            swept[pool.side][j] = True
    return swept


def sweep_direction(swept: dict[int, list[bool]], i: int) -> int:
    """SWEEP-1: +1 after the sell side, -1 after the buy side, 0 after both or none."""
    return int(swept[-1][i]) - int(swept[1][i])


def latest_sweep(swept_side: list[bool], i: int, memory_candles: int) -> int:
    """OB-2, REV-1: the latest sweep of one side within the last candles up to i, -1 if there is none."""
    for c in range(i, max(i - memory_candles, 0) - 1, -1):
        if swept_side[c]:
            return c
    return -1
