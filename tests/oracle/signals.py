"""What the zones, the structure and the liquidity say together at each close.

Rules OB-2, SIG-1, SIG-2, EXIT-1 (the stop).
"""

from .candles import NOTHING, Candles
from .zones import Zone, contains, live_candles

TREND_POINTS = 2.0
BLOCK_POINTS = 2.0
GAP_POINTS = 1.5
OTE_POINTS = 1.5


def newest_containing(zones: list[Zone], candles: Candles) -> list[Zone | None]:
    """SIG-1: at each close the newest live zone that contains it; `zones` come oldest first."""
    newest: list[Zone | None] = [None] * len(candles)
    for zone in zones:
        for j in live_candles(zone, len(candles)):
            if contains(zone, candles.close[j]):
                newest[j] = zone
    return newest


def is_entry(own_block: Zone | None, other_block: Zone | None) -> bool:
    """SIG-1: a block of this side contains the close and none of the other side does."""
    return own_block is not None and other_block is None


def score(trend_agrees: bool, entry: bool, in_gap: bool, in_ote: bool) -> float:
    """SIG-2: the points of the four facts added up."""
    return TREND_POINTS * trend_agrees + BLOCK_POINTS * entry + GAP_POINTS * in_gap + OTE_POINTS * in_ote


def stop_beyond(direction: int, price: float, stop_buffer: float) -> float:
    """EXIT-1, REV-1: a long's stop is a little below the price, a short's a little above."""
    return price * (1 - stop_buffer) if direction == 1 else price * (1 + stop_buffer)


def stop_of(block: Zone | None, direction: int, stop_buffer: float) -> float:
    """EXIT-1: the stop beyond the entry block's far edge; NaN without a block."""
    if block is None:
        return NOTHING
    return stop_beyond(direction, block.bottom if direction == 1 else block.top, stop_buffer)


def displacement(block: Zone, candles: Candles) -> float:
    """OB-2: the body of the candle that made the block known, in ATRs; NaN while there is no ATR."""
    i = block.known_at
    return block.direction * (candles.close[i] - candles.open[i]) / candles.atr[i]


def known_flags(zones: list[Zone], kind: str, count: int) -> dict[int, list[bool]]:
    """Say for each direction at which candles a zone of one kind became known."""
    flags = {1: [False] * count, -1: [False] * count}
    for zone in zones:
        if zone.kind == kind:
            flags[zone.direction][zone.known_at] = True
    return flags


def left_gap(blocks: dict[int, list[bool]], gaps: dict[int, list[bool]], i: int) -> int:
    """OB-2: the direction of a gap known now that a block of now, or of the candle before, has left."""
    for direction in (1, -1):
        block = blocks[direction][i] or (i >= 1 and blocks[direction][i - 1])
        if block and gaps[direction][i]:
            return direction
    return 0
