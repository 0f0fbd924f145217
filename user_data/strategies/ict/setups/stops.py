"""Where an entry is stopped and where it aims (EXIT-1, STOP-1, TGT-1)."""

from __future__ import annotations

import numpy as np

from ict.candles import Direction, Floats, Ints, absent
from ict.catalogue.patterns import Patterns
from ict.market.chart import Chart
from ict.market.lookup import look_up
from ict.market.reversal import furthest_between
from ict.market.zones import Zones, far_edge, stop_of_zone


def stops_of_zones(chart: Chart, zones: Zones, zone: Ints, candle: Ints, side: Direction) -> Floats:
    """Find the stops of entries by zones at the closes of candles (STOP-1), NaN where there is no zone.

    Parameters
    ----------
    chart : Chart
        What the market shows.
    zones : Zones
        Zones of a kind.
    zone, candle : Ints
        The zone of each entry, -1 for none, and the candle at whose close it is decided on, shape (k,).
    side : Direction
        Side of the entries.
    """
    edge = look_up(far_edge(zones, side), zone, np.nan)
    params = chart.params
    if params.stop_behind != "zone":
        behind = last_swings(chart, side) if params.stop_behind == "swing" else since_sweep(chart, side)
        # fmin: where there is none, the zone's edge alone counts.
        edge = np.where(zone >= 0, side * np.fmin(side * edge, side * behind[candle]), np.nan)
    return stop_of_zone(edge, side, params.stop_buffer)


def least_distance(columns: Patterns, row: int) -> float:
    """Least distance of a stop from its entry at the close of a candle (EXIT-2), 0 for any."""
    params = columns.chart.params
    if not params.min_stop_atr:
        return 0.0
    return float(params.min_stop_atr * columns.higher_atr[params.trend_timeframe][row])


def last_swings(chart: Chart, side: Direction) -> Floats:
    """Price of the last confirmed swing low (for shorts: high) at each candle, NaN before the first."""
    high, low = chart.range_edges
    return low if side > 0 else high


def since_sweep(chart: Chart, side: Direction) -> Floats:
    """Lowest low (for shorts: highest high) since the latest sweep within memory, NaN where there is none."""
    recent = chart.recently_swept[-side].nonzero()[0]
    lowest = absent(len(chart.candles))
    lowest[recent] = furthest_between(chart.candles, chart.last_swept[-side][recent], recent, side)
    return lowest
