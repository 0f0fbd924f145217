"""The two pictures, as Plotly takes them: candles with zones and entries, and the whole stretch below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ict.drawing.colours import BEARISH, BULLISH, css
from ict_lab.plotting import DATES, lines_of, points_of, shapes_of
from ict_lab.tune.backtests import Backtested
from ict_lab.tune.page import outcome_text
from ict_lab.tune.quick_backtest import ClosedTrade
from ict_lab.tune.reading import Entry, Reading, Rest
from ict_lab.tune.view import View
from ict_lab.words import Wording

Figure = dict[str, Any]

INK, FAINT, GRID, PAPER = "#d7dbe2", "#8b93a1", "#262b35", "#14171d"
# Candles are without colour, so that blue and orange are left for what they mean.
RISING, FALLING = "#e4e7ec", "#6f7887"
SIDE_COLOUR = {1: css(BULLISH), -1: css(BEARISH)}
SIDE_NAME = {1: "long", -1: "short"}
# An entry's stop and target are drawn this far, and room is left for marks beyond the candles.
LEVEL_CANDLES, ROOM = 10, 0.06
# Beyond this many entries in a view, their levels would hide the candles.
MOST_LEVELS = 60
# More bars than this can't be distinguished, and are slow to draw.
MOST_BARS = 750
NOTHING = Backtested()


def chart(reading: Reading, view: View, say: Wording, tested: Backtested = NOTHING) -> Figure:
    """Draw the candles of a view with what the settings see in them.

    Parameters
    ----------
    reading : Reading
        Analysis.
    view : View
        What is on the screen.
    say : Wording
        Language of its words.
    tested : Backtested
        What a backtest made of these candles.
    """
    start, stop = view.start + reading.stretch.first, view.stop + reading.stretch.first
    frame = reading.stretch.frame.iloc[start:stop]
    time = milliseconds(frame["date"])
    step = (time[-1] - time[0]) / max(len(time) - 1, 1)
    annotations = reading.annotations(start, stop)
    entries = [entry for entry in reading.entries if start <= entry.row < stop]
    x_range = [time[0] - step, time[-1] + max(6, 0.03 * len(time)) * step]
    low, high = float(frame["low"].min()), float(frame["high"].max())
    room, together = ROOM * (high - low), -(-len(frame) // MOST_BARS)
    data = [
        _candles(frame, together),
        *lines_of(annotations),
        *points_of(annotations),
        *_orders(reading, entries),
        *_levels(reading, entries, step),
        *_entries(reading, entries, say, tested),
        *_trades(tested.trades, time[0], time[-1]),
    ]
    layout = _layout(x_range, [low - room, high + room])
    layout["shapes"] = shapes_of(annotations)
    if together > 1:
        layout["annotations"] = [_note(say("together", count=together))]
    return {"data": data, "layout": layout}


def overview(reading: Reading, view: View) -> Figure:
    """Draw the closes of all chosen candles, the entries on them, and where the view is."""
    frame = reading.stretch.frame.iloc[reading.stretch.first :]
    time = milliseconds(frame["date"])
    whole = milliseconds(reading.stretch.frame["date"])
    shown = [time[view.start], time[view.stop - 1]]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "x": time, "y": frame["close"].to_numpy(),
            "line": {"color": FAINT, "width": 1}, "hoverinfo": "x+y", "name": "close",
        }
    ]  # fmt: skip
    for side in SIDE_NAME:
        rows = [entry.row for entry in reading.entries if entry.direction == side]
        data.append(
            {
                "type": "scatter", "mode": "markers", "x": whole[rows], "hoverinfo": "skip",
                "y": reading.stretch.frame["close"].to_numpy()[rows], "name": f"{SIDE_NAME[side]} entries",
                "marker": {"color": SIDE_COLOUR[side], "size": 4, "symbol": _triangle(side)},
            }
        )  # fmt: skip
    layout = _layout([time[0], time[-1]], None)
    layout["shapes"] = [
        {
            "type": "rect", "xref": "x", "yref": "paper", "x0": shown[0], "x1": shown[1], "y0": 0, "y1": 1,
            "fillcolor": "rgba(255,255,255,0.10)", "line": {"color": INK, "width": 1}, "layer": "below",
        }
    ]  # fmt: skip
    layout["margin"] |= {"t": 4, "b": 32}
    layout["yaxis"] |= {"showticklabels": False, "showgrid": False}
    layout["dragmode"] = False
    layout["xaxis"]["fixedrange"] = layout["yaxis"]["fixedrange"] = True
    return {"data": data, "layout": layout}


def message(text: str) -> Figure:
    """Show a sentence where a chart would be."""
    layout = _layout([0, 1], [0, 1])
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"visible": False, "type": "linear"}
    layout["annotations"] = [
        {"text": text, "x": 0.5, "y": 0.5, "showarrow": False, "font": {"size": 16, "color": INK}}
    ]
    return {"data": [], "layout": layout}


def milliseconds(dates: pd.Series[pd.Timestamp]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return times as Plotly's date axis reads numbers, which are much faster than dates."""
    return dates.to_numpy(dtype="datetime64[ms]").astype(np.float64)


