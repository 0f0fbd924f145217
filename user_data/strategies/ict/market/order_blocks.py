"""Order blocks (OB-1) and the breakers that broken ones become (ZONE-3)."""

from __future__ import annotations

import numpy as np

from ict.candles import Candles
from ict.market.zones import EndReason, LifeRules, Zones, live, on_both_sides, reborn
from ict.params import Params


def find_order_blocks(candles: Candles, params: Params) -> Zones:
    """Find the order blocks of both sides and let them live (OB-1, ZONE-1, ZONE-2).

    A block is the candle before its impulse candle and is known at the impulse's close.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    params : Params
        `min_body_ratio`, `ob_max_age_candles`, `max_touches`, `mean_threshold`.
    """
    rules = _life_rules(params)
    return live(on_both_sides(lambda view: _bullish_blocks(view, params), candles), candles, rules)


def find_breakers(blocks: Zones, candles: Candles, params: Params) -> Zones:
    """Turn invalidated order blocks into breakers of the opposite side (ZONE-3).

    A breaker is known at the close that invalidated its block, and lives by the same rules with an
    age of its own. It does not turn a second time.

    Parameters
    ----------
    blocks : Zones
        What `find_order_blocks` found on the same candles.
    candles : Candles
        Shape (n,).
    params : Params
        As for `find_order_blocks`.
    """
    return reborn(blocks, blocks.reason == EndReason.INVALIDATED, candles, _life_rules(params))


def _life_rules(params: Params) -> LifeRules:
    return LifeRules(
        params.ob_max_age_candles, EndReason.INVALIDATED, params.max_touches, params.mean_threshold
    )


def _bullish_blocks(view: Candles, params: Params) -> Zones:
    height = view.high[1:] - view.low[1:]
    body = view.close[1:] - view.open[1:]
    # A candle without height has no body either, and is no impulse.
    body_ratio = np.divide(body, height, out=np.zeros(len(body)), where=height > 0)
    impulse = (body_ratio > params.min_body_ratio) & (body > 0) & (view.close[:-1] < view.open[:-1])
    known_at = impulse.nonzero()[0] + 1
    origin_at = known_at - 1
    return Zones.born(view.high[origin_at], view.low[origin_at], origin_at, known_at)
