"""Candles and settings as plain lists and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
import talib

ATR_CANDLES = 14
TOLERANCE = 1e-9
# Of prices on one side: the highest above, the lowest below.
FURTHEST = {1: max, -1: min}
NOTHING = float("nan")


@dataclass(frozen=True)
class Settings:
    """The parameters of the rulebook with its defaults."""

    min_body_ratio: float = 0.7
    max_touches: int = 3
    ob_max_age_candles: int = 100
    mean_threshold: bool = False
    min_gap_percent: float = 0.1
    fvg_max_age_candles: int = 50
    stop_buffer: float = 0.002
    swing_strength_candles: int = 3
    equal_tolerance_atr: float = 0.1
    pool_max_age_candles: int = 400
    sweep_memory_candles: int = 16
    pool_swing_strength_candles: int = 3
    month_pools: bool = False
    session_pools: bool = False
    draw_kinds: tuple[str, ...] = ("month", "week", "day", "session", "equal", "swing")
    major_swing_strength_candles: int = 20
    displacement_body_ratio: float = 0.6
    displacement_factor: float = 1.5
    smt_window_candles: int = 3
    bpr_memory_candles: int = 10
    unicorn_memory_candles: int = 5
    rejection_wick_ratio: float = 0.5
    propulsion_memory_candles: int = 10
    higher_timeframes: tuple[str, ...] = ("4h", "1d")
    trend_timeframe: str = "4h"
    trail_timeframe: str = "none"
    min_stop_atr: float = 0.0
    max_volatility_percentile: float = 100.0


@dataclass(frozen=True, eq=False)
class Candles:
    """Closed candles, oldest first; `date` is the open time in UTC; `atr` is NaN while it is not known."""

    date: list[pd.Timestamp]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    atr: list[float]

    def __len__(self) -> int:
        return len(self.close)

    def extremes(self, side: int) -> list[float]:
        """Give the highs for side +1, the lows for -1."""
        return self.high if side == 1 else self.low

    def direction(self, i: int) -> int:
        """Say whether candle i rises (+1), falls (-1) or does neither (0)."""
        return int(self.close[i] > self.open[i]) - int(self.close[i] < self.open[i])


@dataclass(frozen=True, eq=False)
class Market:
    """Base candles, the candles of higher timeframes that are given, and those of a second market."""

    base: Candles
    higher: Mapping[str, Candles] = field(default_factory=dict)
    reference: Candles | None = None


def read_candles(frame: pd.DataFrame) -> Candles:
    """Turn a frame of date, open, high, low, close, volume into plain lists."""
    prices = [[float(price) for price in frame[name]] for name in ("open", "high", "low", "close")]
    return Candles(list(frame["date"]), *prices, average_true_range(*prices[1:]))


def average_true_range(high: list[float], low: list[float], close: list[float]) -> list[float]:
    """Give Wilder's average true range over 14 candles, as TA-Lib computes it; NaN for the first 14."""
    if len(close) <= ATR_CANDLES:
        return [NOTHING] * len(close)
    atr = talib.ATR(np.array(high), np.array(low), np.array(close), timeperiod=ATR_CANDLES)
    return [float(value) for value in atr]


def at_least(size: float, other: float, close: float) -> bool:
    """Second book: sizes are compared with a tolerance of 1e-9 of the close, ties count."""
    return size >= other - TOLERANCE * close


@lru_cache(maxsize=16)
def base_step(candles: Candles) -> pd.Timedelta:
    """Give the base timeframe: the smallest difference between the open times of two neighbours.

    A single candle has no neighbour: it gets a quarter of an hour.
    """
    if len(candles) < 2:
        return pd.Timedelta("15min")
    return min(candles.date[i] - candles.date[i - 1] for i in range(1, len(candles)))
