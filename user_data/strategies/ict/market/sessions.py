"""Kill zones (KZ-1) on New York's clock, daylight saving included."""

from __future__ import annotations

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
    zone_of_hour = np.zeros(24, np.int8)
    for number, (start, stop) in enumerate(KILL_ZONES.values(), start=1):
        zone_of_hour[start:stop] = number
    # New York's clock is whole hours away from UTC, so candles of one hour share theirs.
    hour = time // HOUR
    starts = np.flatnonzero(np.diff(hour, prepend=hour[:1] - 1))
    zone = zone_of_hour[pd.DatetimeIndex(hour[starts] * HOUR, tz="UTC").tz_convert(NEW_YORK).hour]
    return np.repeat(zone, np.diff(np.append(starts, len(time))))
