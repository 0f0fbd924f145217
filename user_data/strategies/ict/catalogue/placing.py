"""Columns of what happened at some candles: its values at those, and nothing at all others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Floats, Ints, absent

Signs = npt.NDArray[np.int8]


def prices_at(where: Ints, prices: Floats, count: int) -> Floats:
    """Prices at their candles, NaN at the others of `count`."""
    column = absent(count)
    column[where] = prices
    return column


def flags_at(where: Ints, count: int) -> Bools:
    """Whether it happened at each of `count` candles."""
    column = np.zeros(count, np.bool_)
    column[where] = True
    return column


def signs_at(where: Ints, direction: Signs, count: int) -> Signs:
    """Directions at their candles, 0 at the others of `count`."""
    column = np.zeros(count, np.int8)
    column[where] = direction
    return column
