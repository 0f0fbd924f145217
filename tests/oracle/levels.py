"""Highs and lows of past periods and sessions, and the opens of days and weeks.

Rules LEVEL-1, LEVEL-2, LEVEL-3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from .candles import NOTHING, Candles, Market
from .sessions import SESSION_STARTS, kill_zone, new_york
from .structure import candles_of

Columns = dict[str, list[float]]

DAY = pd.Timedelta(days=1)


@dataclass
class Period:
    """A day, week or month that counts: from `start` on, over at `end`, with its extremes."""

    kind: str
    start: pd.Timestamp
    end: pd.Timestamp
    high: float
    low: float


@dataclass
class Session:
    """A session that counts: its candles from `first_at` to `last_at`, with its extremes."""

    kind: str
    first_at: int
    last_at: int
    high: float
    low: float


@lru_cache(maxsize=100_000)
def day_of(opens: pd.Timestamp) -> pd.Timestamp:
    """LEVEL-1: the first minute of the UTC day."""
    return opens.floor(DAY)


def week_of(opens: pd.Timestamp) -> pd.Timestamp:
    """LEVEL-1: the first minute of the UTC week, a Monday's."""
    day = day_of(opens)
    return day - day.weekday() * DAY


def month_of(opens: pd.Timestamp) -> pd.Timestamp:
    """LEVEL-1: the first minute of the UTC month."""
    return day_of(opens) - (opens.day - 1) * DAY


START_OF: dict[str, Callable[[pd.Timestamp], pd.Timestamp]] = {
    "day": day_of,
    "week": week_of,
    "month": month_of,
}


def end_of(kind: str, start: pd.Timestamp) -> pd.Timestamp:
    """LEVEL-1: the first minute after a period."""
    if kind == "month":
        return month_of(start + 31 * DAY)
    return start + (DAY if kind == "day" else 7 * DAY)


def periods(kind: str, candles: Candles) -> list[Period]:
    """LEVEL-1: every period at whose first minute one of these candles opens, oldest first."""
    found: list[Period] = []
    for i in range(len(candles)):
        start = START_OF[kind](candles.date[i])
        if candles.date[i] == start:
            found.append(Period(kind, start, end_of(kind, start), candles.high[i], candles.low[i]))
        elif found and found[-1].start == start:
            found[-1].high = max(found[-1].high, candles.high[i])
            found[-1].low = min(found[-1].low, candles.low[i])
    return found


def all_periods(kind: str, market: Market) -> list[Period]:
    """LEVEL-1: days are built from the base candles, weeks and months from the candles of whole days."""
    return periods(kind, market.base if kind == "day" else candles_of(market, "1d"))


@lru_cache(maxsize=2)
def sessions(candles: Candles) -> list[Session]:
    """LEVEL-2: every session whose first minute has a candle, whether it is over or not, oldest first."""
    found: list[Session] = []
    counts = False
    before = None
    for i in range(len(candles)):
        local = new_york(candles.date[i])
        kind = kill_zone(candles.date[i])
        session = (local.date(), kind)
        if kind and session != before:
            counts = (local.hour, local.minute) == (SESSION_STARTS[kind], 0)
            if counts:
                found.append(Session(kind, i, i, candles.high[i], candles.low[i]))
        elif kind and counts:
            found[-1].last_at = i
            found[-1].high = max(found[-1].high, candles.high[i])
            found[-1].low = min(found[-1].low, candles.low[i])
        before = session
    return found


def extremes_of_the_past(
    found: list[Any], is_over: Callable[[Any, int], bool], count: int
) -> list[list[float]]:
    """LEVEL-1, LEVEL-2: at each candle the high and the low of the latest that is over."""
    highs, lows = [], []
    seen = 0
    for i in range(count):
        while seen < len(found) and is_over(found[seen], i):
            seen += 1
        highs.append(found[seen - 1].high if seen else NOTHING)
        lows.append(found[seen - 1].low if seen else NOTHING)
    return [highs, lows]


def period_columns(market: Market) -> Columns:
    """LEVEL-1: the extremes of the latest period of each kind that is over when the candle opens."""
    columns: Columns = {}
    date = market.base.date
    for kind in START_OF:
        found = extremes_of_the_past(all_periods(kind, market), lambda one, i: one.end <= date[i], len(date))
        columns[f"ict_prev_{kind}_high"], columns[f"ict_prev_{kind}_low"] = found
    return columns


def session_columns(candles: Candles) -> Columns:
    """LEVEL-2: the extremes of each session, from the first candle outside of it to the next one's."""
    columns: Columns = {}
    for kind in SESSION_STARTS:
        those = [session for session in sessions(candles) if session.kind == kind]
        found = extremes_of_the_past(those, lambda one, i: one.last_at < i, len(candles))
        columns[f"ict_{kind}_high"], columns[f"ict_{kind}_low"] = found
    return columns


def open_columns(candles: Candles) -> Columns:
    """LEVEL-3: the opens at New York's midnight, of the UTC day and of its week."""
    return {
        "ict_midnight_open": opens_of(candles, lambda opens: new_york(opens).normalize()),
        "ict_day_open": opens_of(candles, day_of),
        "ict_week_open": opens_of(candles, week_of),
    }


def opens_of(candles: Candles, start_of: Callable[[pd.Timestamp], pd.Timestamp]) -> list[float]:
    """LEVEL-3: at each candle the open of the candle at the first minute of its period."""
    opens: list[float] = []
    price, period = NOTHING, None
    for i in range(len(candles)):
        start = start_of(candles.date[i])
        if start != period:
            price, period = NOTHING, start
        if candles.date[i] == start:
            price = candles.open[i]
        opens.append(price)
    return opens


def level_columns(market: Market) -> Columns:
    """LEVEL-1, LEVEL-2, LEVEL-3."""
    return period_columns(market) | session_columns(market.base) | open_columns(market.base)