def _candles(frame: pd.DataFrame, together: int) -> dict[str, Any]:
    groups = frame.groupby(np.arange(len(frame)) // together)
    bars = groups.agg({"date": "first", "open": "first", "high": "max", "low": "min", "close": "last"})
    prices = {name: bars[name].to_numpy() for name in ("open", "high", "low", "close")}
    return {
        "type": "candlestick", "name": "candles", "x": milliseconds(bars["date"]), **prices,
        "line": {"width": 1},
        "increasing": {"line": {"color": RISING}, "fillcolor": PAPER},
        "decreasing": {"line": {"color": FALLING}, "fillcolor": FALLING},
    }  # fmt: skip


def _note(text: str) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top"}
    return place | {"text": text, "showarrow": False, "font": {"size": 11, "color": FAINT}}


def _entries(
    reading: Reading, entries: Sequence[Entry], say: Wording, tested: Backtested
) -> list[dict[str, Any]]:
    """Mark where entries begin, or where their orders are placed; hollow where the backtest did not trade."""
    frame, time = reading.stretch.frame, milliseconds(reading.stretch.frame["date"])
    step, traces = time[1] - time[0], []
    for side, name in SIDE_NAME.items():
        mine = [entry for entry in entries if entry.direction == side]
        outcomes = [tested.outcomes.get((int(time[entry.row] + step), side)) for entry in mine]
        traded = [of is None or of[0] == "traded" for of in outcomes]
        symbols = ["circle" if entry.rest else _triangle(side) for entry in mine]
        places = [_place(frame, entry) for entry in mine]
        line = {"color": [INK if was else SIDE_COLOUR[side] for was in traded], "width": 1.2}
        marker = {
            "symbol": [one if was else f"{one}-open" for one, was in zip(symbols, traded, strict=True)],
            "size": [7 if entry.rest else 11 for entry in mine], "color": SIDE_COLOUR[side], "line": line,
        }  # fmt: skip
        traces.append(
            {
                "type": "scatter", "mode": "markers", "x": [time[row] for row, _ in places],
                "y": [price for _, price in places], "marker": marker, "name": f"{name} entries",
                "text": [_words(reading, *one, say) for one in zip(mine, outcomes, strict=True)],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    return traces


def _place(frame: pd.DataFrame, entry: Entry) -> tuple[int, float]:
    """Row and price of an entry's mark: beyond its candle, or where its order is placed."""
    if entry.rest and entry.levels:
        return min(entry.row + 1, len(frame) - 1), entry.levels.entry
    beyond = float(frame["low" if entry.direction > 0 else "high"].iloc[entry.row])
    return entry.row, beyond * (1 - entry.direction * 0.0005)


def _orders(reading: Reading, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Draw each entry order while it rests, and how that ended: filled, or cancelled."""
    time = milliseconds(reading.stretch.frame["date"])
    open_end, traces = 2 * time[-1] - time[-2], []
    for side, name in SIDE_NAME.items():
        orders = [
            (time[one.row + 1], one.rest.ended, one.levels.entry, one.rest.filled >= 0)
            for one in entries if one.direction == side and one.rest and one.levels
        ]  # fmt: skip
        look = {"type": "scatter", "hoverinfo": "skip", "name": f"{name} orders"}
        line = {"color": SIDE_COLOUR[side], "width": 1.5, "dash": "dashdot"}
        lines = _segments(
            (at, price, time[end] if end >= 0 else open_end, price) for at, end, price, _ in orders
        )
        traces.append(look | lines | {"mode": "lines", "line": line})
        ended = [order for order in orders if order[1] >= 0]
        marker = {
            "symbol": [_triangle(side) if is_filled else "x-thin-open" for *_, is_filled in ended],
            "size": 10, "color": SIDE_COLOUR[side], "line": {"width": 1.5},
        }  # fmt: skip
        ends = {"x": [time[end] for _, end, *_ in ended], "y": [price for *_, price, _ in ended]}
        traces.append(look | ends | {"mode": "markers", "marker": marker})
    return [trace for trace in traces if len(trace["x"])]


def _segments(lines: Iterable[tuple[float, float, float, float]]) -> dict[str, list[float | None]]:
    """Give Plotly's coordinates of unconnected lines, each (x, y, x, y) from its start to its end."""
    of = list(lines)
    return {
        "x": [x for start, _, stop, _ in of for x in (start, stop, None)],
        "y": [y for _, start, _, stop in of for y in (start, stop, None)],
    }


def _levels(reading: Reading, entries: list[Entry], step: float) -> list[dict[str, Any]]:
    """Draw each entry's stop, dotted, and target, solid, for the candles after it."""
    time = milliseconds(reading.stretch.frame["date"])
    if len(entries) > MOST_LEVELS:
        return []
    known = [(time[one.row], one.levels) for one in entries if one.levels]
    prices = {
        ("stop", "dot"): [(at, levels.stop) for at, levels in known],
        ("target", "solid"): [(at, levels.target) for at, levels in known if levels.target],
    }
    return [
        {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "name": f"{name}s",
            **_segments((at, price, at + LEVEL_CANDLES * step, price) for at, price in pairs),
            "line": {"color": INK, "width": 1.5, "dash": dash}, "opacity": 0.6,
        }
        for (name, dash), pairs in prices.items()
    ]  # fmt: skip


def _trades(trades: Iterable[ClosedTrade], start: float, stop: float) -> list[dict[str, Any]]:
    """Draw trades from entry to exit; a loss is dashed."""
    shown = [one for one in trades if one.closed_ms >= start and one.opened_ms <= stop]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines+markers", "hoverinfo": "skip", "name": f"backtest: {name}",
            **_segments(
                (one.opened_ms, one.open_rate, one.closed_ms, one.close_rate)
                for one in shown if (one.profit > 0) == won
            ),
            "line": {"color": "#f2e86d", "width": 2, "dash": dash}, "marker": {"size": 5},
        }
        for won, dash, name in ((True, "solid", "won"), (False, "dash", "lost"))
    ]  # fmt: skip
    return traces if shown else []


def _words(reading: Reading, entry: Entry, of: tuple[str, str] | None, say: Wording) -> str:
    """Say what an entry is, and what a backtest made of it."""
    tested = [say("in_backtest", outcome=outcome_text(*of, say))] if of else []
    tag = " + ".join(say.fact(part) for part in entry.tag.split("+"))
    text = f"<b>{say(SIDE_NAME[entry.direction])}</b> {tag}"
    if entry.levels is None:
        return "<br>".join([text, say("no_trade", why=say.said(entry.refusal)), *tested])
    target = f"{entry.levels.target:,.6g}" if entry.levels.target else say("no_target")
    away = 100 * entry.levels.risk / entry.levels.entry
    lines = [
        text,
        f"{say('entry')} {entry.levels.entry:,.6g}",
        f"{say('stop')} {entry.levels.stop:,.6g} ({away:.2f} %)",
        f"{say('target')} {target}",
        *_rest_words(reading, entry.rest, say),
        *tested,
    ]
    return "<br>".join(lines)


def _rest_words(reading: Reading, rest: Rest | None, say: Wording) -> list[str]:
    if rest is None:
        return []
    dates = reading.stretch.frame["date"]
    for key, row in (("rests_filled", rest.filled), ("rests_over", rest.over)):
        if row >= 0:
            at = dates.iloc[min(row, len(dates) - 1)]
            return [say(key, at=f"{at:%Y-%m-%d %H:%M}")]
    return [say("rests_on")]


def _layout(x_range: list[float], y_range: list[float] | None) -> dict[str, Any]:
    axis = {"gridcolor": GRID, "zeroline": False, "color": FAINT, "automargin": False}
    return {
        "paper_bgcolor": PAPER, "plot_bgcolor": PAPER, "font": {"color": FAINT, "size": 11},
        "margin": {"l": 8, "r": 62, "t": 8, "b": 34}, "showlegend": False, "dragmode": "pan",
        "hovermode": "closest", "uirevision": str(x_range),
        "hoverlabel": {"bgcolor": "#20252e", "bordercolor": GRID, "font": {"color": INK}},
        "xaxis": axis | DATES | {"range": x_range, "rangeslider": {"visible": False}},
        "yaxis": axis
        | {"side": "right", "tickformat": ",", **({"range": y_range} if y_range else {"autorange": True})},
    }  # fmt: skip


def _triangle(side: int) -> str:
    return "triangle-up" if side > 0 else "triangle-down"
