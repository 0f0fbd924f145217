"""Runs of equal values: the hours, days, legs and swings that candles in a row share."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Ints


def begins_run(values: npt.NDArray[Any]) -> Bools:
    """Whether each value differs from the one before it; the first one does.

    NumPy's `diff` with `prepend` says the same, and takes many times as long on a short array.

    Parameters
    ----------
    values : npt.NDArray
        Shape (n,).
    """
    begins = np.empty(len(values), np.bool_)
    begins[:1] = True
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    return begins


def run_starts(values: npt.NDArray[Any]) -> Ints:
    """Index of the first value of each run."""
    return begins_run(values).nonzero()[0]
