"""Entries at closes: a trigger, every required fact, and points enough (SIG-2 to SIG-4)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Direction, Floats, Ints, absent
from ict.catalogue.patterns import Patterns
from ict.params import Params
from ict.setups.facts import facts_in_use, held_facts, score
from ict.setups.spots import Spots
from ict.setups.tags import Tags
from ict.setups.triggers import Triggers, closes, find_triggers
from ict.tie import TIE

ConditionKind = Literal["fact", "threshold", "gate", "volatility"]


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries at the closes of candles, each of shape (n,).

    Attributes
    ----------
    direction : npt.NDArray[np.int8]
        +1 long, -1 short, 0 none.
    stop : Floats
        Stop of the entry, NaN where there is none.
    tag : Tags
        What each rests on.
    kind, zone : Ints
        Index of the entry zone's kind in `entry_zones` and of the zone in its kind; -1 for none, as where an
        event triggers.
    score : Floats
        Points of each entry; 0 where there is none.
    """

    direction: npt.NDArray[np.int8]
    stop: Floats
    tag: Tags
    kind: Ints
    zone: Ints
    score: Floats

    @classmethod
    def of(cls, direction: npt.NDArray[np.int8], stop: Floats, tag: npt.NDArray[np.object_]) -> "Entries":
        """Make custom entries, which come from no zone and have no points."""
        nowhere = np.full(len(direction), -1)
        return cls(direction, stop, Tags.of(tag), nowhere, nowhere, np.zeros(len(direction)))

    def where(self, wanted: Bools) -> "Entries":
        """Keep some of the entries.

        Parameters
        ----------
        wanted : Bools
            At which candles, shape (n,).
        """
        return Entries(
            direction=np.where(wanted, self.direction, np.int8(0)),
            stop=np.where(wanted, self.stop, np.nan),
            tag=self.tag.where(wanted),
            kind=self.kind,
            zone=self.zone,
            score=self.score,
        )


# From the columns of a pair, with the chart behind them, to its entries.
FindEntries = Callable[[Patterns], Entries]


def find_entries(columns: Patterns) -> Entries:
    """Find the market entries of a setup (SIG-2, SIG-3, SIG-4).

    Parameters
    ----------
    columns : Patterns
        What the market shows, with the setup in its settings.
    """
    count, params = len(columns.chart.candles), columns.chart.params
    triggers = {side: find_triggers(columns, side) for side in BOTH_SIDES}
    # Both sides triggered, whatever their facts: no entry.
    alone = ~(triggers[1].fires & triggers[-1].fires)
    found = Entries(
        np.zeros(count, np.int8), absent(count), Tags.none(count, triggers[1].names, facts_in_use(params)),
        np.full(count, -1), np.full(count, -1), np.zeros(count),
    )  # fmt: skip
    for side in BOTH_SIDES:
        _enter(found, columns, triggers[side], alone)
    return found


def score_at_closes(columns: Patterns, params: Params, side: Direction) -> Floats:
    """Points of the facts in use that hold at each close (SIG-2, SIG-3), shape (n,)."""
    spots = closes(columns, side)
    return score(columns, held_facts(columns, spots), len(spots))


def _enter(found: Entries, columns: Patterns, triggers: Triggers, alone: Bools) -> None:
    """Record the entries of one side: those triggers that are allowed."""
    fires = np.flatnonzero(triggers.fires & alone)
    spots = triggers.spots[fires]
    held = held_facts(columns, spots)
    points = score(columns, held, len(spots))
    enters = np.flatnonzero(allowed(columns, spots, held, points))
    at, spots = fires[enters], spots[enters]
    found.direction[at], found.stop[at], found.score[at] = spots.side, triggers.stop[at], points[enters]
    found.kind[at], found.zone[at] = spots.kind, spots.zone
    found.tag.put(at, triggers.which[at], {name: holds[enters] for name, holds in held.items()})


class Condition(NamedTuple):
    """One condition of an entry at each of some spots.

    Attributes
    ----------
    kind : str
        fact, threshold, gate or volatility.
    of : str
        Which required fact, or which timeframe of the gate; empty for the others.
    holds : Bools
        Shape (k,).
    """

    kind: ConditionKind
    of: str
    holds: Bools


def conditions(
    columns: Patterns, spots: Spots, held: Mapping[str, Bools], points: Floats
) -> Iterator[Condition]:
    """Return every condition of an entry besides its trigger and its time (SIG-2, SIG-3, VOL-1).

    Parameters
    ----------
    columns : Patterns
        What the market shows.
    spots : Spots
        Shape (k,).
    held : Mapping[str, Bools]
        Whether each fact in use holds, see `held_facts`.
    points : Floats
        Score, shape (k,).
    """
    params = columns.chart.params
    for timeframe in params.gate_timeframes:
        trend = columns.higher_trend[timeframe][spots.candle]
        agrees = trend == spots.side if params.htf_must_agree else trend != -spots.side
        yield Condition("gate", timeframe, agrees)
    if params.max_volatility_percentile < 100:
        # Unknown is NaN, and not below anything.
        percentile = columns.volatility_percentile[params.volatility_timeframe]
        yield Condition("volatility", "", percentile[spots.candle] <= params.max_volatility_percentile)
    for name, holds in held.items():
        if params.use(name) == "required":
            yield Condition("fact", name, holds)
    # Ties count: a float's rounding error is no point.
    yield Condition("threshold", "", points >= params.entry_threshold - TIE)


def allowed(columns: Patterns, spots: Spots, held: Mapping[str, Bools], points: Floats) -> Bools:
    """Whether every condition holds at each spot, shape (k,)."""
    allowed = np.ones(len(spots), np.bool_)
    for condition in conditions(columns, spots, held, points):
        allowed &= condition.holds
    return allowed
