"""Equal highs and lows, pools of liquidity, their sweeps, and the pools that draw price.

Rules EQ-1, POOL-1, POOL-2, POOL-3, SWEEP-1, SWEEP-2. Side +1 is the buy side (above highs), -1 the sell side
(below lows).
"""

from bisect import bisect_left
from dataclasses import dataclass

import pandas as pd

from .candles import FURTHEST, NOTHING, Candles, Market, Settings, base_step
from .levels import DAY, Period, all_periods, end_of, sessions
from .sessions import SESSION_STARTS
from .structure import Swing, candles_of

DRAW_KINDS = ("month", "week", "day", "session", "equal", "swing")
SWEPT_KINDS = ("month", "week", "day", *SESSION_STARTS, "equal", "swing")


@dataclass(frozen=True)
class Pool:
    """A level with resting orders beyond it, of a kind of SWEEP-2.

    It is there from candle `from_at`, can be taken from the candle after `known_at`, and lives to `last_at`.
    """

    side: int
    level: float
    kind: str
    known_at: int
    from_at: int
    last_at: int


@dataclass(frozen=True)
class Liquidity:
    """The pools and where each was taken (-1: never), and the kinds swept of each side at each candle."""

    pools: list[Pool]
    taken_at: list[int]
    swept: dict[int, list[str]]


def is_traded_through(candles: Candles, side: int, level: float, c: int) -> bool:
    """POOL-1: candle c goes beyond the level, by its wick or its close."""
    return side * candles.extremes(side)[c] > side * level


def is_member(candles: Candles, older: Swing, newest: Swing, settings: Settings) -> bool:
    """EQ-1: an older swing of the same side: near, young, and not traded through since its confirmation."""
    now = newest.confirmed_at
    if older.side != newest.side or now - older.confirmed_at > settings.pool_max_age_candles:
        return False
    if not abs(older.price - newest.price) <= settings.equal_tolerance_atr * candles.atr[now]:
        return False
    after = range(older.confirmed_at + 1, now + 1)
    return not any(is_traded_through(candles, older.side, older.price, c) for c in after)


def swing_pool(swing: Swing, level: float, kind: str, settings: Settings) -> Pool:
    """POOL-1: a pool of a swing, or of a group whose newest it is, is there when that swing is confirmed."""
    at = swing.confirmed_at
    return Pool(swing.side, level, kind, at, at, at + settings.pool_max_age_candles)


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
            groups.append(swing_pool(newest, FURTHEST[newest.side](prices), "equal", settings))
    return groups


def last_before(candles: Candles, end: pd.Timestamp) -> int:
    """POOL-1: the last candle before a time; counted on below 0 where the frame begins later."""
    if len(candles) and end <= candles.date[0]:
        return -1 - (candles.date[0] - end) // base_step(candles)
    return bisect_left(candles.date, end) - 1


def lost_at(market: Market, period: Period, side: int, level: float) -> int:
    """POOL-1: the candle by which the days before the frame say that a level was taken; else past the end.

    The day in which the frame begins says it at its close, unless the frame's own candles take the level.
    """
    base, days = market.base, candles_of(market, "1d")
    for d in range(len(days)):
        if not period.end <= days.date[d] < base.date[0] or not is_traded_through(days, side, level, d):
            continue
        own = last_before(base, days.date[d] + DAY)
        if not any(is_traded_through(base, side, level, j) for j in range(own + 1)):
            # The first candle that closes with the day or later.
            return max(last_before(base, days.date[d] + DAY - base_step(base)) + 1, 0)
    return len(base)


def period_pools(market: Market, kind: str, settings: Settings) -> list[Pool]:
    """POOL-1, POOL-2: both sides of each past period; a month's live until the next month is over."""
    pools = []
    for period in all_periods(kind, market):
        at = last_before(market.base, period.end)
        last_at = at + settings.pool_max_age_candles
        if kind == "month":
            last_at = last_before(market.base, end_of(kind, period.end))
        for side, level in ((1, period.high), (-1, period.low)):
            last = min(last_at, lost_at(market, period, side, level) - 1) if at < -1 else last_at
            pool = Pool(side, level, kind, at, at + 1, last)
            # One that the first candle takes may have been taken before it.
            if kind == "month" or at >= -1 or not is_traded_through(market.base, side, level, 0):
                pools.append(pool)
    return pools


