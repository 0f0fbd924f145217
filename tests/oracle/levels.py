"""Highs and lows of past periods and sessions, and the opens of days and weeks.

Rules LEVEL-1, LEVEL-2, LEVEL-3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from .candles import NOTHING, Candles, Market
from .sessions import NEW_YORK, SESSION_STARTS, kill_zone
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
        local = candles.date[i].tz_convert(NEW_YORK)
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


def period_columns(market: Market) -> Columns:
    """LEVEL-1: the extremes of the latest period of each kind that is over when the candle opens."""
    columns: Columns = {}
    for kind in START_OF:
        over = all_periods(kind, market)
        highs, lows = [], []
        seen = 0
        for opens in market.base.date:
            while seen < len(over) and over[seen].end <= opens:
                seen += 1
            highs.append(over[seen - 1].high if seen else NOTHING)
            lows.append(over[seen - 1].low if seen else NOTHING)
        columns[f"ict_prev_{kind}_high"], columns[f"ict_prev_{kind}_low"] = highs, lows
    return columns


def session_columns(candles: Candles) -> Columns:
    """LEVEL-2: the extremes of each session, from the first candle outside of it to the next one's."""
    columns: Columns = {}
    for kind in SESSION_STARTS:
        found = [session for session in sessions(candles) if session.kind == kind]
        highs, lows = [], []
        seen = 0
        for i in range(len(candles)):
            while seen < len(found) and found[seen].last_at < i:
                seen += 1
            highs.append(found[seen - 1].high if seen else NOTHING)
            lows.append(found[seen - 1].low if seen else NOTHING)
        columns[f"ict_{kind}_high"], columns[f"ict_{kind}_low"] = highs, lows
    return columns


def open_columns(candles: Candles) -> Columns:
    """LEVEL-3: the opens at New York's midnight, of the UTC day and of its week."""
    return {
        "ict_midnight_open": opens_of(candles, lambda opens: opens.tz_convert(NEW_YORK).normalize()),
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
