"""The state of each side of the setup, with all that is missing for a signal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ict.candles import BOTH_SIDES, Direction, Floats
from ict.columns import Columns
from ict.desk.costs import fees_in_r, funding_in_r
from ict.desk.grid import Grid
from ict.desk.plan import Signal
from ict.errors import IctError
from ict.market.chart import Chart
from ict.now.facts import Block, FactNow, SideNow
from ict.now.market import nearest_zones
from ict.setups.resting import limit_prices
from ict.setups.standing import Standing, standing_at_close, standing_of_resting
from ict.setups.stops import least_distance, stops_of_zones
from ict.setups.zones import zones_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the answer depends on besides the chart.

    Attributes
    ----------
    signal : Direction
        Side that the strategy signals at the newest close; 0 for none.
    fees : tuple[float, float]
        Of entry and exit, ratios of the notional.
    tick : Floats
        Price step of the pair at each candle, shape (n,).
    spread : float
        Of the order book, in the quote currency, as far as it is paid; NaN where it is not known.
    funding : float
        What a long pays while it is held, ratio of the notional; NaN where it is not known.
    closed_by : str
        window or blackout where that forbids entries now; empty where neither does.
    opens_at : datetime or None
        When entries are allowed again, where that is known.
    """

    signal: Direction
    fees: tuple[float, float]
    tick: Floats
    spread: float
    funding: float
    closed_by: str = ""
    opens_at: datetime | None = None


def sides_now(columns: Columns, question: Question) -> tuple[SideNow, ...]:
    """Return the state of long and short at the newest close.

    Parameters
    ----------
    columns : Columns
        What the market shows, with the chart behind it and the setup in its settings.
    question : Question
        What the strategy makes of it.
    """
    newest = len(columns.chart.candles) - 1
    rests = columns.chart.params.entry_at == "zone"
    standing = (
        standing_of_resting(columns, newest, question.tick) if rests else standing_at_close(columns, newest)
    )
    return tuple(_side(columns, standing[side], question) for side in BOTH_SIDES)


def _side(columns: Columns, standing: Standing, question: Question) -> SideNow:
    chart, side = columns.chart, standing.side
    price, stop = standing.price, standing.stop
    if standing.trigger is None:
        price, stop = _at_nearest_zone(chart, side)
    stop = _ordered_stop(columns, side, price, stop, float(question.tick[-1]))
    risk = abs(price - stop)
    return SideNow(
        side=side,
        trigger=standing.trigger,
        price=price,
        stop=stop,
        cost_r=fees_in_r(price, stop, question.fees),
        spread_r=question.spread / risk if risk else np.inf,
        funding_r=funding_in_r(price, stop, question.funding),
        score=standing.score,
        threshold=chart.params.entry_threshold,
        facts=_facts(chart, standing.held),
        blocks=_agreeing(tuple(_blocks(columns, standing, question)), side, question.signal),
    )


def _ordered_stop(columns: Columns, side: Direction, price: float, stop: float, tick: float) -> float:
    """Return the stop of an order at a price: on the grid, at its least distance (EXIT-1, EXIT-2)."""
    signal = Signal(side, stop, least_distance(columns, -1), score=0.0, close=price)
    try:
        return signal.stop_for(price, Grid(tick, lot=tick))
    except IctError:
        # Such an entry is refused; so the zone's own stop says why.
        return stop


def _agreeing(blocks: tuple[Block, ...], side: Direction, signal: Direction) -> tuple[Block, ...]:
    """State it when a custom strategy finds entries in another way."""
    if signal == side:
        return ()
    return blocks or (Block(cause="own_rule"),)


def _facts(chart: Chart, held: Mapping[str, bool]) -> tuple[FactNow, ...]:
    params = chart.params
    return tuple(
        FactNow(name=name, use=params.use(name), points=params.points(name), holds=holds)
        for name, holds in held.items()
    )


def _blocks(columns: Columns, standing: Standing, question: Question) -> Iterator[Block]:
    if standing.trigger is None:
        yield _no_trigger(columns.chart, standing.side)
    elif not standing.is_alone:
        rests = columns.chart.params.entry_at == "zone"
        yield Block(cause="other_is_nearer" if rests else "both_sides")
    for kind, of in standing.unmet:
        yield _unmet(columns, standing, kind, of)
    if question.closed_by:
        opens_at = question.opens_at
        yield Block(cause=question.closed_by, about={"opens_at": opens_at.isoformat() if opens_at else None})


def _no_trigger(chart: Chart, side: Direction) -> Block:
    params = chart.params
    about = {
        "zones": [*params.entry_zones],
        "events": [*params.entry_events],
        "rests": params.entry_at == "zone",
    }
    nearest = next((zone for zone in nearest_zones(chart, side, 99) if zone.kind in params.entry_zones), None)
    if nearest is not None:
        about |= {
            "nearest": nearest.kind, "bottom": nearest.bottom, "top": nearest.top,
            "away_percent": nearest.away.percent,
        }  # fmt: skip
    return Block(cause="no_trigger", about=about)


def _unmet(columns: Columns, standing: Standing, kind: str, of: str) -> Block:
    params = columns.chart.params
    if kind == "gate":
        trend = int(columns.higher_trend[of][-1])
        return Block(cause="gate", about={"timeframe": of, "trend": trend, "must": params.htf_must_agree})
    if kind == "volatility":
        rank = float(columns.volatility_percentile[params.volatility_timeframe][-1])
        return Block(cause="volatility", about={"rank": rank, "allowed": params.max_volatility_percentile})
    if kind == "fact":
        return Block(cause="fact", about={"fact": of})
    missing = [name for name, holds in standing.held.items() if not holds]
    return Block(
        cause="threshold",
        about={"score": standing.score, "threshold": params.entry_threshold, "missing": missing},
    )


def _at_nearest_zone(chart: Chart, side: Direction) -> tuple[float, float]:
    """Entry and stop at the nearest zone that the setup enters by; NaN where there is none."""
    best = (np.nan, np.nan)
    for kind in chart.params.entry_zones:
        zones, newest = zones_of(chart, kind), len(chart.candles) - 1
        alive = ((zones.direction == side) & (zones.ended_at < 0)).nonzero()[0]
        if not len(alive):
            continue
        prices = limit_prices(zones, chart.params.entry_depth)[alive]
        nearest = int(np.abs(prices - chart.candles.close[-1]).argmin())
        stop = stops_of_zones(chart, zones, alive[[nearest]], np.array([newest]), side)
        found = float(prices[nearest]), float(stop[0])
        if not abs(best[0] - chart.candles.close[-1]) <= abs(found[0] - chart.candles.close[-1]):
            best = found
    return best
