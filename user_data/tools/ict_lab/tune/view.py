"""Which of the chosen candles are on the screen, and how one moves along them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTHS = (75, 150, 300, 600, 1500)
# On a phone's narrow screen a candle would be a pixel wide.
WIDTH, NARROW_WIDTH = 300, 75
LEAST_WIDTH = 20


@dataclass(frozen=True, slots=True)
class View:
    """Rows that are shown, counted from the first chosen candle.

    Attributes
    ----------
    start, stop : int
        `stop` is not included.
    """

    start: int
    stop: int

    @property
    def width(self) -> int:
        """How many candles it shows."""
        return self.stop - self.start


def newest(width: int, count: int) -> View:
    """Look at the newest of so many candles; a width of 0 is all of them."""
    return around(count, width, count)


def around(row: float, width: int, count: int) -> View:
    """Put a row into the middle, as far as there are candles."""
    width = min(max(width, LEAST_WIDTH), count) if width else count
    start = min(max(round(row - width / 2), 0), count - width)
    return View(start, start + width)


def step(view: View, rows: Sequence[int], *, ahead: bool, count: int) -> View:
    """Go to the next entry beyond the middle of the view, or the one before; stay where there is none.

    Parameters
    ----------
    rows : Sequence[int]
        Rows of the entries, ascending.
    """
    # Rounding must not find the entry in the middle again.
    middle = view.start + view.width / 2
    beyond = [row for row in rows if (row > middle + 0.5 if ahead else row < middle - 0.5)]
    if not beyond:
        return view
    return around(beyond[0] if ahead else beyond[-1], view.width, count)
