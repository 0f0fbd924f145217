"""The zones that a setup enters by, and the key that identifies each (SIG-4, ZONE-4)."""

from __future__ import annotations

import numpy as np

from ict.candles import Direction
from ict.catalogue.kinds import ZoneKind
from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.market.chart import Chart
from ict.market.zones import Zones
from ict.zone_key import ZoneKey

_KINDS = {kind.name: kind for kind in ZONE_KINDS}


def kind_of(name: str) -> ZoneKind:
    """Return the declaration of a kind of `ENTRY_ZONES`."""
    return _KINDS[name]


def zones_of(chart: Chart, kind: str) -> Zones:
    """Zones of a kind of `ENTRY_ZONES`, with their life."""
    return chart.zones(_KINDS[kind].find)


def zone_key(chart: Chart, kind: int, zone: int) -> ZoneKey | None:
    """Identify a zone among those of its pair and side, by its kind in `entry_zones`; None for none."""
    if zone < 0:
        return None
    name = chart.params.entry_zones[kind]
    zones, time = zones_of(chart, name), chart.candles.time
    origin, known = (int(time[at[zone]]) for at in (zones.origin_at, zones.known_at))
    return ZoneKey(name, origin, known, float(zones.top[zone]), float(zones.bottom[zone]))


def find_zone(chart: Chart, side: Direction, key: ZoneKey) -> tuple[int, int] | None:
    """Find a zone again: its kind in `entry_zones` and its place there; None where it is not there."""
    if key.kind not in chart.params.entry_zones:
        return None
    zones, time = zones_of(chart, key.kind), chart.candles.time
    known = np.arange(*zones.known_at.searchsorted(time.searchsorted([key.known, key.known + 1])))
    same = (zones.direction[known] == side) & (time[zones.origin_at[known]] == key.origin)
    same &= (zones.top[known] == key.top) & (zones.bottom[known] == key.bottom)
    found = known[same]
    return (chart.params.entry_zones.index(key.kind), int(found[-1])) if len(found) else None
