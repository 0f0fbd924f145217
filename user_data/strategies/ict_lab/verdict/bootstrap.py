"""How certain a mean is whose parts depend on each other: the stationary bootstrap."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from arch.bootstrap import StationaryBootstrap, optimal_block_length

Floats = npt.NDArray[np.float64]
# The block's length cannot be chosen from fewer.
LEAST_VALUES = 10


@dataclass(frozen=True)
class Mean:
    """A mean and how certain it is.

    Attributes
    ----------
    value : float
        The mean.
    low, high : float
        95 % interval; NaN for fewer than `LEAST_VALUES` values.
    p_value : float
        Share of the resampled means that are not above zero; NaN likewise.
    block : int
        Mean length of the blocks, in values; 0 for fewer than `LEAST_VALUES`.
    """

    value: float
    low: float
    high: float
    p_value: float
    block: int


def mean_of(values: Floats, draws: int = 2000, seed: int = 1) -> Mean:
    """Resample a series in blocks and return its mean with a percentile interval.

    Blocks have geometric lengths (Politis and Romano 1994) with the mean that Politis and White (2004,
    corrected by Patton 2009) find best, both by `arch`.

    Parameters
    ----------
    values : Floats
        In order of time, shape (n,).
    draws : int
        Resamples.
    seed : int
        The same seed gives the same interval.
    """
    value = float(values.mean()) if len(values) else math.nan
    if len(values) < LEAST_VALUES or not np.ptp(values):
        return Mean(value, math.nan, math.nan, math.nan, 0)
    block = max(1, math.ceil(optimal_block_length(values)["stationary"].iloc[0]))
    bootstrap = StationaryBootstrap(block, values, seed=np.random.default_rng(seed))
    means = bootstrap.apply(np.mean, draws).ravel()
    low, high = np.quantile(means, [0.025, 0.975])
    p_value = (1 + np.sum(means <= 0)) / (1 + draws)
    return Mean(value, float(low), float(high), float(p_value), block)
