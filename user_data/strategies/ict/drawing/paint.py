"""From shapes to the annotations of Freqtrade's chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pandas as pd

from ict.drawing.colours import FILL, colour_of, css
from ict.drawing.labels import Desk
from ict.drawing.marks import Look
from ict.drawing.shapes import Box, Event, Level, Shape, Sheet

Annotation = dict[str, Any]

# The chart drops a line when one of its ends is scrolled away, so long lines are cut into pieces.
PIECE_CANDLES = 20


def paint(sheet: Sheet, shapes: Iterable[Shape]) -> list[Annotation]:
    """Turn shapes into annotations: areas and lines back to front, then points, then names.

    Names are points too small to be seen: FreqUI's light theme hides the names of areas and lines.
    """
    drawn = list(shapes)
    flat = [one for one in drawn if not isinstance(one, Event)]
    desk = Desk(sheet, flat)
    # Shapes in front are nearer to the trade, and are named first.
    named = [one for one in reversed(flat) if one.label]
    first = [one for one in named if isinstance(one, Level) and one.name_column >= 0]
    return [
        *(part for one in flat for part in _spread(one, sheet)),
        *(_name(one, place) for one in first if (place := desk.along(one))),
        *(_event(one, sheet, desk) for one in drawn if isinstance(one, Event)),
        *(_name(one, place) for one in named if one not in first and (place := desk.along(one))),
    ]


def _spread(shape: Box | Level, sheet: Sheet) -> Iterator[Annotation]:
    if isinstance(shape, Level):
        yield from _pieces(shape, PIECE_CANDLES * sheet.candles.step)
        return
    fill = css(colour_of(shape.direction, shape.look), round(shape.strength * FILL[shape.look], 3))
    yield {
        "type": "area",
        "start": moment(shape.start),
        "end": moment(shape.end),
        "y_start": shape.bottom,
        "y_end": shape.top,
        "color": fill,
        "label": "",
    }


def _pieces(level: Level, length: int) -> Iterator[Annotation]:
    count = -(-(level.end - level.start) // length) if length else 0
    cuts = sorted([level.start, *(level.end - n * length for n in range(count))])
    for start, end in pairwise(cuts):
        yield {
            "type": "line",
            "start": moment(start),
            "end": moment(end),
            "y_start": level.price,
            "y_end": level.price,
            "color": css(colour_of(level.direction, level.look)),
            "label": "",
            "width": level.width,
            "line_style": level.style,
        }


def _event(event: Event, sheet: Sheet, desk: Desk) -> Annotation:
    return {
        "type": "point",
        "x": moment(int(sheet.candles.time[event.at])),
        "y": desk.beside_candle(event),
        "size": event.size,
        "shape": event.shape,
        "rotate": 0 if event.direction > 0 else 180,
        "color": css(colour_of(event.direction, Look.FRESH)),
        "label": event.label,
    }


def _name(shape: Box | Level, place: tuple[int, float]) -> Annotation:
    x, y = place
    return {
        "type": "point",
        "x": moment(x),
        "y": y,
        # The chart shows no name without a point.
        "size": 1,
        "shape": "circle",
        "rotate": 0,
        "color": css(colour_of(shape.direction, shape.look)),
        "label": shape.label,
    }


def moment(nanoseconds: int) -> datetime:
    """Time for Freqtrade's chart, UTC, to the microsecond."""
    return pd.Timestamp(nanoseconds // 1000, unit="us", tz="UTC").to_pydatetime()
