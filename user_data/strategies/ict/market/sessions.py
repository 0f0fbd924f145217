"""Kill zones (KZ-1) on New York's clock, daylight saving included."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.candles import Ints

HOUR = 3_600_000_000_000
NEW_YORK = "America/New_York"
# First hour and the hour after the last, New York time.
KILL_ZONES = {"asia": (20, 24), "london": (2, 5), "new_york": (7, 10)}


def kill_zones(time: Ints) -> npt.NDArray[np.int8]:
    """Kill zone in which each candle opens (KZ-1).

    Parameters
    ----------
    time : Ints
        Open times, nanoseconds since 1970 in UTC, shape (n,).

    Returns
    -------
    npt.NDArray[np.int8]
        0 for none, else 1 + the position of the zone in `KILL_ZONES`.
    """
    if not len(time):
        return np.zeros(0, np.int8)
    first, last = time[[0, -1]].astype("datetime64[ns]").astype("datetime64[Y]").astype(int) + 1970
    zones = np.concatenate([_zone_of_each_hour(year) for year in range(first, last + 1)])
    zone: npt.NDArray[np.int8] = zones[time // HOUR - np.datetime64(str(first), "h").astype(int)]
    return zone


@cache
def _zone_of_each_hour(year: int) -> npt.NDArray[np.int8]:
    """Kill zone of each UTC hour of a year: New York's clock is whole hours away from UTC."""
    hours = np.arange(str(year), str(year + 1), dtype="datetime64[h]")
    zone_of_hour = np.zeros(24, np.int8)
    for number, (start, stop) in enumerate(KILL_ZONES.values(), start=1):
        zone_of_hour[start:stop] = number
    return zone_of_hour[pd.DatetimeIndex(hours, tz="UTC").tz_convert(NEW_YORK).hour]
