"""What happened at one candle: breaks of structure and sweeps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ict.candles import Ints
from ict.drawing.choice import newest_ended, newest_known
from ict.drawing.marks import Look, Marks, marks_of_pools
from ict.drawing.shapes import Event, Shape, Sheet
from ict.market.chart import Chart
from ict.market.structure import Breaks


def break_shapes(sheet: Sheet, breaks: Breaks, limit: int) -> Iterator[Event]:
    """List the newest breaks of structure (BOS-1) and changes of character (CHOCH-1)."""
    for i in sheet.pick(_marks(breaks), newest_known(limit)):
        name = "BOS" if breaks.is_continuation[i] else "CHoCH"
        up = int(breaks.direction[i])
        yield Event(at=int(breaks.at[i]), direction=up, above=up > 0, label=name, shape="triangle")


def _marks(breaks: Breaks) -> Marks:
    nowhere = np.zeros(len(breaks))
    never: Ints = np.full(len(breaks), -1)
    look = np.full(len(breaks), Look.FRESH, np.int8)
    return Marks(breaks.direction, nowhere, nowhere, breaks.at, never, look)


def sweep_shapes(sheet: Sheet, chart: Chart, limit: int) -> Iterator[Shape]:
    """List the newest swept levels, and the candles that swept them (SWEEP-1)."""
    marks, swept = marks_of_pools(chart.liquidity, len(chart.candles))
    marks = marks[swept]
    picked = marks[sheet.pick(marks, newest_ended(limit))]
    yield from sheet.levels(picked, [""] * len(picked), "dashed", 1)
    # One candle may sweep several levels.
    for at, side in dict.fromkeys(zip(picked.ended_at.tolist(), picked.direction.tolist(), strict=True)):
        # The sell side is swept below the candle, and that is bullish.
        yield Event(at=at, direction=side, above=side < 0, label="sweep", shape="circle")
