"""Kill zones on New York's clock. Rule KZ-1."""

from functools import lru_cache
from zoneinfo import ZoneInfo

import pandas as pd

NEW_YORK = ZoneInfo("America/New_York")
SESSION_STARTS = {"asia": 20, "london": 2, "new_york": 7}  # hours


@lru_cache(maxsize=100_000)
def new_york(opens: pd.Timestamp) -> pd.Timestamp:
    """Read a moment on New York's clock."""
    return opens.tz_convert(NEW_YORK)


def kill_zone(opens: pd.Timestamp) -> str:
    """KZ-1: the session in which the candle opens, the session's first hour in and its last hour out."""
    hour = new_york(opens).hour
    ends = {"asia": 24, "london": 5, "new_york": 10}
    return next((zone for zone, start in SESSION_STARTS.items() if start <= hour < ends[zone]), "")
