"""The leg after a break with its OTE band, and the place of the close in the dealing range.

Rules OTE-1, PD-1, STRONG-1.
"""

from dataclasses import dataclass, replace

from .candles import FURTHEST, NOTHING, Candles
from .structure import Break, Swing, swings_by_candle


@dataclass(frozen=True)
class Leg:
    """The leg that a break started: its direction, its origin and the furthest price since the origin."""

    direction: int
    origin: float
    extreme: float

    @property
    def band(self) -> tuple[float, float]:
        """OTE-1: the 79 and the 62 percent retracement, the lower one first."""
        bottom, top = sorted(self.extreme - share * (self.extreme - self.origin) for share in (0.62, 0.79))
        return bottom, top


def origin_of(candles: Candles, event: Break) -> int:
    """OTE-1: the candle of the lowest low from the broken high's candle to the break, latest on ties."""
    behind = candles.extremes(-event.direction)
    furthest = FURTHEST[-event.direction](behind[event.pivot_at : event.at + 1])
    return max(c for c in range(event.pivot_at, event.at + 1) if behind[c] == furthest)


def start_of_leg(candles: Candles, event: Break) -> Leg:
    """OTE-1: the leg runs from its origin to the furthest price since."""
    direction, origin_at = event.direction, origin_of(candles, event)
    since = candles.extremes(direction)[origin_at : event.at + 1]
    return Leg(direction, candles.extremes(-direction)[origin_at], FURTHEST[direction](since))


def is_in_band(leg: Leg, close: float) -> bool:
    """OTE-1: the close lies between the 62 and the 79 percent retracement of the leg, edges included."""
    bottom, top = leg.band
    return bottom <= close <= top


def legs(candles: Candles, breaks: list[Break]) -> list[Leg | None]:
    """OTE-1: the running leg at each close, None without one.

    A new furthest price moves the leg's end; a close beyond the origin ends the leg.
    """
    break_at = {event.at: event for event in breaks}
    running: list[Leg | None] = []
    leg: Leg | None = None
    for i in range(len(candles)):
        if i in break_at:
            leg = start_of_leg(candles, break_at[i])
        elif leg is not None:
            side, price = leg.direction, candles.extremes(leg.direction)[i]
            if side * price > side * leg.extreme:
                leg = replace(leg, extreme=price)
            leg = None if side * candles.close[i] < side * leg.origin else leg
        running.append(leg)
    return running


def ote_flags(candles: Candles, breaks: list[Break]) -> dict[int, list[bool]]:
    """OTE-1: for each direction, whether the close is in the OTE band of the running leg."""
    flags = {1: [False] * len(candles), -1: [False] * len(candles)}
    for i, leg in enumerate(legs(candles, breaks)):
        if leg is not None and is_in_band(leg, candles.close[i]):
            flags[leg.direction][i] = True
    return flags


def ote_edges(candles: Candles, breaks: list[Break]) -> dict[str, list[float]]:
    """OTE-1: the edges of the running leg's OTE band, on its own side."""
    names = {1: ("ict_bull_ote_bottom", "ict_bull_ote_top"), -1: ("ict_bear_ote_bottom", "ict_bear_ote_top")}
    columns = {name: [NOTHING] * len(candles) for both in names.values() for name in both}
    for i, leg in enumerate(legs(candles, breaks)):
        if leg is not None:
            bottom, top = names[leg.direction]
            columns[bottom][i], columns[top][i] = leg.band
    return columns


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
