"""Pictures of literal candles, and what a test looks at in them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from freqtrade.ft_types.plot_annotation_type import AnnotationTypeTA

from ict import Params
from ict.candles import Candles
from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.drawing import DrawingSettings, Position, draw
from tests.oracle.table import turned
from tests.support.markets import calm, candle_frame

# Mirrored at 100.
upside_down = partial(turned, axis=200.0)
BLUE, ORANGE, GREY = "42,120,214", "204,92,0", "125,125,125"
MINUTES = 15
# Ten candles in which nothing is, then a block [97.8, 100.2], known at candle 11, and its gap
# [100.2, 103.5], known at candle 12.
STORY = [*calm(10), (100.0, 100.2, 97.8, 98.0), (98.0, 104.1, 97.9, 104.0), (104.0, 105.0, 103.5, 104.5)]
# Nothing but the one kind that a test asks for.
NONE = {
    **{kind.setting: 0 for kind in ZONE_KINDS},
    "higher_zones": 0, "ote_bands": False, "pools": 0, "sweeps": 0, "breaks": 0,
    "period_levels": 0, "session_levels": 0, "sessions": 0, "midnight_open": False, "dealing_range": False,
    "swings": 0,
}  # fmt: skip


def picture(
    rows: list[tuple[float, ...]] | pd.DataFrame, *, positions: tuple[Position, ...] = (),
    higher: Mapping[str, pd.DataFrame] | None = None, params: Params | None = None, first: int = 0,
    **settings: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    """Draw candles; every annotation is one that Freqtrade takes, by its strictest reading."""
    frame = rows if isinstance(rows, pd.DataFrame) else candle_frame(rows)
    annotations = draw(
        Candles.from_frame(frame),
        params or Params(),
        DrawingSettings.parse(settings),
        higher={name: Candles.from_frame(other) for name, other in (higher or {}).items()},
        positions=positions,
        first=first,
    )
    for annotation in annotations:
        AnnotationTypeTA.validate_python(annotation, strict=True, extra="forbid")
    return annotations


def only(kind: str, rows: list[tuple[float, ...]] | pd.DataFrame, **more: Any) -> list[dict[str, Any]]:
    return picture(rows, **{**NONE, kind: 5, **more})


def areas(annotations: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Boxes as first candle, last candle, bottom, top, colour and strength."""
    return [
        (*(candle_at(one[end]) for end in ("start", "end")),
         *(round(one[edge], 6) for edge in ("y_start", "y_end")), *colour(one))
        for one in of_type(annotations, "area")
    ]  # fmt: skip


def lines(annotations: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Lines as first candle, last candle, price, colour and style; the pieces of one put together."""
    found: dict[tuple[Any, ...], tuple[float, float]] = {}
    for one in of_type(annotations, "line"):
        assert one["y_start"] == one["y_end"]
        key = (round(one["y_start"], 6), colour(one)[0], one["line_style"])
        start, end = candle_at(one["start"]), candle_at(one["end"])
        assert key not in found or found[key][1] == start, "pieces of a line follow each other"
        found[key] = (found.get(key, (start,))[0], end)
    return [(*span, *key) for key, span in found.items()]


def points(annotations: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Events as candle, label and colour."""
    return [
        (candle_at(one["x"]), one["label"], colour(one)[0])
        for one in of_type(annotations, "point")
        if one["size"] > 1
    ]


def names(annotations: list[dict[str, Any]]) -> list[str]:
    return sorted(one["label"] for one in of_type(annotations, "point") if one["size"] == 1)


def of_type(annotations: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in annotations if one["type"] == kind]


def candle_at(moment: Any) -> float:
    return (pd.Timestamp(moment) - pd.Timestamp("2024-01-03", tz="UTC")) / pd.Timedelta(minutes=MINUTES)


def colour(annotation: dict[str, Any]) -> tuple[str, float]:
    """Red, green and blue as a text, and the strength."""
    *rgb, alpha = annotation["color"].removeprefix("rgba(").removesuffix(")").split(",")
    return ",".join(rgb), float(alpha)
