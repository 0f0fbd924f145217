"""Placebos of a setup's own kind: its zones, or its events, at random places, traded by the same rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ict.candles import BOTH_SIDES, Bools, Direction, Floats, Ints
from ict.catalogue.patterns import Patterns
from ict.columns import Columns
from ict.market.zones import Zones, live
from ict.params import Params
from ict.setups.entries import Entries as Signalled
from ict.setups.entries import conditions
from ict.setups.facts import held_facts
from ict.setups.spots import Spots
from ict.setups.triggers import closes
from ict.setups.zones import kind_of, zones_of
from ict_lab.replay.engine import Replayed, Setup, in_time, replay, times_of
from ict_lab.replay.markets import Market
from ict_lab.replay.scene import Scene

# Facts of the entry zone itself: a placebo's zones are those for which they held, elsewhere.
ZONE_FACTS = ("displaced", "left_gap", "broke_structure", "swept_first", "true_breaker")
# Facts that are events: a placebo's signals come without them.
EVENT_FACTS = ("swept", "mss", "cisd", "smt")


class Placebo:
    """Trades what a setup would trade if its pattern came at random.

    Parameters
    ----------
    scene : Scene
        The markets.
    setup : Setup
        The setup.
    """

    def __init__(self, scene: Scene, setup: Setup) -> None:
        self._scene, self._setup = scene, setup
        self._is_of_events = bool(setup.params.entry_events)
        if self._is_of_events:
            self._signals = [Signals.of(market, setup) for market in scene.markets]
        else:
            self._params = _without(setup.params, ZONE_FACTS)
            self._grounds = [Grounds(market, self._params) for market in scene.markets]

    def real(self) -> Replayed:
        """Trade what there is."""
        return replay(self._scene, self._setup)

    def drawn(self, random: np.random.Generator) -> Replayed:
        """Trade as many zones, or signals, of the same shapes at random candles."""
        if not self._is_of_events:
            setup = Setup(self._params, self._setup.find_entries)
            scattered = [ground.scattered(random) for ground in self._grounds]
            return replay(self._scene.analysed_as(scattered), setup)
        drawn = {id(one.columns): one.scattered(random) for one in self._signals}

        def find(columns: Patterns) -> Signalled:
            return drawn[id(columns)]

        return replay(self._scene, Setup(self._setup.params, find))


def _without(params: Params, facts: Sequence[str]) -> Params:
    """Return the same settings with some facts off."""
    off: dict[str, Any] = {f"use_{fact}": "off" for fact in facts if params.use(fact) == "required"}
    return replace(params, **off)


class Grounds:
    """A market on which zones may lie elsewhere.

    Parameters
    ----------
    market : Market
        Analysed.
    params : Params
        Settings, without the facts of the zones themselves.
    """

    def __init__(self, market: Market, params: Params) -> None:
        self._market, self._params = market, params
        self._atr = market.chart.atr
        self._zones = {name: self._shapes(name) for name in params.entry_zones}

    def _shapes(self, name: str) -> Zones:
        """Zones of the backtest, of those for which the required facts of the zone itself hold."""
        zones = zones_of(self._market.chart, name)
        known = np.isfinite(self._atr[zones.known_at]) & (zones.known_at >= self._market.first)
        return zones[known & self._have_facts(name, zones)]

    def _have_facts(self, name: str, zones: Zones) -> Bools:
        chart = self._market.chart
        required = [fact for fact in ZONE_FACTS if chart.params.use(fact) == "required"]
        holds, columns = np.ones(len(zones), np.bool_), self._market.columns
        for side in BOTH_SIDES if required else ():
            mine = np.flatnonzero(zones.direction == side)
            # Known with the zone or a candle later: left_gap is known then.
            at = np.minimum(zones.known_at[mine] + 1, len(chart.candles) - 1)
            kind = np.full(len(mine), chart.params.entry_zones.index(name))
            assert columns is not None
            held = held_facts(columns, Spots(side, at, chart.candles.close[at], kind, mine))
            holds[mine] = np.logical_and.reduce([held[fact] for fact in required])
        return holds

    def scattered(self, random: np.random.Generator) -> Columns:
        """Draw zones of the same shapes at random candles of the backtest, and see the market with them.

        A zone keeps its height and its distance from the close at which it became known, both in average
        true ranges, so that it fits the market's range where it lands. From there it lives by the same
        rules.
        """
        chart, columns = self._market.chart.with_params(self._params), self._market.columns
        kinds = [kind_of(name) for name in self._zones]
        for kind, zones in zip(kinds, self._zones.values(), strict=True):
            born = self._moved(zones, random)
            chart = chart.with_zones(kind.find, live(born, chart.candles, kind.life(self._params)))
        assert columns is not None
        return columns.on(chart, kinds)

    def _moved(self, zones: Zones, random: np.random.Generator) -> Zones:
        first, close = self._market.first, self._market.candles.close
        to = np.sort(random.integers(first, len(close), len(zones)))
        moved = zones[random.permutation(len(zones))]
        scale = self._atr[to] / self._atr[moved.known_at]
        before, there = close[moved.known_at], close[to]
        top, bottom = there + (moved.top - before) * scale, there + (moved.bottom - before) * scale
        return Zones.born(top, bottom, to - 1, to, moved.direction)


@dataclass(frozen=True)
class Signals:
    """Signals of a market that may come at other times.

    Attributes
    ----------
    columns : Columns
        The analysis.
    side : Ints
        Of each run of signals, shape (m,).
    run, offset : Ints
        Of each signal: which run it is of, and how far behind its start, shape (k,).
    distance : Floats
        Of each signal's stop from its close, in average true ranges.
    allowed : dict[Direction, Ints]
        Candles at which a run of each side may start.
    """

    columns: Columns
    side: Ints
    run: Ints
    offset: Ints
    distance: Floats
    allowed: dict[Direction, Ints]

    @classmethod
    def of(cls, market: Market, setup: Setup) -> Signals:
        """Take the signals of a setup, and the candles at which it might as well have had them."""
        columns = market.columns
        assert columns is not None
        found, atr = in_time(setup.find_entries(columns), market, setup.params), market.chart.atr
        rows = np.flatnonzero(found.direction)
        rows = rows[(rows >= market.first) & np.isfinite(atr[rows])]
        side = found.direction[rows].astype(np.int64)
        begins = np.ones(len(rows), np.bool_)
        begins[1:] = (np.diff(rows) > 1) | (np.diff(side) != 0)
        run, starts = np.cumsum(begins) - 1, rows[begins]
        distance = side * (market.candles.close[rows] - found.stop[rows]) / atr[rows]
        allowed = {one: _allowed(market, setup.params, one) for one in BOTH_SIDES}
        return cls(columns, side[begins], run, rows - starts[run], distance, allowed)

    def scattered(self, random: np.random.Generator) -> Signalled:
        """Draw other starts of the runs; what lies behind the last candle is left out."""
        candles, atr = self.columns.chart.candles, self.columns.chart.atr
        start = np.empty(len(self.side), np.int64)
        for side in BOTH_SIDES:
            mine = self.side == side
            places = self.allowed[side] if len(self.allowed[side]) else np.array([len(candles)])
            start[mine] = random.choice(places, int(mine.sum()))
        rows = start[self.run] + self.offset
        inside = rows < len(candles)
        rows, sides, distance = rows[inside], self.side[self.run][inside], self.distance[inside]
        direction, stop = np.zeros(len(candles), np.int8), np.full(len(candles), np.nan)
        direction[rows], stop[rows] = sides, candles.close[rows] - sides * distance * atr[rows]
        return Signalled.of(direction, stop, np.full(len(candles), "placebo", np.object_))


def _allowed(market: Market, params: Params, side: Direction) -> Ints:
    """Candles of the backtest at whose close gate, hours and all that is no event allow an entry."""
    columns = market.columns
    assert columns is not None
    spots = closes(columns, side)
    allowed = times_of(market, params) & np.isfinite(market.chart.atr)
    held = held_facts(columns, spots)
    for condition in conditions(columns, spots, held, np.zeros(len(spots))):
        if condition.kind != "threshold" and condition.of not in EVENT_FACTS:
            allowed &= condition.holds
    rows = np.flatnonzero(allowed)
    return rows[rows >= market.first]


def draw_placebos(
    placebo: Placebo, draws: int, random: np.random.Generator, progress: Callable[[int], None]
) -> list[Replayed]:
    """Trade placebos many times."""
    runs = []
    for _ in range(draws):
        runs.append(placebo.drawn(random))
        progress(1)
    return runs
