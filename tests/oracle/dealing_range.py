"""The leg after a break with its OTE band, and the place of the close in the dealing range.

Rules OTE-1, PD-1, STRONG-1.
"""

from dataclasses import dataclass, replace

from .candles import NOTHING, Candles
from .structure import Break, Swing, swings_by_candle


@dataclass
class Leg:
    """The leg that a break started: its direction, its origin and the furthest price since the origin."""

    direction: int
    origin: float
    extreme: float


def origin_of(candles: Candles, event: Break) -> int:
    """OTE-1: the candle of the lowest low from the broken high's candle to the break, latest on ties."""
    origin_at = event.pivot_at
    for c in range(event.pivot_at, event.at + 1):
        if event.direction == 1 and candles.low[c] <= candles.low[origin_at]:
            origin_at = c
        if event.direction == -1 and candles.high[c] >= candles.high[origin_at]:
            origin_at = c
    return origin_at


def start_of_leg(candles: Candles, event: Break) -> Leg:
    """OTE-1: the leg runs from its origin to the furthest price since."""
    origin_at = origin_of(candles, event)
    if event.direction == 1:
        return Leg(1, candles.low[origin_at], max(candles.high[origin_at : event.at + 1]))
    return Leg(-1, candles.high[origin_at], min(candles.low[origin_at : event.at + 1]))


def extend(leg: Leg, candles: Candles, i: int) -> None:
    """OTE-1: a new highest high since the origin (lowest low for a down leg) moves the leg's end."""
    if leg.direction == 1:
        leg.extreme = max(leg.extreme, candles.high[i])
    else:
        leg.extreme = min(leg.extreme, candles.low[i])


def is_over(leg: Leg, close: float) -> bool:
    """OTE-1: a close beyond the origin ends the leg."""
    return close < leg.origin if leg.direction == 1 else close > leg.origin


def is_in_band(leg: Leg, close: float) -> bool:
    """OTE-1: the close lies between the 62 and the 79 percent retracement of the leg, edges included."""
    if leg.direction == 1:
        height = leg.extreme - leg.origin
        return leg.extreme - 0.79 * height <= close <= leg.extreme - 0.62 * height
    height = leg.origin - leg.extreme
    return leg.extreme + 0.62 * height <= close <= leg.extreme + 0.79 * height


def legs(candles: Candles, breaks: list[Break]) -> list[Leg | None]:
    """OTE-1: the running leg as it is at each close, None without one."""
    break_at = {event.at: event for event in breaks}
    running: list[Leg | None] = []
    leg: Leg | None = None
    for i in range(len(candles)):
        if i in break_at:
            leg = start_of_leg(candles, break_at[i])
        elif leg is not None:
            extend(leg, candles, i)
            if is_over(leg, candles.close[i]):
                leg = None
        running.append(replace(leg) if leg is not None else None)
    return running


def ote_flags(candles: Candles, breaks: list[Break]) -> dict[int, list[bool]]:
    """OTE-1: for each direction, whether the close is in the OTE band of the running leg."""
    flags = {1: [False] * len(candles), -1: [False] * len(candles)}
    for i, leg in enumerate(legs(candles, breaks)):
        if leg is not None and is_in_band(leg, candles.close[i]):
            flags[leg.direction][i] = True
    return flags


def strong_and_weak(candles: Candles, major_breaks: list[Break]) -> dict[str, list[float]]:
    """STRONG-1: origin and furthest price of the major leg: a strong low with a weak high, or mirrored."""
    names = ("strong_low", "weak_high", "strong_high", "weak_low")
    columns = {f"ict_{name}": [NOTHING] * len(candles) for name in names}
    for i, leg in enumerate(legs(candles, major_breaks)):
        if leg is not None:
            strong, weak = names[:2] if leg.direction == 1 else names[2:]
            columns[f"ict_{strong}"][i], columns[f"ict_{weak}"][i] = leg.origin, leg.extreme
    return columns


def range_position(candles: Candles, swings: list[Swing]) -> list[float]:
    """PD-1: where the close lies between the last confirmed swing low (0) and swing high (1)."""
    confirmed = swings_by_candle(swings, len(candles))
    last: dict[int, float] = {}
    position = []
    for i in range(len(candles)):
        for swing in confirmed[i]:
            last[swing.side] = swing.price
        if 1 in last and -1 in last and last[1] > last[-1]:
            position.append((candles.close[i] - last[-1]) / (last[1] - last[-1]))
        else:
            position.append(NOTHING)
    return position
