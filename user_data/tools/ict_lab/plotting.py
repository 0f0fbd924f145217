"""Annotations of Freqtrade's chart in Plotly: one painter for the report's trades and the page of tune."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ict import Params
from ict.candles import Candles
from ict.drawing import DrawingSettings, draw
from ict.drawing.position import Position
from ict.drawing.shapes import ROOM_ABOVE

Annotation = dict[str, Any]

DASHES = {"solid": "solid", "dashed": "dash", "dotted": "dot"}
# The page's ground around each name, so that no line strikes it out.
HALO = ", ".join(["0 0 3px var(--ground, var(--paper))"] * 4)
# An axis of time in figures: Plotly's own names of months are English, in a Korean page too.
DATES: dict[str, Any] = {
    "type": "date", "hoverformat": "%Y-%m-%d %H:%M",
    "tickformatstops": [
        {"dtickrange": [None, 43_200_000], "value": "%H:%M\n%Y-%m-%d"},
        {"dtickrange": [43_200_001, "M1"], "value": "%m-%d\n%Y"},
        {"dtickrange": ["M1", None], "value": "%Y-%m"},
    ],
}  # fmt: skip
SYMBOLS = {"triangle": "triangle-up", "circle": "circle"}


def drawn_on(
    frame: pd.DataFrame,
    params: Params,
    settings: DrawingSettings,
    *,
    higher: Mapping[str, pd.DataFrame] | None = None,
    second: pd.DataFrame | None = None,
    first: int = 0,
    positions: Iterable[Position] = (),
    room_above: float = ROOM_ABOVE,
) -> list[Annotation]:
    """Draw what is known at the close of the last candle, as FreqUI shows it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Candles of Freqtrade's shape.
    params : Params
        Settings of the patterns.
    settings : DrawingSettings
        What is drawn.
    higher : Mapping[str, pandas.DataFrame], optional
        Candles of higher timeframes; later ones are left out.
    second : pandas.DataFrame, optional
        Candles of the second market (SMT-1), as `higher`.
    first : int
        The first candle that anything is drawn on.
    positions : Iterable[Position]
        Open trades.
    room_above : float
        See `Sheet`.
    """
    last = frame["date"].iloc[-1]

    def seen(candles: pd.DataFrame) -> Candles:
        return Candles.from_frame(candles[candles["date"] <= last])

    return draw(
        Candles.from_frame(frame),
        params,
        settings,
        higher={name: seen(candles) for name, candles in (higher or {}).items()},
        reference=None if second is None else seen(second),
        first=first,
        positions=positions,
        room_above=room_above,
    )


def shapes_of(annotations: Iterable[Annotation]) -> list[dict[str, Any]]:
    """Draw areas as shapes of a figure's layout, below the candles."""
    return [
        {
            "type": "rect", "xref": "x", "yref": "y", "layer": "below", "line": {"width": 0},
            "x0": milliseconds_at(one["start"]), "x1": milliseconds_at(one["end"]),
            "y0": one["y_start"], "y1": one["y_end"], "fillcolor": one["color"],
        }
        for one in annotations
        if one["type"] == "area"
    ]  # fmt: skip


def lines_of(annotations: Iterable[Annotation]) -> list[dict[str, Any]]:
    """Draw lines of one look as one trace: hundreds of pieces are as fast as one."""
    looks: dict[tuple[str, str, int], list[Annotation]] = {}
    for one in annotations:
        if one["type"] == "line":
            looks.setdefault((one["color"], one["line_style"], one["width"]), []).append(one)
    return [
        {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "name": "levels",
            "x": [at for one in lines for at in (*map(milliseconds_at, (one["start"], one["end"])), None)],
            "y": [value for one in lines for value in (one["y_start"], one["y_end"], None)],
            "line": {"color": colour, "width": width, "dash": DASHES[style]},
        }
        for (colour, style, width), lines in looks.items()
    ]  # fmt: skip


def points_of(annotations: Iterable[Annotation]) -> list[dict[str, Any]]:
    """Draw points and names, each in its colour, as one trace; none where there are none."""
    points = [one for one in annotations if one["type"] == "point"]
    if not points:
        return []
    colours = [one["color"] for one in points]
    marker = {
        "color": colours,
        "symbol": [SYMBOLS.get(one["shape"], "circle") for one in points],
        "angle": [one["rotate"] for one in points],
        "size": [one["size"] for one in points],
        # A point of no size bears a name and is not itself to be seen.
        "opacity": [float(one["size"] > 1) for one in points],
        "line": {"width": 0},
    }
    return [
        {
            "type": "scatter", "mode": "markers+text", "x": [milliseconds_at(one["x"]) for one in points],
            "y": [one["y"] for one in points], "text": [one["label"] for one in points], "marker": marker,
            "textposition": "top center", "textfont": {"size": 10, "color": colours, "shadow": HALO},
            "hoverinfo": "skip", "name": "events",
        }
    ]  # fmt: skip


def milliseconds_at(moment: Any) -> float:
    """Return a time as Plotly's date axis reads numbers, which are much faster than dates."""
    return float(pd.Timestamp(moment).timestamp() * 1_000)
