"""New York's clock, daylight saving included: kill zones (KZ-1) and past sessions (LEVEL-2)."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.candles import Candles, Ints
from ict.market.periods import DAY, Periods, runs_that_are_over
from ict.market.runs import run_starts

HOUR = 3_600_000_000_000
NEW_YORK = "America/New_York"
# First hour and the hour after the last, New York time.
KILL_ZONES = {"asia": (20, 24), "london": (2, 5), "new_york": (7, 10)}


def new_york_time(time: Ints) -> Ints:
    """Time that New York's clock shows as each candle opens.

    Parameters
    ----------
    time : Ints
        Open times, nanoseconds since 1970 in UTC, shape (n,).

    Returns
    -------
    Ints
        Nanoseconds as if that clock were UTC, shape (n,). They go back an hour where summer time ends.
    """
    if not len(time):
        return time
    first, last = time[[0, -1]].astype("datetime64[ns]").astype("datetime64[Y]").astype(int) + 1970
    ahead = np.concatenate([_ahead_in_each_hour(year) for year in range(first, last + 1)])
    local: Ints = time + ahead[time // HOUR - np.datetime64(str(first), "h").astype(int)]
    return local


@cache
def _ahead_in_each_hour(year: int) -> Ints:
    """Offset of New York's clock from UTC in each UTC hour of a year, nanoseconds."""
    hours = np.arange(str(year), str(year + 1), dtype="datetime64[h]")
    there = pd.DatetimeIndex(hours, tz="UTC").tz_convert(NEW_YORK).tz_localize(None)
    return (there.to_numpy().astype("datetime64[h]") - hours).astype(np.int64) * HOUR


def kill_zones(local: Ints) -> npt.NDArray[np.int8]:
    """Kill zone in which each candle opens (KZ-1).

    Parameters
    ----------
    local : Ints
        New York's time as each opens, see `new_york_time`, shape (n,).

    Returns
    -------
    npt.NDArray[np.int8]
        0 for none, else 1 + the position of the zone in `KILL_ZONES`.
    """
    return _zone_of_hour()[local // HOUR % 24]


@cache
def _zone_of_hour() -> npt.NDArray[np.int8]:
    """Kill zone of each hour of New York's day."""
    zone_of_hour = np.zeros(24, np.int8)
    for number, (start, stop) in enumerate(KILL_ZONES.values(), start=1):
        zone_of_hour[start:stop] = number
    return zone_of_hour


def find_sessions(candles: Candles, local: Ints) -> dict[str, Periods]:
    """Find the past sessions of Asia, London and New York (LEVEL-2).

    A session is the candles of one New York day that open in its kill zone. It counts only if a candle
    opens at its first minute: London's does not on the Sunday in March without a 02:00 in New York.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    local : Ints
        New York's time as each opens, see `new_york_time`, shape (n,).
    """
    day, hour = np.divmod(local // HOUR, 24)
    zone = _zone_of_hour()[hour]
    starts = run_starts(day * (len(KILL_ZONES) + 1) + zone)
    opens = local[starts] % DAY
    return {
        name: runs_that_are_over(candles, starts, (zone[starts] == number) & (opens == first * HOUR))
        for number, (name, (first, _)) in enumerate(KILL_ZONES.items(), start=1)
    }
