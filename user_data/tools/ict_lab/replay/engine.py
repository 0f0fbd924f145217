"""The replay: a setup's signals become orders, orders are followed to their ends, and a wallet takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_type_hints

import numpy as np
import numpy.typing as npt
import pandas as pd
from ict_host.calendar import Calendar

from ict.candles import Bools, Floats
from ict.columns import Columns
from ict.errors import IctError
from ict.exits.engine import Exits
from ict.params import Params
from ict.setups.entries import Entries as Signalled
from ict.setups.entries import FindEntries
from ict.setups.tags import Tags
from ict_lab.errors import LabError
from ict_lab.places import USER_DATA
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.exits import NEVER, Ends, Entries, Reason, Results, find_ends, results_of
from ict_lab.replay.ledger import Ledger
from ict_lab.replay.markets import Market
from ict_lab.replay.orders import orders_of
from ict_lab.replay.positions import Book, Order, Taken
from ict_lab.replay.resting import Waiting, waiting_of
from ict_lab.replay.resting_account import RestingLedger
from ict_lab.replay.spent import Spent, zone_ids
from ict_lab.replay.tape import Ints, Tape

# An order as a row of a table.
ROW = np.dtype([(name, kind) for name, kind in get_type_hints(Order).items()])
HOUR = 3600 * 1_000_000_000


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
    taken : Sequence[Taken]
        Their sizes and profits.
    tags : Sequence[str]
        What each signal rested on.
    zones : Ints
        The zone of each, see `zone_ids`.
    """

    entries: Entries
    results: Results
    taken: Sequence[Taken]
    tags: Sequence[str]
    zones: Ints


def replay(
    markets: Sequence[Market],
    tape: Tape,
    columns: Sequence[Columns],
    setup: Setup,
    account: Account,
    contracts: Sequence[Contract],
    fee: float,
) -> Replayed:
    """Trade a setup on candles as Freqtrade's backtest would.

    Parameters
    ----------
    markets : Sequence[Market]
        Pairs in the order of the whitelist.
    tape : Tape
        Their candles.
    columns : Sequence[Columns]
        The analysis of each.
    setup : Setup
        What is traded.
    account, contracts, fee : Account, Sequence[Contract], float
        The wallet, what the exchange says of each pair, and the fee of one side.
    """
    trade = _rested if setup.params.entry_at == "zone" else _entered
    spent = [Spent() for _ in markets]
    replayed = trade(markets, tape, columns, setup, account, contracts, fee, spent)
    # Until a zone is first entered twice all is as it has to be: each round brings that further on.
    while setup.params.one_entry_per_zone and (found := _zones_entered(markets, tape, replayed)) != spent:
        spent = found
        replayed = trade(markets, tape, columns, setup, account, contracts, fee, spent)
    return replayed


def _zones_entered(markets: Sequence[Market], tape: Tape, replayed: Replayed) -> list[Spent]:
    """List the zones that were entered, and when, for each pair (ZONE-4)."""
    at, pairs = replayed.entries.at, tape.pair_of(replayed.entries.at)
    rows = at % tape.half - np.array(list(tape.begins.values()))[pairs]
    return [
        Spent.of(replayed.zones[pairs == number], rows[pairs == number] + market.first)
        for number, market in enumerate(markets)
    ]


