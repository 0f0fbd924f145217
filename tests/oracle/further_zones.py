"""The zones of the second book, each followed from the candle that made it known to the one that ends it.

Rules BPR-1, UNI-1, REJ-1, PROP-1, MIT-1.
"""

from .candles import Candles, Settings, at_least
from .liquidity import latest_sweep
from .zones import (
    BREAKER,
    FAIR_VALUE_GAP,
    ORDER_BLOCK,
    Zone,
    live_as_block,
    live_candles,
    live_to_its_far_edge,
    live_to_its_middle,
    of_kind,
    overlaps,
)

BALANCED_RANGE = "balanced_price_range"
UNICORN = "unicorn"
REJECTION = "rejection_block"
PROPULSION = "propulsion_block"

Swept = dict[int, list[str]]


def further_zones(candles: Candles, zones: list[Zone], swept: Swept, settings: Settings) -> list[Zone]:
    """Find every zone of the four kinds, the oldest first; `zones` are those of the first book."""
    found = []
    for direction in (1, -1):
        found += balanced_ranges(candles, zones, direction, settings)
        found += unicorns(candles, zones, swept, direction, settings)
        found += rejection_blocks(candles, swept, direction, settings)
        found += propulsion_blocks(candles, zones, direction, settings)
    return sorted(found, key=age_order)


def age_order(zone: Zone) -> tuple[int, int, int]:
    """Order by age: the newest of several zones is known last, then of the latest origin, then block."""
    return (zone.known_at, zone.origin_at, zone.block_known_at)


def overlap(kind: str, gap: Zone, other: Zone, known_at: int) -> Zone | None:
    """BPR-1, UNI-1: what a gap and another zone have in common, None where they only meet or lie apart."""
    top, bottom = min(gap.top, other.top), max(gap.bottom, other.bottom)
    if not top > bottom:
        return None
    return Zone(kind, gap.direction, top, bottom, gap.origin_at, known_at)


def gaps_by_candle(zones: list[Zone], direction: int) -> dict[int, Zone]:
    """FVG-1: the gaps of one side by the candle that made them known; a candle makes one at most."""
    return {gap.known_at: gap for gap in of_kind(zones, FAIR_VALUE_GAP, direction)}


def balanced_ranges(candles: Candles, zones: list[Zone], direction: int, settings: Settings) -> list[Zone]:
    """BPR-1: where a gap overlaps the newest gap of the other side that it overlaps at all."""
    found = []
    others = gaps_by_candle(zones, -direction)
    for gap in of_kind(zones, FAIR_VALUE_GAP, direction):
        first = gap.known_at - settings.bpr_memory_candles
        near = [others[at] for at in range(first, gap.known_at) if at in others]
        shared = [zone for other in near if (zone := overlap(BALANCED_RANGE, gap, other, gap.known_at))]
        if shared:
            live_to_its_far_edge(shared[-1], candles, settings.fvg_max_age_candles)
            found.append(shared[-1])
    return found


def has_ended(zone: Zone, at: int) -> bool:
    """UNI-1: ended at or before a candle."""
    return zone.ended_at != -1 and zone.ended_at <= at


def unicorns(
    candles: Candles, zones: list[Zone], swept: Swept, direction: int, settings: Settings
) -> list[Zone]:
    """UNI-1: where a breaker after a sweep and a gap near to it overlap, one zone for each such pair."""
    found = []
    gaps = gaps_by_candle(zones, direction)
    for breaker in of_kind(zones, BREAKER, direction):
        b = breaker.known_at
        if latest_sweep(swept[-direction], b, settings.sweep_memory_candles) == -1:
            continue
        for at in range(b - settings.unicorn_memory_candles, b + 2):
            known_at = max(b, at)
            zone = overlap(UNICORN, gaps[at], breaker, known_at) if at in gaps else None
            if zone is None or has_ended(breaker, known_at) or has_ended(gaps[at], known_at):
                continue
            zone.block_known_at = breaker.block_known_at
            live_to_its_far_edge(zone, candles, settings.fvg_max_age_candles)
            found.append(zone)
    return found


def rejection_blocks(candles: Candles, swept: Swept, direction: int, settings: Settings) -> list[Zone]:
    """REJ-1: the long wick of a candle that sweeps; it lives as an order block without ZONE-2."""
    found = []
    for i in range(len(candles)):
        ends = (candles.open[i], candles.close[i])
        bottom, top = (candles.low[i], min(ends)) if direction == 1 else (max(ends), candles.high[i])
        span = candles.high[i] - candles.low[i]
        if not swept[-direction][i]:
            continue
        if at_least(top - bottom, settings.rejection_wick_ratio * span, candles.close[i]):
            zone = Zone(REJECTION, direction, top, bottom, origin_at=i, known_at=i)
            live_as_block(zone, candles, settings, mean_threshold=False)
            found.append(zone)
    return found


def propulsion_blocks(candles: Candles, zones: list[Zone], direction: int, settings: Settings) -> list[Zone]:
    """PROP-1: a candle against the direction that meets a live block, once price closes beyond it.

    Two blocks that the same candle meets first make one zone.
    """
    found: dict[int, Zone] = {}
    for block in of_kind(zones, ORDER_BLOCK, direction):
        p = first_against(candles, block)
        k = -1 if p == -1 else closes_beyond(candles, p, direction, settings.propulsion_memory_candles)
        if k != -1 and p not in found:
            found[p] = Zone(PROPULSION, direction, candles.high[p], candles.low[p], origin_at=p, known_at=k)
            live_to_its_middle(found[p], candles, settings.ob_max_age_candles)
    return list(found.values())


def first_against(candles: Candles, block: Zone) -> int:
    """PROP-1: the first candle against a live block's direction whose range overlaps it, -1 for none."""
    for p in live_candles(block, len(candles)):
        if candles.direction(p) == -block.direction and overlaps(block, candles, p):
            return p
    return -1


def closes_beyond(candles: Candles, p: int, direction: int, memory_candles: int) -> int:
    """PROP-1: the first close beyond candle p, unless one beyond its other side is before; -1 for none."""
    for k in range(p + 1, min(p + memory_candles + 1, len(candles))):
        side = int(candles.close[k] > candles.high[p]) - int(candles.close[k] < candles.low[p])
        if side != 0:
            return k if side == direction else -1
    return -1


def is_true_breaker(breaker: Zone, swept: Swept) -> bool:
    """MIT-1: the side that the breaker leaves was swept on its block's way; else it is a mitigation block."""
    return any(swept[-breaker.direction][breaker.origin_at : breaker.known_at + 1])
