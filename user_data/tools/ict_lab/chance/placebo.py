"""Placebo zones: order blocks of the same shapes and number at random places, traded by the same rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ict.candles import Floats
from ict.catalogue.zone_kinds import ORDER_BLOCK
from ict.columns import Columns
from ict.market.lookup import look_up
from ict.market.order_blocks import life_rules
from ict.market.zones import Zones, live
from ict.params import Params
from ict_lab.chance.traced import TracedRun
from ict_lab.replay.contracts import contract_of
from ict_lab.replay.engine import Replayed, replay
from ict_lab.replay.markets import Market

# With fewer entries in common, placebo zones would be compared with another strategy.
LEAST_OVERLAP = 0.9


class PlaceboZones:
    """Trades a strategy's zones, real or placebo, as its backtest did: the fast replay, with other zones.

    Parameters
    ----------
    traced : TracedRun
        The backtest of a strategy of ours whose entries are at order blocks.
    """

    def __init__(self, traced: TracedRun) -> None:
        assert traced.run.setup is not None
        self._traced, self._setup = traced, traced.run.setup
        self._contracts = [contract_of(market.pair, traced.run.trades) for market in traced.markets]
        self._grounds = [ZonesOfMarket.of(market, self._setup.params) for market in traced.markets]
        self._fee = float(traced.own.entries.fee_open.mean())

    def real(self) -> Replayed:
        """Trade the order blocks that there are."""
        return self._replayed([zones.columns for zones in self._grounds])

    def drawn(self, random: np.random.Generator) -> Replayed:
        """Trade as many zones of the same shapes at random candles."""
        return self._replayed([zones.columns_with(zones.scattered(random)) for zones in self._grounds])

    def overlap(self, replayed: Replayed) -> float:
        """Share of the entries that a replay and the backtest have in common."""
        own = self._traced.own.entries.at
        most = max(len(replayed.entries), len(own))
        return len(np.intersect1d(replayed.entries.at, own)) / most if most else 1.0

    def _replayed(self, columns: list[Columns]) -> Replayed:
        traced = self._traced
        return replay(
            traced.markets, traced.tape, columns, self._setup, traced.run.account, self._contracts, self._fee
        )


@dataclass(frozen=True)
class ZonesOfMarket:
    """The order blocks of one pair, and what else its analysis found.

    Attributes
    ----------
    market : Market
        The pair.
    params : Params
        Settings.
    blocks : Zones
        Its order blocks.
    atr : Floats
        Average true range at each candle, shape (n,).
    columns : Columns
        Its analysis.
    """

    market: Market
    params: Params
    blocks: Zones
    atr: Floats
    columns: Columns

    @classmethod
    def of(cls, market: Market, params: Params) -> ZonesOfMarket:
        """Find the order blocks of an analysed market."""
        assert market.columns is not None
        chart = market.columns.chart
        return cls(market, params, chart.blocks, chart.atr, market.columns)

    def scattered(self, random: np.random.Generator) -> Zones:
        """Draw zones of the same shapes at random candles of the backtest.

        A zone keeps its height and its distance from the close at which it became known, both in average
        true ranges, so that it fits the market's range where it lands. From there it lives by the same
        rules.
        """
        candles, first = self.market.candles, self.market.first
        known = self.blocks[np.isfinite(self.atr[self.blocks.known_at])]
        known = known[known.known_at >= first]
        to = np.sort(random.integers(first, len(candles), len(known)))
        moved = known[random.permutation(len(known))]
        scale = self.atr[to] / self.atr[moved.known_at]
        close, there = candles.close[moved.known_at], candles.close[to]
        top, bottom = there + (moved.top - close) * scale, there + (moved.bottom - close) * scale
        born = Zones.born(top, bottom, to - 1, to, moved.direction)
        return live(born, candles, life_rules(self.params))

    def columns_with(self, zones: Zones) -> Columns:
        """Give the columns in which these zones stand for the order blocks."""
        chart = self.columns.chart.with_zones(ORDER_BLOCK.find, zones)
        tops = {side: look_up(zones.top, held, np.nan) for side, held in chart.holding(zones).items()}
        return self.columns.replaced(Columns.holding_ob_top, tops, chart)


def draw_placebos(
    zones: PlaceboZones, draws: int, random: np.random.Generator, progress: Callable[[int], None]
) -> list[Replayed]:
    """Trade placebo zones many times."""
    runs = []
    for _ in range(draws):
        runs.append(zones.drawn(random))
        progress(1)
    return runs
