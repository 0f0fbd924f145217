"""The random processes behind the synthetic market, vectorised.

Each process has its own generator and scales nothing by its whole length, so that a longer market starts
exactly like a shorter one.
"""

import numpy as np
import pandas as pd
from numpy.random import Generator

from loopback.market.candles import FloatArray
from loopback.market.intervals import DAY_MS, HOUR_MS, IntArray

_TAIL_DEGREES = 4


def fat_tailed(random: Generator, count: int) -> FloatArray:
    """Draw independent shocks of unit variance with Student's t tails of four degrees of freedom."""
    deviation = float(np.sqrt(_TAIL_DEGREES / (_TAIL_DEGREES - 2)))
    shocks: FloatArray = random.standard_t(_TAIL_DEGREES, count)
    return shocks / deviation


def wandering(random: Generator, count: int, persistence: float, deviation: float) -> FloatArray:
    """Draw an autoregressive process of order one that starts at 0.

    Parameters
    ----------
    random
        Source of randomness.
    count
        Number of steps.
    persistence
        Part of the value that stays from one step to the next, below 1.
    deviation
        Standard deviation in the long run.
    """
    shocks = random.standard_normal(count) * deviation * np.sqrt(1 - persistence**2)
    return fading_sum(shocks, persistence)


def fading_sum(shocks: FloatArray, persistence: float) -> FloatArray:
    """Sum shocks that fade by a factor of `persistence`, below 1, a step; the first shock is left out."""
    leading = np.concatenate((np.zeros(1), shocks[1:]))
    # An exponential mean is this recursion except for a factor of 1 - persistence, and runs in compiled code.
    mean = pd.Series(leading).ewm(alpha=1 - persistence, adjust=False).mean()
    return mean.to_numpy(dtype=float) / (1 - persistence)


def jumps(random: Generator, count: int, chance: float, size: float) -> FloatArray:
    """Draw rare jumps: with probability `chance` up or down, Rayleigh of scale `size`; else 0."""
    draws = random.random((count, 2))
    # One row of draws per step: chance and sign from the first, size from the second.
    magnitude = np.sqrt(-2 * np.log1p(-draws[:, 1])) * np.where(draws[:, 0] < chance / 2, 1.0, -1.0)
    return np.where(draws[:, 0] < chance, magnitude * size, 0.0)


def regimes(random: Generator, count: int, shortest: int, mean_extra: int, drifts: FloatArray) -> FloatArray:
    """Draw spells of constant drift.

    Parameters
    ----------
    random
        Source of randomness.
    count
        Number of steps.
    shortest, mean_extra
        A spell lasts `shortest` steps and a geometric number more.
    drifts
        Drifts to choose from, equally likely.
    """
    spells = count // shortest + 1
    # One row of draws per spell, so that more spells do not change the earlier ones.
    draws = random.random((spells, 2))
    extra = np.floor(np.log1p(-draws[:, 0]) / np.log1p(-1 / mean_extra)).astype(np.int64)
    chosen = drifts[(draws[:, 1] * len(drifts)).astype(np.int64)]
    return np.repeat(chosen, shortest + extra)[:count]


def activity(times_ms: IntArray) -> FloatArray:
    """Return the market's activity: higher in London and New York hours, lower at weekends; about 1."""
    hours = times_ms % DAY_MS / HOUR_MS
    day = 1 + 0.3 * np.cos(2 * np.pi * (hours - 15) / 24) + 0.12 * np.cos(4 * np.pi * (hours - 8.5) / 24)
    # 1970-01-01 was a Thursday: days 2 and 3 of a week counted from it are Saturday and Sunday.
    weekend = np.isin(times_ms // DAY_MS % 7, (2, 3))
    return np.where(weekend, 0.65, 1.0) * day


def extremes(
    random: Generator, begin: FloatArray, end: FloatArray, deviation: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Draw the highest and lowest log price of a Brownian path between two known ends.

    Parameters
    ----------
    random
        Source of randomness.
    begin, end
        Log prices at the ends of each candle.
    deviation
        Standard deviation of the log price over each candle.
    """
    draws = random.random((len(begin), 2))
    # The exact law of a Brownian bridge's maximum; the minimum is its mirror image.
    spread = np.sqrt((end - begin)[:, None] ** 2 - 2 * deviation[:, None] ** 2 * np.log1p(-draws))
    middle = (begin + end)[:, None]
    return (middle + spread)[:, 0] / 2, (middle - spread)[:, 1] / 2
