"""The replay: a setup's signals become orders, orders are followed to their ends, and a wallet takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from ict_host.calendar import Calendar

from ict.candles import Bools, Floats
from ict.columns import Columns
from ict.desk.limits.open_risk import OpenRiskLimit
from ict.errors import IctError
from ict.exits.engine import Exits
from ict.params import Params
from ict.setups.entries import Entries as Signalled
from ict.setups.entries import FindEntries
from ict.setups.tags import Tags
from ict_lab.errors import LabError
from ict_lab.places import USER_DATA
from ict_lab.replay.exits import NEVER, Entries, Moves, Reason, Results, find_ends, moved_stops, results_of
from ict_lab.replay.ledger import Ledger
from ict_lab.replay.markets import Market
from ict_lab.replay.orders import orders_of
from ict_lab.replay.outcomes import market_orders, resting_orders
from ict_lab.replay.positions import Orders, Taken
from ict_lab.replay.resting import Waiting, waiting_of
from ict_lab.replay.resting_account import RestingLedger
from ict_lab.replay.scene import Scene
from ict_lab.replay.spent import Spent, zone_ids
from ict_lab.replay.tape import Ints, Tape


@dataclass(frozen=True)
class Setup:
    """What is traded.

    Attributes
    ----------
    params : Params
        Settings.
    find_entries : Callable
        From the columns of an analysis to entries.
    """

    params: Params
    find_entries: FindEntries


@dataclass(frozen=True)
class Replayed:
    """What a setup traded.

    Attributes
    ----------
    entries : Entries
        Those that were taken, in the order of their entries, shape (n,).
    results : Results
        How they ended.
    orders, taken : Orders, Taken
        Their orders, and their sizes and profits.
    tags : Sequence[str]
        What each signal rested on.
    zones : Ints
        The zone of each, see `zone_ids`.
    """

    entries: Entries
    results: Results
    orders: Orders
    taken: Taken
    tags: Sequence[str]
    zones: Ints


def replay(scene: Scene, setup: Setup) -> Replayed:
    """Trade a setup as Freqtrade's backtest would."""
    trade = _rested if setup.params.entry_at == "zone" else _entered
    spent = [Spent() for _ in scene.markets]
    replayed = trade(scene, setup, spent)
    # Until a zone is first entered twice all is as it has to be: each round brings that further on.
    while setup.params.one_entry_per_zone and (found := _zones_entered(scene, replayed)) != spent:
        spent = found
        replayed = trade(scene, setup, spent)
    return replayed


def _zones_entered(scene: Scene, replayed: Replayed) -> list[Spent]:
    """List the zones that were entered, and when, for each pair (ZONE-4)."""
    at, tape = replayed.entries.at, scene.tape
    pairs = tape.pair_of(at)
    rows = at % tape.half - np.array(list(tape.begins.values()))[pairs]
    return [
        Spent.of(replayed.zones[pairs == number], rows[pairs == number] + market.first)
        for number, market in enumerate(scene.markets)
    ]


def _entered(scene: Scene, setup: Setup, spent: Sequence[Spent]) -> Replayed:
    """Trade a setup that enters at the market."""
    tape, params, exits = scene.tape, setup.params, Exits.of(setup.params)
    parts, places, zones = [], [], []
    tags: list[Tags] = []
    for market, columns, without in zip(scene.markets, scene.columns, spent, strict=True):
        signalled = in_time(setup.find_entries(columns), market, params)
        least = least_distance(columns, params, len(market.frame))
        if without:
            at_close = np.arange(len(signalled.kind))
            signalled = signalled.where(without.allows(signalled.kind, signalled.zone, at_close))
        rows, entries = orders_of(market, tape, signalled, least, scene.fee, params, exits)
        parts.append(entries)
        places.append(rows)
        tags.append(signalled.tag)
        zones.append(zone_ids(signalled.kind[rows], signalled.zone[rows]))
    entries = Entries.joined(parts)
    ends = find_ends(tape, entries, exits)
    orders = market_orders(tape, entries, ends)
    moves = _moves(tape, entries, params, exits, np.arange(len(entries)))
    taken = Ledger(orders, scene.account, params, scene.contracts, scene.candle, moves).trade()
    chosen = taken.number
    traded, place, pairs = entries[chosen], np.concatenate(places)[chosen], orders.pair[chosen]
    tag = np.empty(len(taken), np.object_)
    for pair, tags_of_pair in enumerate(tags):
        tag[pairs == pair] = tags_of_pair[place[pairs == pair]]
    results, zone = results_of(tape, traded, ends[chosen]), np.concatenate(zones)[chosen]
    return Replayed(traded, results, orders[chosen], taken, tag.tolist(), zone)


