"""What a trader marks each morning: levels of past periods and sessions, and where price is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from ict.candles import BOTH_SIDES, Direction, Floats
from ict.drawing.choice import nearest_live, newest_ended
from ict.drawing.marks import Look, Marks, joined_marks, marks_of_band, marks_of_periods
from ict.drawing.shapes import Box, Level, Sheet
from ict.market.chart import Chart
from ict.market.dealing_range import last_range
from ict.market.periods import DAY, Periods, open_since

_SESSIONS = {"asia": "Asia", "london": "London", "new_york": "NY"}
_EXTREMES: dict[Direction, str] = {1: "H", -1: "L"}
# How strong a fill is beside that of an order block.
_OF_RANGE, _OF_SESSION = 0.25, 0.5


def period_levels(sheet: Sheet, chart: Chart, limit: int) -> Iterator[Level]:
    """Choose highs and lows of the previous day, week and month (LEVEL-1)."""
    yield from _levels(sheet, {"PD": chart.days, "PW": chart.weeks, "PM": chart.months}, limit)


def session_levels(sheet: Sheet, chart: Chart, limit: int) -> Iterator[Level]:
    """Choose highs and lows of the latest sessions (LEVEL-2)."""
    found = {f"{_SESSIONS[name]} ": past for name, past in chart.sessions.items()}
    yield from _levels(sheet, found, limit)


def _levels(sheet: Sheet, periods: Mapping[str, Periods], limit: int) -> Iterator[Level]:
    each = {
        name + _EXTREMES[side]: marks_of_periods(past, side)
        for name, past in periods.items()
        for side in BOTH_SIDES
    }
    marks = joined_marks(list(each.values()))
    picked = sheet.pick(marks, nearest_live(sheet.candles.close, limit))
    names = np.repeat(list(each), [len(found) for found in each.values()])[picked]
    yield from sheet.levels(marks[picked], names.tolist(), "solid", 1)


def session_shades(sheet: Sheet, chart: Chart, limit: int) -> Iterator[Box]:
    """Shade the newest sessions, from first to last candle and from low to high (LEVEL-2)."""
    for name, past in chart.sessions.items():
        neither = np.zeros(len(past.last_at), np.int8)
        spans = past.first_at, past.last_at + 1
        marks = _grey(Marks(neither, past.extreme[1], past.extreme[-1], *spans, neither))
        picked = sheet.pick(marks, newest_ended(limit))
        yield from sheet.boxes(marks[picked], _SESSIONS[name], _OF_SESSION)


def midnight_open(sheet: Sheet, chart: Chart) -> Iterator[Level]:
    """Find the open at midnight in New York (LEVEL-3)."""
    opens = open_since(chart.candles, chart.new_york, DAY)
    yield from _grey_level(sheet, opens, "00:00 NY")


def dealing_range(sheet: Sheet, chart: Chart) -> Iterator[Box | Level]:
    """Shade premium and discount between the last swings, and mark their middle (PD-1)."""
    high, low = last_range(chart.structure, len(chart.candles))
    middle = (high + low) / 2
    for top, bottom, direction, name in ((high, middle, -1, "premium"), (middle, low, 1, "discount")):
        marks = marks_of_band(top, bottom, direction)
        picked = sheet.pick(marks, nearest_live(chart.candles.close, 1))
        # The words say the side without a sign.
        yield from (replace(box, label=name) for box in sheet.boxes(marks[picked], name, _OF_RANGE))
    yield from _grey_level(sheet, middle, "50 %")


def strong_and_weak(sheet: Sheet, chart: Chart) -> Iterator[Level]:
    """Mark the strong and the weak end of the current leg of major structure (STRONG-1)."""
    legs = chart.major_legs
    for side, names in ((1, ("strong low", "weak high")), (-1, ("strong high", "weak low"))):
        for name, lies, prices in zip(names, (side, -side), (legs.origin, legs.peak), strict=True):
            line = legs.of_side(side, prices)
            marks = marks_of_band(line, line, lies)
            picked = marks[sheet.pick(marks, nearest_live(sheet.candles.close, 1))]
            yield from sheet.levels(picked, [name] * len(picked), "solid", 2)


def _grey_level(sheet: Sheet, prices: Floats, name: str) -> Iterator[Level]:
    """Draw the latest value of a price that is of neither side, from the candle where it took that value."""
    marks = marks_of_band(prices, prices, 1)
    picked = marks[sheet.pick(marks, nearest_live(sheet.candles.close, 1))]
    yield from sheet.levels(_grey(picked), [name] * len(picked), "dashed", 1)


def _grey(marks: Marks) -> Marks:
    """Give marks the look of neither side."""
    return replace(marks, look=np.full(len(marks), Look.SPENT, np.int8))
