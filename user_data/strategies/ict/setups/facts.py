"""How each fact of a setup is seen (SIG-3).

A fact about where price is looks at the spot's price, any other at its candle. What is not known, such
as a position in a range that is not known, does not hold.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Direction, Floats
from ict.catalogue.patterns import Patterns
from ict.catalogue.table import Family
from ict.facts import ENTRY_ZONES, FACTS
from ict.market.higher import HigherView
from ict.market.lookup import look_up
from ict.market.structure import broke
from ict.market.zones import Zones
from ict.params import Params
from ict.setups.spots import Spots, of_zone
from ict.setups.sweeps import sweeps_for
from ict.setups.zones import kind_of, zones_of

Holds = Callable[[Patterns, Spots], Bools]


def held_facts(columns: Patterns, spots: Spots) -> dict[str, Bools]:
    """Find for each fact in use whether it holds at each spot.

    Parameters
    ----------
    columns : Patterns
        What the market shows.
    spots : Spots
        Shape (k,).

    Returns
    -------
    dict[str, Bools]
        By name, in the order of `FACTS`, each of shape (k,).
    """
    return {name: _HOLDS[name](columns, spots) for name in facts_in_use(columns.chart.params)}


def facts_in_use(params: Params) -> tuple[str, ...]:
    """List the facts that count, in the order of `FACTS`."""
    return tuple(name for name in FACTS if params.use(name) != "off")


def score(columns: Patterns, held: dict[str, Bools], count: int) -> Floats:
    """Sum the points of the facts that hold, shape (count,)."""
    total = np.zeros(count)
    for name, holds in held.items():
        total += columns.chart.params.points(name) * holds
    return total


def _index(columns: Patterns, kind: str) -> int:
    """Find a kind in `entry_zones`; a number that no spot has where it is none of them."""
    kinds = columns.chart.params.entry_zones
    return kinds.index(kind) if kind in kinds else len(kinds)


def _holds(columns: Patterns, kind: str, side: Direction, spots: Spots) -> Bools:
    if not spots.is_resting:
        return columns.holds(kind_of(kind), side)[spots.candle]
    return columns.chart.listing(zones_of(columns.chart, kind), side).holds(spots.candle, spots.price)


def _in_zone(kind: str) -> Holds:
    def holds(columns: Patterns, spots: Spots) -> Bools:
        return _holds(columns, kind, spots.side, spots) | spots.within(_index(columns, kind))

    return holds


def _in_block(columns: Patterns, spots: Spots) -> Bools:
    """SIG-1: an order block of this side holds the price, and none of the other side."""
    alone = _holds(columns, "ob", spots.side, spots) & ~_holds(columns, "ob", -spots.side, spots)
    return alone | spots.within(_index(columns, "ob"))


def _in_higher(
    at_close: Callable[[Patterns], Family[tuple[str, Direction], Bools]],
    zones: Callable[[HigherView], Zones],
) -> Holds:
    """HTFZ-1: price is in a zone of trend_timeframe that its last closed candle had not ended."""

    def holds(columns: Patterns, spots: Spots) -> Bools:
        chart, timeframe = columns.chart, columns.chart.params.trend_timeframe
        if not spots.is_resting:
            return at_close(columns)[timeframe, spots.side][spots.candle]
        return chart.listing(zones(chart.seen(timeframe)), spots.side).holds(spots.candle, spots.price)

    return holds


def _in_ote(columns: Patterns, spots: Spots) -> Bools:
    if not spots.is_resting:
        return columns.in_ote[spots.side][spots.candle]
    top, bottom = columns.ote_top[spots.side], columns.ote_bottom[spots.side]
    inside: Bools = (bottom[spots.candle] <= spots.price) & (spots.price <= top[spots.candle])
    return inside


def _at_discount(columns: Patterns, spots: Spots) -> Bools:
    if spots.is_resting:
        high, low = (edge[spots.candle] for edge in columns.chart.range_edges)
        # A range that is upside down, or not known, has no discount.
        position = (spots.price - low) / np.where(high > low, high - low, np.nan)
    else:
        position = columns.range_position[spots.candle]
    below: Bools = spots.side * (position - 0.5) < 0
    return below


def _below_open(columns: Patterns, spots: Spots) -> Bools:
    below: Bools = spots.side * (spots.price - columns.midnight_open[spots.candle]) < 0
    return below


def _trends(trend: Callable[[Patterns], npt.NDArray[np.int8]]) -> Holds:
    return lambda columns, spots: trend(columns)[spots.candle] == spots.side


def _recently(happens: Callable[[Patterns, Direction, slice], Bools]) -> Holds:
    """Ask whether it happened on this side within the memory of sweeps, whatever came after."""

    def holds(columns: Patterns, spots: Spots) -> Bools:
        memory = columns.chart.params.sweep_memory_candles
        # An order that rests is judged at every close: only what its spot remembers is looked at.
        first = max(int(spots.candle.min(initial=len(columns.chart.candles))) - memory, 0)
        events = happens(columns, spots.side, slice(first, int(spots.candle.max(initial=-1)) + 1))
        candles = first + events.nonzero()[0]
        latest = candles.searchsorted(spots.candle, side="right") - 1
        remembered: Bools = (latest >= 0) & (spots.candle - look_up(candles, latest, 0) <= memory)
        return remembered

    return holds


def _of_entry_zone(kind: str, fact: Callable[[Patterns, Zones, Direction], Bools]) -> Holds:
    """Fact of the zones of a kind, asked of the zone that a spot would be entered by."""

    def holds(columns: Patterns, spots: Spots) -> Bools:
        values = fact(columns, zones_of(columns.chart, kind), spots.side)
        return of_zone(values, spots, _index(columns, kind))

    return holds


def _broke_structure(columns: Patterns, blocks: Zones, side: Direction) -> Bools:
    chart = columns.chart
    return broke(chart.structure.breaks, side, len(chart.candles))[blocks.known_at]


def _left_gap(columns: Patterns, spots: Spots) -> Bools:
    """OB-2: a gap of the block's side known with it or a candle later, and by the spot's candle."""
    chart, of_block = columns.chart, spots.kind == _index(columns, "ob")
    known_at = look_up(chart.blocks.known_at, np.where(of_block, spots.zone, -1), -1)
    has_gap = np.zeros(len(chart.candles) + 1, np.bool_)
    has_gap[chart.gaps.known_at[chart.gaps.direction == spots.side]] = True
    left: Bools = of_block & (has_gap[known_at] | (has_gap[known_at + 1] & (known_at < spots.candle)))
    return left


_HOLDS: dict[str, Holds] = {
    "htf": _trends(lambda columns: columns.higher_trend[columns.chart.params.trend_timeframe]),
    "trend": _trends(lambda columns: columns.trend),
    "major": _trends(lambda columns: columns.major_trend),
    "ob": _in_block,
    **{kind: _in_zone(kind) for kind in ENTRY_ZONES if kind != "ob"},
    "ote": _in_ote,
    "htf_ob": _in_higher(lambda columns: columns.in_higher_block, lambda view: view.blocks),
    "htf_fvg": _in_higher(lambda columns: columns.in_higher_gap, lambda view: view.gaps),
    "discount": _at_discount,
    "below_open": _below_open,
    "swept": _recently(sweeps_for),
    "mss": _recently(lambda columns, side, part: columns.mss[part] == side),
    "cisd": _recently(lambda columns, side, part: columns.cisd[part] == side),
    "smt": _recently(lambda columns, side, part: columns.divergence[part] == side),
    "displaced": _of_entry_zone(
        "ob", lambda columns, blocks, side: columns.displacement[blocks.known_at] == blocks.direction
    ),
    "left_gap": _left_gap,
    "broke_structure": _of_entry_zone("ob", _broke_structure),
    "swept_first": _of_entry_zone(
        "ob", lambda columns, blocks, side: columns.chart.recently_swept[-side][blocks.known_at]
    ),
    "true_breaker": _of_entry_zone("breaker", lambda columns, breakers, side: columns.chart.breaker_swept),
}
