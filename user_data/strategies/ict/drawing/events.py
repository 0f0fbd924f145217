"""Events of one candle: breaks of structure, swings, sweeps, displacement and divergence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ict.candles import Ints
from ict.drawing.choice import newest_ended, newest_known
from ict.drawing.marks import Look, Marks, marks_of_pools
from ict.drawing.shapes import Event, Level, Shape, Sheet
from ict.market.chart import Chart
from ict.market.structure import Breaks, Structure


def break_shapes(sheet: Sheet, breaks: Breaks, limit: int) -> Iterator[Shape]:
    """List the newest breaks of structure (BOS-1) and changes of character (CHOCH-1).

    Each has a line from the swing that it broke.
    """
    candles = sheet.candles
    for i in sheet.pick(_happened(breaks.at, breaks.direction), newest_known(limit)):
        name = "BOS" if breaks.is_continuation[i] else "CHoCH"
        up, at, pivot = int(breaks.direction[i]), int(breaks.at[i]), int(breaks.pivot_at[i])
        yield Level(
            direction=up, look=Look.FRESH, start=int(candles.time[max(pivot, sheet.first)]),
            end=int(candles.time[at]), price=float((candles.high if up > 0 else candles.low)[pivot]),
            label="", style="solid",
        )  # fmt: skip
        yield Event(at=at, direction=up, above=up > 0, label=name, shape="triangle")


def swing_shapes(sheet: Sheet, chart: Chart, limit: int, major_limit: int) -> Iterator[Event]:
    """List the newest swings with their labels, each at its own candle (SWING-1, MAJOR-1)."""
    major = list(_swings(sheet, chart.major, major_limit, "major ", 7)) if major_limit else []
    yield from major
    # Most major swings are swings too: one name is enough.
    named = {(event.at, event.above) for event in major}
    for event in _swings(sheet, chart.structure, limit, "", 3):
        if (event.at, event.above) not in named:
            yield event


def _swings(sheet: Sheet, structure: Structure, limit: int, rank: str, size: int) -> Iterator[Event]:
    for side, swings in structure.swings.items():
        direction = np.full(len(swings), -side, np.int8)
        labels = swings.labels()
        for i in sheet.pick(_happened(swings.confirmed_at, direction), newest_known(limit)):
            at = int(swings.pivot_at[i])
            if labels[i] and at >= sheet.first:
                label = f"{rank}{labels[i]}"
                yield Event(at=at, direction=-side, above=side > 0, label=label, shape="circle", size=size)


def displacement_shapes(sheet: Sheet, chart: Chart, limit: int) -> Iterator[Event]:
    """List the newest candles that displaced price (DISP-1), named on the side of their direction."""
    for at, side in _newest(sheet, chart.displacement, limit):
        yield Event(at=at, direction=side, above=side > 0, label="DISP", shape="rect", size=5)


def divergence_shapes(sheet: Sheet, chart: Chart, limit: int) -> Iterator[Event]:
    """List the newest divergences from the second market (SMT-1), where they are confirmed."""
    for at, side in _newest(sheet, chart.divergence, limit):
        yield Event(at=at, direction=side, above=side < 0, label="SMT", shape="circle")


def _newest(sheet: Sheet, sides: npt.NDArray[np.int8], limit: int) -> Iterator[tuple[int, int]]:
    """Candle and side of the newest events, given as a side at each candle."""
    at = sides.nonzero()[0]
    for i in sheet.pick(_happened(at, sides[at]), newest_known(limit)):
        yield int(at[i]), int(sides[at[i]])


def _happened(at: Ints, direction: npt.NDArray[np.int8]) -> Marks:
    nowhere, never = np.zeros(len(at)), np.full(len(at), -1)
    return Marks(direction, nowhere, nowhere, at, never, np.full(len(at), Look.FRESH, np.int8))


def sweep_shapes(sheet: Sheet, chart: Chart, limit: int) -> Iterator[Shape]:
    """List the newest swept levels, and the candles that swept them (SWEEP-1)."""
    marks, swept, _ = marks_of_pools(chart.liquidity, len(chart.candles))
    marks = marks[swept]
    picked = marks[sheet.pick(marks, newest_ended(limit))]
    yield from sheet.levels(picked, [""] * len(picked), "dashed", 1)
    # One candle may sweep several levels.
    for at, side in dict.fromkeys(zip(picked.ended_at.tolist(), picked.direction.tolist(), strict=True)):
        # The sell side is swept below the candle, and that is bullish.
        yield Event(at=at, direction=side, above=side < 0, label="sweep", shape="circle")
