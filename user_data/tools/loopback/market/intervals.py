"""Binance's candle intervals, and the open times of their candles."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MONTH = "1M"

LENGTH_MS: dict[str, int] = {
    "1m": MINUTE_MS, "3m": 3 * MINUTE_MS, "5m": 5 * MINUTE_MS, "15m": 15 * MINUTE_MS, "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS, "2h": 2 * HOUR_MS, "4h": 4 * HOUR_MS, "6h": 6 * HOUR_MS, "8h": 8 * HOUR_MS, "12h": 12 *
    HOUR_MS,
    "1d": DAY_MS, "3d": 3 * DAY_MS, "1w": 7 * DAY_MS, MONTH: 31 * DAY_MS,
}  # fmt: skip
"""Length of each interval in milliseconds; a month's is its longest."""

# 1970-01-01 was a Thursday and a week's candle begins on Monday.
_WEEK_SHIFT_MS = 3 * DAY_MS


def open_of(times_ms: IntArray, interval: str) -> IntArray:
    """Return the open times of the candles that hold the given times.

    Parameters
    ----------
    times_ms
        Times in milliseconds since 1970-01-01 UTC.
    interval
        A key of `LENGTH_MS`.
    """
    if interval == MONTH:
        return _months(times_ms).astype("datetime64[ms]").astype(np.int64)
    length = LENGTH_MS[interval]
    shift = _WEEK_SHIFT_MS if interval == "1w" else 0
    return (times_ms + shift) // length * length - shift


def next_open(opens_ms: IntArray, interval: str) -> IntArray:
    """Return the open times of the candles that follow those opened at `opens_ms` (milliseconds UTC)."""
    if interval == MONTH:
        return (_months(opens_ms) + 1).astype("datetime64[ms]").astype(np.int64)
    return opens_ms + LENGTH_MS[interval]


def _months(times_ms: IntArray) -> NDArray[np.datetime64]:
    return times_ms.astype("datetime64[ms]").astype("datetime64[M]")
