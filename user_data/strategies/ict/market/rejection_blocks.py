"""Rejection blocks (REJ-1): the long wick that swept liquidity and was refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ict.candles import Bools, Candles, Direction
from ict.market import order_blocks
from ict.market.tolerance import reaches
from ict.market.zones import LifeRules, Zones, live
from ict.params import Params


def find_rejection_blocks(candles: Candles, swept: dict[Direction, Bools], params: Params) -> Zones:
    """Find the long wicks of sweeps, and when each ends (REJ-1).

    A rejection block is known at the close of its own candle and ends by the rules of order blocks,
    without a mean threshold. It never becomes a breaker.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    swept : dict[Direction, Bools]
        Sweeps of the buy side (+1) and of the sell side (-1) at each candle.
    params : Params
        `rejection_wick_ratio`, `ob_max_age_candles`, `max_touches`.
    """
    at, side = np.array([swept[1], swept[-1]]).T.nonzero()
    bullish, swept_by = side > 0, candles[at]
    top = np.where(bullish, np.minimum(swept_by.open, swept_by.close), swept_by.high)
    bottom = np.where(bullish, swept_by.low, np.maximum(swept_by.open, swept_by.close))
    least = params.rejection_wick_ratio * (swept_by.high - swept_by.low)
    born = Zones.born(top, bottom, at, at, np.where(bullish, 1, -1).astype(np.int8))
    born = born[reaches(top - bottom, least, swept_by.close)]
    return live(born, candles, life_rules(params))


def life_rules(params: Params) -> LifeRules:
    """Return what ends a rejection block (REJ-1, ZONE-1)."""
    return replace(order_blocks.life_rules(params), mean_threshold=False)
