"""Placebo zones: order blocks of the same shapes and number at random places, traded by the same rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any, NamedTuple

import numpy as np

from ict import Params
from ict.candles import Candles
from ict.columns import Columns
from ict.market.chart import Chart
from ict.market.order_blocks import life_rules
from ict.market.zones import Zones, far_edge, live, newest_holding, stop_of_zone
from ict_lab.chance.exits import Entries, Results, follow, targets
from ict_lab.chance.markets import Floats, Ints, Market
from ict_lab.chance.parts import Part
from ict_lab.chance.replay import signals_of
from ict_lab.chance.rules import IctRules
from ict_lab.trades import Backtest

# With fewer entries in common, placebo zones would be compared with another strategy.
LEAST_OVERLAP = 0.9


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

    One position a pair, as many at once as the backtest might have, and the day's caps of entries and of
    losses (RISK-2); the limits of the wallet are left out.

    Parameters
    ----------
    part : Part
        The backtest of a strategy of ours whose entries are at order blocks.
    """

    def __init__(self, part: Part) -> None:
        assert part.rules is not None
        self.course, self.rules, self.rule = part.course, part.rules, part.rule
        self.entries = part.replayed.entries
        self.fee = float(self.entries.fee_open.mean()), float(self.entries.fee_close.mean())
        self.slots, self.risked = part.backtest.slots, risked_percent(part.backtest)
        self.grounds = [_Ground.of(market, part.rules) for market in part.markets]
        self.times = np.concatenate(list(part.course.dates.values()))

    def overlap(self, run: Run) -> float:
        """Share of the entries that a run and the backtest have in common."""
        most = max(len(run.at), len(self.entries))
        return len(np.intersect1d(run.at, self.entries.at)) / most if most else 1.0

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
        taken = self._taken(entries.at, results)
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

    def _taken(self, at: Ints, results: Results) -> Ints:
        """Which entries a desk can take, candle by candle, in the order in which Freqtrade asks its pairs."""
        candle, ended = at % self.course.half, results.ended_at % self.course.half
        pairs = np.searchsorted(list(self.course.begins.values()), candle, side="right") - 1
        columns = (
            pairs, at >= self.course.half, self.times[candle], self.times[ended], self.risked * results.net_r,
        )  # fmt: skip
        signals = [_Signal(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]
        order = np.argsort(self.times[candle], kind="stable").tolist()
        book, taken = _Book(self.slots, self.rules.params), []
        for _, moment in groupby(order, key=lambda number: signals[number].opened):
            for number in sorted(moment, key=lambda number: book.turn(signals[number])):
                if book.takes(signals[number]):
                    taken.append(number)
        return np.array(taken, dtype=np.int64)


class _Signal(NamedTuple):
    """An entry that a desk may take, and what would come of it; times in nanoseconds."""

    pair: int
    short: bool
    opened: int
    closed: int
    percent: float


class _Book:
    """Positions of a desk, and what each UTC day made, in percent of the equity."""

    def __init__(self, slots: float, params: Params) -> None:
        self.slots, self.params = slots, params
        self.newest: dict[int, _Signal] = {}
        self.entered: Counter[int] = Counter()
        self.closes: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)

    def turn(self, signal: _Signal) -> tuple[bool, int]:
        """When a pair has its turn within a candle: those with a position first, the oldest of them first."""
        held = self.newest.get(signal.pair)
        is_open = held is not None and held.closed >= signal.opened
        return (False, held.opened) if is_open and held else (True, 0)

    def takes(self, signal: _Signal) -> bool:
        """Enter, where the pair is flat, a slot is free and no cap of the day is reached."""
        now, day = signal.opened, signal.opened // _DAY
        held = self.newest.get(signal.pair)
        # Freqtrade may turn a position at the candle that ended it, and only turn it.
        flat = held is None or held.closed < now or (held.closed == now and held.short != signal.short)
        used = sum(other.closed > now for pair, other in self.newest.items() if pair != signal.pair)
        entered = self.entered[day] < self.params.max_daily_trades
        lost = self._lost(day, now) < self.params.max_daily_loss_percent
        if not (flat and used < self.slots and entered and lost):
            return False
        self.newest[signal.pair] = signal
        self.entered[day] += 1
        self.closes[signal.closed // _DAY].append((signal.closed, signal.percent))
        return True

    def _lost(self, day: int, now: int) -> float:
        """Deepest loss of the day so far; of one candle, losses count first."""
        closed = sorted(close for close in self.closes[day] if close[0] <= now)
        return -min(accumulate((percent for _, percent in closed), initial=0.0))


_DAY = 24 * 3600 * 1_000_000_000


@dataclass(frozen=True)
class _Ground:
    """Where the zones of one pair lie."""

    market: Market
    candles: Candles
    blocks: Zones
    atr: Floats
    columns: Columns
    rules: IctRules

    @classmethod
    def of(cls, market: Market, rules: IctRules) -> _Ground:
        chart = Chart(market.candles, rules.params)
        return cls(market, chart.candles, chart.blocks, chart.atr, Columns.read(market.frame), rules)

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

    def columns_with(self, zones: Zones) -> Columns:
        """Columns in which these zones stand for the order blocks."""
        holding, buffer = newest_holding(zones, self.candles.close), self.rules.params.stop_buffer
        stops = {
            side: stop_of_zone(far_edge(zones, chosen, side), side, buffer)
            for side, chosen in holding.items()
        }
        return self.columns.replaced(Columns.stop, stops)


def _fields(entries: Entries) -> tuple[Any, ...]:
    return tuple(getattr(entries, name) for name in Entries.__dataclass_fields__)


def risked_percent(backtest: Backtest) -> float:
    """Average what the trades of a backtest risked, in percent of the equity at its entry."""
    trades = backtest.trades.sort_values("close_date", kind="stable")
    closed_before = trades["close_date"].searchsorted(trades["open_date"], side="right")
    made = np.concatenate([[0.0], trades["profit_abs"].cumsum()])
    return float(100 * (trades["risk_abs"] / (backtest.starting_balance + made[closed_before])).mean())


def draw_placebos(
    desk: Desk, draws: int, random: np.random.Generator, progress: Callable[[int], None]
) -> list[Run]:
    """Trade placebo zones many times."""
    runs = []
    for _ in range(draws):
        runs.append(desk.placebo(random))
        progress(1)
    return runs
