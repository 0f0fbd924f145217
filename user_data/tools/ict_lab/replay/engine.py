"""The replay: a setup's signals become orders, orders are followed to their ends, and a wallet takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ict.candles import Floats
from ict.columns import Columns
from ict.exits.engine import Exits
from ict.params import Params
from ict.setups.entries import FindEntries
from ict_lab.replay.account import Account, Ledger
from ict_lab.replay.contracts import Contract
from ict_lab.replay.exits import NEVER, Entries, Reason, Results, simulate_exits
from ict_lab.replay.markets import Market
from ict_lab.replay.orders import orders_of
from ict_lab.replay.positions import Order, Taken
from ict_lab.replay.tape import Ints, Tape

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
    """

    entries: Entries
    results: Results
    taken: Sequence[Taken]
    tags: Sequence[str]


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
    params, exits = setup.params, Exits.of(setup.params)
    parts, tags = [], []
    for market, of_pair in zip(markets, columns, strict=True):
        signalled = setup.find_entries(of_pair)
        least = least_distance(of_pair, params, len(market.frame))
        rows, entries = orders_of(market, tape, signalled, least, fee, params, exits)
        parts.append(entries)
        tags.append(signalled.tag[rows])
    entries = Entries.joined(parts)
    results = simulate_exits(tape, entries, exits)
    candle = int(np.diff(tape.times[:2])[0])
    ledger = Ledger(account, params, contracts, candle)
    order = _in_time(tape, entries)
    entries, results = entries[order], results[order]
    orders = _Orders(tape, entries, results)
    ledger.trade(orders.opened, orders.pairs, orders.__getitem__)
    taken = np.array([one.number for one in ledger.taken], np.int64)
    all_tags = np.concatenate(tags)[order]
    return Replayed(entries[taken], results[taken], ledger.taken, all_tags[taken].tolist())


def least_distance(columns: Columns, params: Params, count: int) -> Floats:
    """Least distance of the stop of an entry at each candle (EXIT-2), in the quote currency."""
    if not params.min_stop_atr:
        return np.zeros(count)
    return params.min_stop_atr * columns.higher_atr[params.trend_timeframe]


def _in_time(tape: Tape, entries: Entries) -> Ints:
    """Order of time, and within a candle of the whitelist."""
    return np.lexsort((tape.pair_of(entries.at), tape.time_of(entries.at)))


class _Orders:
    """Orders as plain numbers: Python goes through them one by one."""

    def __init__(self, tape: Tape, entries: Entries, results: Results) -> None:
        at, ended, has_part = entries.at, results.ended_at, results.parted_at < NEVER
        side, parted = np.where(at < tape.half, 1, -1), np.minimum(results.parted_at, ended)
        # Freqtrade counts the part's own candle again: for what is left if a full hour follows, else for all.
        again = tape.time_of(ended) // HOUR > tape.time_of(parted) // HOUR
        again = np.where(again, tape.paid_before[parted], tape.paid[ended])
        since = np.where(has_part, again, tape.paid_before[at])
        self.opened, self.pairs = tape.time_of(at).tolist(), tape.pair_of(at).tolist()
        columns = (
            side, tape.time_of(at), tape.time_of(ended), np.where(has_part, tape.time_of(parted), NEVER),
            side * tape.open[at],
            side * entries.stop, side * results.exit, side * tape.open[parted], entries.tick,
            entries.fee_open, since - tape.paid[ended], tape.paid_before[at] - tape.paid[parted],
            tape.paid_before[parted] - tape.paid[parted],
        )  # fmt: skip
        self._rows = list(zip(*(column.tolist() for column in columns), strict=True))

    def __getitem__(self, number: int) -> Order:
        return Order(self.pairs[number], *self._rows[number])


def as_trades(replayed: Replayed, tape: Tape) -> pd.DataFrame:
    """Give the trades as Freqtrade exports them, as far as they are compared with its own."""
    names = list(tape.begins)
    results, at = replayed.results, replayed.entries.at
    side = np.where(at < tape.half, 1, -1)
    dates = (pd.to_datetime(tape.time_of(where), utc=True) for where in (at, results.ended_at))
    opened, closed = dates
    return pd.DataFrame(
        {
            "pair": [names[number] for number in tape.pair_of(at)],
            "is_short": side < 0,
            "open_date": opened,
            "close_date": closed,
            "open_rate": side * tape.open[at],
            "close_rate": side * results.exit,
            "first_stop": side * replayed.entries.stop,
            "exit_reason": [Reason(code).name.lower() for code in results.reason],
            "enter_tag": list(replayed.tags),
            "leverage": [one.leverage for one in replayed.taken],
            "entered": [one.amount for one in replayed.taken],
            "profit_abs": [one.profit for one in replayed.taken],
        }
    )
