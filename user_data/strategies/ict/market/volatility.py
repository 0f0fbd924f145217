"""Volatility: the average true range and its rank among the latest ones."""

from __future__ import annotations

import numpy as np
import talib
from numpy.lib.stride_tricks import sliding_window_view

from ict.candles import Candles, Floats

ATR_CANDLES = 14
RANK_CANDLES, LEAST_RANK_CANDLES = 90, 30


def average_true_range(candles: Candles) -> Floats:
    """Wilder's average true range over 14 candles, by TA-Lib; NaN in the first 14, shape (n,)."""
    if not len(candles):
        return np.zeros(0)
    atr: Floats = talib.ATR(candles.high, candles.low, candles.close, timeperiod=ATR_CANDLES)
    return atr


def volatility_percentile(relative_range: Floats) -> Floats:
    """Rank of each value among the latest 90, itself included (VOL-1).

    Parameters
    ----------
    relative_range : Floats
        Average true range over the close, NaN while there is none, shape (n,).

    Returns
    -------
    Floats
        Percentage of the values known in the window that are not above this one, 0 to 100; NaN with
        fewer than 30 of them.
    """
    if not len(relative_range):
        return relative_range
    padded = np.concatenate([np.full(RANK_CANDLES - 1, np.nan), relative_range])
    window = sliding_window_view(padded, RANK_CANDLES)
    known = np.isfinite(window).sum(axis=1)
    not_above = (window <= relative_range[:, None]).sum(axis=1)
    enough = (known >= LEAST_RANK_CANDLES) & np.isfinite(relative_range)
    return np.where(enough, 100 * not_above / np.maximum(known, 1), np.nan)
