"""The entries that signals ask for: stop and target on the grid, or none where the strategy refuses one."""

from __future__ import annotations

import numpy as np

from ict.candles import Floats
from ict.desk.plan import LEAST_TICKS
from ict.exits.engine import Exits
from ict.params import Params
from ict.setups.entries import Entries as SignalledEntries
from ict_lab.replay.exits import Entries, deadlines, targets
from ict_lab.replay.grids import onto_grid, target_onto_grid
from ict_lab.replay.markets import Market
from ict_lab.replay.tape import Ints, Tape


def orders_of(
    market: Market,
    tape: Tape,
    signalled: SignalledEntries,
    least_distance: Floats,
    fee: float,
    params: Params,
    exits: Exits,
) -> tuple[Ints, Entries]:
    """Plan every entry that is signalled, whether or not there is room for it (EXIT-1, EXIT-2, RISK-8).

    What `ict.desk.plan.plan_entry` does with one signal, with all of them at once; the size, which needs
    the equity of its moment, is left to the account.

    Parameters
    ----------
    market : Market
        The pair, whose candles are on the tape.
    tape : Tape
        The candles of all pairs.
    signalled : Entries
        What each candle signals, shape (n,).
    least_distance : Floats
        Least distance of the stop from the entry, in the quote currency, shape (n,).
    fee : float
        Of one side, ratio of the notional.
    params, exits : Params, Exits
        Settings, and what they make of a trade's exits.

    Returns
    -------
    tuple[Ints, Entries]
        Rows of the signals, and their entries.
    """
    rows = np.flatnonzero(signalled.direction)
    # A signal is traded at the next candle's open, and not any more at the last one.
    rows = rows[(rows >= market.first) & (rows + 2 < len(market.frame))]
    side = signalled.direction[rows].astype(np.float64)
    at = tape.begins[market.pair] + rows + 1 - market.first + np.where(side < 0, tape.half, 0)
    entry, close = tape.open[at], side * market.candles.close[rows]
    tick, least = market.ticks[rows + 1], least_distance[rows]
    of_zone = onto_grid(side * signalled.stop[rows], tick)
    stop, stop_of_close = (_widened(of_zone, price, least, tick) for price in (entry, close))
    target = target_onto_grid(targets(entry, stop, exits), tick)
    risk = entry - stop
    allowed = (entry > of_zone) & (side * stop > 0) & (side * np.where(np.isinf(target), entry, target) > 0)
    allowed &= np.isfinite(least) & (np.round(risk / tick, 6) >= LEAST_TICKS)
    allowed &= risk >= params.min_stop_costs * fee * np.abs(entry + stop)
    allowed &= close > of_zone
    allowed &= np.abs(entry - close) <= params.max_chase_r * (close - stop_of_close) + 1e-9 * np.abs(close)
    fees, part = np.full(len(at), fee), np.full(len(at), exits.partial.share if exits.partial else 0.0)
    return rows[allowed], Entries(at, stop, target, tick, deadlines(at, exits), part, fees, fees)[allowed]


def _widened(of_zone: Floats, price: Floats, least: Floats, tick: Floats) -> Floats:
    """Move stops away from the entry where they are nearer than a least distance (EXIT-2)."""
    stop = of_zone.copy()
    near = least > 0
    near &= price - least < of_zone
    stop[near] = onto_grid((price - least)[near], tick[near], up=False)
    return stop
