"""Changes in the state of delivery (CISD-1): the run of candles into a sweep is reversed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Ints
from ict.market.reversal import Reversals, furthest_between
from ict.market.search import NEVER, first_beyond
from ict.params import Params


def find_changes_of_delivery(
    candles: Candles, swept: Mapping[Direction, Bools], params: Params
) -> dict[Direction, Reversals]:
    """Find closes beyond the open of the run of candles that led into a sweep (CISD-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    swept : Mapping[Direction, Bools]
        Sweeps of the buy side (+1) and of the sell side (-1) at each candle, each of shape (n,).
    params : Params
        `sweep_memory_candles`.

    Returns
    -------
    dict[Direction, Reversals]
        Up (+1) and down (-1). A candle that changes both ways changes neither.
    """
    found = {side: _changes(candles, swept[-side].nonzero()[0], side, params) for side in BOTH_SIDES}
    ways = np.bincount(np.concatenate([found[1].at, found[-1].at]), minlength=len(candles))
    return {side: changes[ways[changes.at] == 1] for side, changes in found.items()}


def _changes(candles: Candles, sweeps: Ints, side: Direction, params: Params) -> Reversals:
    """Find the changes of one side after the sweeps of the other side's liquidity."""
    memory, extremes = params.sweep_memory_candles, candles.low if side > 0 else candles.high
    next_sweep = np.append(sweeps[1:], NEVER)[: len(sweeps)]
    first, is_run = _runs_into(candles, sweeps, side)
    sweeps, next_sweep, level = sweeps[is_run], next_sweep[is_run], candles.open[first[is_run]]
    sides = np.repeat(np.array([side, -side], np.int8), len(sweeps))
    levels, both = np.append(level, extremes[sweeps]), np.append(sweeps, sweeps)
    # At least one candle is searched; the memory itself is checked below.
    gone_at = first_beyond(candles.close, levels, sides, both, horizon=max(memory, 1))
    at, failed_at = gone_at.reshape(2, -1)
    # The older sweep counts up to and including the candle of the newer one.
    changes = (at <= next_sweep) & (at <= failed_at) & (at <= sweeps + memory)
    at, sweeps = at[changes], sweeps[changes]
    return Reversals(at, furthest_between(candles, sweeps, at, side))


def _runs_into(candles: Candles, sweeps: Ints, side: Direction) -> tuple[Ints, Bools]:
    """First candle of the run that ends at each sweep or just before it, and whether there is one."""
    against = side * (candles.close - candles.open) < 0
    numbers = np.arange(len(candles))
    begins = np.maximum.accumulate(np.where(against, -1, numbers)) + 1
    last = np.where(against[sweeps], sweeps, sweeps - 1)
    is_run = (last >= 0) & against[last]
    return begins[last], is_run
