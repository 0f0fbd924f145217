"""Order blocks (OB-1) and breakers, which broken blocks become (ZONE-3)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Candles, Direction
from ict.market.zones import EndReason, LifeRules, Zones, live, reborn
from ict.params import Params


def find_order_blocks(candles: Candles, params: Params) -> Zones:
    """Find the order blocks of both sides, and when each ends (OB-1, ZONE-1, ZONE-2).

    A block is the candle before its impulse candle and is known at the impulse's close.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    params : Params
        `min_body_ratio`, `ob_max_age_candles`, `max_touches`, `mean_threshold`.
    """
    return live(_born(candles, params), candles, life_rules(params))


def find_breakers(blocks: Zones, candles: Candles, params: Params) -> Zones:
    """Find the breakers: invalidated order blocks, now of the opposite side (ZONE-3).

    A breaker is known at the close that invalidated its block, and ends by the same rules with an age
    of its own. A broken breaker becomes nothing.

    Parameters
    ----------
    blocks : Zones
        What `find_order_blocks` found on the same candles.
    candles : Candles
        Shape (n,).
    params : Params
        As for `find_order_blocks`.
    """
    blocks = replace(blocks, block_known_at=blocks.known_at)
    return reborn(blocks, blocks.reason == EndReason.INVALIDATED, candles, life_rules(params))


def broke_after_sweep(breakers: Zones, last_swept: dict[Direction, npt.NDArray[np.int32]]) -> Bools:
    """Distinguish true breakers from mitigation blocks: a sweep of the other side came first (MIT-1).

    Parameters
    ----------
    breakers : Zones
        What `find_breakers` found, shape (m,).
    last_swept : dict[Direction, npt.NDArray[np.int32]]
        Latest sweep of the buy side (+1) and of the sell side (-1) up to each candle; -1 for none.

    Returns
    -------
    Bools
        Whether the sell side (of a bearish one: the buy side) was swept at a candle from the block's
        origin to the one that made the breaker known, shape (m,).
    """
    lows, highs = (last_swept[side][breakers.known_at] for side in (-1, 1))
    swept: Bools = np.where(breakers.direction > 0, lows, highs) >= breakers.origin_at
    return swept


def life_rules(params: Params) -> LifeRules:
    """Return what ends an order block or a breaker (ZONE-1, ZONE-2)."""
    return LifeRules(
        params.ob_max_age_candles, EndReason.INVALIDATED, params.max_touches, params.mean_threshold
    )


def _born(candles: Candles, params: Params) -> Zones:
    move, height = candles.close - candles.open, candles.high - candles.low
    # A candle without height has no ratio, and is no impulse.
    with np.errstate(invalid="ignore"):
        impulse = np.abs(move[1:]) / height[1:] > params.min_body_ratio
    rises, falls = move > 0, move < 0
    turns = (rises[1:] & falls[:-1]) | (falls[1:] & rises[:-1])
    at = (impulse & turns).nonzero()[0]
    direction = np.where(rises[at + 1], 1, -1).astype(np.int8)
    return Zones.born(candles.high[at], candles.low[at], at, at + 1, direction)
