"""A trade as a candle chart, with the zones that were known when it was entered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ict import Params
from ict.candles import BOTH_SIDES, Candles
from ict.catalogue.zones import ZONE_KINDS
from ict.drawing.labels import POOL_NAMES
from ict.market.chart import Chart
from ict.market.search import NEVER
from ict_lab.report.charts import DOWN, NEUTRAL, UP, faint, plain

CANDLES_BEFORE, CANDLES_AFTER, CANDLES_AFTER_ENTRY = 60, 14, 24
# Longer trades are drawn twice: their entry, and their course in candles of a longer timeframe.
MOST_CANDLES = 160
LONGER = tuple(map(pd.Timedelta, ("30min", "1h", "2h", "4h", "8h", "12h", "1D", "3D", "7D")))
ROOM_FOR_NAMES = 0.1
MOST_ZONES, MOST_POOLS = 6, 1
WEEK = pd.Timedelta(days=7)
# Where a zone's name may stand, and the room that it takes, as parts of the chart.
CORNERS = {
    "top left": (False, False),
    "top right": (True, False),
    "bottom left": (False, True),
    "bottom right": (True, True),
}
NAME_WIDTH, NAME_HEIGHT = 0.1, 0.05
LEVELS = {
    "entry": (NEUTRAL, "solid"),
    "stop": (DOWN, "dash"),
    "target": (UP, "dash"),
    "last stop": (DOWN, "dot"),
}


@dataclass(frozen=True)
class Zone:
    """Something drawn from a time on, between two prices; a level where both are one.

    Attributes
    ----------
    name : str
        Order block, gap, ... in a few letters.
    direction : int
        +1 bullish, -1 bearish.
    top, bottom : float
        Edges.
    since : pandas.Timestamp
        Where it is drawn from.
    """

    name: str
    direction: int
    top: float
    bottom: float
    since: pd.Timestamp

    def distance(self, price: float) -> float:
        """Distance of a price from the zone, 0 within."""
        return max(self.bottom - price, price - self.top, 0.0)


def known_zones(candles: pd.DataFrame, entered: pd.Timestamp, params: Params) -> list[Zone]:
    """Find what was alive on the chart at the close of the last candle before an entry.

    Later candles are cut off before anything is looked for, so nothing here can know them.

    Parameters
    ----------
    candles : pandas.DataFrame
        Of the pair: date, open, high, low, close, oldest first.
    entered : pandas.Timestamp
        Open time of the candle at whose open the trade was entered.
    params : Params
        Settings of the patterns.
    """
    before = candles[candles["date"] < entered]
    if len(before) < 2:
        return []
    step = pd.Timedelta(before["date"].diff().median())
    before = before.tail(params.memory_candles(WEEK // step))
    chart = Chart(Candles.from_frame(before), params)
    dates = before["date"].reset_index(drop=True)
    return [*_boxes(chart, dates), *_bands(chart, dates), *_pools(chart, dates)]


def _boxes(chart: Chart, dates: pd.Series[pd.Timestamp]) -> Iterator[Zone]:
    for kind in reversed(ZONE_KINDS):
        zones = chart.zones(kind.find)
        alive = zones[zones.ended_at < 0]
        for row in alive.to_frame().to_dict("records"):
            edges = float(row["top"]), float(row["bottom"])
            yield Zone(kind.short, int(row["direction"]), *edges, dates.iloc[row["origin_at"]])


def _bands(chart: Chart, dates: pd.Series[pd.Timestamp]) -> Iterator[Zone]:
    for side in BOTH_SIDES:
        band = chart.ote[side]
        if np.isfinite(band.top[-1]):
            yield Zone("OTE", side, float(band.top[-1]), float(band.bottom[-1]), dates.iloc[-8:].iloc[0])


def _pools(chart: Chart, dates: pd.Series[pd.Timestamp]) -> Iterator[Zone]:
    oldest = len(dates) - chart.params.pool_max_age_candles
    for side in BOTH_SIDES:
        pools = chart.liquidity.pools[side]
        waiting = (pools.taken_at == NEVER) & (pools.known_at >= oldest)
        for level, known_at in zip(pools.level[waiting], pools.known_at[waiting], strict=True):
            yield Zone(POOL_NAMES[-side, False], side, float(level), float(level), dates.iloc[int(known_at)])


def trade_charts(
    trade: pd.Series[Any], candles: pd.DataFrame, params: Params, target_r: float
) -> list[go.Figure]:
    """Draw a trade: candles, known zones, entry, first stop, target and exits.

    Parameters
    ----------
    trade : pandas.Series
        A row of a run's trades.
    candles : pandas.DataFrame
        Of its pair.
    params : Params
        Settings of the patterns.
    target_r : float
        Distance of the target in R; NaN where there is none.

    Returns
    -------
    list[plotly.graph_objects.Figure]
        One of the whole trade; of a long one its entry, and then its course in longer candles. None
        where there are no candles at its time.
    """
    entered, closed = trade["open_date"], trade["close_date"]
    if candles.empty or not candles["date"].iloc[0] < entered <= candles["date"].iloc[-1]:
        return []
    step = pd.Timedelta(candles["date"].diff().median())
    levels, zones = _levels(trade, target_r), known_zones(candles, entered, params)
    is_long = (closed - entered) / step > MOST_CANDLES
    end = entered + CANDLES_AFTER_ENTRY * step if is_long else closed + CANDLES_AFTER * step
    near = candles[candles["date"].between(entered - CANDLES_BEFORE * step, end)]
    charts = [_drawn(trade, near, levels, zones)]
    if is_long:
        charts.append(_drawn(trade, _in_longer_candles(candles, entered, closed), levels, []))
    return charts


def _drawn(
    trade: pd.Series[Any], shown: pd.DataFrame, levels: dict[str, float], zones: list[Zone]
) -> go.Figure:
    first, last, entry = shown["date"].iloc[0], shown["date"].iloc[-1], float(trade["open_rate"])
    sight = _sight(shown, levels)
    # Names of the levels stand to the right of the trade.
    end = last + ROOM_FOR_NAMES * (last - first)
    until = min(_drawn_end(trade), last)
    boxes = _zone_shapes(_worth_drawing(zones, entry, sight), (first, trade["open_date"], end), sight)
    lines = {"entry": entry, **{name: price for name, price in levels.items() if _within(price, sight)}}
    # Set at once: Plotly checks every shape anew for each one that is added.
    figure = plain(380).update_layout(
        shapes=[*boxes, *_position_shapes(lines, (trade["open_date"], until))],
        annotations=[_name_of(price, name, until) for name, price in lines.items()],
    )
    figure.add_candlestick(
        x=shown["date"], open=shown["open"], high=shown["high"], low=shown["low"], close=shown["close"],
        increasing={"line": {"color": NEUTRAL, "width": 1}, "fillcolor": "rgba(0,0,0,0)"},
        decreasing={"line": {"color": NEUTRAL, "width": 1}, "fillcolor": NEUTRAL}, name="candles",
    )  # fmt: skip
    _add_orders(figure, trade)
    figure.update_xaxes(rangeslider_visible=False, range=[first, end])
    return figure.update_yaxes(range=sight, side="right")


def _in_longer_candles(candles: pd.DataFrame, opened: pd.Timestamp, closed: pd.Timestamp) -> pd.DataFrame:
    """Put the candles of a long trade together until they are not too many."""
    wide = next((size for size in LONGER if (closed - opened) / size <= MOST_CANDLES), LONGER[-1])
    cut = candles[candles["date"].between(opened - CANDLES_AFTER * wide, closed + CANDLES_AFTER * wide)]
    how = {"open": "first", "high": "max", "low": "min", "close": "last"}
    return cut.set_index("date").resample(wide).agg(how).dropna().reset_index()


def _levels(trade: pd.Series[Any], target_r: float) -> dict[str, float]:
    """Prices of the first stop and of the target; only those that are known."""
    entry, stop = float(trade["open_rate"]), float(trade["first_stop"])
    levels = {"stop": stop, "target": entry + target_r * (entry - stop)}
    last = float(trade["stop_loss_abs"])
    if not abs(last - stop) <= 0.01 * abs(entry - stop):  # also where the first one is not known
        levels["last stop"] = last
    return {name: price for name, price in levels.items() if math.isfinite(price)}


def _sight(shown: pd.DataFrame, levels: dict[str, float]) -> tuple[float, float]:
    """Prices from the lowest to the highest of the candles, the stop and the target."""
    wanted = [price for name, price in levels.items() if name != "last stop"]
    low, high = min([shown["low"].min(), *wanted]), max([shown["high"].max(), *wanted])
    room = 0.04 * (high - low)
    return float(low - room), float(high + room)


def _within(price: float, sight: tuple[float, float]) -> bool:
    return sight[0] <= price <= sight[1]


def _worth_drawing(zones: list[Zone], price: float, span: tuple[float, float]) -> list[Zone]:
    """Choose the zones nearest to a price, of those within sight."""
    seen = [zone for zone in zones if zone.top >= span[0] and zone.bottom <= span[1]]
    seen.sort(key=lambda zone: zone.distance(price))
    boxes = [zone for zone in seen if zone.top > zone.bottom][:MOST_ZONES]
    levels = [zone for zone in seen if zone.top == zone.bottom]
    return boxes + [
        zone for side in BOTH_SIDES for zone in [z for z in levels if z.direction == side][:MOST_POOLS]
    ]


def _zone_shapes(
    zones: list[Zone], span: tuple[pd.Timestamp, pd.Timestamp, pd.Timestamp], sight: tuple[float, float]
) -> Iterator[dict[str, Any]]:
    taken: list[tuple[float, float]] = []
    for zone in zones:
        is_level = zone.top == zone.bottom
        colour = NEUTRAL if is_level else UP if zone.direction > 0 else DOWN
        yield {
            "type": "line" if is_level else "rect",
            "x0": max(zone.since, span[0]),
            "x1": span[1],
            "y0": zone.bottom,
            "y1": zone.top,
            "line": {"color": colour, "width": 1, "dash": "dot" if is_level else "solid"},
            "fillcolor": faint(colour),
            "layer": "below",
            "label": {
                **_label_place(zone, span, sight, taken),
                "font": {"size": 10, "color": colour},
                "padding": 1,
            },
        }


def _label_place(
    zone: Zone,
    span: tuple[pd.Timestamp, pd.Timestamp, pd.Timestamp],
    sight: tuple[float, float],
    taken: list[tuple[float, float]],
) -> dict[str, str]:
    """Put a zone's name into a corner where no other name is; leave it out where there is none."""
    first, entered, end = span
    height = sight[1] - sight[0]
    left, last = (float((time - first) / (end - first)) for time in (max(zone.since, first), entered))
    for corner, (right, bottom) in CORNERS.items():
        x = max(last - NAME_WIDTH, left) if right else left
        y = ((zone.bottom if bottom else zone.top) - sight[0]) / height
        y += NAME_HEIGHT / 2 if bottom else -NAME_HEIGHT / 2
        if all(abs(x - other[0]) > NAME_WIDTH or abs(y - other[1]) > NAME_HEIGHT for other in taken):
            taken.append((x, y))
            is_level = zone.top == zone.bottom
            return {"text": zone.name, "textposition": ("end" if right else "start") if is_level else corner}
    return {"text": ""}


