"""How deep a drawdown the same trades could have made in another order: a bootstrap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ict.candles import Floats

DRAWS, SEED = 2_000, 0
# Rows that are drawn at once: ten thousand trades, two thousand times, would not fit everywhere.
_AT_ONCE = 100


def drawn_drawdowns(profits: npt.ArrayLike, balance: float, draws: int = DRAWS) -> Floats:
    """Draw as many trades with replacement, again and again, and take each draw's worst drawdown.

    Parameters
    ----------
    profits : array of shape (n,)
        Profit of each trade, in the stake currency.
    balance : float
        Balance at the start.
    draws : int
        How often.

    Returns
    -------
    Floats
        Worst drawdown of each draw in percent of the highest balance before it, 0 or less, shape (draws,).
    """
    dice, made = np.random.default_rng(SEED), np.asarray(profits, np.float64)
    worst = np.zeros(draws)
    for start in range(0, draws, _AT_ONCE):
        rows = min(_AT_ONCE, draws - start)
        curve = balance + np.cumsum(dice.choice(made, (rows, len(made))), axis=1)
        peak = np.maximum(np.maximum.accumulate(curve, axis=1), balance)
        worst[start : start + rows] = 100 * np.min(np.minimum(curve / peak - 1, 0.0), axis=1)
    return worst
