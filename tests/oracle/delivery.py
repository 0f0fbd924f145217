"""Displacement, shifts of structure and of delivery after a sweep, and divergence with a second market.

Rules DISP-1, MSS-1, CISD-1, SMT-1.
"""

from dataclasses import dataclass

import pandas as pd

from .candles import FURTHEST, Candles, Market, Settings, at_least, base_step
from .liquidity import latest_sweep
from .signals import stop_beyond
from .structure import Break, find_swings

BODIES = 20


@dataclass(frozen=True)
class Shift:
    """A turn after a sweep: where, in which direction, and its stop."""

    at: int
    direction: int
    stop: float


def displacements(candles: Candles, settings: Settings) -> list[int]:
    """DISP-1: at each candle the direction of a body large for its range and for the 20 bodies before it."""
    bodies = [abs(close - opened) for opened, close in zip(candles.open, candles.close, strict=True)]
    found = [0] * len(bodies)
    for i in range(BODIES, len(bodies)):
        of_range = settings.displacement_body_ratio * (candles.high[i] - candles.low[i])
        of_mean = settings.displacement_factor * (sum(bodies[i - BODIES : i]) / BODIES)
        if all(at_least(bodies[i], least, candles.close[i]) for least in (of_range, of_mean)):
            found[i] = candles.direction(i)
    return found


def shift_of(candles: Candles, swept_at: int, i: int, direction: int, settings: Settings) -> Shift:
    """MSS-1, CISD-1: the stop lies beyond the furthest price from the sweep to the turn."""
    furthest = FURTHEST[-direction](candles.extremes(-direction)[swept_at : i + 1])
    return Shift(i, direction, stop_beyond(direction, furthest, settings.stop_buffer))


def structure_shifts(
    candles: Candles, breaks: list[Break], swept: dict[int, list[str]], displaced: list[int],
    settings: Settings,
) -> list[Shift]:  # fmt: skip
    """MSS-1: a break soon after a sweep of the side that it leaves, with a displacement on its way."""
    found = []
    for event in breaks:
        swept_at = latest_sweep(swept[-event.direction], event.at, settings.sweep_memory_candles)
        if swept_at != -1 and event.direction in displaced[swept_at : event.at + 1]:
            found.append(shift_of(candles, swept_at, event.at, event.direction, settings))
    return found


def level_of_delivery(candles: Candles, swept_at: int, direction: int) -> float | None:
    """CISD-1: the open of the first candle of the run against the direction into the sweep, None without."""
    last = swept_at if candles.direction(swept_at) == -direction else swept_at - 1
    first = last + 1
    while first > 0 and candles.direction(first - 1) == -direction:
        first -= 1
    return candles.open[first] if first <= last else None


def delivery_shift_after(
    candles: Candles, swept_at: int, next_sweep: int, direction: int, settings: Settings
) -> Shift | None:
    """CISD-1: the first close beyond the level, in time and before any close beyond the sweep."""
    level = level_of_delivery(candles, swept_at, direction)
    extreme = candles.extremes(-direction)[swept_at]
    if level is None:
        return None
    for i in range(swept_at + 1, min(swept_at + settings.sweep_memory_candles, next_sweep) + 1):
        if direction * (candles.close[i] - level) > 0:
            return shift_of(candles, swept_at, i, direction, settings)
        if direction * (candles.close[i] - extreme) < 0:
            return None
    return None


def delivery_shifts(candles: Candles, swept: dict[int, list[str]], settings: Settings) -> list[Shift]:
    """CISD-1: at most one for each sweep; a candle that gives both directions gives none."""
    found: list[Shift] = []
    for direction in (1, -1):
        sweeps = [i for i in range(len(candles)) if swept[-direction][i]]
        for swept_at, next_sweep in zip(sweeps, [*sweeps[1:], len(candles) - 1], strict=False):
            shift = delivery_shift_after(candles, swept_at, next_sweep, direction, settings)
            if shift is not None:
                found.append(shift)
    sides_at = [shift.at for shift in found]
    return [shift for shift in found if sides_at.count(shift.at) == 1]


Known = list[tuple[float, pd.Timestamp, pd.Timestamp]]


def confirmed_swings(candles: Candles, side: int, settings: Settings) -> Known:
    """SMT-1: price, pivot's opening time and confirming candle's opening time of each swing of a side."""
    return [
        (swing.price, candles.date[swing.pivot_at], candles.date[swing.confirmed_at])
        for swing in find_swings(candles.high, candles.low, settings.swing_strength_candles)
        if swing.side == side
    ]


def is_divergence(pair: Known, others: Known, now: pd.Timestamp, apart: pd.Timedelta, side: int) -> bool:
    """SMT-1: at about one time, one went beyond its last swing and the other fell short of its own."""
    if len(pair) < 2 or len(others) < 2 or now not in (pair[-1][2], others[-1][2]):
        return False
    near = all(abs(one[1] - other[1]) <= apart for one, other in zip(pair, others, strict=True))
    moves = [side * (newer[0] - older[0]) for older, newer in (pair, others)]
    return near and min(moves) < 0 < max(moves)


def divergences(market: Market, settings: Settings) -> list[int]:
    """SMT-1: up where the lows of the two markets part, down where their highs do, 0 where both do."""
    column = [0] * len(market.base)
    if market.reference is None:
        return column
    apart = settings.smt_window_candles * base_step(market.base)
    there = set(market.reference.date)
    for side in (1, -1):
        pairs = [confirmed_swings(candles, side, settings) for candles in (market.base, market.reference)]
        seen = [0, 0]
        for i, now in enumerate(market.base.date):
            for which in (0, 1):
                while seen[which] < len(pairs[which]) and pairs[which][seen[which]][2] <= now:
                    seen[which] += 1
            pair, others = (pairs[which][max(seen[which] - 2, 0) : seen[which]] for which in (0, 1))
            if now in there and is_divergence(pair, others, now, apart, side):
                column[i] -= side
    return column
