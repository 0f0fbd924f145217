"""The wallet and the caps of a backtest: which orders are taken, how large they are, and what they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

from ict.desk.limits.account import limits_in_use
from ict.params import Params
from ict.tie import TIE
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.exits import NEVER, Moves
from ict_lab.replay.grids import rounded
from ict_lab.replay.limits import SECOND, Limits, Today
from ict_lab.replay.positions import Book, Held, Orders, Taken
from ict_lab.replay.sizes import Sizer

# Limits that are always in use.
DAY_CAPS = ("max_daily_trades", "max_daily_loss_percent")
# What has its turn in a candle: first exits, in the order of the entries, then entries, in that of the pairs.
EXIT, ENTRY = 0, 1


class Ledger:
    """Takes orders as Freqtrade's backtest does (RISK-1, RISK-2), one position a pair.

    All that can be said of an order alone is on columns before: only slots, wallet, caps and locks are
    followed step by step.

    Parameters
    ----------
    orders : Orders
        What may be taken.
    account : Account
        The wallet.
    params : Params
        Settings of size, caps and partial exits.
    contracts : Sequence[Contract]
        By the pair's number.
    candle : int
        Length of a candle, nanoseconds.
    moves : Mapping, optional
        How the stops of orders are moved, where a limit depends on it.
    """

    def __init__(
        self,
        orders: Orders,
        account: Account,
        params: Params,
        contracts: Sequence[Contract],
        candle: int,
        moves: Mapping[int, Moves] | None = None,
    ) -> None:
        self._orders, self._account, self._params, self._candle_length = orders, account, params, candle
        self._sizer = Sizer(orders, account, params, contracts)
        self._pairs, self._slots = len(contracts), account.slots
        self._balance, self._balance_ratio = account.balance, account.balance_ratio
        self._capital, self._most_trades = account.capital, params.max_daily_trades
        self._book = Book(orders, self._pairs)
        self._has_day_caps_alone = len(limits_in_use(params)) == len(DAY_CAPS)
        self._taken: list[Held] = []
        self._results: list[Held] = []
        self._limits = Limits(
            orders,
            self._taken,
            self._results,
            share=account.share,
            candle=candle,
            params=params,
            moves=moves or {},
        )
        # Python reads a number of these three times as fast as of the arrays.
        self._pair, self._side = orders.pair.data, orders.side.data
        self._closed, self._parted = orders.closed.data, orders.parted.data
        self._entry, self._gain, self._funding = orders.entry.data, orders.gain.data, orders.funding.data
        self._open: dict[int, Held] = {}
        self._turns: list[tuple[int, int, int]] = []
        # Pairs that ask for an entry as soon as there is a slot.
        self._without_slot: list[int] = []
        self._closed_profit = 0.0
        self._locked_until = -1
        self._today = Today()

    def trade(self) -> Taken:
        """Go through the orders in the order of time, and take those that there is room for."""
        for pair in range(self._pairs):
            self._ask(pair, self._book.begins[pair])
        turns, today, taken = self._turns, self._today, self._taken
        while turns:
            now, what, number = heappop(turns)
            if now >= today.ends:
                today.begin(now)
            if what == EXIT:
                self._leave(taken[number], now)
            else:
                self._asked(number, now)
        return Taken.of(self._taken)

    def _ask(self, pair: int, number: int) -> None:
        """Have a pair ask for an entry when it is placed."""
        if number < self._book.ends[pair]:
            heappush(self._turns, (self._book.placed[number], ENTRY, number))

    def _asked(self, number: int, now: int) -> None:
        """Enter where there is room; else the pair asks again when there may be."""
        pair = self._pair[number]
        if now < self._locked_until:
            self._ask(pair, self._book.first(pair, self._locked_until))
        elif len(self._open) >= self._slots:
            self._without_slot.append(pair)
        elif not self._enter(number, now):
            self._ask(pair, number + 1)

    def _leave(self, held: Held, now: int) -> None:
        """Book an exit, after which the pair asks again: in the same candle it may only turn its position."""
        pair = self._pair[held.number]
        self._exit(held, now)
        if pair in self._open:
            return
        if self._without_slot:
            for waiting in self._without_slot:
                self._ask(waiting, self._book.first(waiting, now))
            self._without_slot.clear()
        book, number = self._book, self._book.first(pair, now)
        if number < book.ends[pair] and book.placed[number] == now:
            is_other = self._side[number] != self._side[held.number]
            if is_other and now >= self._locked_until and self._enter(number, now):
                return
            number += 1
        self._ask(pair, number)

    # Exits

    def _exit(self, held: Held, now: int) -> None:
        """Book what a position closes at a candle."""
        number = held.number
        parted = self._parted[number]
        if parted == now and not held.part:
            self._close_part(held)
        if self._closed[number] != now:
            return
        held.is_closed = True
        del self._open[self._pair[number]]
        amount, funding = held.amount, self._funding[number]
        paid = funding * amount
        if held.part:
            # Freqtrade books the funding of the part's own candle again, for all of the position.
            paid = funding * (amount - held.part) if funding else self._orders.doubled.item(number) * amount
            amount -= held.part
        elif parted < NEVER:
            # No part was closed: what the part would have had counts on.
            kept = funding - self._orders.doubled.item(number) if funding else 0.0
            paid = (self._orders.part_funding.item(number) + kept) * amount
        held.rest_profit = rounded(amount * self._gain[number] + paid)
        self._closed_profit += held.part_profit + held.rest_profit
        self._results.append(held)
        self._today.close(now, held.rest_profit)

    def _close_part(self, held: Held) -> None:
        orders, number = self._orders, held.number
        held.part = self._sizer.part(number, held.amount)
        if held.part:
            made = held.part * orders.part_gain.item(number)
            made += orders.part_funding.item(number) * held.amount
            held.part_profit = rounded(made)
            held.stake = (held.amount - held.part) * self._entry[number] / held.leverage
            self._today.close(self._parted[number], held.part_profit)

    # Entries

    def _enter(self, number: int, now: int) -> bool:
        """Enter unless a limit forbids it or it would have no size; tell whether the position is open now."""
        available, tied = self._money()
        # The caps of the day do not ask for the size.
        until = self._day_is_over(now, available + tied) if self._has_day_caps_alone else 0
        size = None if until else self._sizer.size(number, available, tied)
        if size is not None:
            amount, leverage = size
            held = Held(number, amount, leverage, amount * self._entry[number] / leverage)
            if not self._has_day_caps_alone:
                until = self._refused_until(held, now, available + tied)
            if not until:
                return self._take(held, now)
        if until > self._locked_until:
            self._locked_until = until
        return False

    def _money(self) -> tuple[float, float]:
        """Return what is free to be used, and what positions hold."""
        tied = booked = 0.0
        for held in self._open.values():
            tied += held.stake
            booked += held.part_profit
        free = self._balance + (self._closed_profit + booked) - tied
        if self._capital is None:
            usable = (tied + free) * self._balance_ratio - tied
        else:
            usable = self._capital + self._closed_profit - tied
        return (usable if usable < free else free), tied

    def _counted(self, equity: float) -> float:
        """Equity as limits count it: a set capital grows by a part only when its trade is closed (RISK-2)."""
        if self._capital is None:
            return equity
        return equity + sum(held.part_profit for held in self._open.values())

    def _take(self, held: Held, now: int) -> bool:
        """Enter at the market, and note the turns of the exits; tell whether the position is open now."""
        number, place = held.number, len(self._taken)
        self._taken.append(held)
        self._open[self._pair[number]] = held
        self._today.entered += 1
        closed, parted = self._closed[number], self._parted[number]
        if closed == now or parted == now:
            self._exit(held, now)
        if now < parted < closed:
            heappush(self._turns, (parted, EXIT, place))
        if now < closed:
            heappush(self._turns, (closed, EXIT, place))
        return now < closed

    def _refused_until(self, held: Held, now: int, equity: float) -> int:
        """When entries are allowed again where a limit forbids one (RISK-2 to RISK-7); 0 where none does."""
        if self._has_day_caps_alone:
            return self._day_is_over(now, equity, held)
        reached = self._limits.reached(now, held, self._open.values(), equity, self._counted(equity))
        if reached is None:
            return 0
        return int(reached.until.timestamp()) * SECOND if reached.until else now

    def _day_is_over(self, now: int, equity: float, asking: Held | None = None) -> int:
        """When a UTC day ends of which a cap is reached (RISK-2), 0 before: as the limits say, but faster."""
        today = self._today
        if today.entered >= self._most_trades:
            return today.ends
        if today.lowest >= 0:
            return 0
        start = self._counted(equity) - self._account.share * today.made
        is_within = -today.lowest / start * 100 < self._params.max_daily_loss_percent - TIE
        return 0 if is_within else today.ends
