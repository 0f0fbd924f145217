"""Places of names: near what they name, clear of candles and of each other where there is room."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from ict.drawing.colours import colour_of
from ict.drawing.shapes import Box, Event, Level, Sheet

# Names of pools by the side that their sweep starts, and by whether they are equal highs or lows.
POOL_NAMES = {(1, False): "SSL", (1, True): "EQL", (-1, False): "BSL", (-1, True): "EQH"}
# The chart writes above a point: the gap between the two, with and without a mark, and the text, in lines.
MARK_GAP_LINES, GAP_LINES, TEXT_LINES = 0.4, 0.15, 0.8


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on the chart: times in nanoseconds, and prices."""

    left: float
    right: float
    low: float
    high: float

    def meets(self, other: Self) -> bool:
        """Whether the two share a part of the chart."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.high <= other.low or other.high <= self.low)


class Desk:
    """Gives every name its place on the newest screen.

    Parameters
    ----------
    sheet : Sheet
        What is drawn on.
    shapes : Iterable[Box | Level]
        What is drawn: a name must be nearest to its own shape among those of its colour.
    """

    def __init__(self, sheet: Sheet, shapes: Iterable[Box | Level] = ()) -> None:
        start, stop = sheet.cut[0]
        self._sheet, self._candles = sheet, sheet.candles[start:stop]
        self._shapes = list(shapes)
        self.line_height = sheet.line_height
        self._top = float(self._candles.high.max() + sheet.room_above * sheet.lines * sheet.line_height)
        self._character = sheet.screen_candles * sheet.candles.step / sheet.characters
        self._taken: list[Place] = []

    def beside_candle(self, event: Event) -> float:
        """Price of an event's point, chosen so that its name covers no other."""
        candles, at = self._sheet.candles, event.at
        # Below a candle there must be room for the name, which is drawn above its point.
        gap = 0.4 if event.above else -(0.2 + TEXT_LINES + MARK_GAP_LINES)
        edge = candles.high[at] if event.above else candles.low[at]
        x, away = float(candles.time[at]), 1 if event.above else -1
        heights = [float(edge) + (gap + 1.3 * away * lines) * self.line_height for lines in range(6)]
        highest = self._top - (MARK_GAP_LINES + TEXT_LINES) * self.line_height
        # Without room above its candle a name is rather on it than in the axis.
        lower = [highest - 1.3 * lines * self.line_height for lines in range(6) if heights[-1] > highest]
        heights = [y for y in heights if y <= highest]
        places = [(y, self._place(event.label, x, y, MARK_GAP_LINES)) for y in (*heights, *lower)]
        free = [one for one in places if not self._is_taken(one[1])] or places[-1:]
        off = (one for one in free if one[0] in heights and not self._on_candles(one[1]))
        y, place = next(off, free[0])
        self._taken.append(place)
        return y

    def along(self, shape: Box | Level) -> tuple[int, float] | None:
        """Time and price of the point of a shape's name; None without room for it.

        It is on the shape's far side, as seen from the price.
        """
        if isinstance(shape, Level) and shape.name_column >= 0:
            x, y = self._in_column(shape), self._heights(shape)[0]
            found = [(x, y, self._place(shape.label, x, y))]
        else:
            found = self._free(shape)
        for x, y, place in found[:1]:
            self._taken.append(place)
            return int(x), y
        return None

    def _free(self, shape: Box | Level) -> list[tuple[float, float, Place]]:
        """Free places nearest to the shape, the best first: off the candles, near the shape, to the right."""
        places = [
            (x, y, self._place(shape.label, x, y)) for y in self._heights(shape) for x in self._columns(shape)
        ]
        # A name whose point is beyond the chart's top is not seen; one that is may not reach over it.
        seen_whole = [one for one in places if one[2].high <= self._top or one[1] > self._top]
        free = [one for one in seen_whole if not self._is_taken(one[2]) and self._is_nearest(shape, one[2])]
        return [one for one in free if not self._on_candles(one[2])] or free

    def _heights(self, shape: Box | Level) -> list[float]:
        """Prices of a name's point near the edges of its shape, the best first: away from the price."""
        over = GAP_LINES * self.line_height / 2
        under = TEXT_LINES * self.line_height + 2.5 * over
        if isinstance(shape, Level):
            return [shape.price - down for down in ((over, under) if shape.named_above else (under, over))]
        roomy = shape.top - shape.bottom > 2.5 * self.line_height
        inside = [shape.top - under, shape.bottom - over] if roomy else []
        outside = [shape.top - over, shape.bottom - under]
        if shape.direction > 0:
            return [*reversed(inside), *reversed(outside)]
        return [*inside, *outside]

    def _columns(self, shape: Box | Level) -> list[float]:
        """Centres of a name along its shape, from the right."""
        half = self._width(shape.label) / 2
        left = max(shape.start, int(self._candles.time[0])) + half
        right = shape.end - half
        # A single candle has no width: only one place.
        count = 1 + max(int((right - left) // (2 * half)), 0) if half else 1
        return [*(right - 2 * half * n for n in range(count - 1)), min(left, right)]

    def _in_column(self, shape: Level) -> float:
        """Centre of a name in its column, from the line's end."""
        return shape.end - (shape.name_column + 0.5) * self._width(shape.label)

    def _width(self, label: str) -> float:
        return self._character * (len(label) + 1)

    def _place(self, label: str, x: float, y: float, gap: float = GAP_LINES) -> Place:
        half = self._width(label) / 2
        low = y + gap * self.line_height
        return Place(x - half, x + half, low, low + TEXT_LINES * self.line_height)

    def _is_taken(self, place: Place) -> bool:
        return any(place.meets(other) for other in self._taken)

    def _is_nearest(self, shape: Box | Level, place: Place) -> bool:
        """Whether a name there is nearer to its own shape than to any other of its colour."""
        colour = colour_of(shape.direction, shape.look)
        alike = [one for one in self._shapes if colour_of(one.direction, one.look) == colour]
        own = self._distance(shape, place)
        return all(own <= self._distance(one, place) for one in alike)

    def _distance(self, shape: Box | Level, place: Place) -> float:
        """Distance of a name from a shape's nearest edge, in lines."""
        x, y = (place.left + place.right) / 2, (place.low + place.high) / 2
        edges = (shape.price,) if isinstance(shape, Level) else (shape.top, shape.bottom)
        beside = max(shape.start - x, x - shape.end, 0.0)
        away = min(abs(y - edge) for edge in edges)
        # A line is about as high as two characters are wide.
        return away / self.line_height + (beside / (2 * self._character) if beside else 0.0)

    def _on_candles(self, place: Place) -> bool:
        time = self._candles.time
        under = slice(*np.searchsorted(time, [place.left, place.right]).tolist())
        over = (self._candles.high[under] > place.low) & (self._candles.low[under] < place.high)
        return bool(over.any())
