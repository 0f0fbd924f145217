"""Fair value gaps (FVG-1), their fill (FVG-2) and the inversion gaps that they become (FVG-3)."""

from __future__ import annotations

import numpy as np

from ict.candles import Candles, Floats
from ict.market.runs import members
from ict.market.zones import EndReason, LifeRules, Zones, live, reborn
from ict.params import Params


def find_fair_value_gaps(candles: Candles, params: Params) -> Zones:
    """Find the gaps of both sides, and when each fills or expires (FVG-1, FVG-2, ZONE-1).

    A gap is known at the close of its third candle.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    params : Params
        `min_gap_percent`, `fvg_max_age_candles`.
    """
    return live(_born(candles, params), candles, life_rules(params))


def find_inversion_gaps(gaps: Zones, candles: Candles, params: Params) -> Zones:
    """Find the inversion gaps: gaps that a close went through, now of the opposite side (FVG-3).

    An inversion gap is known at that close. It ends with a close beyond its own far edge, or by an age
    of its own.

    Parameters
    ----------
    gaps : Zones
        What `find_fair_value_gaps` found on the same candles.
    candles : Candles
        Shape (n,).
    params : Params
        `fvg_max_age_candles`.
    """
    # A close beyond the far edge also fills the gap: only the candle that ended it can have one.
    close = candles.close[gaps.ended_at]
    beyond = np.where(gaps.direction > 0, close < gaps.bottom, close > gaps.top)
    return reborn(gaps, beyond & (gaps.ended_at >= 0), candles, inversion_rules(params))


def life_rules(params: Params) -> LifeRules:
    """Return what ends a gap (ZONE-1, FVG-2)."""
    return LifeRules(params.fvg_max_age_candles, EndReason.FILLED)


def inversion_rules(params: Params) -> LifeRules:
    """Return what ends an inversion gap (FVG-3)."""
    return LifeRules(params.fvg_max_age_candles, EndReason.INVALIDATED)


def filled_percent(gaps: Zones, candles: Candles) -> Floats:
    """How much of each gap has been filled by the end of its life (FVG-2).

    Parameters
    ----------
    gaps : Zones
        What `find_fair_value_gaps` found on the same candles.
    candles : Candles
        Shape (n,).

    Returns
    -------
    Floats
        0 to 100, one value a gap; the candle that ended it counts.
    """
    until = np.where(gaps.ended_at < 0, len(candles), gaps.ended_at + 1)
    lived = members(gaps.known_at + 1, until)
    gap, candle = lived.each(np.arange(len(gaps))), lived.member
    bullish = gaps.direction[gap] > 0
    depth = np.where(bullish, gaps.top[gap] - candles.low[candle], candles.high[candle] - gaps.bottom[gap])
    deepest = np.zeros(len(gaps))
    np.maximum.at(deepest, gap, depth)
    return 100 * np.minimum(deepest / (gaps.top - gaps.bottom), 1.0)


def _born(candles: Candles, params: Params) -> Zones:
    above, below = candles.low[2:] - candles.high[:-2], candles.low[:-2] - candles.high[2:]
    # At most one of the two is positive.
    height = np.maximum(above, below)
    height_percent = height / candles.close[2:] * 100
    at = ((height > 0) & (height_percent >= params.min_gap_percent)).nonzero()[0]
    bullish = above[at] > 0
    top = np.where(bullish, candles.low[at + 2], candles.low[at])
    bottom = np.where(bullish, candles.high[at], candles.high[at + 2])
    return Zones.born(top, bottom, at + 1, at + 2, np.where(bullish, 1, -1).astype(np.int8))
