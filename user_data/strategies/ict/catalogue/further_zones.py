"""Columns of further zones: what is made of blocks, gaps and sweeps."""

from __future__ import annotations

from ict.candles import Bools, Direction
from ict.catalogue.kinds import Group, Kind
from ict.catalogue.table import Sided, Table
from ict.catalogue.zone_kinds import BALANCED_RANGE, PROPULSION_BLOCK, REJECTION_BLOCK, UNICORN
from ict.catalogue.zones import edges
from ict.market.chart import Chart
from ict.market.lookup import look_up


def _breaker_swept(chart: Chart, side: Direction) -> Bools:
    held = chart.holding(chart.breakers)[side]
    swept: Bools = look_up(chart.breaker_swept, held, 0)
    return swept


class FurtherZoneColumns(Table):
    """Further zones at each candle."""

    bpr_top, bpr_bottom = edges(BALANCED_RANGE, Group.FURTHER_ZONES)
    unicorn_top, unicorn_bottom = edges(UNICORN, Group.FURTHER_ZONES)
    rejection_top, rejection_bottom = edges(REJECTION_BLOCK, Group.FURTHER_ZONES)
    propulsion_top, propulsion_bottom = edges(PROPULSION_BLOCK, Group.FURTHER_ZONES)

    breaker_swept = Sided(
        "ict_{side}_breaker_swept", Kind.FLAG, Group.FURTHER_ZONES, "MIT-1",
        "the newest live breaker of that side that holds the close is a true one, after a sweep",
        _breaker_swept,
    )  # fmt: skip
