"""An open trade: its risk and its target (EXIT-1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from ict.candles import Direction
from ict.drawing.marks import Look
from ict.drawing.shapes import Box, Level, Shape, Sheet

_GAIN, _LOSS = 1, -1


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
    """Draw risk and reward as boxes from the entry on, and entry, stop and target as lines.

    The target has the colour of a gain and the stop that of a loss, for longs and shorts alike; the entry
    has neither.
    """
    first, newest = (int(sheet.candles.time[at]) for at in (sheet.first, -1))
    start = min(max(position.opened_at, first), newest)
    ends = [("stop", position.stop, _LOSS)]
    if position.target is not None:
        ends.append(("target", position.target, _GAIN))
    for _, price, direction in ends:
        top, bottom = max(price, position.entry), min(price, position.entry)
        yield Box(
            direction=direction, look=Look.TOUCHED, start=start, end=sheet.edge, top=top, bottom=bottom,
            label="",
        )  # fmt: skip
    for name, price, direction in [*ends, ("entry", position.entry, position.direction)]:
        is_entry = name == "entry"
        # Off each other, and off FreqUI's own "Stoploss", which is above the stop.
        above = position.direction > 0 and name != "stop"
        crowded = position.direction < 0 and name == "stop" and price - position.entry < sheet.line_height
        yield Level(
            direction=direction, look=Look.SPENT if is_entry else Look.FRESH, start=start, end=sheet.edge,
            price=price, label=f"{name} {price:,.6g}", style="dashed" if is_entry else "solid", width=2,
            named_above=above, name_column=int(crowded),
        )  # fmt: skip
