"""What triggers an entry at a close: a zone that holds it, or an event (SIG-4)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Direction, Floats, absent
from ict.catalogue.patterns import Patterns
from ict.catalogue.table import Family
from ict.facts import ENTRY_EVENTS
from ict.market.zones import stop_of_zone
from ict.setups.ranking import best_per_candle
from ict.setups.spots import Spots
from ict.setups.stops import stops_of_zones
from ict.setups.sweeps import sweeps_for
from ict.setups.zones import zones_of


@dataclass(frozen=True, slots=True)
class Triggers:
    """Entries of one side that a setup may take at each close, each of shape (n,).

    Attributes
    ----------
    spots : Spots
        Every close, with its entry zone.
    stop : Floats
        Stop of the entry, NaN where nothing triggers.
    name : npt.NDArray[np.object_]
        The kind of zone, or the event, that triggers; None where nothing does.
    """

    spots: Spots
    stop: Floats
    name: npt.NDArray[np.object_]

    @property
    def fires(self) -> Bools:
        """Where something triggers."""
        return np.isfinite(self.stop)


def find_triggers(columns: Patterns, side: Direction) -> Triggers:
    """Find what triggers an entry of one side at each close: a zone first, then events in their order.

    Parameters
    ----------
    columns : Patterns
        What the market shows.
    side : Direction
        +1 long, -1 short.
    """
    spots, chart = closes(columns, side), columns.chart
    count = len(spots)
    stop, name = absent(count), np.full(count, None, np.object_)
    for index, kind in enumerate(chart.params.entry_zones):
        at = (spots.kind == index).nonzero()[0]
        stop[at] = stops_of_zones(chart, zones_of(chart, kind), spots.zone[at], at, side)
        name[at] = kind
    for event in ENTRY_EVENTS:
        if event in chart.params.entry_events:
            _trigger(stop, name, _event_stop(columns, event, side), event)
    return Triggers(spots, stop, name)


def _trigger(stop: Floats, name: npt.NDArray[np.object_], found: Floats, what: str) -> None:
    """Take what was found where nothing triggered before, in place."""
    new = np.isnan(stop) & np.isfinite(found)
    stop[new], name[new] = found[new], what


def closes(columns: Patterns, side: Direction) -> Spots:
    """Every close, with the newest live zone of the entry's kinds and side that holds it."""
    chart, close = columns.chart, columns.chart.candles.close
    holding = np.full((len(chart.params.entry_zones), len(close)), -1)
    for index, name in enumerate(chart.params.entry_zones):
        holding[index] = chart.holding(zones_of(chart, name))[side]
    kinds, candle = (holding >= 0).nonzero()
    zone = holding[kinds, candle]
    chosen = best_per_candle(chart, Spots(side, candle, close[candle], kinds, zone))
    entered = np.full((2, len(close)), -1)
    entered[:, candle[chosen]] = kinds[chosen], zone[chosen]
    return Spots(side, np.arange(len(close)), close, *entered)


def _event_stop(columns: Patterns, event: str, side: Direction) -> Floats:
    """Stop of an event's entry at the candle of the event, NaN elsewhere."""
    if event != "sweep":
        return _STOPS[event](columns)[side]
    chart = columns.chart
    extreme = chart.candles.low if side > 0 else chart.candles.high
    swept = np.where(sweeps_for(columns, side), extreme, np.nan)
    return stop_of_zone(swept, side, chart.params.stop_buffer)


_STOPS: dict[str, Callable[[Patterns], Family[Direction, Floats]]] = {
    "mss": lambda columns: columns.mss_stop,
    "cisd": lambda columns: columns.cisd_stop,
    "break": lambda columns: columns.reversal_stop,
    "gap": lambda columns: columns.retest_stop,
}
