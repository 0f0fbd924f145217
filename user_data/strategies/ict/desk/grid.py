"""The pair's grid: an exchange takes prices in whole ticks and amounts in whole lots."""

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from ict.candles import Direction
from ict.errors import IctError

# Decimals of a price that a history is searched for.
MOST_DECIMALS = 14


class GridError(IctError):
    """The pair's tick or lot is not known."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Least steps of a pair.

    Attributes
    ----------
    tick : float
        Least price step, in the quote currency.
    lot : float
        Least amount step, in the base currency.

    Raises
    ------
    GridError
        When a step is not a number above 0.
    """

    tick: float
    lot: float

    def __post_init__(self) -> None:
        for name in ("tick", "lot"):
            step = getattr(self, name)
            if not (isinstance(step, int | float) and math.isfinite(step) and step > 0):
                raise GridError(f"{name} must be above 0, was {step}")

    def level(self, price: float, direction: Direction) -> float:
        """Round a trade's stop or target onto the grid: up for a long, down for a short.

        So Freqtrade rounds the order of a stop, towards the price. A target is never closer than set.
        """
        # Twelve digits: a float's rounding error would move the level by a tick.
        return _whole(float(f"{price:.12g}"), self.tick, up=direction > 0)

    def amount(self, wanted: float) -> float:
        """Cut an amount to whole lots."""
        return _whole(wanted, self.lot, up=False)

    def ticks(self, distance: float) -> float:
        """Count the ticks of a distance."""
        return round(distance / self.tick, 6)


def _whole(value: float, step: float, *, up: bool) -> float:
    # By their shortest decimals, as an exchange reads them: 0.3 is three steps of 0.1 only there.
    exact, unit = Decimal(str(float(value))), Decimal(str(float(step)))
    if not exact.is_finite():
        return value
    beyond = exact % unit
    return float(exact - beyond + (unit if up and beyond else 0))


def ticks_of_months(candles: pd.DataFrame) -> "pd.Series[float]":
    """Tick of each month, as Freqtrade's backtest takes it from the candles themselves.

    Parameters
    ----------
    candles : pandas.DataFrame
        date, open, high, low and close, shape (n,).

    Returns
    -------
    pandas.Series
        Ticks by the first moment of each month; NaN for a month of whole prices alone.
    """
    prices = candles[["open", "high", "low", "close"]].to_numpy(float)
    decimals = np.full(len(prices), np.nan)
    rest, digits = np.arange(len(prices)), 0
    while len(rest) and digits <= MOST_DECIMALS:
        decimals[rest] = digits
        off_grid = ~np.isclose(np.round(prices[rest], digits), prices[rest], rtol=1e-14, atol=0).all(axis=1)
        rest, digits = rest[off_grid], digits + 1
    of_candles = pd.Series(np.where(decimals > 0, decimals, np.nan), pd.DatetimeIndex(candles["date"]))
    return 1 / 10 ** of_candles.resample("MS").max()
