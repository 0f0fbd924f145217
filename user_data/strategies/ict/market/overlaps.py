"""Zones where two others overlap: balanced price ranges (BPR-1) and unicorns (UNI-1)."""

from __future__ import annotations

import numpy as np

from ict.candles import Bools, Candles, Direction, Ints
from ict.market.runs import ends_run, members
from ict.market.zones import EndReason, LifeRules, Zones, live
from ict.params import Params


def find_balanced_ranges(gaps: Zones, candles: Candles, params: Params) -> Zones:
    """Find the overlaps of a new gap with a recent one of the other side, and when each ends (BPR-1).

    The range has the newer gap's side and is known with it, whether or not the older gap has ended.

    Parameters
    ----------
    gaps : Zones
        What `find_fair_value_gaps` found on the same candles.
    candles : Candles
        Shape (n,).
    params : Params
        `bpr_memory_candles`, `fvg_max_age_candles`.
    """
    known_at = gaps.known_at
    first = known_at.searchsorted(known_at - params.bpr_memory_candles)
    pairs = members(first, known_at.searchsorted(known_at))
    newer, older = pairs.each(np.arange(len(gaps))), pairs.member
    common = _overlaps(gaps[newer], gaps[older])
    counts = (common.top > common.bottom) & (gaps.direction[newer] != gaps.direction[older])
    # The older gaps of each newer one come by age: the last is the newest.
    newest = ends_run(newer[counts])
    return live(common[counts.nonzero()[0][newest]], candles, life_rules(params))


def find_unicorns(
    breakers: Zones, gaps: Zones, recently_swept: dict[Direction, Bools], candles: Candles, params: Params
) -> Zones:
    """Find the overlaps of a gap and a breaker soon after a sweep, and when each ends (UNI-1).

    Parameters
    ----------
    breakers : Zones
        What `find_breakers` found on the same candles.
    gaps : Zones
        What `find_fair_value_gaps` found on them.
    recently_swept : dict[Direction, Bools]
        Whether the buy side (+1) and the sell side (-1) were swept within the memory of sweeps.
    candles : Candles
        Shape (n,).
    params : Params
        `unicorn_memory_candles`, `fvg_max_age_candles`.
    """
    breakers = breakers[_after_sweep(breakers, recently_swept)]
    first = gaps.known_at.searchsorted(breakers.known_at - params.unicorn_memory_candles)
    # The gap that the breaking candle itself leaves is known one candle later.
    pairs = members(first, gaps.known_at.searchsorted(breakers.known_at + 1, side="right"))
    pair = breakers[pairs.each(np.arange(len(breakers)))], gaps[pairs.member]
    common = _overlaps(pair[1], pair[0])
    counts = (common.top > common.bottom) & (pair[0].direction == pair[1].direction)
    for zones in pair:
        counts &= (zones.ended_at < 0) | (zones.ended_at > common.known_at)
    # The newest comes last: by what made it known, then by its gap, then by its breaker's block.
    order = np.lexsort((common.block_known_at, common.origin_at, common.known_at))
    return live(common[order[counts[order]]], candles, life_rules(params))


def _overlaps(gaps: Zones, others: Zones) -> Zones:
    """Make a zone of the overlap of each gap and its partner, known with the later one."""
    top, bottom = np.minimum(gaps.top, others.top), np.maximum(gaps.bottom, others.bottom)
    known_at: Ints = np.maximum(gaps.known_at, others.known_at)
    return Zones.born(top, bottom, gaps.origin_at, known_at, gaps.direction, others.block_known_at)


def _after_sweep(breakers: Zones, recently_swept: dict[Direction, Bools]) -> Bools:
    lows, highs = (recently_swept[side][breakers.known_at] for side in (-1, 1))
    return np.where(breakers.direction > 0, lows, highs)


def life_rules(params: Params) -> LifeRules:
    """Return what ends a balanced price range or a unicorn (BPR-1, UNI-1)."""
    return LifeRules(params.fvg_max_age_candles, EndReason.INVALIDATED)