def _position_shapes(
    lines: dict[str, float], span: tuple[pd.Timestamp, pd.Timestamp]
) -> Iterator[dict[str, Any]]:
    """Draw what was risked and what was to be won as boxes, and the levels as lines."""
    place = {"x0": span[0], "x1": span[1]}
    for name in {"stop", "target"} & set(lines):
        box = {"y0": lines["entry"], "y1": lines[name], "line": {"width": 0}}
        yield {"type": "rect", **place, **box, "fillcolor": faint(LEVELS[name][0], 0.1), "layer": "below"}
    for name, price in lines.items():
        colour, dash = LEVELS[name]
        line = {"color": colour, "width": 1.5, "dash": dash}
        yield {"type": "line", **place, "y0": price, "y1": price, "line": line}


def _name_of(price: float, name: str, until: pd.Timestamp) -> dict[str, Any]:
    font = {"size": 11, "color": LEVELS[name][0]}
    return {
        "x": until,
        "y": price,
        "text": name,
        "font": font,
        "xanchor": "left",
        "xshift": 4,
        "showarrow": False,
    }


def _drawn_end(trade: pd.Series[Any]) -> pd.Timestamp:
    # A trade that ends within its first candle has a box, too.
    least = trade["open_date"] + pd.Timedelta(minutes=15)
    return pd.Timestamp(max(trade["close_date"], least))


def _add_orders(figure: go.Figure, trade: pd.Series[Any]) -> None:
    exits = [
        order for order in trade["orders"] if not order["ft_is_entry"] and order["order_filled_timestamp"]
    ]
    times = [pd.Timestamp(order["order_filled_timestamp"], unit="ms", tz="UTC") for order in exits]
    is_long, gained = trade["side"] == "long", trade["profit_abs"] > 0
    looks = {
        "entry": ("triangle-up" if is_long else "triangle-down", UP if is_long else DOWN),
        "exit": ("x", UP if gained else DOWN),
    }
    places = {
        "entry": ([trade["open_date"]], [trade["open_rate"]]),
        "exit": (times, [order["safe_price"] for order in exits]),
    }
    for name, (x, y) in places.items():
        symbol, colour = looks[name]
        marker = {"symbol": symbol, "size": 12, "color": colour, "line": {"width": 1.5, "color": "white"}}
        hover = f"{name} %{{y}}<extra></extra>"
        figure.add_scatter(x=x, y=y, mode="markers", name=name, marker=marker, hovertemplate=hover)
