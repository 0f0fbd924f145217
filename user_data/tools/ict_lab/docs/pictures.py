"""Pictures of patterns as SVG: candles with what the product's own painter draws on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd

from ict import Params
from ict.candles import Candles
from ict.drawing import DrawingSettings
from ict.drawing.marks import Marks
from ict.drawing.paint import paint
from ict.drawing.position import Position
from ict.drawing.shapes import Sheet
from ict_lab.plotting import drawn_on

# Grey that is visible on white and on black.
GREY = "#8a8f98"
WIDTH, HEIGHT, MARGIN, FOOT = 480, 300, 16, 20
# Beyond so many candles only each fifth has its number.
MOST_NUMBERS = 24
# Pixels of a name: its letters, a wide one's width, and the room of a line.
FONT, LETTER, LINE = 11, 6.6, 14
# Room for names above and below the candles, as a part of their height; and up to the picture's edge.
ROOM, ROOM_ABOVE = 0.12, 0.2
_DASHES = {"solid": "", "dashed": "6 4", "dotted": "2 3"}


@dataclass(frozen=True)
class _Scale:
    """From times and prices to places on the picture."""

    first: pd.Timestamp
    step: pd.Timedelta
    columns: int
    low: float
    high: float

    @property
    def column(self) -> float:
        """Width of a candle with the room beside it."""
        return (WIDTH - 2 * MARGIN) / self.columns

    @property
    def room(self) -> int:
        """Height of the candles."""
        return HEIGHT - 2 * MARGIN - FOOT

    def x(self, time: pd.Timestamp) -> float:
        return MARGIN + (pd.Timestamp(time) - self.first) / self.step * self.column + self.column / 2

    def y(self, price: float) -> float:
        return MARGIN + (self.high - price) / (self.high - self.low) * self.room

    def fitted(self, settings: DrawingSettings, height: float) -> DrawingSettings:
        """Say how many names fit here; `height` is that of the candles alone, in prices."""
        lines = height / (self.high - self.low) * self.room / LINE
        characters = settings.screen_candles * self.column / LETTER
        return replace(settings, screen_characters=round(characters), screen_lines=max(round(lines), 5))


def picture(
    frame: pd.DataFrame,
    params: Params,
    settings: DrawingSettings,
    title: str,
    reference: pd.DataFrame | None = None,
    higher: Mapping[str, pd.DataFrame] | None = None,
    *,
    first: int = 0,
    trades: Sequence[Position] = (),
) -> str:
    """Draw candles, and on them what is known at the last one.

    Parameters
    ----------
    frame : pandas.DataFrame
        Candles of Freqtrade's shape.
    params : Params
        Settings of the patterns.
    settings : DrawingSettings
        What is drawn.
    title : str
        What the picture shows, for readers who can't see it.
    reference : pandas.DataFrame, optional
        Candles of a second market, which are not shown.
    higher : Mapping[str, pandas.DataFrame], optional
        Candles of higher timeframes, which are not shown either.
    first : int
        The first candle that is shown; what came before is known all the same.
    trades : Sequence[Position]
        Trades whose entry, stop and target are shown.
    """
    shown = frame.iloc[first:]
    scale = _scale(shown, trades, settings.ahead_candles)
    settings = scale.fitted(settings, shown["high"].max() - shown["low"].min())
    annotations = drawn_on(
        frame, params, settings, higher=higher, second=reference, first=first, positions=trades,
        room_above=ROOM_ABOVE,
    )  # fmt: skip
    return _svg(shown, annotations, scale, title)


def picture_of_marks(frame: pd.DataFrame, marks: Mapping[str, Marks], title: str, *, first: int = 0) -> str:
    """Draw candles, and on them boxes that others or we have found, each with its name.

    Parameters
    ----------
    frame, title, first
        See `picture`.
    marks : Mapping[str, Marks]
        Boxes by their name, each from its `known_at` on.
    """
    shown = frame.iloc[first:]
    settings = DrawingSettings()
    scale = _scale(shown, (), settings.ahead_candles)
    settings = scale.fitted(settings, shown["high"].max() - shown["low"].min())
    sheet = Sheet(
        Candles.from_frame(frame), first, settings.screen_candles, characters=settings.screen_characters,
        lines=settings.screen_lines, ahead=settings.ahead_candles,
        room_above=ROOM_ABOVE,
    )  # fmt: skip
    boxes = [box for name, those in marks.items() for box in sheet.boxes(those, name)]
    return _svg(shown, paint(sheet, boxes), scale, title)


def _svg(frame: pd.DataFrame, annotations: Iterable[dict[str, Any]], scale: _Scale, title: str) -> str:
    low, high = scale.low, scale.high
    annotations = [one for one in annotations if one["type"] == "point" or _is_between(one, low, high)]
    parts = [*_drawn(annotations, "area", scale), *_candles(frame, scale), *_numbers(frame, scale)]
    parts += [*_drawn(annotations, "line", scale), *_drawn(annotations, "point", scale)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" '
        f'font-family="sans-serif" font-size="{FONT}"><title>{escape(title)}</title>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def _scale(frame: pd.DataFrame, trades: Sequence[Position], ahead: int) -> _Scale:
    """Find the scale on which candles and trades fit, with room for names around them."""
    begin, step = frame["date"].iloc[0], frame["date"].iloc[1] - frame["date"].iloc[0]
    prices = [price for trade in trades for price in (trade.stop, trade.target) if price is not None]
    low, high = min([*frame["low"], *prices]), max([*frame["high"], *prices])
    room = ROOM * (high - low)
    # Candles that are missing leave their places empty.
    columns = int((frame["date"].iloc[-1] - begin) / step) + 1 + ahead
    return _Scale(begin, step, columns, low - room, high + room)


def _is_between(one: dict[str, Any], low: float, high: float) -> bool:
    """Whether a line or an area has a price that is shown."""
    bottom, top = sorted((one["y_start"], one["y_end"]))
    return bool(bottom <= high and top >= low)


def _drawn(annotations: Iterable[dict[str, Any]], kind: str, scale: _Scale) -> Iterator[str]:
    paint: Callable[[dict[str, Any], _Scale], str] = {"area": _area, "line": _line, "point": _point}[kind]
    return (paint(one, scale) for one in annotations if one["type"] == kind)


def _area(one: dict[str, Any], scale: _Scale) -> str:
    left, right = scale.x(one["start"]), scale.x(one["end"])
    top, bottom = scale.y(one["y_end"]), scale.y(one["y_start"])
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" '
        f'fill="{one["color"]}"/>'
    )


def _line(one: dict[str, Any], scale: _Scale) -> str:
    dash = f' stroke-dasharray="{_DASHES[one["line_style"]]}"' if _DASHES[one["line_style"]] else ""
    return (
        f'<line x1="{scale.x(one["start"]):.1f}" y1="{scale.y(one["y_start"]):.1f}" '
        f'x2="{scale.x(one["end"]):.1f}" y2="{scale.y(one["y_end"]):.1f}" stroke="{one["color"]}" '
        f'stroke-width="{one["width"]}"{dash}/>'
    )


def _point(one: dict[str, Any], scale: _Scale) -> str:
    x, y = scale.x(one["x"]), scale.y(one["y"])
    baseline = y - 6
    # No name is cut off at the edge.
    middle = min(x, WIDTH - LETTER * len(one["label"]) / 2)
    label = f'<text x="{middle:.1f}" y="{baseline:.1f}" fill="{one["color"]}" text-anchor="middle">'
    text = f"{label}{escape(one['label'])}</text>"
    if one["size"] <= 1:
        return text  # a name alone: its point is not seen
    if one["shape"] == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{one["color"]}"/>{text}'
    corners = f"{x:.1f},{y - 4:.1f} {x - 4:.1f},{y + 4:.1f} {x + 4:.1f},{y + 4:.1f}"
    turned = f' transform="rotate({one["rotate"]} {x:.1f} {y:.1f})"'
    return f'<polygon points="{corners}" fill="{one["color"]}"{turned}/>{text}'


def _candles(frame: pd.DataFrame, scale: _Scale) -> Iterator[str]:
    width = 0.6 * scale.column
    for row in frame.to_dict("records"):
        x, top, bottom = scale.x(row["date"]), max(row["open"], row["close"]), min(row["open"], row["close"])
        body = max(scale.y(bottom) - scale.y(top), 1.0)
        fill = GREY if row["close"] < row["open"] else "none"
        yield (
            f'<path d="M{x:.1f} {scale.y(row["high"]):.1f}V{scale.y(top):.1f}'
            f'M{x:.1f} {scale.y(bottom):.1f}V{scale.y(row["low"]):.1f}" stroke="{GREY}"/>'
            f'<rect x="{x - width / 2:.1f}" y="{scale.y(top):.1f}" width="{width:.1f}" height="{body:.1f}" '
            f'stroke="{GREY}" fill="{fill}"/>'
        )


def _numbers(frame: pd.DataFrame, scale: _Scale) -> Iterator[str]:
    every = 1 if len(frame) <= MOST_NUMBERS else 5
    for number, time in list(enumerate(frame["date"]))[::every]:
        yield (
            f'<text x="{scale.x(time):.1f}" y="{HEIGHT - 6}" fill="{GREY}" text-anchor="middle" '
            f'font-size="9">{number}</text>'
        )
