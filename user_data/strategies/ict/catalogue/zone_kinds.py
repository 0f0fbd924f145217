"""Every kind of zone, declared once."""

from __future__ import annotations

from ict.candles import Bools, Candles
from ict.catalogue.kinds import ZoneKind
from ict.market import fair_value_gaps, order_blocks, overlaps, propulsion_blocks, rejection_blocks
from ict.market.fair_value_gaps import filled_percent
from ict.market.zones import Zones


def _touched(zones: Zones, candles: Candles) -> Bools:
    """Whether price has touched each zone, of those that count touches (ZONE-1)."""
    return zones.touches > 0


def _filled(zones: Zones, candles: Candles) -> Bools:
    """Whether price has been back in each gap (FVG-2)."""
    return filled_percent(zones, candles) > 0


ORDER_BLOCK = ZoneKind(
    name="ob", title="order block", short="OB", setting="order_blocks", rule="OB-1", drawn=2,
    find=lambda chart: chart.blocks, life=order_blocks.life_rules, came_back=_touched,
)  # fmt: skip
GAP = ZoneKind(
    name="fvg", title="fair value gap", short="FVG", setting="gaps", rule="FVG-1", drawn=2,
    find=lambda chart: chart.gaps, life=fair_value_gaps.life_rules, came_back=_filled, fill=0.75,
)  # fmt: skip
BREAKER = ZoneKind(
    name="breaker", title="breaker", short="BB", setting="breakers", rule="ZONE-3",
    find=lambda chart: chart.breakers, life=order_blocks.life_rules, came_back=_touched,
)  # fmt: skip
INVERSION_GAP = ZoneKind(
    name="ifvg", title="inversion gap", short="IFVG", setting="inversion_gaps", rule="FVG-3",
    find=lambda chart: chart.inversions, life=fair_value_gaps.inversion_rules,
    came_back=_filled, fill=0.75,
)  # fmt: skip
BALANCED_RANGE = ZoneKind(
    name="bpr", title="balanced price range", short="BPR", setting="balanced_ranges", rule="BPR-1",
    find=lambda chart: chart.balanced_ranges, life=overlaps.life_rules, came_back=_filled, fill=0.75,
)  # fmt: skip
UNICORN = ZoneKind(
    name="unicorn", title="unicorn", short="UNI", setting="unicorns", rule="UNI-1",
    find=lambda chart: chart.unicorns, life=overlaps.life_rules, came_back=_filled, fill=0.75,
)  # fmt: skip
REJECTION_BLOCK = ZoneKind(
    name="rejection", title="rejection block", short="RB", setting="rejection_blocks", rule="REJ-1", drawn=0,
    find=lambda chart: chart.rejections, life=rejection_blocks.life_rules, came_back=_touched,
)  # fmt: skip
PROPULSION_BLOCK = ZoneKind(
    name="propulsion", title="propulsion block", short="PB", setting="propulsion_blocks", rule="PROP-1",
    drawn=0,
    find=lambda chart: chart.propulsions, life=propulsion_blocks.life_rules, came_back=_filled,
)  # fmt: skip

# In the order in which they are drawn: zones nearer to the trade are in front.
ZONE_KINDS = (
    GAP, INVERSION_GAP, BALANCED_RANGE, UNICORN, PROPULSION_BLOCK, REJECTION_BLOCK, BREAKER, ORDER_BLOCK,
)  # fmt: skip
