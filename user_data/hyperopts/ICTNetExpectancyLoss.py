"""Freqtrade hyperopt loss: net expectancy in R, worth less from few trades and where few trades made it.

    loss = 1 / sqrt(n) - mean(min(r, q))

- r: each trade's result after all costs over its risk, what its first stop would have lost. The size of
  a position does not count, so a search cannot gain by betting more.
- q: the best of the other 95 %. The best 5 % of the trades, one at least, count for no more than it, so
  a few lucky trades can't make a result; a target that is hit again and again is not cut.
- 1 / sqrt(n): the uncertainty of a mean of n trades whose results spread by 1 R. Few trades must be
  better ones.

A trade that ends better never makes the loss worse. The same trades m times over never make it worse
either. It is always a number; without a trade it is Freqtrade's own worst one.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from freqtrade.constants import Config
from freqtrade.optimize.hyperopt import IHyperOptLoss
from freqtrade.optimize.hyperopt.hyperopt_optimizer import MAX_LOSS
from pandas import DataFrame, Series

Floats = npt.NDArray[np.float64]

LUCKY_ONE_IN = 20
# No real risk is so small that a trade is worth more; an entry next to its stop must not dominate the mean.
MOST_R = 100.0
# As far as a tick may lie from what Freqtrade says a stop's distance was, as a part of the price.
TICK = 2e-4


class ICTNetExpectancyLoss(IHyperOptLoss):
    """Reward net expectancy in R."""

    @staticmethod
    def hyperopt_loss_function(*, results: DataFrame, config: Config, **kwargs: Any) -> float:
        """Return the loss of a backtest's trades; smaller is better."""
        return net_expectancy_loss(r_multiples(results))


def net_expectancy_loss(r: Floats) -> float:
    """Compute the loss of trades.

    Parameters
    ----------
    r : Floats
        R multiples after costs, shape (n,). One that is not known counts as a full loss.
    """
    count = len(r)
    if not count:
        return float(MAX_LOSS)
    known = np.sort(np.clip(np.nan_to_num(r, nan=-1.0), -MOST_R, MOST_R))
    lucky = -(-count // LUCKY_ONE_IN)
    # The only trade of all has no others to compare with: it may lose, not win.
    limit = known[-lucky - 1] if count > lucky else 0.0
    return float(1 / np.sqrt(count) - np.minimum(known, limit).mean())


def r_multiples(results: DataFrame) -> Floats:
    """Results of trades over their risk, after fees and funding.

    Parameters
    ----------
    results : DataFrame
        Trades of a backtest, in Freqtrade's columns.

    Returns
    -------
    Floats
        Shape (n,). A trade without a stop risked all of its margin.
    """
    if results.empty:
        return np.empty(0)
    margin = results["max_stake_amount"]
    entered = margin * results["leverage"] / results["open_rate"]
    risk = (results["open_rate"] - first_stops(results)).abs() * entered
    risk = risk.where(np.isfinite(risk) & (risk > 0), margin)
    with np.errstate(divide="ignore", invalid="ignore"):
        r: Floats = results["profit_abs"].to_numpy(float) / risk.to_numpy(float)
    return r


def first_stops(results: DataFrame) -> Series:
    """Find the stop that each trade was given at its entry.

    A strategy may put its own first stop into the trade's record, as ours do. Without that Freqtrade's
    initial stop is the static one, and the last stop is the first where it never moved: then its exported
    distance is one from the entry. Where it did move, the static stop was the widest that there was.
    """
    initial, last = results["initial_stop_loss_abs"], results["stop_loss_abs"]
    if not _set_at_entry(results, initial, results["initial_stop_loss_ratio"]).all():
        return initial
    trailed = results["exit_reason"] == "trailing_stop_loss"
    never_moved = _set_at_entry(results, last, results["stop_loss_ratio"]) & ~trailed
    return last.where(never_moved, initial)


def _set_at_entry(results: DataFrame, stop: Series, ratio: Series) -> Series:
    side = np.where(results["is_short"].astype(bool), -1, 1)
    expected = results["open_rate"] * (1 - side * ratio.abs() / results["leverage"])
    near: Series = (stop - expected).abs() <= TICK * results["open_rate"]
    return near