def _rested(scene: Scene, setup: Setup, spent: Sequence[Spent]) -> Replayed:
    """Trade a setup whose entries rest in zones (LIM-1 to LIM-3)."""
    tape, params, exits = scene.tape, setup.params, Exits.of(setup.params)
    waiting = Waiting.joined(
        [
            waiting_of(
                market, tape, times_of(market, params),
                least_distance(columns, params, len(market.frame)), scene.fee, params, exits, without,
            )
            for market, columns, without in zip(scene.markets, scene.columns, spent, strict=True)
        ]
    )  # fmt: skip
    entries = waiting.entries(scene.fee, exits)
    ends = find_ends(tape, entries, exits)
    orders = resting_orders(tape, waiting, entries, ends, scene.fee)
    fills = np.flatnonzero(waiting.filled < NEVER)
    moves = _moves(tape, entries, params, exits, fills)
    taken = RestingLedger(orders, scene.account, params, scene.contracts, scene.candle, moves).trade()
    chosen = taken.number
    of_fill = np.searchsorted(fills, chosen)
    traded = entries[of_fill]
    results = results_of(tape, traded, ends[of_fill])
    return Replayed(
        traded, results, orders[chosen], taken, waiting.tag[chosen].tolist(), waiting.zone[chosen]
    )


def _moves(tape: Tape, entries: Entries, params: Params, exits: Exits, orders: Ints) -> dict[int, Moves]:
    """How the stops of orders are moved, where the risk of all positions is limited (RISK-3)."""
    if not exits.stops or OpenRiskLimit.of(params) is None:
        return {}
    return dict(zip(orders.tolist(), moved_stops(tape, entries, exits), strict=True))


def in_time(signalled: Signalled, market: Market, params: Params) -> Signalled:
    """Leave out the entries that come at a time that the settings exclude (TIME-1, TIME-2)."""
    allowed = times_of(market, params)
    return signalled if allowed.all() else signalled.where(allowed)


def times_of(market: Market, params: Params) -> Bools:
    """Find where an entry may follow each candle, or rest over the coming one (TIME-1, TIME-2).

    Raises
    ------
    LabError
        When the blackouts can't be read.
    """
    try:
        calendar = Calendar(params, USER_DATA)
    except IctError as error:
        raise LabError(str(error)) from error
    if calendar.is_open_always:
        return np.ones(len(market.frame), np.bool_)
    allows = calendar.allows_rest if params.entry_at == "zone" else calendar.allows_market
    return allows(pd.DatetimeIndex(market.frame["date"]), _length(market))


def _length(market: Market) -> timedelta:
    return timedelta(microseconds=int(np.diff(market.times[:2])[0]) // 1000)


def least_distance(columns: Columns, params: Params, count: int) -> Floats:
    """Least distance of the stop of an entry at each candle (EXIT-2), in the quote currency."""
    if not params.min_stop_atr:
        return np.zeros(count)
    return params.min_stop_atr * columns.higher_atr[params.trend_timeframe]


def as_trades(replayed: Replayed, tape: Tape) -> pd.DataFrame:
    """Return the trades as Freqtrade exports them, as far as they are compared with its own.

    Freqtrade's `open_date` is when the order was placed; `filled_date` is when it filled.
    """
    names = list(tape.begins)
    results, at, taken = replayed.results, replayed.entries.at, replayed.taken
    side = np.where(at < tape.half, 1, -1)
    dates = (pd.to_datetime(tape.time_of(where), utc=True) for where in (at, results.ended_at))
    filled, closed = dates
    opened = pd.to_datetime(replayed.orders.placed, utc=True)
    return pd.DataFrame(
        {
            "pair": [names[number] for number in tape.pair_of(at)],
            "is_short": side < 0,
            "open_date": opened,
            "filled_date": filled,
            "close_date": closed,
            "open_rate": side * replayed.entries.entry,
            "close_rate": side * results.exit,
            "first_stop": side * replayed.entries.stop,
            "exit_reason": [Reason(code).name.lower() for code in results.reason],
            "enter_tag": list(replayed.tags),
            "leverage": taken.leverage,
            "entered": taken.amount,
            "profit_abs": taken.profit,
        }
    )
