"""Displacement (DISP-1): a candle that moves price far more than the ones before it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ict.candles import Candles, Floats
from ict.market.tolerance import reaches
from ict.params import Params

# A candle is measured against this many candles before it.
BEFORE_CANDLES = 20


def displacement(candles: Candles, params: Params) -> npt.NDArray[np.int8]:
    """Find the candles that displace price (DISP-1).

    The body fills most of the candle's range and is far larger than the mean body of the 20 candles
    before it. With fewer candles before it, a candle displaces nothing.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    params : Params
        `displacement_body_ratio`, `displacement_factor`.

    Returns
    -------
    npt.NDArray[np.int8]
        +1 up, -1 down, 0 none, shape (n,).
    """
    move = candles.close - candles.open
    direction = np.sign(move).astype(np.int8)
    body, later = np.abs(move), candles[BEFORE_CANDLES:]
    usual = _sums_before(body) / BEFORE_CANDLES
    large = reaches(body[BEFORE_CANDLES:], params.displacement_factor * usual, later.close)
    height = later.high - later.low
    full = reaches(body[BEFORE_CANDLES:], params.displacement_body_ratio * height, later.close)
    direction[:BEFORE_CANDLES] = 0
    direction[BEFORE_CANDLES:] *= large & full
    return direction


def _sums_before(body: Floats) -> Floats:
    """Sum of the 20 bodies before each candle that has so many, the same in every window of history."""
    if len(body) <= BEFORE_CANDLES:
        return np.zeros(0)
    pairs = body[:-1] + body[1:]
    fours = pairs[:-2] + pairs[2:]
    eights = fours[:-4] + fours[4:]
    twenties: Floats = eights[:-13] + eights[8:-5] + fours[16:-1]
    return twenties
