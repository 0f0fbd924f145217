"""Which marks to draw: on each screen of candles, those nearest to its last price."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ict.candles import BOTH_SIDES, Bools, Floats, Ints
from ict.drawing.marks import Marks

Screen = tuple[int, int]
Chooser = Callable[[Marks, Screen], Ints]


def screens(first: int, count: int, screen_candles: int) -> Iterator[Screen]:
    """Cut the candles from `first` to `count` into screens, the newest first; each is (start, stop)."""
    for stop in range(count, first, -screen_candles):
        yield max(stop - screen_candles, first), stop


def chosen(marks: Marks, cut: list[Screen], *choosers: Chooser) -> Ints:
    """List the marks that any chooser picks on any screen, in order."""
    taken = np.zeros(len(marks), np.bool_)
    for screen in cut:
        for choose in choosers:
            taken[choose(marks, screen)] = True
    return np.flatnonzero(taken)


def nearest_live(close: Floats, limit: int) -> Chooser:
    """Choose marks that are live at a screen's last candle: on each side, those nearest to its close.

    Parameters
    ----------
    close : Floats
        Closes of all candles, shape (n,).
    limit : int
        How many of each side; the newest of equally near ones.
    """

    def choose(marks: Marks, screen: Screen) -> Ints:
        last = screen[1] - 1
        price = close[last]
        distance = np.maximum(np.maximum(marks.bottom - price, price - marks.top), 0.0)
        live = (marks.known_at <= last) & ((marks.ended_at < 0) | (marks.ended_at > last))
        order = np.lexsort((-marks.known_at, distance))
        sides = [order[(live & (marks.direction == side))[order]][:limit] for side in BOTH_SIDES]
        return np.concatenate(sides)

    return choose


def newest_ended(limit: int) -> Chooser:
    """Choose the marks that ended last on a screen."""

    def choose(marks: Marks, screen: Screen) -> Ints:
        return _newest(marks.ended_at, (marks.ended_at >= screen[0]) & (marks.ended_at < screen[1]), limit)

    return choose


def newest_known(limit: int) -> Chooser:
    """Choose the marks that were known last on a screen."""

    def choose(marks: Marks, screen: Screen) -> Ints:
        return _newest(marks.known_at, (marks.known_at >= screen[0]) & (marks.known_at < screen[1]), limit)

    return choose


def _newest(at: Ints, inside: Bools, limit: int) -> Ints:
    among = np.flatnonzero(inside)
    order = np.argsort(at[among], kind="stable")
    newest: Ints = among[order[max(len(order) - limit, 0) :]]
    return newest
