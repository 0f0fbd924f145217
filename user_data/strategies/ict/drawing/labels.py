"""Where names go: near what they name, off the candles and off each other where there is room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ict.candles import Candles
from ict.drawing.shapes import Box, Event, Level, Sheet

# Pools of liquidity by the side that their sweep begins, and whether they are of equal highs or lows.
POOL_NAMES = {(1, False): "SSL", (1, True): "EQL", (-1, False): "BSL", (-1, True): "EQH"}
# A screen has room for about so many characters beside each other and lines above each other.
CHARACTERS_WIDE, LINES_HIGH = 190, 26
# The chart writes above a point; so much is between point and text, in lines.
GAP_LINES = 0.4
# Where there is no room beside a shape, its name may go to one of so many lines further away.
_ROWS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on the chart: times in nanoseconds, prices."""

    left: float
    right: float
    low: float
    high: float

    def meets(self, other: Place) -> bool:
        """Whether the two share a part of the chart."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.high <= other.low or other.high <= self.low)


class Desk:
    """Gives every name its place on the newest screen.

    Parameters
    ----------
    sheet : Sheet
        What is drawn on.
    """

    def __init__(self, sheet: Sheet) -> None:
        start, stop = sheet.cut[0]
        self._sheet, self._candles = sheet, sheet.candles[start:stop]
        self.line_height = _height(self._candles) / LINES_HIGH
        self._character = sheet.screen_candles * sheet.step / CHARACTERS_WIDE
        self._taken: list[Place] = []

    def beside_candle(self, event: Event) -> float:
        """Price of an event's point, so that its name is on no other's."""
        candles, at = self._sheet.candles, event.at
        # Below a candle there must be room for the name, which stands above its point.
        gap = 0.4 if event.above else -(1.4 + GAP_LINES)
        edge = candles.high[at] if event.above else candles.low[at]
        x, away = float(candles.time[at]), 1 if event.above else -1
        for lines in range(4):
            y = float(edge) + (gap + 1.3 * away * lines) * self.line_height
            place = self._place(event.label, x, y)
            if not self._is_taken(place):
                break
        self._taken.append(place)
        return y

    def along(self, shape: Box | Level) -> tuple[int, float] | None:
        """Time and price of the point of a shape's name; None where there is no room for it.

        It stands on the shape's far side, as seen from the price.
        """
        if isinstance(shape, Level) and shape.name_column >= 0:
            x = self._columns(shape)[-1] + shape.name_column * self._width(shape.label)
            found = [(x, shape.price, self._place(shape.label, x, shape.price))]
        else:
            found = self._free(shape)
        for x, y, place in found[:1]:
            self._taken.append(place)
            return int(x), y
        return None

    def _free(self, shape: Box | Level) -> list[tuple[float, float, Place]]:
        """Places that are free, the best first: off the candles, then near the shape, then to the right."""
        above, y = self._beside(shape)
        away = self.line_height if above else -self.line_height
        places = [
            (x, y + n * away, self._place(shape.label, x, y + n * away))
            for n in range(_ROWS)
            for x in self._columns(shape)
        ]
        free = [one for one in places if not self._is_taken(one[2])]
        return [one for one in free if not self._on_candles(one[2])] or free

    def _beside(self, shape: Box | Level) -> tuple[bool, float]:
        """Whether a name stands at the upper edge, and the price of its point there."""
        under = (1 + 1.5 * GAP_LINES) * self.line_height
        if isinstance(shape, Level):
            down = GAP_LINES * self.line_height / 2 if shape.named_above else under
            return shape.named_above, shape.price - down
        above, roomy = shape.direction < 0, shape.top - shape.bottom > 2.5 * self.line_height
        if above:
            return True, shape.top - under if roomy else shape.top
        return False, shape.bottom if roomy else shape.bottom - under

    def _columns(self, shape: Box | Level) -> list[float]:
        """Middles of a name along its shape, from the right."""
        half = self._width(shape.label) / 2
        left = max(shape.start, int(self._candles.time[0])) + half
        right = shape.end - half
        # A single candle has no width, and one place.
        count = 1 + max(int((right - left) // (2 * half)), 0) if half else 1
        return [*(right - 2 * half * n for n in range(count - 1)), min(left, right)]

    def _width(self, label: str) -> float:
        return self._character * (len(label) + 1)

    def _place(self, label: str, x: float, y: float) -> Place:
        half = self._width(label) / 2
        low = y + GAP_LINES * self.line_height
        return Place(x - half, x + half, low, low + self.line_height)

    def _is_taken(self, place: Place) -> bool:
        return any(place.meets(other) for other in self._taken)

    def _on_candles(self, place: Place) -> bool:
        time = self._candles.time
        under = slice(*np.searchsorted(time, [place.left, place.right]).tolist())
        over = (self._candles.high[under] > place.low) & (self._candles.low[under] < place.high)
        return bool(over.any())


def _height(candles: Candles) -> float:
    return float(candles.high.max() - candles.low.min())
