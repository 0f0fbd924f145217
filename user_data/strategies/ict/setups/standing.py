"""The state of each side of a setup at one close: what triggers, which facts hold, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ict.candles import BOTH_SIDES, Direction, Floats
from ict.catalogue.patterns import Patterns
from ict.setups.entries import conditions
from ict.setups.facts import held_facts, score
from ict.setups.ranking import best_per_candle
from ict.setups.resting import Resting, candidates, direction_of, find_resting
from ict.setups.spots import Spots
from ict.setups.stops import stops_of_zones
from ict.setups.triggers import closes, find_triggers
from ict.setups.zones import zones_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One side of a setup at the close of a candle.

    Attributes
    ----------
    side : Direction
        +1 long, -1 short.
    trigger : str or None
        Kind of zone, or event, that triggers; None where nothing does.
    price, stop : float
        Where the entry would be, and its stop; NaN where nothing triggers.
    held : Mapping[str, bool]
        Whether each fact in use holds, in the order of `FACTS`.
    score : float
        Points of the facts that hold.
    unmet : tuple[tuple[str, str], ...]
        Conditions that do not hold: kind and subject of each, see `Condition`.
    is_alone : bool
        Whether the other side does not block it: at a close because both trigger, of resting
        entries because the other one is as near or nearer.
    """

    side: Direction
    trigger: str | None
    price: float
    stop: float
    held: Mapping[str, bool]
    score: float
    unmet: tuple[tuple[str, str], ...]
    is_alone: bool

    @property
    def enters(self) -> bool:
        """Whether it enters, if the time allows it."""
        return self.trigger is not None and self.is_alone and not self.unmet


def standing_at_close(columns: Patterns, row: int) -> dict[Direction, Standing]:
    """Return the state of each side that enters at closes (SIG-2 to SIG-4).

    Parameters
    ----------
    columns : Patterns
        What the market shows.
    row : int
        The candle, from 0.
    """
    triggers = {side: find_triggers(columns, side) for side in BOTH_SIDES}
    fires = {side: bool(found.fires[row]) for side, found in triggers.items()}
    return {
        side: _standing(
            columns,
            found.spots[np.array([row])],
            found.name_at(row),
            float(found.stop[row]),
            is_alone=not all(fires.values()),
        )
        for side, found in triggers.items()
    }


def standing_of_resting(columns: Patterns, row: int, tick: Floats) -> dict[Direction, Standing]:
    """Return the state of each side that rests its entries, whatever the time (LIM-1).

    Parameters
    ----------
    columns : Patterns
        What the market shows.
    row : int
        The candle, from 0.
    tick : Floats
        Price step of the pair at each candle, shape (n,).
    """
    always = np.ones(len(columns.chart.candles), np.bool_)
    resting = find_resting(columns, tick, always)
    chosen = int(direction_of(resting, columns.chart.candles.close)[row])
    found = {}
    for side, wanted in resting.items():
        spot = _wanted_spot(wanted, side, row) or _nearest_candidate(columns, side, tick, row)
        is_alone = chosen in (0, side) and not (chosen == 0 and _both_want(resting, row))
        found[side] = (
            _standing(columns, closes(columns, side)[np.array([row])], None, np.nan, is_alone=is_alone)
            if spot is None
            else _standing(columns, spot, *_of_zone(columns, spot), is_alone=is_alone)
        )
    return found


def _both_want(resting: Mapping[Direction, Resting], row: int) -> bool:
    return all(np.isfinite(wanted.price[row]) for wanted in resting.values())


def _wanted_spot(wanted: Resting, side: Direction, row: int) -> Spots | None:
    """Return the spot of a side's resting entry at a close; None where it has none."""
    if not np.isfinite(wanted.price[row]):
        return None
    at = np.array([row])
    return Spots(side, at, wanted.price[at], wanted.kind[at], wanted.zone[at], is_resting=True)


def _nearest_candidate(columns: Patterns, side: Direction, tick: Floats, row: int) -> Spots | None:
    """Return the zone whose limit price is nearest, allowed or not; None where no zone waits."""
    at_row = np.zeros(len(columns.chart.candles), np.bool_)
    at_row[row] = True
    found = candidates(columns, side, tick, at_row)
    return found[best_per_candle(columns.chart, found)] if len(found) else None


def _of_zone(columns: Patterns, spot: Spots) -> tuple[str, float]:
    """Kind of a spot's zone, and the stop of an entry by it."""
    chart = columns.chart
    kind = chart.params.entry_zones[int(spot.kind[0])]
    stop = stops_of_zones(chart, zones_of(chart, kind), spot.zone, spot.candle, spot.side)
    return kind, float(stop[0])


def _standing(
    columns: Patterns, spot: Spots, trigger: str | None, stop: float, *, is_alone: bool
) -> Standing:
    """Judge one spot as `find_entries` and `find_resting` do."""
    held = held_facts(columns, spot)
    points = score(columns, held, 1)
    unmet = [one for one in conditions(columns, spot, held, points) if not one.holds[0]]
    return Standing(
        side=spot.side,
        trigger=trigger,
        price=float(spot.price[0]) if trigger else np.nan,
        stop=stop,
        held={name: bool(holds[0]) for name, holds in held.items()},
        score=float(points[0]),
        unmet=tuple((one.kind, one.of) for one in unmet),
        is_alone=is_alone,
    )
