"""The mean result of a trade and how certain it is: one interval, for the report and for the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ict.candles import Floats
from ict_lab.formatting import counted

CONFIDENCE = 0.95
# An interval from less than this would only look like one.
LEAST_FOR_INTERVAL = {"trade": 10, "week": 3}
# What a claim takes, for a gain as for a loss: with fewer losers, a rare large loss has not been seen yet.
LEAST_FOR_CLAIM = {"trade": 30, "winning trade": 10, "losing trade": 10, "week with trades": 10}


@dataclass(frozen=True)
class Expectancy:
    """Mean result of a trade, and the interval that holds the true mean with 95 % confidence.

    Attributes
    ----------
    mean : float
        Mean of the sample, in the unit of the results.
    error : float
        Its standard error; NaN where it is not known.
    p_value : float
        Chance of such a mean, or a higher one, where the true one is zero; NaN where it is not known.
    low, high : float
        Ends of the interval; NaN where there is too little for one.
    count, winners, losers, weeks : int
        Trades, those that gained and lost, and calendar weeks (UTC) in which any closed.
    """

    mean: float
    error: float
    p_value: float
    low: float
    high: float
    count: int
    winners: int
    losers: int
    weeks: int

    @property
    def has_interval(self) -> bool:
        """Whether there was enough for an interval."""
        return math.isfinite(self.low)

    @property
    def contains_zero(self) -> bool:
        """Whether neither gain nor loss can be distinguished from chance; True where there is no interval."""
        return not self.has_interval or self.low <= 0 <= self.high

    @property
    def shortage(self) -> str:
        """What is too few to claim a gain or a loss, in words; empty where there is enough."""
        found = zip(LEAST_FOR_CLAIM.items(), (self.count, self.winners, self.losers, self.weeks), strict=True)
        for (thing, least), count in found:
            if count < least:
                return f"only {counted(count, thing)}, of {least} that it takes"
        return ""

    @property
    def shows_gain(self) -> bool:
        """Whether there is enough to claim a gain, and the interval lies above zero."""
        return not self.shortage and self.low > 0

    @property
    def shows_loss(self) -> bool:
        """Whether there is enough to claim a loss, and the interval lies below zero."""
        return not self.shortage and self.high < 0


def expectancy_of(results: pd.Series[float], closed: pd.Series[pd.Timestamp]) -> Expectancy:
    """Estimate the mean result of a trade, from the sums of calendar weeks.

    Trades of one week share what the market did, so the weeks count as independent and not the trades:
    the standard error is clustered by week, with Student's t of the weeks less one. Results are skewed,
    many small losses and a few large gains or the reverse; the interval is moved by Johnson's correction
    for that ("Modified t Tests and Confidence Intervals for Asymmetrical Populations", Journal of the
    American Statistical Association 73, 1978).

    Parameters
    ----------
    results : pandas.Series
        One a trade.
    closed : pandas.Series
        When each closed, UTC, in the same order.
    """
    values = np.asarray(results, dtype=np.float64)
    mean = float(values.mean()) if len(values) else math.nan
    sums = weekly_sums(values - mean, pd.DatetimeIndex(closed))
    counts = len(values), int((values > 0).sum()), int((values < 0).sum()), len(sums)
    least = LEAST_FOR_INTERVAL
    if len(values) < least["trade"] or len(sums) < least["week"]:
        return Expectancy(mean, math.nan, math.nan, math.nan, math.nan, *counts)
    error, p_value, centre, wide = interval_of(mean, sums / len(values))
    return Expectancy(mean, error, p_value, centre - wide, centre + wide, *counts)


def weekly_sums(values: Floats, times: pd.DatetimeIndex) -> Floats:
    """Add up values by calendar week, from Monday 00:00 UTC; a week without any is left out."""
    days = times.as_unit("s").asi8 // 86_400
    # 1 January 1970 was a Thursday.
    week = np.unique((days + 3) // 7, return_inverse=True)[1]
    return np.asarray(np.bincount(week, weights=values), dtype=np.float64)


def interval_of(mean: float, sums: Floats) -> tuple[float, float, float, float]:
    """Return standard error, p-value against zero, centre and half width of a mean's interval.

    Parameters
    ----------
    mean : float
        The estimate.
    sums : numpy.ndarray
        What each week moves it by, in all zero; at least two weeks.
    """
    weeks = len(sums)
    error = math.sqrt(weeks / (weeks - 1) * float((sums**2).sum()))
    quantile = float(stats.t.ppf((1 + CONFIDENCE) / 2, weeks - 1))
    if not error:
        # Weeks that are all the same have neither spread nor skewness.
        return error, 0.0 if mean > 0 else 1.0, mean, 0.0
    skew = float((sums**3).sum()) / (6 * error**2)
    # Johnson's t, of which the interval's lower end is what would make it the quantile.
    student = (mean + skew * (1 + 2 * (mean / error) ** 2)) / error
    return error, float(stats.t.sf(student, weeks - 1)), mean + skew * (1 + 2 * quantile**2), quantile * error
