"""The entries that signals ask for: stop and target on the grid, or none where the strategy refuses one."""

from __future__ import annotations

import numpy as np

from ict.candles import BOTH_SIDES, Bools, Direction, Floats
from ict.desk.plan import LEAST_TICKS
from ict.exits.engine import Exits
from ict.market.chart import Chart
from ict.params import Params
from ict.setups.entries import Entries as SignalledEntries
from ict.tie import TIE
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
    rows = traded_rows(market, signalled.direction)
    side = signalled.direction[rows].astype(np.float64)
    at = tape.begins[market.pair] + rows + 1 - market.first + np.where(side < 0, tape.half, 0)
    entry, close = tape.open[at], side * market.candles.close[rows]
    tick, least = market.ticks[rows + 1], least_distance[rows]
    of_zone = onto_grid(side * signalled.stop[rows], tick)
    stop, stop_of_close = (widened(of_zone, price, least, tick) for price in (entry, close))
    target, pool = np.empty(len(at)), np.empty(len(at))
    for one in BOTH_SIDES:
        mine = np.flatnonzero(side == one)
        aims = aims_of(market, rows[mine], one, entry[mine], stop[mine], tick[mine], params, exits)
        target[mine], pool[mine] = aims
    allowed = has_sense(entry, of_zone, stop, target, side, tick, fee, params) & np.isfinite(least)
    allowed &= close > of_zone
    allowed &= np.abs(entry - close) <= params.max_chase_r * (close - stop_of_close) + TIE * np.abs(close)
    fees, part = np.full(len(at), fee), np.full(len(at), exits.partial.share if exits.partial else 0.0)
    rests = np.zeros(len(at), np.bool_)
    entries = Entries(
        at, entry, entry, stop, target, tick, deadlines(at, exits), part, pool, fees, fees, rests
    )
    # Indices choose four times as fast as flags.
    chosen = np.flatnonzero(allowed)
    return rows[chosen], entries[chosen]


def traded_rows(market: Market, direction: Ints | np.typing.NDArray[np.int8]) -> Ints:
    """Rows whose signals are traded: from the backtest's first candle on, and not into its last one."""
    rows = np.flatnonzero(direction != 0)
    return rows[(rows >= market.first) & (rows + 2 < len(market.frame))]


def widened(of_zone: Floats, price: Floats, least: Floats, tick: Floats) -> Floats:
    """Move stops away from the entry where they are nearer than a least distance (EXIT-2)."""
    stop, near = of_zone.copy(), (least > 0) & (price - least < of_zone)
    if near.any():
        stop[near] = onto_grid((price - least)[near], tick[near], up=False)
    return stop


def has_sense(
    entry: Floats,
    of_zone: Floats,
    stop: Floats,
    target: Floats,
    side: Floats | int,
    tick: Floats,
    fee: float,
    params: Params,
) -> Bools:
    """Whether entries have levels that the strategy takes (EXIT-1, TGT-1), as their own side sees them."""
    risk = entry - stop
    takes: Bools = (entry > of_zone) & (side * stop > 0) & ~np.isnan(target)
    takes &= side * np.where(np.isinf(target), entry, target) > 0
    takes &= np.round(risk / tick, 6) >= LEAST_TICKS
    least = params.min_stop_costs * fee * np.abs(entry + stop)
    return takes & (risk >= least - TIE * np.abs(entry))


def least_aim(entry: Floats, stop: Floats, least_r: float) -> Floats:
    """Nearest price that a pool may have (TGT-1, EXIT-5), as the trade's own side sees it."""
    least = entry + least_r * (entry - stop)
    # Ties count: what floats add behind them is no distance.
    return np.maximum(least - TIE * np.abs(entry), np.nextafter(entry, np.inf))


def pools_at(chart: Chart, rows: Ints, side: Direction, aim: Floats) -> Floats:
    """Nearest pool at or beyond a price that waits at each row's close; NaN for none, own side's prices."""
    found = chart.draw[side].beyond(rows, side * np.nextafter(aim, -np.inf))
    return side * found


def aims_of(
    market: Market,
    rows: Ints,
    side: Direction,
    entry: Floats,
    stop: Floats,
    tick: Floats,
    params: Params,
    exits: Exits,
) -> tuple[Floats, Floats]:
    """Where entries of one side aim, and where they close a part, as `Signal.levels_from` has it.

    Returns
    -------
    tuple[Floats, Floats]
        Targets (EXIT-1, TGT-1), NaN for no entry, and pools at which a part is closed (EXIT-5), NaN for none.
    """
    pool, behind = np.full(len(rows), np.nan), np.full(len(rows), -np.inf)
    if params.partial_exit_at != "rr":
        pool = pools_at(market.chart, rows, side, least_aim(entry, stop, params.partial_exit_at_r))
        behind = np.nextafter(pool, np.inf)
    if params.target_at == "rr":
        target = target_onto_grid(targets(entry, stop, exits), tick)
        # No part is left to close at its target or beyond.
        return np.where(np.isnan(behind), np.nan, target), np.where(pool < target, pool, np.nan)
    aim = np.maximum(least_aim(entry, stop, params.min_target_r), behind)
    return pools_at(market.chart, rows, side, aim), pool
