"""How much more one backtest makes a trade than another, and how certain that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ict.candles import Floats
from ict_lab.statistics.expectancy import LEAST_FOR_INTERVAL, interval_of, weekly_sums


@dataclass(frozen=True)
class Difference:
    """Mean of one less mean of the other, and the interval that holds the true one with 95 % confidence.

    Attributes
    ----------
    mean : float
        In the unit of the results; NaN where either has none.
    low, high : float
        Ends of the interval; NaN where there is too little for one.
    p_value : float
        Chance of such a difference, or a higher one, where there is none; NaN where it is not known.
    weeks : int
        Calendar weeks (UTC) in which either closed a trade.
    """

    mean: float
    low: float
    high: float
    p_value: float
    weeks: int

    @property
    def is_shown(self) -> bool:
        """Whether the difference can be distinguished from chance."""
        return math.isfinite(self.low) and not self.low <= 0 <= self.high


def difference_of(one: pd.Series[float], other: pd.Series[float]) -> Difference:
    """Estimate how much more one makes a trade, from what both did in each calendar week.

    Both saw the same market, so a week counts once for the two of them: what it gave to both cancels. The
    interval is that of `expectancy_of`, on the weeks' shares in the difference.

    Parameters
    ----------
    one, other : pandas.Series
        Results, one a trade, by the time (UTC) at which it closed.
    """
    if one.empty or other.empty:
        return Difference(math.nan, math.nan, math.nan, math.nan, 0)
    mean = float(one.mean() - other.mean())
    shares = np.concatenate([_shares(one), -_shares(other)])
    weeks = weekly_sums(shares, pd.DatetimeIndex([*one.index, *other.index]))
    enough = min(len(one), len(other)) >= LEAST_FOR_INTERVAL["trade"]
    if not enough or len(weeks) < LEAST_FOR_INTERVAL["week"]:
        return Difference(mean, math.nan, math.nan, math.nan, len(weeks))
    _, p_value, centre, wide = interval_of(mean, weeks)
    return Difference(mean, centre - wide, centre + wide, p_value, len(weeks))


def _shares(results: pd.Series[float]) -> Floats:
    """Return what each trade adds to the deviation of the mean."""
    values = np.asarray(results, np.float64)
    return np.asarray((values - values.mean()) / len(values), np.float64)
