"""What a pair's chart shows at its newest close: trends, and the nearest zones and levels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from ict.columns import Columns
from ict.direction import BOTH_SIDES, Direction
from ict.facts import ENTRY_ZONES
from ict.market.chart import Chart
from ict.now.facts import Away, LevelNow, MarketNow, ZoneNow
from ict.params import POOL_KINDS
from ict.setups.zones import zones_of

# Of each side.
NEAREST_ZONES, NEAREST_LEVELS = 3, 3


def market_now(columns: Columns, timeframe: str, candle: timedelta) -> MarketNow:
    """Describe the newest close.

    Parameters
    ----------
    columns : Columns
        What the market shows, with the chart behind it; at least one candle.
    timeframe : str
        Name of the candles' own timeframe.
    candle : timedelta
        Length of a candle.
    """
    chart, params = columns.chart, columns.chart.params
    higher = {name: int(columns.higher_trend[name][-1]) for name in params.higher_timeframes}
    opened = datetime.fromtimestamp(int(chart.candles.time[-1]) / 1e9, UTC)
    return MarketNow(
        closed_at=opened + candle,
        price=float(chart.candles.close[-1]),
        atr=float(chart.atr[-1]),
        trends={timeframe: int(columns.trend[-1])} | higher,
        major_trend=int(columns.major_trend[-1]),
        session=str(columns.kill_zone[-1]),
        zones=tuple(zone for side in BOTH_SIDES for zone in nearest_zones(chart, side, NEAREST_ZONES)),
        levels=tuple(level for side in BOTH_SIDES for level in _nearest_levels(chart, side)),
    )


def away(chart: Chart, price: float) -> Away:
    """Measure how far a price is from the newest close."""
    close, atr = float(chart.candles.close[-1]), float(chart.atr[-1])
    distance = price - close
    return Away(
        price=distance, percent=distance / close * 100, atr=distance / atr if atr > 0 else float("nan")
    )


def kinds_in_use(chart: Chart) -> tuple[str, ...]:
    """Zone kinds that the setup enters by or requires."""
    params = chart.params
    asked = (name for name in ENTRY_ZONES if params.use(name) != "off")
    return tuple(dict.fromkeys([*params.entry_zones, *asked]))


def nearest_zones(chart: Chart, side: Direction, count: int) -> list[ZoneNow]:
    """List the live zones of a side that are nearest to the newest close, of the kinds in use."""
    found = [zone for kind in kinds_in_use(chart) for zone in _live_zones(chart, kind, side)]
    return sorted(found, key=lambda zone: (abs(zone.away.price), zone.age_candles))[:count]


def _live_zones(chart: Chart, kind: str, side: Direction) -> Iterator[ZoneNow]:
    zones, newest = zones_of(chart, kind), len(chart.candles) - 1
    for zone in ((zones.direction == side) & (zones.ended_at < 0)).nonzero()[0]:
        top, bottom = float(zones.top[zone]), float(zones.bottom[zone])
        edge = float(np.clip(chart.candles.close[-1], bottom, top))
        yield ZoneNow(
            kind=kind, side=side, top=top, bottom=bottom, age_candles=newest - int(zones.known_at[zone]),
            touches=int(zones.touches[zone]), away=away(chart, edge),
        )  # fmt: skip


def _nearest_levels(chart: Chart, side: Direction) -> list[LevelNow]:
    """List the pools of a side that wait, the nearest first; of several at one level the first names it."""
    pools, newest = chart.liquidity.pools[side], len(chart.candles) - 1
    from_at, until = pools.lives()
    waits = (from_at <= newest) & (until > newest) & (side * (pools.level - chart.candles.close[-1]) > 0)
    found = [
        LevelNow(
            kind=POOL_KINDS[int(pools.kind[pool])],
            side=side,
            price=float(pools.level[pool]),
            age_candles=newest - int(pools.known_at[pool]),
            away=away(chart, float(pools.level[pool])),
        )
        for pool in waits.nonzero()[0]
    ]
    found.sort(key=lambda level: (abs(level.away.price), POOL_KINDS.index(level.kind)))
    firsts: dict[float, LevelNow] = {}
    for level in found:
        firsts.setdefault(level.price, level)
    return [*firsts.values()][:NEAREST_LEVELS]
