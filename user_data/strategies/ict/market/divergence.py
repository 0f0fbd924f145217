"""Divergence with a second market (SMT-1): one makes a lower low where the other does not."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
from ict.market.lookup import look_up
from ict.market.swings import Swings, find_swings
from ict.params import Params


def divergence(
    candles: Candles, swings: dict[Direction, Swings], reference: Candles, params: Params
) -> npt.NDArray[np.int8]:
    """Find where the latest two swings of two markets diverge (SMT-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    swings : dict[Direction, Swings]
        Swing highs (+1) and lows (-1) of these candles.
    reference : Candles
        The other market's candles, of the same timeframe; any number, matched by their opening times.
    params : Params
        `swing_strength_candles`, `smt_window_candles`.

    Returns
    -------
    npt.NDArray[np.int8]
        +1 at the candle that confirms a swing low where one market has made a lower low and the other a
        higher one, -1 the same for highs, 0 elsewhere and where both happen, shape (n,).
    """
    found = np.zeros(len(candles), np.int8)
    if not len(reference):
        return found
    others = find_swings(reference, params.swing_strength_candles)
    seen = reference.time.searchsorted(candles.time, side="right") - 1
    at = (look_up(reference.time, seen, -1) == candles.time).nonzero()[0]
    reach = params.smt_window_candles * candles.step
    for side in BOTH_SIDES:
        here, there = _latest(candles, swings[-side], at), _latest(reference, others[-side], seen[at])
        near = (np.abs(here.newer_at - there.newer_at) <= reach) & (
            np.abs(here.older_at - there.older_at) <= reach
        )
        is_new = here.is_new | there.is_new
        found[at[is_new & near & (here.rise * there.rise < 0)]] += np.int8(side)
    return found


class _Latest(NamedTuple):
    """The latest two swings of one side at some candles."""

    older_at: Ints  # opening time of the swing's own candle
    newer_at: Ints
    rise: Floats  # +1 from the older to the newer, -1 for a fall, NaN where there are not two
    is_new: Bools  # the newer is confirmed at this very candle


def _latest(candles: Candles, swings: Swings, at: Ints) -> _Latest:
    newer = swings.last_known(len(candles))[at]
    older = np.maximum(newer - 1, -1)
    older_at, newer_at = (look_up(candles.time[swings.pivot_at], which, 0) for which in (older, newer))
    rise = np.sign(swings.at_candles(newer) - swings.at_candles(older))
    return _Latest(older_at, newer_at, rise, look_up(swings.confirmed_at, newer, -1) == at)
