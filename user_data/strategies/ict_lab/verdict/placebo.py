"""Placebo zones: order blocks of the same shapes and number at random places, traded by the same rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.analysis import columns_in
from ict.candles import Candles
from ict.confluence import entry_zones
from ict.market.chart import Chart
from ict.market.order_blocks import life_rules
from ict.market.zones import Zones, live
from ict_lab.chance.exits import Entries, Results, follow, targets
from ict_lab.chance.markets import Course, Floats, Ints, Market
from ict_lab.chance.replay import Replay, signals_of
from ict_lab.chance.rules import ExitRule, IctRules


@dataclass(frozen=True)
class Run:
    """Trades that a set of zones gave.

    Attributes
    ----------
    at : Ints
        Candles of the entries, in the half of their side (see `Course`).
    results : Results
        How they ended.
    """

    at: Ints
    results: Results


class Desk:
    """Trades a strategy's zones, real or placebo, as its backtest did.

    One position a pair, as many at once as there were, and the day's cap of entries; the day's cap of
    losses and the limits of the wallet are left out.

    Parameters
    ----------
    markets : Sequence[Market]
        The candles, pair by pair.
    course : Course
        The same, end to end.
    rules : IctRules
        Settings of the strategy, whose entries are at order blocks.
    rule : ExitRule
        What ends trades.
    replayed : Replay
        The backtest's own trades: their fees, and how many were open at once.
    """

    def __init__(
        self,
        markets: Sequence[Market],
        course: Course,
        rules: IctRules,
        rule: ExitRule,
        replayed: Replay,
    ) -> None:
        self.course, self.rules, self.rule = course, rules, rule
        self.fee = float(replayed.entries.fee_open.mean()), float(replayed.entries.fee_close.mean())
        self.slots = most_at_once(replayed.trades)
        self.grounds = [_Ground.of(market, rules) for market in markets]
        self.times = np.concatenate(list(course.dates.values()))

    def real(self) -> Run:
        """Trade the order blocks that there are."""
        return self._traded([ground.blocks for ground in self.grounds])

    def placebo(self, random: np.random.Generator) -> Run:
        """Trade as many zones of the same shapes at random candles."""
        return self._traded([ground.scattered(random) for ground in self.grounds])

    def _traded(self, zones: Sequence[Zones]) -> Run:
        parts = [self._entries(ground, of_pair) for ground, of_pair in zip(self.grounds, zones, strict=True)]
        entries = Entries(*(np.concatenate(values) for values in zip(*map(_fields, parts), strict=True)))
        results = follow(self.course, entries, self.rule)
        taken = self._taken(entries.at, results.ended_at)
        values = (getattr(results, name)[taken] for name in Results.__dataclass_fields__)
        return Run(entries.at[taken], Results(*values))

    def _entries(self, ground: _Ground, zones: Zones) -> Entries:
        """Every entry that is signalled, whether or not a position is open then."""
        course, market = self.course, ground.market
        signals = signals_of(market, self.rules, ground.columns_with(zones))
        rows = np.flatnonzero(signals.direction)
        # A signal is traded at the next candle's open, and not any more at the last one.
        rows = rows[(rows + 1 >= market.first) & (rows + 2 < len(market.frame))]
        side = signals.direction[rows].astype(np.int64)
        half = np.where(side < 0, course.half, 0)
        at = course.begins[market.pair] + rows + 1 - market.first + half
        opened = course.open[at]
        stop = np.minimum(side * signals.stop[rows], opened - signals.least_distance[rows])
        last = np.full(len(at), course.ends[market.pair]) + half
        fees = (np.full(len(at), fee) for fee in self.fee)
        entries = Entries(at, stop, targets(opened, stop, self.rule), last, *fees)
        return entries[opened > stop]

    def _taken(self, at: Ints, ended_at: Ints) -> Ints:
        """Which entries a desk can take: flat in the pair, a slot free, and the day's cap not reached."""
        candle, ended = at % self.course.half, ended_at % self.course.half
        pairs = np.searchsorted(list(self.course.begins.values()), candle, side="right") - 1
        opened, closed = self.times[candle], self.times[ended]
        cap = self.rules.params.max_daily_trades
        short = at >= self.course.half
        busy: dict[int, tuple[int, bool]] = {}
        entered: dict[int, int] = {}
        taken = []
        order = np.argsort(opened, kind="stable")
        columns = (opened[order], closed[order], pairs[order], short[order])
        for number, now, until, pair, side in zip(
            order, *(values.tolist() for values in columns), strict=True
        ):
            day = now // _DAY
            before, other_side = busy.get(pair, (-1, side))
            # Freqtrade may turn a position at the candle that ended it, and only turn it.
            flat = before < now or (before == now and other_side != side)
            used = sum(ends >= now for other, (ends, _) in busy.items() if other != pair)
            if flat and used < self.slots and entered.get(day, 0) < cap:
                busy[pair], entered[day] = (until, side), entered.get(day, 0) + 1
                taken.append(number)
        return np.array(taken, dtype=np.int64)


_DAY = 24 * 3600 * 1_000_000_000


@dataclass(frozen=True)
class _Ground:
    """Where the zones of one pair lie."""

    market: Market
    candles: Candles
    blocks: Zones
    atr: Floats
    columns: dict[str, npt.NDArray[Any]]
    rules: IctRules

    @classmethod
    def of(cls, market: Market, rules: IctRules) -> _Ground:
        chart = Chart(market.candles, rules.params)
        return cls(market, chart.candles, chart.blocks, chart.atr, columns_in(market.frame), rules)

    def scattered(self, random: np.random.Generator) -> Zones:
        """Zones of the same shapes at random candles of the backtest.

        A zone keeps its height and its distance from the close at which it became known, both in average
        true ranges, so that it fits the market's range where it lands. From there it lives by the same
        rules.
        """
        known = self.blocks[np.isfinite(self.atr[self.blocks.known_at])]
        known = known[known.known_at >= self.market.first]
        to = np.sort(random.integers(self.market.first, len(self.candles), len(known)))
        moved = known[random.permutation(len(known))]
        scale = self.atr[to] / self.atr[moved.known_at]
        close, there = self.candles.close[moved.known_at], self.candles.close[to]
        top, bottom = there + (moved.top - close) * scale, there + (moved.bottom - close) * scale
        born = Zones.born(top, bottom, to - 1, to, moved.direction)
        return live(born, self.candles, life_rules(self.rules.params))

    def columns_with(self, zones: Zones) -> dict[str, npt.NDArray[Any]]:
        """Columns in which these zones stand for the order blocks."""
        sides = entry_zones(zones, self.candles, self.rules.params)
        return {**self.columns, "ict_long_stop": sides[1].stop, "ict_short_stop": sides[-1].stop}


def _fields(entries: Entries) -> tuple[Any, ...]:
    return tuple(getattr(entries, name) for name in Entries.__dataclass_fields__)


def most_at_once(trades: pd.DataFrame) -> int:
    """Most positions that were open at the same time."""
    opened = pd.Series(1, index=trades["open_date"])
    closed = pd.Series(-1, index=trades["close_date"] + pd.Timedelta(1))
    return int(pd.concat([opened, closed]).sort_index(kind="stable").cumsum().max())


def draw_placebos(
    desk: Desk, draws: int, random: np.random.Generator, progress: Callable[[int], None]
) -> list[Run]:
    """Trade placebo zones many times."""
    runs = []
    for _ in range(draws):
        runs.append(desk.placebo(random))
        progress(1)
    return runs