def _entered(
    markets: Sequence[Market],
    tape: Tape,
    columns: Sequence[Columns],
    setup: Setup,
    account: Account,
    contracts: Sequence[Contract],
    fee: float,
    spent: Sequence[Spent],
) -> Replayed:
    """Trade a setup that enters at the market."""
    params, exits = setup.params, Exits.of(setup.params)
    parts, places, zones = [], [], []
    tags: list[Tags] = []
    for market, of_pair, without in zip(markets, columns, spent, strict=True):
        signalled = in_time(setup.find_entries(of_pair), market, params)
        least = least_distance(of_pair, params, len(market.frame))
        if without:
            at_close = np.arange(len(signalled.kind))
            signalled = signalled.where(without.allows(signalled.kind, signalled.zone, at_close))
        rows, entries = orders_of(market, tape, signalled, least, fee, params, exits)
        parts.append(entries)
        places.append(rows)
        tags.append(signalled.tag)
        zones.append(zone_ids(signalled.kind[rows], signalled.zone[rows]))
    entries = Entries.joined(parts)
    ends = find_ends(tape, entries, exits)
    ledger = Ledger(account, params, contracts, _candle(tape))
    orders = _Orders(tape, entries, ends, entries.at)
    ledger.trade(orders.books(len(markets)), orders.__getitem__)
    taken = np.array([one.number for one in ledger.taken], np.int64)
    traded, place = entries[taken], np.concatenate(places)[taken]
    tag, pairs = np.empty(len(taken), np.object_), tape.pair_of(traded.at)
    for pair, of_pair_tags in enumerate(tags):
        tag[pairs == pair] = of_pair_tags[place[pairs == pair]]
    zone = np.concatenate(zones)[taken]
    return Replayed(traded, results_of(tape, traded, ends[taken]), ledger.taken, tag.tolist(), zone)


def _rested(
    markets: Sequence[Market],
    tape: Tape,
    columns: Sequence[Columns],
    setup: Setup,
    account: Account,
    contracts: Sequence[Contract],
    fee: float,
    spent: Sequence[Spent],
) -> Replayed:
    """Trade a setup whose entries rest in zones (LIM-1 to LIM-3)."""
    params, exits = setup.params, Exits.of(setup.params)
    waiting = Waiting.joined(
        [
            waiting_of(
                market, tape, times_of(market, params),
                least_distance(of_pair, params, len(market.frame)), fee, params, exits, without,
            )
            for market, of_pair, without in zip(markets, columns, spent, strict=True)
        ]
    )  # fmt: skip
    entries = waiting.entries(fee, exits)
    ends = find_ends(tape, entries, exits)
    fills = np.flatnonzero(waiting.filled < NEVER)
    orders = _Orders(tape, entries, ends, waiting.placed, waiting, fills)
    ledger = RestingLedger(account, params, contracts, _candle(tape))
    ledger.rest(orders.books(len(markets)), orders.__getitem__)
    taken = np.array([one.number for one in ledger.taken], np.int64)
    of_fill = np.searchsorted(fills, taken)
    traded = entries[of_fill]
    results = results_of(tape, traded, ends[of_fill])
    return Replayed(traded, results, ledger.taken, waiting.tag[taken].tolist(), waiting.zone[taken])


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


def _candle(tape: Tape) -> int:
    return int(np.diff(tape.times[:2])[0])


def least_distance(columns: Columns, params: Params, count: int) -> Floats:
    """Least distance of the stop of an entry at each candle (EXIT-2), in the quote currency."""
    if not params.min_stop_atr:
        return np.zeros(count)
    return params.min_stop_atr * columns.higher_atr[params.trend_timeframe]


