"""An open trade: what it risks and what it is after (EXIT-1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ict.candles import Direction
from ict.drawing.marks import Look
from ict.drawing.shapes import Box, Level, Shape, Sheet

# A trade that is younger than this would be a box too small to read.
LEAST_CANDLES = 40


@dataclass(frozen=True, slots=True)
class Position:
    """An open trade.

    Attributes
    ----------
    direction : Direction
        +1 long, -1 short.
    opened_at : int
        Nanoseconds since 1970, UTC.
    entry, stop : float
        Prices.
    target : float or None
        Price; None where there is no target.
    """

    direction: Direction
    opened_at: int
    entry: float
    stop: float
    target: float | None


def position_shapes(sheet: Sheet, position: Position) -> Iterator[Shape]:
    """Risk and aim as boxes; entry, stop and target as lines.

    Each has the colour of the way that price would have to go: a long's target is bullish, its stop
    bearish; a short's the other way round.
    """
    time = sheet.candles.time
    start = min(position.opened_at, int(time[-1]) - LEAST_CANDLES * sheet.step)
    start = max(start, int(time[sheet.first]))
    ends = [("stop", position.stop, -position.direction)]
    if position.target is not None:
        ends.append(("target", position.target, position.direction))
    for _, price, direction in ends:
        top, bottom = max(price, position.entry), min(price, position.entry)
        yield Box(
            direction=direction, look=Look.TOUCHED, start=start, end=sheet.edge, top=top, bottom=bottom,
            label="",
        )  # fmt: skip
    for name, price, direction in [*ends, ("entry", position.entry, position.direction)]:
        yield Level(
            direction=direction, look=Look.FRESH, start=start, end=sheet.edge, price=price,
            label=f"{name} {price:,.6g}", style="dashed" if name == "entry" else "solid", width=2,
            # Beside the others' names, should the lines lie close together.
            name_column=int(name == "entry"),
        )  # fmt: skip