def session_pools(candles: Candles, settings: Settings) -> list[Pool]:
    """POOL-2: both sides of each session that counts, from the first candle after it on."""
    return [
        Pool(side, level, one.kind, one.last_at, one.last_at + 1, one.last_at + settings.pool_max_age_candles)
        for one in sessions(candles)
        for side, level in ((1, one.high), (-1, one.low))
    ]


def all_pools(market: Market, swings: list[Swing], settings: Settings) -> list[Pool]:
    """POOL-1, POOL-2: swings, equal groups, days and weeks; months and sessions if they are on."""
    pools = [swing_pool(swing, swing.price, "swing", settings) for swing in swings]
    pools += equal_groups(market.base, swings, settings)
    pools += period_pools(market, "day", settings)
    pools += period_pools(market, "week", settings)
    if settings.month_pools:
        pools += period_pools(market, "month", settings)
    if settings.session_pools:
        pools += session_pools(market.base, settings)
    return pools


def taken_at(candles: Candles, pool: Pool) -> int:
    """POOL-1: the candle that trades through the pool while it lives, -1 if none does."""
    for j in range(max(pool.known_at + 1, 0), min(pool.last_at + 1, len(candles))):
        if is_traded_through(candles, pool.side, pool.level, j):
            return j
    return -1


def is_sweep(candles: Candles, pool: Pool, j: int) -> bool:
    """SWEEP-1: the wick is beyond the level and the close is back on the other side; on the level is not."""
    is_back = pool.side * candles.close[j] < pool.side * pool.level
    return is_back and is_traded_through(candles, pool.side, pool.level, j)


def find_liquidity(market: Market, swings: list[Swing], settings: Settings) -> Liquidity:
    """POOL-1, SWEEP-2: live every pool's life, and note the kinds that each candle sweeps."""
    pools = all_pools(market, swings, settings)
    taken = [taken_at(market.base, pool) for pool in pools]
    kinds: dict[int, list[set[str]]] = {side: [set() for _ in market.base.date] for side in (1, -1)}
    for pool, at in zip(pools, taken, strict=True):
        if at != -1 and is_sweep(market.base, pool, at):
            kinds[pool.side][at].add(pool.kind)
    swept = {side: [in_order(found) for found in kinds[side]] for side in (1, -1)}
    return Liquidity(pools, taken, swept)


def in_order(kinds: set[str]) -> str:
    """SWEEP-2: the kinds, each once, in the rule's order."""
    return "+".join(kind for kind in SWEPT_KINDS if kind in kinds)


def sweep_direction(swept: dict[int, list[str]], i: int) -> int:
    """SWEEP-1: +1 after the sell side, -1 after the buy side, 0 after both or none."""
    return int(swept[-1][i] != "") - int(swept[1][i] != "")


def latest_sweep(swept_side: list[str], i: int, memory_candles: int) -> int:
    """OB-2, REV-1: the latest sweep of one side within the last candles up to i, -1 if there is none."""
    for c in range(i, max(i - memory_candles, 0) - 1, -1):
        if swept_side[c]:
            return c
    return -1


def draw_kind(pool: Pool) -> str:
    """POOL-3: the three sessions are one kind."""
    return "session" if pool.kind in SESSION_STARTS else pool.kind


def drawing_pools(candles: Candles, liquidity: Liquidity, side: int, settings: Settings) -> list[list[Pool]]:
    """POOL-3: the pools of one side at each candle: known, not taken at or before it, alive by age."""
    found: list[list[Pool]] = [[] for _ in range(len(candles))]
    for pool, at in zip(liquidity.pools, liquidity.taken_at, strict=True):
        if pool.side != side or draw_kind(pool) not in settings.draw_kinds:
            continue
        last_at = min(pool.last_at, len(candles) - 1) if at == -1 else at - 1
        for i in range(max(pool.from_at, 0), last_at + 1):
            found[i].append(pool)
    return found


def draw(pools: list[Pool], side: int, price: float) -> tuple[float, str]:
    """POOL-3: the nearest level beyond a price, and the first kind that has a pool at exactly that level."""
    beyond = [pool for pool in pools if side * (pool.level - price) > 0]
    if not beyond:
        return NOTHING, ""
    level = min((pool.level for pool in beyond), key=lambda level: side * level)
    kinds = [draw_kind(pool) for pool in beyond if pool.level == level]
    return level, min(kinds, key=DRAW_KINDS.index)
