"""A trade as a candle chart, with the zones that were known when it was entered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ict import Params
from ict.drawing import DrawingSettings
from ict.memory import memory_candles
from ict_lab.candles import PairCandles
from ict_lab.plotting import DATES, HALO, Annotation, drawn_on, lines_of, points_of, shapes_of
from ict_lab.report.charts import DOWN, NEUTRAL, UP, faint, plain
from ict_lab.report.signals import TradedSignal
from ict_lab.words import ENGLISH, Wording

CANDLES_BEFORE, CANDLES_AFTER, CANDLES_AFTER_ENTRY = 60, 14, 24
# Longer trades are drawn twice: their entry, and their course in candles of a longer timeframe.
MOST_CANDLES = 160
LONGER = tuple(map(pd.Timedelta, ("30min", "1h", "2h", "4h", "8h", "12h", "1D", "3D", "7D")))
ROOM_FOR_NAMES = 0.1
WEEK = pd.Timedelta(days=7)
# A small picture: what is nearest to the price. Letters and lines that a picture has room for.
NEAREST = {
    "higher_zones": 1, "spent_zones": 0, "pools": 1, "period_levels": 1, "session_levels": 0, "sessions": 0,
    "midnight_open": False, "dealing_range": False, "sweeps": 2, "breaks": 3, "swings": 0, "divergences": 1,
    "order_blocks": 1, "gaps": 1,
}  # fmt: skip
LETTERS, LINES = 72, 22
SMALL = DrawingSettings.parse({**NEAREST, "screen_candles": CANDLES_BEFORE, "drawn_candles": CANDLES_BEFORE})
LEVELS = {
    "entry": (NEUTRAL, "solid"),
    "stop": (DOWN, "dash"),
    "target": (UP, "dash"),
    "last_stop": (DOWN, "dot"),
}


def known_picture(
    candles: PairCandles, entered: pd.Timestamp, params: Params, drawing: DrawingSettings = SMALL
) -> list[Annotation]:
    """Draw what the chart showed at the close of the last candle before an entry.

    Later candles are cut off before anything is looked for, so nothing here can know them.

    Parameters
    ----------
    candles : PairCandles
        Of the pair, and what its analysis takes besides.
    entered : pandas.Timestamp
        Open time of the candle at whose open the trade was entered.
    params : Params
        Settings of the patterns.
    drawing : DrawingSettings
        How much is drawn, and the room for names.
    """
    step = pd.Timedelta(candles.frame["date"].diff().median())
    before = candles.before(entered, memory_candles(params, WEEK // step))
    if len(before.frame) < 2:
        return []
    first = max(0, len(before.frame) - CANDLES_BEFORE)
    drawn = drawn_on(before.frame, params, drawing, higher=before.higher, second=before.second, first=first)
    # What still lives then is drawn to the entry and no further.
    return [{**one, "end": min(one["end"], entered)} if "end" in one else one for one in drawn]


def _small(shown: pd.DataFrame, entered: pd.Timestamp) -> DrawingSettings:
    """Give names the room that the part of a picture before the entry has."""
    before = shown[shown["date"] < entered]
    tall, whole = (float(part["high"].max() - part["low"].min()) for part in (before, shown))
    lines = LINES * tall / whole if whole else LINES
    letters = LETTERS * len(before) / len(shown)
    return replace(SMALL, screen_characters=max(int(letters), 20), screen_lines=max(int(lines), 5))


def trade_charts(
    trade: pd.Series[Any],
    pair: PairCandles,
    params: Params,
    target_r: float,
    signal: TradedSignal | None = None,
    say: Wording = ENGLISH,
) -> list[go.Figure]:
    """Draw a trade: candles, known zones, entry, first stop, target and exits.

    Parameters
    ----------
    trade : pandas.Series
        A row of a run's trades.
    pair : PairCandles
        Of its pair.
    params : Params
        Settings of the patterns.
    target_r : float
        Distance of the target in R; NaN where there is none.
    signal : TradedSignal, optional
        What it was entered by: its time and its zone are marked.
    say : Wording, optional
        Language of the page.

    Returns
    -------
    list[plotly.graph_objects.Figure]
        One of the whole trade; of a long one its entry, and then its course in longer candles. None
        where there are no candles at its time.
    """
    entered, closed, candles = trade["open_date"], trade["close_date"], pair.frame
    if candles.empty or not candles["date"].iloc[0] < entered <= candles["date"].iloc[-1]:
        return []
    step = pd.Timedelta(candles["date"].diff().median())
    levels = _levels(trade, target_r)
    is_long = (closed - entered) / step > MOST_CANDLES
    end = entered + CANDLES_AFTER_ENTRY * step if is_long else closed + CANDLES_AFTER * step
    near = candles[candles["date"].between(entered - CANDLES_BEFORE * step, end)]
    known = known_picture(pair, entered, params, _small(near, entered))
    charts = [_drawn(trade, near, levels, known, say)]
    if signal is not None:
        _mark(charts[0], signal, near["date"].iloc[0], trade, say)
    if is_long:
        charts.append(_drawn(trade, _in_longer_candles(candles, entered, closed), levels, [], say))
    return charts


def _drawn(
    trade: pd.Series[Any],
    shown: pd.DataFrame,
    levels: dict[str, float],
    known: list[Annotation],
    say: Wording,
) -> go.Figure:
    first, last, entry = shown["date"].iloc[0], shown["date"].iloc[-1], float(trade["open_rate"])
    sight = _sight(shown, levels)
    # Names of the levels are to the right of the trade.
    end = last + ROOM_FOR_NAMES * (last - first)
    until = min(_drawn_end(trade), last)
    lines = {"entry": entry, **{name: price for name, price in levels.items() if _within(price, sight)}}
    # Set at once: Plotly checks every shape again for each one that is added.
    figure = plain(380).update_layout(
        shapes=[*shapes_of(known), *_position_shapes(lines, (trade["open_date"], until))],
        annotations=[_name_of(price, name, until, say) for name, price in lines.items()],
    )
    figure.add_candlestick(
        x=shown["date"], open=shown["open"], high=shown["high"], low=shown["low"], close=shown["close"],
        increasing={"line": {"color": NEUTRAL, "width": 1}, "fillcolor": "rgba(0,0,0,0)"},
        decreasing={"line": {"color": NEUTRAL, "width": 1}, "fillcolor": NEUTRAL}, name=say("candles"),
    )  # fmt: skip
    figure.add_traces([*lines_of(known), *points_of(known)])
    _add_orders(figure, trade, say)
    figure.update_xaxes(**DATES, rangeslider_visible=False, range=[first, end])
    return figure.update_yaxes(range=sight, side="right")


def _mark(
    figure: go.Figure, signal: TradedSignal, first: pd.Timestamp, trade: pd.Series[Any], say: Wording
) -> None:
    """Mark when the signal's candle closed, and the zone that was traded by its outline."""
    figure.add_vline(x=signal.closed, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    name = {"text": say("mark_signal"), "showarrow": False, "font": {"size": 11, "color": NEUTRAL}}
    figure.add_annotation(x=signal.closed, y=0, yref="paper", xanchor="right", yanchor="bottom", **name)
    zone = signal.zone
    if zone is None:
        return
    start = max(pd.Timestamp(zone.known, unit="ns", tz="UTC"), first)
    outline = {"type": "rect", "x0": start, "x1": trade["open_date"], "y0": zone.bottom, "y1": zone.top}
    figure.add_shape(**outline, line={"color": NEUTRAL, "width": 2}, fillcolor="rgba(0,0,0,0)")


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
        levels["last_stop"] = last
    return {name: price for name, price in levels.items() if math.isfinite(price)}


def _sight(shown: pd.DataFrame, levels: dict[str, float]) -> tuple[float, float]:
    """Prices from the lowest to the highest of the candles, the stop and the target."""
    wanted = [price for name, price in levels.items() if name != "last_stop"]
    low, high = min([shown["low"].min(), *wanted]), max([shown["high"].max(), *wanted])
    room = 0.04 * (high - low)
    return float(low - room), float(high + room)


def _within(price: float, sight: tuple[float, float]) -> bool:
    return sight[0] <= price <= sight[1]


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


def _name_of(price: float, name: str, until: pd.Timestamp, say: Wording) -> dict[str, Any]:
    font = {"size": 11, "color": LEVELS[name][0], "shadow": HALO}
    # Clear of the mark of an exit at this price.
    return {
        "x": until, "y": price, "text": say(name), "font": font, "xanchor": "left", "xshift": 10,
        "showarrow": False,
    }  # fmt: skip


def _drawn_end(trade: pd.Series[Any]) -> pd.Timestamp:
    # A trade that ends within its first candle has a box, too.
    least = trade["open_date"] + pd.Timedelta(minutes=15)
    return pd.Timestamp(max(trade["close_date"], least))


def _add_orders(figure: go.Figure, trade: pd.Series[Any], say: Wording) -> None:
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
        hover = f"{say(name)} %{{y}}<extra></extra>"
        figure.add_scatter(x=x, y=y, mode="markers", name=say(name), marker=marker, hovertemplate=hover)
