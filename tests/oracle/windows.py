"""When an entry may be made or rest. Rules TIME-1, TIME-2."""

from collections.abc import Iterable
from functools import lru_cache

import pandas as pd

from .sessions import NEW_YORK
from .setup import Setup

MINUTE = pd.Timedelta(minutes=1)
NAMED = {
    "asia": ("20:00-00:00",), "london": ("02:00-05:00",), "new_york": ("07:00-10:00",),
    "london_close": ("10:00-12:00",), "silver_bullet": ("03:00-04:00", "10:00-11:00", "14:00-15:00"),
    "pm": ("13:30-16:00",),
}  # fmt: skip


def spans_of(windows: Iterable[str]) -> list[str]:
    """TIME-1: the spans of named windows, and the user's own."""
    return [span for window in windows for span in NAMED.get(window, (window,))]


def minute_of(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def is_in_span(moment: pd.Timestamp, span: str) -> bool:
    """TIME-1: on New York's clock from the first minute on, the end excluded; a span may pass midnight."""
    start, end = (minute_of(clock) for clock in span.split("-"))
    local = moment.tz_convert(NEW_YORK)
    now = 60 * local.hour + local.minute
    return start <= now < end if start < end else now >= start or now < end


def is_on_a_day(moment: pd.Timestamp, setup: Setup) -> bool:
    """TIME-1: New York's day is one of those named, Monday is 0."""
    return moment.tz_convert(NEW_YORK).weekday() in setup.entry_weekdays


def is_in_a_window(moment: pd.Timestamp, setup: Setup) -> bool:
    """TIME-1: a moment lies in one of the windows, on one of the days; no window named is always."""
    spans = spans_of(setup.entry_windows)
    return is_on_a_day(moment, setup) and (not spans or any(is_in_span(moment, span) for span in spans))


def touches_a_blackout(opens: pd.Timestamp, closes: pd.Timestamp, setup: Setup) -> bool:
    """TIME-2: a candle that has a moment in common with a blackout counts."""
    return any(start < closes and end > opens for start, end in setup.blackouts)


def may_enter(opens: pd.Timestamp, closes: pd.Timestamp, setup: Setup) -> bool:
    """TIME-1, TIME-2: a market order at the moment at which this candle opens."""
    return is_in_a_window(opens, setup) and not touches_a_blackout(opens, closes, setup)


@lru_cache(maxsize=4096)
def may_rest(opens: pd.Timestamp, closes: pd.Timestamp, setup: Setup) -> bool:
    """TIME-1, TIME-2: a resting order over this candle, which must lie wholly inside one window."""
    minutes = pd.date_range(opens, closes - MINUTE, freq="min")
    spans = spans_of(setup.entry_windows)
    inside = not spans or any(all(is_in_span(minute, span) for minute in minutes) for span in spans)
    on_days = all(is_on_a_day(minute, setup) for minute in minutes)
    return inside and on_days and not touches_a_blackout(opens, closes, setup)
