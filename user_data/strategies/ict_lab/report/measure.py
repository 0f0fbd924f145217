"""What a trade made, in the unit of the whole report: R multiples, or percent where risks are not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from arch.bootstrap import StationaryBootstrap, optimal_block_length

Floats = npt.NDArray[np.float64]

# An interval from fewer trades than these would only look like one.
LEAST_TRADES = 10
REPETITIONS = 1000
CONFIDENCE = 0.95
SEED = 1


@dataclass(frozen=True)
class Measure:
    """What each trade made, after all costs.

    Attributes
    ----------
    values : pandas.Series
        One value a trade, with the index of the trades.
    unit, name : str
        "R" and "R multiple", or "%" and "profit on the stake".
    unknown : int
        Trades whose risk is not known; above zero, the unit is "%".
    """

    values: pd.Series[float]
    unit: str
    name: str
    unknown: int

    @classmethod
    def of(cls, trades: pd.DataFrame) -> Measure:
        """Measure in R; in percent of the stake where the first stop of any trade is not known.

        Leaving those trades out would flatter or blame: a stop that moved is one of a trade that gained.
        """
        unknown = int(trades["r_multiple"].isna().sum())
        if unknown:
            return cls(100 * trades["profit_ratio"].astype(float), "%", "profit on the stake", unknown)
        return cls(trades["r_multiple"].astype(float), "R", "R multiple", 0)


@dataclass(frozen=True)
class Expectancy:
    """Mean result of a trade, and the interval that holds the true mean with 95 % confidence.

    Attributes
    ----------
    mean : float
        Mean of the sample.
    low, high : float
        Ends of the interval; NaN where there are too few trades for one.
    count : int
        Trades.
    """

    mean: float
    low: float
    high: float
    count: int

    @property
    def has_interval(self) -> bool:
        """Whether there were enough trades for an interval."""
        return bool(np.isfinite(self.low))

    @property
    def contains_zero(self) -> bool:
        """Whether no gain and no loss can be told from chance; True where there is no interval."""
        return not self.has_interval or self.low <= 0 <= self.high


def expectancy_of(values: pd.Series[float], block_trades: int | None = None) -> Expectancy:
    """Estimate the mean result of a trade by a stationary block bootstrap.

    Trades that follow each other are not independent, so blocks of them are drawn instead of single ones.

    Parameters
    ----------
    values : pandas.Series
        Results in the order in which the trades closed.
    block_trades : float, optional
        Mean length of a block; without, `block_length_of` the values.
    """
    sample = values.to_numpy(float)
    mean = float(sample.mean()) if len(sample) else float("nan")
    if len(sample) < LEAST_TRADES:
        return Expectancy(mean, float("nan"), float("nan"), len(sample))
    length = block_length_of(values) if block_trades is None else block_trades
    bootstrap = StationaryBootstrap(length, sample, seed=SEED)
    ends = bootstrap.conf_int(np.mean, reps=REPETITIONS, method="percentile", size=CONFIDENCE)
    return Expectancy(mean, float(ends[0, 0]), float(ends[1, 0]), len(sample))


def block_length_of(values: pd.Series[float]) -> int:
    """Choose how many trades a block holds, as their own dependence suggests (Politis and White).

    Parameters
    ----------
    values : pandas.Series
        Results in the order in which the trades closed.

    Returns
    -------
    int
        At least 1: results without any dependence suggest less, and few or equal ones nothing.
    """
    if len(values) < LEAST_TRADES:
        return 1
    with np.errstate(divide="ignore", invalid="ignore"):
        length = float(optimal_block_length(values)["stationary"].iloc[0])
    return max(round(length), 1) if np.isfinite(length) else 1


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign, a true minus, and commas between thousands.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Digits after the point.
    """
    return f"{value:+,.{digits}f}".replace("-", "\N{MINUS SIGN}")
