"""Past days, weeks and months (LEVEL-1), and the opens of the current ones (LEVEL-3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
from ict.market.higher import last_closed
from ict.market.runs import run_starts
from ict.market.search import NEVER, first_beyond

DAY = 86_400_000_000_000
WEEK = 7 * DAY
# 1970-01-01 was a Thursday: three days on, weeks begin on Monday.
TO_MONDAY = 3 * DAY


@dataclass(frozen=True, slots=True)
class Periods:
    """Past periods that count, oldest first: days, weeks, months or the sessions of one kind.

    Attributes
    ----------
    extreme : Mapping[Direction, Floats]
        Highest high (+1) and lowest low (-1) of each, shape (m,).
    last_at : Ints
        Last candle of each, rising; it is past from the next one on. Below -1 for a period that was past
        before the first candle, counted back from it.
    expires_at : Ints or None
        First candle at which its levels are no longer pools; None where only their age decides (POOL-2).
    lost_at : Mapping[Direction, Ints] or None
        Candle at which daily candles show that the high, or the low, was taken before the first candle;
        `NEVER` for none. None where no pool is so old.
    first_at : Ints
        First candle of each day or session; empty for weeks and months, which may begin before the first.
    """

    extreme: Mapping[Direction, Floats]
    last_at: Ints
    expires_at: Ints | None = None
    lost_at: Mapping[Direction, Ints] | None = None
    first_at: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def latest(self, side: Direction, count: int) -> Floats:
        """High or low of the latest past period at each of `count` candles; NaN before the first."""
        bounds = np.concatenate([[0], np.maximum(self.last_at + 1, 0), [count]])
        return np.concatenate([[np.nan], self.extreme[side]]).repeat(np.diff(bounds))


def runs_that_are_over(candles: Candles, starts: Ints, counts: Bools) -> Periods:
    """Make periods of runs of candles: each ends with the first candle of the next.

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
    return Periods({1: high, -1: low}, (starts[1:] - 1)[counts], first_at=starts[:-1][counts])


def find_days(candles: Candles) -> Periods:
    """Find the past UTC days at whose first minute a candle opens (LEVEL-1)."""
    starts = run_starts(candles.time // DAY)
    return runs_that_are_over(candles, starts, candles.time[starts] % DAY == 0)


def find_weeks(candles: Candles, days: Candles, max_age_candles: int) -> Periods:
    """Find the past weeks, from Monday on, at whose first minute a day of the data opens (LEVEL-1).

    Parameters
    ----------
    candles : Candles
        Base candles, shape (n,): a week is past once one of them opens after it.
    days : Candles
        Daily candles, before and among them; see `whole_days`.
    max_age_candles : int
        How long a week's level is a pool.
    """
    begins = (days.time + TO_MONDAY) // WEEK * WEEK - TO_MONDAY
    starts, ends = _past(candles, days, begins, begins + WEEK)
    last_at = candles.time.searchsorted(ends) - 1
    before = last_at < 0
    last_at[before] -= _candles_since(candles, ends[before])
    return _of_days(candles, days, starts, ends, last_at, last_at + max_age_candles + 1)


def find_months(candles: Candles, days: Candles) -> Periods:
    """Find the past months at whose first minute a day of the data opens (LEVEL-1, POOL-2).

    Parameters
    ----------
    candles, days : Candles
        As for `find_weeks`.
    """
    month = days.time.astype("datetime64[ns]").astype("datetime64[M]")
    begins, ends, next_ends = (_nanoseconds(month + later) for later in range(3))
    starts, ends = _past(candles, days, begins, ends)
    last_at = candles.time.searchsorted(ends) - 1
    return _of_days(candles, days, starts, ends, last_at, candles.time.searchsorted(next_ends[starts]))


def _nanoseconds(month: npt.NDArray[np.datetime64]) -> Ints:
    return month.astype("datetime64[ns]").astype(np.int64)


def _past(candles: Candles, days: Candles, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """First day and end of each past period whose first day is in the data."""
    starts = run_starts(begins)
    newest = candles.time[-1] if len(candles) else 0
    chosen = starts[(days.time[starts] == begins[starts]) & (ends[starts] <= newest)]
    return chosen, ends[chosen]


def _of_days(
    candles: Candles, days: Candles, starts: Ints, ends: Ints, last_at: Ints, expires_at: Ints
) -> Periods:
    """Periods from their first days to their ends."""
    stops = days.time.searchsorted(ends)
    bounds = np.column_stack([starts, stops]).ravel()
    # Of two bounds in a row, the first begins a period and the second what lies between two of them.
    extreme = {
        1: np.maximum.reduceat(np.append(days.high, -np.inf), bounds)[::2],
        -1: np.minimum.reduceat(np.append(days.low, np.inf), bounds)[::2],
    }
    unseen = ((last_at < 0) & (expires_at > 0)).nonzero()[0]
    lost_at = _lost_at(candles, days, extreme, stops - 1, unseen) if len(unseen) else None
    return Periods(extreme, last_at, expires_at, lost_at)


def _candles_since(candles: Candles, ends: Ints) -> Ints:
    """Count the candles from each end to the first candle."""
    # Without candles there is no period either.
    since: Ints = (candles.time[:1] - ends) // candles.step
    return since


def _lost_at(
    candles: Candles, days: Candles, extreme: dict[Direction, Floats], last_day: Ints, which: Ints
) -> dict[Direction, Ints]:
    """Candle at which the day has closed that took each level before the first candle."""
    level = np.concatenate([extreme[side][which] for side in BOTH_SIDES])
    sides = np.repeat(np.array(BOTH_SIDES, np.int8), len(which))
    wicks = days.high, days.low
    day = first_beyond(wicks, level, sides, np.tile(last_day[which], 2), horizon=len(days))
    # The newest of these days may still be open at the first candle.
    day[day >= days.time.searchsorted(candles.time[0])] = NEVER
    seen = last_closed(candles, days, DAY).searchsorted(day)
    seen[seen == len(candles)] = NEVER
    lost_at = {side: np.full(len(last_day), NEVER) for side in BOTH_SIDES}
    for side in BOTH_SIDES:
        lost_at[side][which] = seen[sides == side]
    return lost_at


def open_since(candles: Candles, clock: Ints, span: int, shift: int = 0) -> Floats:
    """Open of the current day or week by a clock, from the candle that opens with it (LEVEL-3).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    clock : Ints
        The clock's time as each candle opens, nanoseconds, shape (n,).
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
