"""Order blocks, fair value gaps, breakers and inversion gaps: where they are and how long they live.

Rules OB-1, FVG-1, FVG-2, FVG-3, ZONE-1, ZONE-2, ZONE-3. Every zone is followed by itself from the candle that
made it known to the candle that ends it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from .candles import NOTHING, Candles, Settings

ORDER_BLOCK = "order_block"
FAIR_VALUE_GAP = "fair_value_gap"
BREAKER = "breaker"
INVERSION_GAP = "inversion_gap"


@dataclass
class Zone:
    """A price zone and its life; `ended_at` is -1 and `end_reason` empty while it lives.

    `block_known_at` is when the block of a breaker, or of a unicorn's breaker, became known; -1 for others.
    """

    kind: str
    direction: int
    top: float
    bottom: float
    origin_at: int
    known_at: int
    ended_at: int = -1
    end_reason: str = ""
    touches: int = 0
    filled_percent: float = NOTHING
    block_known_at: int = field(default=-1, compare=False)


def all_zones(candles: Candles, settings: Settings) -> list[Zone]:
    """Find every zone of the four kinds and live its life, in the order in which they became known."""
    zones = []
    for i in range(len(candles)):
        block = order_block_at(candles, i, settings.min_body_ratio)
        if block is not None:
            live_as_block(block, candles, settings, settings.mean_threshold)
            zones.append(block)
            zones.extend(breaker_of(block, candles, settings))
        gap = gap_at(candles, i, settings.min_gap_percent)
        if gap is not None:
            live_as_gap(gap, candles, settings.fvg_max_age_candles)
            zones.append(gap)
            zones.extend(inversion_of(gap, candles, settings.fvg_max_age_candles))
    return sorted(zones, key=lambda zone: (zone.known_at, zone.origin_at))


def order_block_at(candles: Candles, i: int, min_body_ratio: float) -> Zone | None:
    """OB-1: the last opposite candle before a candle with a strong body is the block."""
    if i < 1 or not candles.high[i] > candles.low[i]:
        return None
    body_ratio = abs(candles.close[i] - candles.open[i]) / (candles.high[i] - candles.low[i])
    direction = candles.direction(i)
    if not body_ratio > min_body_ratio or direction == 0 or candles.direction(i - 1) != -direction:
        return None
    return Zone(ORDER_BLOCK, direction, candles.high[i - 1], candles.low[i - 1], origin_at=i - 1, known_at=i)


def gap_at(candles: Candles, i: int, min_gap_percent: float) -> Zone | None:
    """FVG-1: the first and the third of three candles leave a price range untraded between them."""
    if i < 2:
        return None
    bottom, top, direction = candles.high[i - 2], candles.low[i], 1
    if candles.low[i - 2] > candles.high[i]:
        bottom, top, direction = candles.high[i], candles.low[i - 2], -1
    if not bottom < top:
        return None
    if not (top - bottom) / candles.close[i] * 100 >= min_gap_percent:
        return None
    return Zone(FAIR_VALUE_GAP, direction, top, bottom, origin_at=i - 1, known_at=i, filled_percent=0.0)


def is_invalidated(zone: Zone, close: float) -> bool:
    """ZONE-1 (b): the close is beyond the far edge."""
    return close < zone.bottom if zone.direction == 1 else close > zone.top


def is_past_the_middle(zone: Zone, close: float) -> bool:
    """ZONE-2: the close is beyond the middle."""
    return zone.direction * close < zone.direction * (zone.bottom + zone.top) / 2


def overlaps(zone: Zone, candles: Candles, j: int) -> bool:
    """ZONE-1 (c): the candle's range meets the zone, edges included."""
    return candles.low[j] <= zone.top and candles.high[j] >= zone.bottom


def is_touch(zone: Zone, candles: Candles, j: int) -> bool:
    """ZONE-1 (c): the candle overlaps and the one before did not; candle known_at counts as overlapping."""
    before_overlapped = j - 1 == zone.known_at or overlaps(zone, candles, j - 1)
    return overlaps(zone, candles, j) and not before_overlapped


