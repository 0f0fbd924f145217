"""Resting entries: which zone's limit order is wanted at each close, and at which price (LIM-1, LIM-2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Direction, Floats, Ints, absent
from ict.catalogue.patterns import Patterns
from ict.market.runs import members
from ict.market.zones import Zones
from ict.setups.entries import allowed
from ict.setups.facts import facts_in_use, held_facts, score
from ict.setups.ranking import best_per_candle
from ict.setups.spots import Spots
from ict.setups.stops import stops_of_zones
from ict.setups.tags import Tags
from ict.setups.zones import zones_of
from ict.tie import TIE

AllowsZones = Callable[[Ints, Ints, Ints], Bools]
# Part of a tick by which a float may miss the grid: a price of a million ticks is no more exact.
_OFF_GRID = 1e-6


@dataclass(frozen=True, slots=True)
class Resting:
    """The resting entry of one side that is wanted at each close, each of shape (n,).

    Attributes
    ----------
    price, stop : Floats
        Limit price and the stop from it, NaN where none is wanted.
    kind, zone : Ints
        Index of the zone's kind in `entry_zones` and of the zone in its kind, -1 where none is.
    score : Floats
        Its points, NaN where there is none.
    tag : Tags
        What it rests on: its trigger is the zone.
    """

    price: Floats
    stop: Floats
    kind: Ints
    zone: Ints
    score: Floats
    tag: Tags


def find_resting(
    columns: Patterns, tick: Floats, rests: Bools, allows: AllowsZones | None = None
) -> dict[Direction, Resting]:
    """Find the resting entry of each side at each close (LIM-1).

    Parameters
    ----------
    columns : Patterns
        What the market shows, with the setup in its settings.
    tick : Floats
        Price step of the pair at each candle, shape (n,).
    rests : Bools
        Where an order may rest over the coming candle (TIME-1, TIME-2), shape (n,).
    allows : Callable, optional
        From kinds' indices in `entry_zones`, zones' places there and candles, each of shape (k,), to whether
        the zone may be entered by what is decided at the candle's close (ZONE-4); all may be without.
    """
    found = {side: candidates(columns, side, tick, rests) for side in BOTH_SIDES}
    if allows is not None:
        found = {side: spots[allows(spots.kind, spots.zone, spots.candle)] for side, spots in found.items()}
    return {side: _nearest(columns, spots) for side, spots in found.items()}


def find_unspent(
    columns: Patterns, side: Direction, tick: Floats, row: int, is_spent: Callable[[int, int], bool]
) -> Resting:
    """Find the resting entry of one side at a close, without zones that were entered (ZONE-4).

    Parameters
    ----------
    columns, tick
        As of `find_resting`.
    side : Direction
        +1 long, -1 short.
    row : int
        The candle; nothing is said of others.
    is_spent : Callable
        From a kind's index in `entry_zones` and a zone's place there to whether it was entered.
    """
    spots = candidates(columns, side, tick, np.ones(len(tick), np.bool_), row, row + 1)
    zones = zip(spots.kind.tolist(), spots.zone.tolist(), strict=True)
    return _nearest(columns, spots[np.array([not is_spent(*zone) for zone in zones], np.bool_)])


def direction_of(resting: dict[Direction, Resting], close: Floats) -> npt.NDArray[np.int8]:
    """Side of the order to place at each close where none rests: the nearer one, 0 where equally near.

    Returns
    -------
    npt.NDArray[np.int8]
        +1 long, -1 short, 0 none, shape (n,).
    """
    away = {side: np.abs(close - resting[side].price) for side in BOTH_SIDES}
    # A comparison with NaN, where a side has none, is False.
    nearer = {side: ~(away[-side] - away[side] <= TIE * close) & ~np.isnan(away[side]) for side in BOTH_SIDES}
    return nearer[1].astype(np.int8) - nearer[-1].astype(np.int8)


def still_wanted(columns: Patterns, spots: Spots) -> Bools:
    """Whether orders that rest may rest on: zones live, facts hold, scores reach (LIM-2), shape (k,).

    Parameters
    ----------
    columns : Patterns
        What the market shows.
    spots : Spots
        Each order's own zone and price, at a close.
    """
    ended_at = np.full(len(spots), -1)
    for index, name in enumerate(columns.chart.params.entry_zones):
        of_kind = spots.kind == index
        ended_at[of_kind] = zones_of(columns.chart, name).ended_at[spots.zone[of_kind]]
    lives = (ended_at < 0) | (ended_at > spots.candle)
    return lives & _judged(columns, spots).allowed


class _Judged(NamedTuple):
    """Facts and score of spots, and whether an entry there is allowed."""

    held: dict[str, Bools]
    score: Floats
    allowed: Bools


def _judged(columns: Patterns, spots: Spots) -> _Judged:
    held = held_facts(columns, spots)
    points = score(columns, held, len(spots))
    return _Judged(held, points, allowed(columns, spots, held, points))


def candidates(
    columns: Patterns, side: Direction, tick: Floats, rests: Bools, first: int = 0, stop: int | None = None
) -> Spots:
    """List every zone of the setup with each close at which its limit price lies beyond that close (LIM-1).

    For the parameters see `find_resting`; `first` and `stop` are the candles looked at, the end excluded.
    """
    chart, parts = columns.chart, []
    close = chart.candles.close
    for index, kind in enumerate(chart.params.entry_zones):
        zones = zones_of(chart, kind)
        mine = (zones.direction == side).nonzero()[0]
        until = np.where(zones.ended_at < 0, len(close), zones.ended_at)[mine]
        # From the close at which it became known, one candle before it lives.
        listed = members(np.maximum(zones.known_at[mine], first), np.minimum(until, stop or len(close)))
        candle, zone = listed.member, listed.each(mine)
        price = on_grid(limit_prices(zones, chart.params.entry_depth)[zone], tick[candle], side)
        beyond = (side * (close[candle] - price) > 0) & rests[candle]
        parts.append((candle[beyond], price[beyond], np.full(int(beyond.sum()), index), zone[beyond]))
    if not parts:
        nothing = np.zeros(0, np.int64)
        parts.append((nothing, np.zeros(0), nothing, nothing))
    candle, price, kinds, zone = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Spots(side, candle, price, kinds, zone, is_resting=True)


def limit_prices(zones: Zones, depth: float) -> Floats:
    """Price of a resting entry in each zone: 0 is the near edge, 0.5 the middle (LIM-1)."""
    height = zones.top - zones.bottom
    near = np.where(zones.direction > 0, zones.top, zones.bottom)
    return near - zones.direction * depth * height


def on_grid(price: Floats, tick: Floats, side: Direction) -> Floats:
    """Round prices to whole ticks away from the market: down for a long, up for a short."""
    steps = side * np.floor(side * price / tick + _OFF_GRID)
    rounded = steps * tick
    for step in np.unique(tick):
        # As many digits as the tick has: the rest is a float's rounding error.
        digits = max(0, int(np.ceil(-np.log10(step)))) + 2
        mine = tick == step
        rounded[mine] = np.round(rounded[mine], digits)
    return rounded


def _nearest(columns: Patterns, spots: Spots) -> Resting:
    """Take at each close the allowed candidate with the nearest limit price, the newest of equal ones."""
    count, side, params = len(columns.chart.candles), spots.side, columns.chart.params
    judged = _judged(columns, spots)
    chosen = judged.allowed.nonzero()[0]
    chosen = chosen[best_per_candle(columns.chart, spots[chosen])]
    at, kind, zone = spots.candle[chosen], spots.kind[chosen], spots.zone[chosen]
    wanted = Resting(
        absent(count), absent(count), np.full(count, -1), np.full(count, -1), absent(count),
        Tags.none(count, params.entry_zones, facts_in_use(params)),
    )  # fmt: skip
    wanted.price[at], wanted.kind[at], wanted.zone[at] = spots.price[chosen], kind, zone
    wanted.score[at] = judged.score[chosen]
    for index, name in enumerate(params.entry_zones):
        of_kind = kind == index
        stops = stops_of_zones(columns.chart, zones_of(columns.chart, name), zone[of_kind], at[of_kind], side)
        wanted.stop[at[of_kind]] = stops
    wanted.tag.put(at, kind, {name: holds[chosen] for name, holds in judged.held.items()})
    return wanted
