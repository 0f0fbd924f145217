"""Orders that a replay may take, and the positions that it took."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import NamedTuple

from ict_lab.replay.exits import NEVER


class Order(NamedTuple):
    """An entry that may be taken, and how it would end; times in nanoseconds, prices in the quote currency.

    Attributes
    ----------
    pair : int
        Number of its pair in the whitelist.
    side : int
        +1 long, -1 short.
    placed, opened, over, closed, parted : int
        When it is placed, filled, cancelled where it is not filled before, closed, and closed in part; far
        away what does not come.
    entry, planned, stop, exit, part_price : float
        Fills, the price that it is planned from, and the first stop.
    tick, fee : float
        Of its pair, and of one side.
    funding, part_funding, doubled : float
        What one unit receives after the part, until the part, and at the part's own candle.
    """

    pair: int
    side: int
    placed: int
    opened: int
    over: int
    closed: int
    parted: int
    entry: float
    planned: float
    stop: float
    exit: float
    part_price: float
    tick: float
    fee: float
    funding: float
    part_funding: float
    doubled: float


@dataclass(slots=True)
class Taken:
    """An order that was taken.

    Attributes
    ----------
    number : int
        Of the order.
    order : Order
        The order itself.
    amount, leverage, stake : float
        Size that was entered, in the base currency, its leverage and its margin.
    part : float
        Amount that was closed in part.
    closes : list[tuple[int, float]]
        Its exits so far: when, and what each made after fees and funding, in the stake currency.
    profit : float
        What they made together.
    is_filled : bool
        False while it rests.
    """

    number: int
    order: Order
    amount: float
    leverage: float
    stake: float
    part: float = 0.0
    closes: list[tuple[int, float]] = field(default_factory=list)
    profit: float = 0.0
    is_filled: bool = True


@dataclass(frozen=True, slots=True)
class Book:
    """Orders of one pair by the candle at whose open each would be placed.

    Attributes
    ----------
    placed : list[int]
        Their times, ascending.
    numbers : list[int]
        Of the orders.
    """

    placed: list[int]
    numbers: list[int]

    def first(self, now: int) -> tuple[int, int]:
        """Return time and number of the first order at or after a time; `NEVER` and -1 for none."""
        place = bisect_left(self.placed, now)
        return (self.placed[place], self.numbers[place]) if place < len(self.placed) else (NEVER, -1)
