"""What triggers an entry at a close: a zone that holds it, or an event (SIG-4)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Direction, Floats, absent
from ict.catalogue.patterns import Patterns
from ict.catalogue.table import Family
from ict.facts import ENTRY_EVENTS
from ict.market.chart import Chart
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
    which : npt.NDArray[np.int8]
        What triggers, by its index in `names`; -1 where nothing does.
    names : tuple[str, ...]
        The kinds of zones of the setup, then all events.
    """

    spots: Spots
    stop: Floats
    which: npt.NDArray[np.int8]
    names: tuple[str, ...]

    @property
    def fires(self) -> Bools:
        """Where something triggers."""
        return np.isfinite(self.stop)

    def name_at(self, row: int) -> str | None:
        """Name what triggers at a candle; None where nothing does."""
        which = int(self.which[row])
        return self.names[which] if which >= 0 else None


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
    # A zone triggers wherever it is the entry zone.
    stop, which, kinds = absent(count), spots.kind.astype(np.int8), chart.params.entry_zones
    for index, kind in enumerate(kinds):
        at = (which == index).nonzero()[0]
        stop[at] = stops_of_zones(chart, zones_of(chart, kind), spots.zone[at], at, side)
    for index, event in enumerate(ENTRY_EVENTS, len(kinds)):
        if event in chart.params.entry_events:
            _trigger(stop, which, _event_stop(columns, event, side), index)
    return Triggers(spots, stop, which, (*kinds, *ENTRY_EVENTS))


def _trigger(stop: Floats, which: npt.NDArray[np.int8], found: Floats, what: int) -> None:
    """Take what was found where nothing triggered before, in place."""
    new = np.isnan(stop) & np.isfinite(found)
    stop[new], which[new] = found[new], what


def closes(columns: Patterns, side: Direction) -> Spots:
    """Every close, with the newest live zone of the entry's kinds and side that holds it."""
    chart = columns.chart
    return chart.once((_closes, side, chart.params.entry_zones), lambda: _closes(chart, side))


def _closes(chart: Chart, side: Direction) -> Spots:
    close = chart.candles.close
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
