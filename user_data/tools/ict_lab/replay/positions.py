"""Orders that a replay may take, and the positions that it took."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter

import numpy as np

from ict.candles import Bools, Floats
from ict_lab.replay.tape import Ints


@dataclass(frozen=True)
class Orders:
    """Entries that may be taken, and how each would end, each of shape (n,).

    They are listed pair by pair, those of a pair in the order of time. Times are in nanoseconds since 1970,
    UTC, prices in the quote currency.

    Attributes
    ----------
    pair : Ints
        Number of its pair in the whitelist.
    side : Ints
        +1 long, -1 short.
    placed, opened, over, closed, parted : Ints
        When it is placed, filled, cancelled where it is not filled before, closed, and closed in part; far
        away what does not come.
    entry, planned, stop, exit, part_price : Floats
        Fills, the price that it is planned from, and the first stop.
    fee : Floats
        Of one side, ratio of the notional.
    funding, part_funding, doubled : Floats
        What one unit receives after the part, until the part, and at the part's own candle.
    """

    pair: Ints
    side: Ints
    placed: Ints
    opened: Ints
    over: Ints
    closed: Ints
    parted: Ints
    entry: Floats
    planned: Floats
    stop: Floats
    exit: Floats
    part_price: Floats
    fee: Floats
    funding: Floats
    part_funding: Floats
    doubled: Floats

    def __len__(self) -> int:
        return len(self.pair)

    def __getitem__(self, chosen: Bools | Ints) -> Orders:
        return Orders(*(getattr(self, one.name)[chosen] for one in fields(self)))

    @cached_property
    def gain(self) -> Floats:
        """What one unit makes at its end, after fees and before funding."""
        return self._gain_at(self.exit)

    @cached_property
    def part_gain(self) -> Floats:
        """What one unit makes that is closed in part, after fees and before funding."""
        return self._gain_at(self.part_price)

    def _gain_at(self, price: Floats) -> Floats:
        return self.side * (price - self.entry) - self.fee * (self.entry + price)


class Book:
    """Finds orders by the candle at whose open each would be placed.

    Parameters
    ----------
    orders : Orders
        All orders.
    pairs : int
        How many pairs there are.

    Attributes
    ----------
    placed : list[int]
        When each is placed.
    begins, ends : list[int]
        Number of each pair's first order, and that after its last one.
    """

    def __init__(self, orders: Orders, pairs: int) -> None:
        self.placed: list[int] = orders.placed.tolist()
        begins: list[int] = np.searchsorted(orders.pair, np.arange(pairs + 1)).tolist()
        self.begins, self.ends = begins[:-1], begins[1:]

    def first(self, pair: int, now: int) -> int:
        """Return the number of a pair's first order at or after a time; its end for none."""
        return bisect_left(self.placed, now, self.begins[pair], self.ends[pair])


@dataclass(slots=True)
class Held:
    """An order that was taken, while the replay goes on.

    Attributes
    ----------
    number : int
        Of the order.
    amount, leverage, stake : float
        Size that was entered, in the base currency, its leverage and the margin that is tied.
    is_filled, is_closed : bool
        False while it rests, and while it is open.
    part : float
        Amount that was closed in part.
    part_profit, rest_profit : float
        What the part and the rest made after fees and funding, in the stake currency; 0 while they are open.
    """

    number: int
    amount: float
    leverage: float
    stake: float
    is_filled: bool = True
    is_closed: bool = False
    part: float = 0.0
    part_profit: float = 0.0
    rest_profit: float = 0.0


@dataclass(frozen=True)
class Taken:
    """Positions that were closed, in the order of their entries, each of shape (n,).

    Attributes
    ----------
    number : Ints
        Of the orders.
    amount, leverage : Floats
        Size that was entered, in the base currency, and its leverage.
    part : Floats
        Amount that was closed in part; 0 for none.
    part_profit, rest_profit : Floats
        What the part and the rest made after fees and funding, in the stake currency.
    """

    number: Ints
    amount: Floats
    leverage: Floats
    part: Floats
    part_profit: Floats
    rest_profit: Floats

    @classmethod
    def of(cls, taken: list[Held]) -> Taken:
        """Tabulate positions."""
        names = [one.name for one in fields(cls)]
        number, *floats = zip(*map(attrgetter(*names), taken), strict=True) if taken else [()] * len(names)
        return cls(np.array(number, np.int64), *(np.array(values, np.float64) for values in floats))

    @property
    def profit(self) -> Floats:
        """What each made after fees and funding, in the stake currency."""
        return self.part_profit + self.rest_profit

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, chosen: Ints) -> Taken:
        return Taken(*(getattr(self, one.name)[chosen] for one in fields(self)))
