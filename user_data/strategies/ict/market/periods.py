"""Past days, weeks and months (LEVEL-1), and the opens of the running ones (LEVEL-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
from ict.market.lookup import look_up
from ict.market.runs import run_starts
from ict.market.search import NEVER, first_beyond

DAY = 86_400_000_000_000
WEEK = 7 * DAY
# 1970-01-01 was a Thursday: three days on, weeks begin on Monday.
TO_MONDAY = 3 * DAY
_LONGEST_MONTH_DAYS = 31


@dataclass(frozen=True, slots=True)
class Periods:
    """Past periods that count, oldest first: days, weeks, months or the sessions of one kind.

    Attributes
    ----------
    extreme : Mapping[Direction, Floats]
        Highest high (+1) and lowest low (-1) of each, shape (m,).
    last_at : Ints
        Last candle of each, rising; it is past from the next one on. -1 where it was past before the first.
    expires_at : Mapping[Direction, Ints] or None
        First candle at which its high and its low are no pools any more, whatever their age; None where
        the age decides (POOL-2).
    """

    extreme: Mapping[Direction, Floats]
    last_at: Ints
    expires_at: Mapping[Direction, Ints] | None = None

    def latest(self, side: Direction, count: int) -> Floats:
        """High or low of the latest past period at each of `count` candles; NaN before the first."""
        bounds = np.concatenate([[0], self.last_at + 1, [count]])
        return look_up(self.extreme[side], np.arange(-1, len(self.last_at)).repeat(np.diff(bounds)), np.nan)


def runs_that_are_over(candles: Candles, starts: Ints, counts: Bools) -> Periods:
    """Make periods of runs of candles: each is over with the first candle of the next.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    starts : Ints
        First candle of each run, shape (m,).
    counts : Bools
        Which runs make a period, shape (m,).
    """
    if len(starts) < 2:
        return Periods({1: np.zeros(0), -1: np.zeros(0)}, np.zeros(0, np.int64))
    counts = counts[:-1]
    high = np.maximum.reduceat(candles.high, starts)[:-1][counts]
    low = np.minimum.reduceat(candles.low, starts)[:-1][counts]
    return Periods({1: high, -1: low}, (starts[1:] - 1)[counts])


def find_days(candles: Candles) -> Periods:
    """Find the past UTC days at whose first minute a candle opens (LEVEL-1)."""
    starts = run_starts(candles.time // DAY)
    return runs_that_are_over(candles, starts, candles.time[starts] % DAY == 0)


def find_weeks(candles: Candles, days: Candles) -> Periods:
    """Find the past weeks, from Monday on, at whose first minute a day of the data opens (LEVEL-1).

    Parameters
    ----------
    candles : Candles
        Base candles, shape (n,): a week is past once one of them opens after it.
    days : Candles
        Daily candles, before and among them; see `whole_days`.
    """
    begins = (days.time + TO_MONDAY) // WEEK * WEEK - TO_MONDAY
    starts = run_starts(begins)
    next_at = candles.time.searchsorted(begins[starts] + WEEK)
    past = (days.time[starts] == begins[starts]) & (next_at < len(candles))
    return Periods(_extremes(days, starts, past), next_at[past] - 1)


def find_months(candles: Candles, days: Candles) -> Periods:
    """Find the past months at whose first minute a day of the data opens (LEVEL-1, POOL-2).

    Parameters
    ----------
    candles, days : Candles
        As for `find_weeks`.
    """
    month = days.time.astype("datetime64[ns]").astype("datetime64[M]")
    starts = run_starts(month)
    begins, ends, next_ends = (_nanoseconds(month[starts] + later) for later in range(3))
    next_at = candles.time.searchsorted(ends)
    past = (days.time[starts] == begins) & (next_at < len(candles))
    extreme = _extremes(days, starts, past)
    replaced_at = candles.time.searchsorted(next_ends[past])
    last_day = days.time.searchsorted(ends[past]) - 1
    expires_at = {
        side: np.minimum(replaced_at, _taken_by_day(candles, days, extreme[side], side, last_day))
        for side in BOTH_SIDES
    }
    return Periods(extreme, next_at[past] - 1, expires_at)


def _nanoseconds(month: npt.NDArray[np.datetime64]) -> Ints:
    return month.astype("datetime64[ns]").astype(np.int64)


def _extremes(days: Candles, starts: Ints, chosen: Bools) -> dict[Direction, Floats]:
    return {
        1: np.maximum.reduceat(days.high, starts)[chosen],
        -1: np.minimum.reduceat(days.low, starts)[chosen],
    }


def _taken_by_day(candles: Candles, days: Candles, level: Floats, side: Direction, after: Ints) -> Ints:
    """First candle after the first day that traded through each level: base candles may begin later."""
    sides = np.full(len(level), side, np.int8)
    prices = days.high if side > 0 else days.low
    day = first_beyond(prices, level, sides, after, horizon=_LONGEST_MONTH_DAYS)
    taken = day != NEVER
    until = np.full(len(level), NEVER)
    until[taken] = candles.time.searchsorted(days.time[day[taken]] // DAY * DAY + DAY)
    return until


def open_since(candles: Candles, clock: Ints, span: int, shift: int = 0) -> Floats:
    """Open of the candle that opens exactly with the running day or week of a clock (LEVEL-3).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    clock : Ints
        What the clock shows as each opens, nanoseconds, shape (n,).
    span : int
        Length of the period on that clock.
    shift : int
        How much earlier than the clock's zero a period begins.

    Returns
    -------
    Floats
        Shape (n,); NaN through a period whose first candle is missing.
    """
    period, since = np.divmod(clock + shift, span)
    starts = run_starts(period)
    opened = np.where(since[starts] == 0, candles.open[starts], np.nan)
    return opened.repeat(np.diff(np.append(starts, len(candles))))
