"""Kill zones on New York's clock. Rule KZ-1."""

from zoneinfo import ZoneInfo

import pandas as pd

NEW_YORK = ZoneInfo("America/New_York")
SESSION_STARTS = {"asia": 20, "london": 2, "new_york": 7}  # hours


def kill_zone(opens: pd.Timestamp) -> str:
    """KZ-1: the session in which the candle opens, the session's first hour in and its last hour out."""
    hour = opens.tz_convert(NEW_YORK).hour
    if 20 <= hour < 24:
        return "asia"
    if 2 <= hour < 5:
        return "london"
    if 7 <= hour < 10:
        return "new_york"
    return ""
