"""The probability of backtest overfitting: whether the best of one half of the time stays good in the other.

Bailey, Borwein, Lopez de Prado and Zhu, "The Probability of Backtest Overfitting", Journal of
Computational Finance 20 (2017): combinatorially symmetric cross-validation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ict.candles import Floats
from ict_lab.trials import Trial

PARTS = 16
# Days a part, at the least.
LEAST_ROWS = 5
# What rounding leaves of the variance of equal returns.
NO_VARIANCE = 1e-18


@dataclass(frozen=True)
class Overfitting:
    """How often the best of one half was below the middle in the other.

    Attributes
    ----------
    probability : float
        Share of the splits.
    variants, days, groups : int
        Variants that were compared, days that they share, and sets of candles for which that was
        done; the probability is their mean, weighted by variants.
    """

    probability: float
    variants: int
    days: int
    groups: int


def overfitting_among(trials: Iterable[Trial]) -> Overfitting | None:
    """Compare variants that were tried on the same candles; None where no two of them kept their returns."""
    groups: dict[tuple[str, str, int], dict[tuple[str, str], Trial]] = {}
    for trial in trials:
        if len(trial.daily_returns) >= 2 * LEAST_ROWS:
            same = groups.setdefault((trial.timerange, trial.start, len(trial.daily_returns)), {})
            same[trial.variant] = trial
    compared = [returns for group in groups.values() if (returns := _returns(group.values())).shape[1] > 1]
    if not compared:
        return None
    found = [overfitting_probability(returns) for returns in compared]
    sizes = [returns.shape[1] for returns in compared]
    days = sum(len(returns) for returns in compared)
    return Overfitting(float(np.average(found, weights=sizes)), sum(sizes), days, len(compared))


def _returns(trials: Iterable[Trial]) -> Floats:
    """Daily returns, shape (days, variants); variants that did the very same are one."""
    return np.array(list(dict.fromkeys(trial.daily_returns for trial in trials)), dtype=float).T


def overfitting_probability(returns: Floats, parts: int = PARTS) -> float:
    """Cut time into parts, choose by every half of them, and see where the choice ranks in the other half.

    Parameters
    ----------
    returns : Floats
        Shape (periods, variants), at least two variants.
    parts : int
        Parts of equal length, even; fewer where they would be too short. Periods that are left over at
        the beginning are not used.

    Returns
    -------
    float
        Share of the splits in which the variant with the best Sharpe ratio of one half ranks in the
        lower half, its middle included, in the other one; ties are broken at random.
    """
    parts = max(2, min(parts, len(returns) // LEAST_ROWS // 2 * 2)) if len(returns) >= 2 * LEAST_ROWS else 2
    length = len(returns) // parts
    blocks = returns[len(returns) - parts * length :].reshape(parts, length, -1)
    sums, squares = blocks.sum(axis=1), (blocks**2).sum(axis=1)
    chosen = np.zeros((_halves(parts), parts))
    for row, half in enumerate(combinations(range(parts), parts // 2)):
        chosen[row, list(half)] = 1
    inside = _sharpe(chosen @ sums, chosen @ squares, parts // 2 * length)
    outside = _sharpe((1 - chosen) @ sums, (1 - chosen) @ squares, parts // 2 * length)
    best = np.take_along_axis(outside, inside.argmax(axis=1)[:, None], axis=1)
    # Ties are broken at random: the share of their ranks that lies in the lower half.
    below, equal = (outside < best).sum(axis=1), (outside == best).sum(axis=1)
    lower = np.clip((returns.shape[1] + 1) // 2 - below, 0, equal)
    return float(np.mean(lower / equal))


def _halves(parts: int) -> int:
    return int(np.prod([(parts - i) / (parts // 2 - i) for i in range(parts // 2)]).round())


def _sharpe(total: Floats, squares: Floats, count: int) -> Floats:
    mean = total / count
    variance = np.maximum(squares / count - mean**2, 0)
    # Without variance there is no risk: any gain is best, any loss worst, and nothing is nothing.
    flat = np.where(mean > 0, np.inf, np.where(mean < 0, -np.inf, 0.0))
    return np.divide(mean, np.sqrt(variance), out=flat, where=variance > NO_VARIANCE)
