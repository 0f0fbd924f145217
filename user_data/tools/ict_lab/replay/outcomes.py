"""What would become of every order: when it is placed, filled, closed, and what a unit of it makes."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from ict_lab.replay.exits import NEVER, Ends, Entries
from ict_lab.replay.positions import Orders
from ict_lab.replay.resting import Waiting
from ict_lab.replay.tape import Tape

HOUR = 3600 * 1_000_000_000
# Of an order that rests these are not its fill's.
OF_ITS_OWN = ("pair", "side", "placed", "over")


def market_orders(tape: Tape, entries: Entries, ends: Ends) -> Orders:
    """List orders that fill where they are placed.

    Parameters
    ----------
    tape : Tape
        The candles.
    entries, ends : Entries, Ends
        The trades, pair by pair in the order of time, and how each ends.
    """
    at, ended = entries.at, ends.ended_at
    side = np.where(at < tape.half, 1.0, -1.0)
    opened, never, nothing = tape.time_of(at), np.full(len(at), NEVER), np.zeros(len(at))
    before, paid = tape.paid_before[at], tape.paid[ended]
    orders = Orders(
        pair=tape.pair_of(at), side=side.astype(np.int64), placed=opened, opened=opened, over=never,
        closed=tape.time_of(ended), parted=never, entry=side * entries.entry,
        planned=side * entries.planned, stop=side * entries.stop, exit=side * ends.exit, part_price=nothing,
        fee=entries.fee_open, funding=before - paid, part_funding=nothing, doubled=nothing,
    )  # fmt: skip
    return _parted(tape, entries, ends, orders) if (ends.parted_at < NEVER).any() else orders


def _parted(tape: Tape, entries: Entries, ends: Ends, orders: Orders) -> Orders:
    """Add what becomes of the parts that are closed before the end (EXIT-5)."""
    has_part, parted = ends.parted_at < NEVER, np.minimum(ends.parted_at, ends.ended_at)
    before, paid, parted_at = tape.paid_before[entries.at], tape.paid[ends.ended_at], tape.time_of(parted)
    # Freqtrade counts the part's own candle again: for what is left if a full hour follows, else for all.
    again = np.where(orders.closed // HOUR > parted_at // HOUR, tape.paid_before[parted], paid)
    return replace(
        orders,
        parted=np.where(has_part, parted_at, NEVER),
        part_price=orders.side * tape.open[parted],
        funding=np.where(has_part, again, before) - paid,
        part_funding=before - tape.paid[parted],
        doubled=tape.paid_before[parted] - tape.paid[parted],
    )


def resting_orders(tape: Tape, waiting: Waiting, entries: Entries, ends: Ends, fee: float) -> Orders:
    """List orders that rest, whether or not they fill.

    Parameters
    ----------
    tape : Tape
        The candles.
    waiting : Waiting
        The orders, pair by pair in the order of time.
    entries, ends : Entries, Ends
        The trades of those that fill, and how each ends.
    fee : float
        Of one side, ratio of the notional.
    """
    count, side = len(waiting), np.where(waiting.placed < tape.half, 1, -1)
    over = np.where(waiting.over < NEVER, tape.time_of(np.minimum(waiting.over, 2 * tape.half - 1)), NEVER)
    opened, closed, parted = (np.full(count, NEVER) for _ in range(3))
    exit_, part_price, *fundings = (np.zeros(count) for _ in range(5))
    orders = Orders(
        tape.pair_of(waiting.placed), side, tape.time_of(waiting.placed), opened, over, closed, parted,
        side * waiting.price, side * waiting.limit, side * waiting.stop, exit_, part_price,
        np.full(count, fee), *fundings,
    )  # fmt: skip
    fills, filled = waiting.filled < NEVER, market_orders(tape, entries, ends)
    for field in fields(Orders):
        if field.name not in OF_ITS_OWN:
            getattr(orders, field.name)[fills] = getattr(filled, field.name)
    return orders