def live(zone: Zone, count: int, max_age_candles: int, ends_at: Callable[[int], str]) -> None:
    """ZONE-1: at each candle after the one that made it known, age ends a zone first, then its own rule."""
    for j in range(zone.known_at + 1, count):
        zone.end_reason = "expired" if j - zone.known_at > max_age_candles else ends_at(j)
        if zone.end_reason:
            zone.ended_at = j
            return


def live_to_its_far_edge(zone: Zone, candles: Candles, max_age_candles: int) -> None:
    """FVG-3, BPR-1, UNI-1: age, then a close beyond the far edge; neither fill nor touches."""
    close = candles.close
    live(zone, len(close), max_age_candles, lambda j: "invalidated" if is_invalidated(zone, close[j]) else "")


def live_to_its_middle(zone: Zone, candles: Candles, max_age_candles: int) -> None:
    """PROP-1: age, then a close beyond the middle; no touches."""
    past = {True: "mean_threshold", False: ""}
    live(zone, len(candles), max_age_candles, lambda j: past[is_past_the_middle(zone, candles.close[j])])


def live_as_block(zone: Zone, candles: Candles, settings: Settings, mean_threshold: bool) -> None:
    """ZONE-1, ZONE-2: age, then invalidation, then mean threshold, then touches; the first one ends it."""

    def ends_at(j: int) -> str:
        if is_invalidated(zone, candles.close[j]):
            return "invalidated"
        if mean_threshold and is_past_the_middle(zone, candles.close[j]):
            return "mean_threshold"
        zone.touches += is_touch(zone, candles, j)
        return "exhausted" if zone.touches > settings.max_touches else ""

    live(zone, len(candles), settings.ob_max_age_candles, ends_at)


def breaker_of(block: Zone, candles: Candles, settings: Settings) -> list[Zone]:
    """ZONE-3: an invalidated block turns into a zone of the opposite direction, which never turns again."""
    if block.end_reason != "invalidated":
        return []
    breaker = Zone(BREAKER, -block.direction, block.top, block.bottom, block.origin_at, block.ended_at)
    breaker.block_known_at = block.known_at
    live_as_block(breaker, candles, settings, settings.mean_threshold)
    return [breaker]


def filled_percent(gap: Zone, candles: Candles, j: int) -> float:
    """FVG-2: how far candle j alone reaches into the gap from its near edge, 0 to 100."""
    way = gap.top - candles.low[j] if gap.direction == 1 else candles.high[j] - gap.bottom
    return 100 * min(max(way / (gap.top - gap.bottom), 0.0), 1.0)


def live_as_gap(gap: Zone, candles: Candles, max_age_candles: int) -> None:
    """ZONE-1, FVG-2: age, then the fill, which only grows; the first one ends it."""
    for j in range(gap.known_at + 1, len(candles)):
        gap.filled_percent = max(gap.filled_percent, filled_percent(gap, candles, j))
        if j - gap.known_at > max_age_candles:
            gap.end_reason = "expired"
        elif gap.filled_percent == 100:
            gap.end_reason = "filled"
        if gap.end_reason:
            gap.ended_at = j
            return


def inversion_of(gap: Zone, candles: Candles, max_age_candles: int) -> list[Zone]:
    """FVG-3: a close beyond the far edge, at the latest at the candle that ends the gap, inverts it."""
    last = gap.ended_at if gap.ended_at != -1 else len(candles) - 1
    for j in range(gap.known_at + 1, last + 1):
        if is_invalidated(gap, candles.close[j]):
            inversion = Zone(INVERSION_GAP, -gap.direction, gap.top, gap.bottom, gap.origin_at, j)
            live_to_its_far_edge(inversion, candles, max_age_candles)
            return [inversion]
    return []


def live_candles(zone: Zone, count: int) -> range:
    """ZONE-1: live from the candle after it became known to the candle before the one that ends it."""
    return range(zone.known_at + 1, count if zone.ended_at == -1 else zone.ended_at)


def contains(zone: Zone, price: float) -> bool:
    """SIG-1: a zone contains a price on its edges too."""
    return zone.bottom <= price <= zone.top


def of_kind(zones: list[Zone], kind: str, direction: int) -> list[Zone]:
    return [zone for zone in zones if zone.kind == kind and zone.direction == direction]
