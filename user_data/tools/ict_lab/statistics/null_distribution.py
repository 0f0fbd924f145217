"""What chance makes of a strategy's trades, drawn many times, and the strategy's rank among it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ict.candles import Floats

# The random state of every comparison, unless a person names another.
SEED = 1


@dataclass(frozen=True)
class NullDistribution:
    """Mean results of draws in which nothing but chance is at work.

    Attributes
    ----------
    net_r, gross_r : Floats
        Mean R of a trade in each draw, after and before costs, shape (draws,).
    trades : float
        Trades a draw, on the average.
    actual : float
        What is measured against them: the strategy's own mean R after costs, in the same simulation.
    actual_trades : int
        Trades behind it.
    """

    net_r: Floats
    gross_r: Floats
    trades: float
    actual: float
    actual_trades: int

    @property
    def p_value(self) -> float:
        """Share of the draws that did at least as well, the strategy itself counted in."""
        return float((1 + np.sum(self.net_r >= self.actual)) / (1 + len(self.net_r)))

    @property
    def fitted_p_value(self) -> float:
        """Chance of a further draw that does at least as well, by Student's t of the draws.

        A mean of many trades is nearly normal. Counted, a p-value can't be below one over the draws, which
        is too coarse where many tests are judged together.
        """
        spread = float(np.std(self.net_r, ddof=1)) * np.sqrt(1 + 1 / len(self.net_r))
        if not spread > 0:
            return 0.0 if self.actual > self.mean else 1.0
        return float(stats.t.sf((self.actual - self.mean) / spread, len(self.net_r) - 1))

    @property
    def mean(self) -> float:
        """Mean of the draws after costs."""
        return float(self.net_r.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """Range of 95 % of the draws."""
        low, high = np.quantile(self.net_r, [0.025, 0.975])
        return float(low), float(high)
