"""Propulsion blocks (PROP-1): the candle that came back to an order block and was left behind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ict.candles import Candles, Ints
from ict.market.search import NEVER, first_beyond
from ict.market.zones import EndReason, LifeRules, Zones, live
from ict.params import Params


def find_propulsion_blocks(blocks: Zones, candles: Candles, params: Params) -> Zones:
    """Find the first candle against each order block that came back to it, once price has left (PROP-1).

    It is known at the first close beyond its far end, if that comes soon and no earlier close was beyond
    its near end. Two blocks with the same candle give one propulsion block.

    Parameters
    ----------
    blocks : Zones
        What `find_order_blocks` found on the same candles.
    candles : Candles
        Shape (n,).
    params : Params
        `propulsion_memory_candles`, `ob_max_age_candles`.
    """
    side, at = _first_returns(blocks, candles, params.ob_max_age_candles)
    top, bottom = candles.high[at], candles.low[at]
    # Both ends are searched at once: the far one, then the near one.
    ends = np.where(side > 0, (top, bottom), (bottom, top)).ravel()
    sides, both = np.append(side, -side), np.append(at, at)
    gone_at = first_beyond(candles.close, ends, sides, both, horizon=params.propulsion_memory_candles)
    left_at, lost_at = gone_at.reshape(2, -1)
    order = np.lexsort((at, left_at))
    order = order[(left_at < lost_at)[order]]
    born = Zones.born(top[order], bottom[order], at[order], left_at[order], side[order])
    return live(born, candles, life_rules(params))


def life_rules(params: Params) -> LifeRules:
    """Return what ends a propulsion block (PROP-1)."""
    return LifeRules(params.ob_max_age_candles, EndReason.MEAN_THRESHOLD)


def _first_returns(blocks: Zones, candles: Candles, age: int) -> tuple[npt.NDArray[np.int8], Ints]:
    """Side and candle of the first return to each block that was still live, each once."""
    falls, rises = candles.close < candles.open, candles.close > candles.open
    # A live block has had no close beyond its far edge: to reach the near one is to overlap.
    wicks = np.where(rises, candles.high, np.nan), np.where(falls, candles.low, np.nan)
    near = np.where(blocks.direction > 0, blocks.top, blocks.bottom)
    against = -blocks.direction
    at = first_beyond(wicks, near, against, blocks.known_at, horizon=age, touching_counts=True)
    lived = (at != NEVER) & ((blocks.ended_at < 0) | (at < blocks.ended_at))
    # No block is known before candle 1, so that the sign can carry the side.
    found = np.unique(blocks.direction[lived] * at[lived])
    return np.sign(found).astype(np.int8), np.abs(found)
