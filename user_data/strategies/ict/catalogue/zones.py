"""Columns of zones: what became known at each candle, and what holds its close."""

from __future__ import annotations

import numpy as np

from ict.candles import BOTH_SIDES, Bools, Direction, Floats, absent
from ict.catalogue.kinds import Group, Kind, Plot, ZoneKind
from ict.catalogue.placing import Signs, prices_at, signs_at
from ict.catalogue.table import Column, Sided, Table
from ict.catalogue.zone_kinds import BREAKER, GAP, INVERSION_GAP, ORDER_BLOCK
from ict.market.chart import Chart
from ict.market.lookup import look_up
from ict.market.structure import broke
from ict.market.zones import Zones, far_edge, stop_of_zone


def known_here(kind: ZoneKind, group: Group) -> tuple[Column[Signs], Column[Floats], Column[Floats]]:
    """Declare side, upper and lower edge of the zone that becomes known at each candle.

    Only for kinds of which a candle never makes zones of both sides.
    """

    def edge(word: str) -> Column[Floats]:
        def find(chart: Chart) -> Floats:
            zones = chart.zones(kind.find)
            return prices_at(zones.known_at, getattr(zones, word), len(chart.candles))

        about = f"its {'upper' if word == 'top' else 'lower'} edge"
        return Column(f"ict_{kind.name}_{word}", Kind.PRICE, group, kind.rule, about, find)

    return (
        Column(
            f"ict_{kind.name}_direction", Kind.DIRECTION, group, kind.rule,
            f"side of the {kind.title} that became known here",
            lambda chart: _direction_known(chart.zones(kind.find), len(chart.candles)),
        ),
        edge("top"),
        edge("bottom"),
    )  # fmt: skip


def edges(kind: ZoneKind, group: Group) -> tuple[Sided[Floats], Sided[Floats]]:
    """Declare upper and lower edge of the newest live zone of each side that holds the close."""

    def edge(word: str, about: str) -> Sided[Floats]:
        def find(chart: Chart, side: Direction) -> Floats:
            zones = chart.zones(kind.find)
            return look_up(getattr(zones, word), chart.holding(zones)[side], np.nan)

        pattern = f"ict_{{side}}_{kind.name}_{word}"
        return Sided(pattern, Kind.PRICE, group, kind.rule, about, find, zone=kind)

    upper = f"upper edge of the newest live {kind.title} of that side that holds the close"
    return edge("top", upper), edge("bottom", "its lower edge")


def inside(kind: ZoneKind, group: Group) -> Sided[Bools]:
    """Declare whether a live zone of each side holds the close."""

    def find(chart: Chart, side: Direction) -> Bools:
        holds: Bools = chart.holding(chart.zones(kind.find))[side] >= 0
        return holds

    about = f"a live {kind.title} of that side holds the close"
    return Sided(f"ict_in_{{side}}_{kind.name}", Kind.FLAG, group, kind.rule, about, find, zone=kind)


def _direction_known(zones: Zones, count: int) -> Signs:
    return signs_at(zones.known_at, zones.direction, count)


def _stop(chart: Chart, side: Direction) -> Floats:
    stop = stop_of_zone(far_edge(chart.blocks, side), side, chart.params.stop_buffer)
    return look_up(stop, chart.holding(chart.blocks)[side], np.nan)


def _displacement(chart: Chart) -> Floats:
    """Body of the impulse of the block that became known at each candle, in ATR (OB-2)."""
    candles, block = chart.candles, _blocks_known(chart)
    displacement = absent(len(candles))
    measured = (block != 0) & (chart.atr > 0)
    np.divide(block * (candles.close - candles.open), chart.atr, out=displacement, where=measured)
    return displacement


def _left_gap(chart: Chart) -> Signs:
    """Side of the block that left a gap, at the candle at which that gap is known (OB-2)."""
    count = len(chart.candles)
    block, gap = _blocks_known(chart), _direction_known(chart.gaps, count)
    block_before = np.append(np.int8(0), block[:-1])[:count]
    return np.where((gap == block) | (gap == block_before), gap, np.int8(0))


def _broke_structure(chart: Chart) -> Bools:
    block, breaks = _blocks_known(chart), chart.structure.breaks
    up, down = ((block == side) & broke(breaks, side, len(chart.candles)) for side in BOTH_SIDES)
    either: Bools = up | down
    return either


def _swept_first(chart: Chart) -> Bools:
    block = _blocks_known(chart)
    up, down = ((block == side) & chart.recently_swept[-side] for side in BOTH_SIDES)
    either: Bools = up | down
    return either


def _blocks_known(chart: Chart) -> Signs:
    return _direction_known(chart.blocks, len(chart.candles))


class ZoneColumns(Table):
    """Zones at each candle."""

    ob_direction, ob_top, ob_bottom = known_here(ORDER_BLOCK, Group.ORDER_BLOCKS)
    fvg_direction, fvg_top, fvg_bottom = known_here(GAP, Group.GAPS)
    in_fvg = inside(GAP, Group.GAPS)

    holding_ob_top, holding_ob_bottom = edges(ORDER_BLOCK, Group.ENTRY)
    stop = Sided(
        "ict_{trade}_stop", Kind.PRICE, Group.ENTRY, "EXIT-1", "stop beyond that order block", _stop,
        plot=Plot("{trade} stop", dots=2),
    )  # fmt: skip

    breaker_top, breaker_bottom = edges(BREAKER, Group.LATER_ZONES)
    in_ifvg = inside(INVERSION_GAP, Group.LATER_ZONES)

    ob_displacement = Column(
        "ict_ob_displacement", Kind.ATR, Group.QUALITY, "OB-2",
        "body of the impulse candle of the order block that became known here", _displacement,
        remembers="Wilder's average, which never forgets",
    )  # fmt: skip
    ob_left_gap = Column(
        "ict_ob_left_gap", Kind.DIRECTION, Group.QUALITY, "OB-2",
        "side of the order block, known here or at the candle before, that left a gap of its direction which "
        "becomes known here: nearly always the candle before, as a block's own candle leaves one only where "
        "price jumps",
        _left_gap,
    )  # fmt: skip
    ob_broke_structure = Column(
        "ict_ob_broke_structure", Kind.FLAG, Group.QUALITY, "OB-2",
        "the impulse of the order block that became known here broke structure", _broke_structure,
        remembers="the swing that broke",
    )  # fmt: skip
    ob_swept_first = Column(
        "ict_ob_swept_first", Kind.FLAG, Group.QUALITY, "OB-2",
        "liquidity of the other side was swept before that order block", _swept_first,
    )  # fmt: skip
