"""Boxes, levels and events: the shapes of the picture, before they become Freqtrade's annotations."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ict.candles import Candles, Direction, Ints
from ict.drawing.choice import Chooser, Screen, chosen, screens
from ict.drawing.marks import Look, Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A band of prices for a time.

    Attributes
    ----------
    direction : Direction
        Its side.
    look : Look
        Its state.
    start, end : int
        Nanoseconds since 1970, UTC.
    top, bottom : float
        Prices.
    label : str
        Its name; empty for none.
    strength : float
        Factor on the usual fill.
    """

    direction: Direction
    look: Look
    start: int
    end: int
    top: float
    bottom: float
    label: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A price for a time.

    `style` is solid, dashed or dotted, and `width` in pixels. `named_above` puts the name above the line,
    `name_column` fixes its place, counted from the end, even over other names; -1 leaves it free. The
    rest as for a box.
    """

    direction: Direction
    look: Look
    start: int
    end: int
    price: float
    label: str
    style: str
    width: int = 1
    named_above: bool = True
    name_column: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of one candle, drawn above it or below it.

    Attributes
    ----------
    at : int
        The candle.
    direction : Direction
        Its side.
    above : bool
        Where it is drawn.
    label, shape : str
        Its name, and one of the shapes of Freqtrade's annotations.
    size : int
        Size of its point, in pixels.
    """

    at: int
    direction: Direction
    above: bool
    label: str
    shape: str
    size: int = 7


Shape = Box | Level | Event
# FreqUI leaves so much of the candles' height free above the highest; then comes the axis of time.
ROOM_ABOVE = 0.02


@dataclass(frozen=True)
class Sheet:
    """The candles under the drawing.

    Attributes
    ----------
    candles : Candles
        One or more.
    first : int
        The first candle that anything is drawn on.
    screen_candles : int
        Candles of a screen, to which the limits apply.
    characters, lines : int
        Characters of text across a screen, and lines of text from top to bottom.
    ahead : int
        Candles by which live marks extend beyond the newest candle, into the chart's margin.
    room_above : float
        What the chart leaves free above the highest candle, as a part of the candles' height.
    cut : list[Screen]
        The screens, the newest first.
    """

    candles: Candles
    first: int
    screen_candles: int
    characters: int = 190
    lines: int = 26
    ahead: int = 4
    room_above: float = ROOM_ABOVE
    cut: list[Screen] = field(init=False)

    def __post_init__(self) -> None:
        cut = list(screens(self.first, len(self.candles), self.screen_candles))
        object.__setattr__(self, "cut", cut)

    @property
    def edge(self) -> int:
        """Time at which live marks end, nanoseconds."""
        return int(self.candles.time[-1]) + self.ahead * self.candles.step

    @property
    def line_height(self) -> float:
        """Height of a line of text on the newest screen, price units."""
        shown = self.candles[slice(*self.cut[0])]
        return float(shown.high.max() - shown.low.min()) / self.lines

    def pick(self, marks: Marks, *choosers: Chooser) -> Ints:
        """List the marks to draw; see `choice`."""
        return chosen(marks, self.cut, *choosers)

    def boxes(self, marks: Marks, name: str, strength: float = 1.0) -> Iterator[Box]:
        """Draw marks as boxes; live ones have the name of their kind, with the sign of their side."""
        for direction, look, start, end, top, bottom in self._rows(marks):
            label = "" if look is Look.SPENT else f"{'+' if direction > 0 else '-'}{name}"
            yield Box(
                direction=direction, look=look, start=start, end=end, top=top, bottom=bottom,
                label=label, strength=strength,
            )  # fmt: skip

    def levels(self, marks: Marks, names: list[str], style: str, width: int) -> Iterator[Level]:
        """Draw marks as lines at their tops, with a name for each; bullish ones are below the price."""
        rows = zip(self._rows(marks), names, strict=True)
        for (direction, look, start, end, price, _), name in rows:
            yield Level(
                direction=direction, look=look, start=start, end=end, price=price, label=name, style=style,
                width=width, named_above=direction < 0,
            )  # fmt: skip

    def _rows(self, marks: Marks) -> Iterator[tuple[int, Look, int, int, float, float]]:
        """Side, look, time span and edges of each mark."""
        time = self.candles.time
        for i, ended_at in enumerate(marks.ended_at.tolist()):
            start = int(time[max(int(marks.known_at[i]), self.first)])
            end = int(time[ended_at]) if ended_at >= 0 else self.edge
            look, edges = Look(int(marks.look[i])), (float(marks.top[i]), float(marks.bottom[i]))
            yield int(marks.direction[i]), look, start, end, *edges