class _Orders:
    """Orders, each as plain numbers on first use: Python goes through them one by one.

    Parameters
    ----------
    tape, entries, ends : Tape, Entries, Ends
        Those that are entered, and how they end.
    placed : Ints
        Candle at whose open each order is placed.
    waiting, fills : Waiting, Ints, optional
        Orders that rest, and which of them the entries are.
    """

    def __init__(
        self,
        tape: Tape,
        entries: Entries,
        ends: Ends,
        placed: Ints,
        waiting: Waiting | None = None,
        fills: Ints | None = None,
    ) -> None:
        self._pairs = tape.pair_of(placed)
        rows = _rows_of(tape, entries, ends)
        if waiting is None or fills is None:
            never = np.full(len(placed), NEVER)
            head = (rows[0], rows[0], never)
        else:
            last = 2 * tape.half - 1
            over = np.where(waiting.over < NEVER, tape.time_of(np.minimum(waiting.over, last)), NEVER)
            planned = _unfilled(tape, waiting, float(entries.fee_open[0]) if len(entries) else 0.0)
            for row, filled in zip(planned, rows, strict=True):
                row[fills] = filled
            rows = planned
            head = (tape.time_of(placed), rows[0], over)
        side = np.where(placed < tape.half, 1, -1)
        # Most orders are never looked at: one table is made faster than as many rows.
        self._rows = np.empty(len(placed), ROW)
        for name, values in zip(Order._fields, (self._pairs, side, *head, *rows[1:]), strict=True):
            self._rows[name] = values

    def books(self, count: int) -> list[Book]:
        """List the orders of each pair in the order of time."""
        placed = self._rows["placed"]
        numbers = [np.flatnonzero(self._pairs == pair) for pair in range(count)]
        numbers = [mine[np.argsort(placed[mine], kind="stable")] for mine in numbers]
        return [Book(placed[mine].tolist(), mine.tolist()) for mine in numbers]

    def __getitem__(self, number: int) -> Order:
        return Order._make(self._rows.item(number))


def _rows_of(tape: Tape, entries: Entries, ends: Ends) -> tuple[npt.NDArray[Any], ...]:
    """Return what `Order` has, from `opened` on, without `over`."""
    at, ended, has_part = entries.at, ends.ended_at, ends.parted_at < NEVER
    side = np.where(at < tape.half, 1, -1)
    opened, closed, before, paid = (
        tape.time_of(at),
        tape.time_of(ended),
        tape.paid_before[at],
        tape.paid[ended],
    )
    prices = side * entries.entry, side * entries.planned, side * entries.stop, side * ends.exit
    steps = entries.tick, entries.fee_open
    if not has_part.any():
        nothing = np.zeros(len(at))
        return opened, closed, ends.parted_at, *prices, nothing, *steps, before - paid, nothing, nothing
    parted = np.minimum(ends.parted_at, ended)
    # Freqtrade counts the part's own candle again: for what is left if a full hour follows, else for all.
    again = closed // HOUR > tape.time_of(parted) // HOUR
    again = np.where(again, tape.paid_before[parted], paid)
    since = np.where(has_part, again, before)
    return (
        opened, closed, np.where(has_part, tape.time_of(parted), NEVER), *prices, side * tape.open[parted],
        *steps, since - paid, before - tape.paid[parted], tape.paid_before[parted] - tape.paid[parted],
    )  # fmt: skip


def _unfilled(tape: Tape, waiting: Waiting, fee: float) -> tuple[npt.NDArray[Any], ...]:
    """Return the same for orders that have not filled."""
    count, side = len(waiting), np.where(waiting.placed < tape.half, 1, -1)
    never, nothing = (np.full(count, NEVER) for _ in range(3)), (np.zeros(count) for _ in range(5))
    exit_, part_price, *fundings = nothing
    return (
        *never, side * waiting.price, side * waiting.limit, side * waiting.stop, exit_, part_price,
        waiting.tick.copy(), np.full(count, fee), *fundings,
    )  # fmt: skip


def as_trades(replayed: Replayed, tape: Tape) -> pd.DataFrame:
    """Return the trades as Freqtrade exports them, as far as they are compared with its own.

    Freqtrade's `open_date` is when the order was placed; `filled_date` is when it filled.
    """
    names = list(tape.begins)
    results, at = replayed.results, replayed.entries.at
    side = np.where(at < tape.half, 1, -1)
    dates = (pd.to_datetime(tape.time_of(where), utc=True) for where in (at, results.ended_at))
    filled, closed = dates
    opened = pd.to_datetime([one.order.placed for one in replayed.taken], utc=True)
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
            "leverage": [one.leverage for one in replayed.taken],
            "entered": [one.amount for one in replayed.taken],
            "profit_abs": [one.profit for one in replayed.taken],
        }
    )
