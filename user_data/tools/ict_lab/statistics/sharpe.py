"""The deflated Sharpe ratio: whether a Sharpe ratio is more than the best of many tries shows by luck.

Bailey and Lopez de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (2014).
Ratios are those of one period, not annualised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ict.candles import Floats


@dataclass(frozen=True)
class Deflated:
    """A Sharpe ratio and what it is worth after so many tries.

    Attributes
    ----------
    sharpe : float
        Of one period; NaN where the returns do not vary.
    trials : int
        Variants that were tried.
    best_by_luck : float
        Sharpe ratio that the best of them is expected to show without any edge.
    probability : float
        Of a lower ratio than this one, if the true one were just that; NaN where it is not known.
    """

    sharpe: float
    trials: int
    best_by_luck: float
    probability: float


def sharpe_ratio(returns: Floats) -> float:
    """Mean over standard deviation; NaN where returns do not vary or there are fewer than two."""
    deviation = float(np.std(returns, ddof=1)) if len(returns) > 1 else 0.0
    return float(np.mean(returns)) / deviation if deviation > 0 else math.nan


def deflated(returns: Floats, trials: int) -> Deflated:
    """Deflate the Sharpe ratio of some returns.

    How far the ratios of variants without an edge scatter is taken from the number of periods alone. The
    variants of a log would say it only if they were independent: siblings of one strategy hardly differ,
    and a spread of nearly nothing would make the best of any number of them look like skill.

    Parameters
    ----------
    returns : Floats
        One a period, shape (n,).
    trials : int
        Variants that were tried, this one included.
    """
    sharpe, periods = sharpe_ratio(returns), len(returns)
    luck = best_by_luck(trials, 1 / max(periods - 1, 1))
    if not math.isfinite(sharpe):
        return Deflated(sharpe, trials, luck, math.nan)
    skewness, kurtosis = float(stats.skew(returns)), float(stats.kurtosis(returns, fisher=False))
    return Deflated(sharpe, trials, luck, probability_above(sharpe, luck, periods, skewness, kurtosis))


def best_by_luck(trials: int, variance: float) -> float:
    """Expect the highest Sharpe ratio among trials without an edge, whose ratios vary so much."""
    if trials < 2:
        return 0.0
    first, second = stats.norm.ppf([1 - 1 / trials, 1 - 1 / (trials * math.e)])
    return math.sqrt(variance) * float((1 - np.euler_gamma) * first + np.euler_gamma * second)


def probability_above(
    sharpe: float, threshold: float, periods: int, skewness: float, kurtosis: float
) -> float:
    """Probability that the true Sharpe ratio is above a threshold (the probabilistic Sharpe ratio)."""
    spread = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2
    return float(stats.norm.cdf((sharpe - threshold) * math.sqrt((periods - 1) / spread)))
