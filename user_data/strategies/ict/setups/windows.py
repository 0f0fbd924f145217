"""Times of New York's day at which entries are made (TIME-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

import numpy as np

from ict.candles import MINUTE, Bools, Ints
from ict.market.sessions import KILL_ZONES, new_york_time
from ict.params import WEEKDAYS, Params

MINUTES_A_DAY = 24 * 60
# 1970-01-01 was a Thursday.
_FIRST_WEEKDAY = WEEKDAYS.index("thursday")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of each day on New York's clock, which may pass midnight.

    Attributes
    ----------
    start : int
        First minute of the day, 0 to 1439.
    length : int
        Minutes, 1 to 1440.
    """

    start: int
    length: int

    @classmethod
    def between(cls, start: int, end: int) -> Self:
        """Make a window of two minutes of the day; one that ends where it begins is a whole day."""
        return cls(start % MINUTES_A_DAY, (end - start - 1) % MINUTES_A_DAY + 1)

    def offset(self, minute: Ints) -> Ints:
        """Minutes from its latest start to minutes of the day, shape (n,)."""
        return (minute - self.start) % MINUTES_A_DAY


def _named(*hours: str) -> tuple[Window, ...]:
    return tuple(_own(text) for text in hours)


def _own(text: str) -> Window:
    """Read "HH:MM-HH:MM"."""
    start, end = ((int(time[:2]) * 60 + int(time[3:])) for time in text.split("-"))
    return Window.between(start, end)


WINDOWS: Mapping[str, tuple[Window, ...]] = MappingProxyType(
    {
        **{name: (Window.between(60 * start, 60 * end),) for name, (start, end) in KILL_ZONES.items()},
        "london_close": _named("10:00-12:00"),
        "silver_bullet": _named("03:00-04:00", "10:00-11:00", "14:00-15:00"),
        "pm": _named("13:30-16:00"),
    }
)


@dataclass(frozen=True, slots=True)
class EntryTimes:
    """When entries are made (TIME-1).

    Attributes
    ----------
    windows : tuple[Window, ...]
        Any of them; none means always.
    weekdays : tuple[int, ...]
        Days of New York's week, 0 for Monday.
    """

    windows: tuple[Window, ...] = ()
    weekdays: tuple[int, ...] = tuple(range(len(WEEKDAYS)))

    @classmethod
    def of(cls, params: Params) -> Self:
        """Make them of `entry_windows` and `entry_weekdays`."""
        windows = (window for word in params.entry_windows for window in WINDOWS.get(word) or (_own(word),))
        return cls(tuple(windows), tuple(WEEKDAYS.index(word) for word in params.entry_weekdays))

    def allow_moments(self, time: Ints) -> Bools:
        """Whether a market entry may be made at moments (TIME-1): a window's end is outside.

        Parameters
        ----------
        time : Ints
            Nanoseconds since 1970 in UTC, shape (n,), ascending: the closes of the signals' candles.
        """
        minute, day = _minute_and_day(time)
        inside = [window.offset(minute) < window.length for window in self.windows]
        return self._on_a_day(day) & _any_of(inside, len(time))

    def allow_candles(self, opens: Ints, length: int) -> Bools:
        """Whether an order may rest over whole candles (TIME-1): each must lie inside of one window.

        Parameters
        ----------
        opens : Ints
            Their opening times, nanoseconds since 1970 in UTC, shape (n,), ascending.
        length : int
            Of a candle, at most a day, nanoseconds.
        """
        minute, day = _minute_and_day(opens)
        last_minute, last_day = _minute_and_day(opens + length - MINUTE)
        inside = []
        for window in self.windows:
            first, last = window.offset(minute), window.offset(last_minute)
            # A whole day goes on with the next one.
            inside.append((first <= last) & (last < window.length) | (window.length == MINUTES_A_DAY))
        return self._on_a_day(day) & self._on_a_day(last_day) & _any_of(inside, len(opens))

    def _on_a_day(self, day: Ints) -> Bools:
        return np.isin(day, self.weekdays)


def _minute_and_day(time: Ints) -> tuple[Ints, Ints]:
    """Minute of New York's day, and its weekday."""
    day, minute = np.divmod(new_york_time(time) // MINUTE, MINUTES_A_DAY)
    return minute, (day + _FIRST_WEEKDAY) % len(WEEKDAYS)


def _any_of(inside: list[Bools], count: int) -> Bools:
    return np.logical_or.reduce(inside) if inside else np.ones(count, np.bool_)
