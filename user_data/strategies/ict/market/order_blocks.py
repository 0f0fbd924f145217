"""Order blocks (OB-1) and the breakers that broken ones become (ZONE-3)."""

from __future__ import annotations

import numpy as np

from ict.candles import Candles, Views
from ict.market.zones import Births, EndReason, LifeRules, Zones, live, reborn
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
    return live(_bullish_blocks(candles.views(), params).zones(), candles, life_rules(params))


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
    return reborn(blocks, blocks.reason == EndReason.INVALIDATED, candles, life_rules(params))


def life_rules(params: Params) -> LifeRules:
    """Say what ends an order block, and a breaker likewise (ZONE-1, ZONE-2)."""
    return LifeRules(
        params.ob_max_age_candles, EndReason.INVALIDATED, params.max_touches, params.mean_threshold
    )


def _bullish_blocks(views: Views, params: Params) -> Births:
    height = views.high[:, 1:] - views.low[:, 1:]
    body = views.close[:, 1:] - views.open[:, 1:]
    # A candle without height has no body either, and is no impulse.
    body_ratio = np.divide(body, height, out=np.zeros(body.shape), where=height > 0)
    impulse = (body_ratio > params.min_body_ratio) & (body > 0)
    view, at = (impulse & (views.close[:, :-1] < views.open[:, :-1])).nonzero()
    return Births(view, views.high[view, at], views.low[view, at], origin_at=at, known_at=at + 1)
