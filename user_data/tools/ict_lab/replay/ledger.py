"""The wallet and the caps of a backtest: which orders are taken, how large they are, and what they make."""

from __future__ import annotations

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import accumulate

from ict.desk.limits.account import limits_in_use
from ict.params import Params
from ict.tie import TIE
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.limits import Limits
from ict_lab.replay.positions import Book, Order, Taken
from ict_lab.replay.sizes import Sizer

SECOND = 1_000_000_000
DAY = 24 * 3600 * SECOND
# Limits that are always in use.
DAY_CAPS = ("max_daily_trades", "max_daily_loss_percent")
# Freqtrade's own rounding of a profit.
PROFIT_DIGITS = 8


class Ledger:
    """Takes orders as Freqtrade's backtest does (RISK-1, RISK-2), one position a pair.

    Parameters
    ----------
    account : Account
        The wallet.
    params : Params
        Settings of size, caps and partial exits.
    contracts : Sequence[Contract]
        By the pair's number.
    candle : int
        Length of a candle, nanoseconds.
    """

    def __init__(self, account: Account, params: Params, contracts: Sequence[Contract], candle: int) -> None:
        self._account, self._params = account, params
        self._sizer = Sizer(account, params, contracts)
        self._candle_length = candle
        self._has_day_caps_alone = len(limits_in_use(params)) == len(DAY_CAPS)
        self._results: list[Taken] = []
        self.taken: list[Taken] = []
        self._limits = Limits(self.taken, self._results, share=account.share, candle=candle, params=params)
        self._open: dict[int, Taken] = {}
        self._ends: list[tuple[int, int]] = []
        self._closed_profit = 0.0
        self._locked_until = -1
        self._entered: defaultdict[int, int] = defaultdict(int)
        self._closes: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)

    def trade(self, books: Sequence[Book], order_at: Callable[[int], Order]) -> None:
        """Go through orders in the order of time, and take those that there is room for.

        Parameters
        ----------
        books : Sequence[Book]
            Of each pair, in the order of the whitelist.
        order_at : Callable
            Makes the order of a number.
        """
        self._order_at = order_at
        clock = [(book.placed[0], pair, book.numbers[0]) for pair, book in enumerate(books) if book.placed]
        heapq.heapify(clock)
        while clock:
            now, asking = clock[0][0], {}
            while clock and clock[0][0] == now:
                _, pair, number = heapq.heappop(clock)
                asking[pair] = number
            asked = list(asking)
            # Pairs whose positions end have their turn first, the oldest first; they may only turn them.
            while self._ends and self._ends[0][0] <= now:
                self._reverse(self._ended(), asking, now)
            for number in asking.values():
                self._enter(number, now)
            self._ask_later(asked, books, clock, now)
        while self._ends:
            self._ended()

    def _ask_later(
        self, pairs: Sequence[int], books: Sequence[Book], clock: list[tuple[int, int, int]], now: int
    ) -> None:
        """Note the next order of each pair that there may be room for."""
        locked, ends, opened = self._locked_until, self._ends, self._open
        free_at = locked if locked > now else now + 1
        if ends and len(opened) >= self._account.slots and ends[0][0] > free_at:
            free_at = ends[0][0]
        for pair in pairs:
            held = opened.get(pair)
            closed = held.order.closed if held else 0
            at, number = books[pair].first(closed if closed > free_at else free_at)
            if number >= 0:
                heapq.heappush(clock, (at, pair, number))

    def _reverse(self, held: Taken, asking: dict[int, int], now: int) -> None:
        """Enter the other way where a position ends and its pair asks."""
        pair = held.order.pair
        if pair in asking and held.order.closed == now and pair not in self._open:
            number = asking.pop(pair)
            if self._order_at(number).side != held.order.side:
                self._enter(number, now)

    # Exits

    def _ended(self) -> Taken:
        """Book the next exit, and give its position."""
        at, place = heapq.heappop(self._ends)
        held = self.taken[place]
        self._exit(held, at)
        return held

    def _exit(self, held: Taken, now: int) -> None:
        """Book what a position closes at a candle, unless it is booked already."""
        if self._open.get(held.order.pair) is not held:
            return
        order = held.order
        if order.parted == now and not held.part:
            self._close_part(held)
        if order.closed == now:
            del self._open[order.pair]
            rest = held.amount - held.part
            funding = order.funding * rest
            if held.part and not order.funding:
                # Freqtrade books the funding of the part's own candle again, for all of the position.
                funding = order.doubled * held.amount
            made = self._profit(order, rest, order.exit, funding)
            self._book(held, now, made)
            self._closed_profit += held.profit
            self._results.append(held)

    def _close_part(self, held: Taken) -> None:
        order = held.order
        held.part = self._sizer.part(order, held.amount)
        if held.part:
            made = self._profit(order, held.part, order.part_price, order.part_funding * held.amount)
            held.stake = (held.amount - held.part) * order.entry / held.leverage
            self._book(held, order.parted, made)

    def _book(self, held: Taken, now: int, made: float) -> None:
        held.closes.append((now, made))
        held.profit += made
        # Of one candle the losses come first.
        insort(self._closes[now // DAY], (now, made))

    @staticmethod
    def _profit(order: Order, amount: float, price: float, funding: float) -> float:
        fees = order.fee * (order.entry + price)
        return round(amount * (order.side * (price - order.entry) - fees) + funding, PROFIT_DIGITS)

    # Entries

    def _enter(self, number: int, now: int) -> None:
        if now < self._locked_until or len(self._open) >= self._account.slots:
            return
        available, tied = self._money()
        # The caps of the day do not ask for the size.
        until = self._day_is_over(now, available + tied) if self._has_day_caps_alone else 0
        taken = None if until else self._sized(number, available, tied)
        if taken and not self._has_day_caps_alone:
            until = self._refused_until(taken, now, available + tied)
        if until:
            self._locked_until = max(self._locked_until, until)
        elif taken:
            self._take(taken, now)

    def _money(self) -> tuple[float, float]:
        """Return what is free to be used, and what positions hold."""
        tied = booked = 0.0
        for held in self._open.values():
            tied, booked = tied + held.stake, booked + held.profit
        free = self._account.balance + (self._closed_profit + booked) - tied
        usable = (tied + free) * self._account.balance_ratio - tied
        if self._account.capital is not None:
            usable = self._account.capital + self._closed_profit - tied
        return (usable if usable < free else free), tied

    def _counted(self, equity: float) -> float:
        """Equity as limits count it: a set capital grows by a part only when its trade is closed (RISK-2)."""
        if self._account.capital is None:
            return equity
        return equity + sum(held.profit for held in self._open.values())

    def _take(self, taken: Taken, now: int) -> None:
        """Enter at the market."""
        order, place = taken.order, len(self.taken)
        self.taken.append(taken)
        self._open[order.pair] = taken
        self._entered[now // DAY] += 1
        heapq.heappush(self._ends, (order.closed, place))
        if order.parted < order.closed:
            heapq.heappush(self._ends, (order.parted, place))
        if order.closed == now or order.parted == now:
            self._exit(taken, now)

    def _sized(self, number: int, available: float, tied: float) -> Taken | None:
        """Size a position by its stop, within what wallet and exchange allow (RISK-1); None for no size."""
        order = self._order_at(number)
        size = self._sizer.size(order, available, tied)
        if size is None:
            return None
        amount, leverage = size
        return Taken(number, order, amount, leverage, amount * order.entry / leverage)

    def _refused_until(self, taken: Taken, now: int, equity: float) -> int:
        """When entries are allowed again where a limit forbids one (RISK-2 to RISK-7); 0 where none does."""
        if self._has_day_caps_alone:
            return self._day_is_over(now, equity, taken)
        reached = self._limits.reached(now, taken, self._open.values(), equity, self._counted(equity))
        if reached is None:
            return 0
        return int(reached.until.timestamp()) * SECOND if reached.until else now

    def _entries_of(self, day: int, asking: Taken | None) -> int:
        """Entries of a day, without the one that asks."""
        return self._entered[day]

    def _day_is_over(self, now: int, equity: float, asking: Taken | None = None) -> int:
        """When a UTC day ends of which a cap is reached (RISK-2), 0 before: as the limits say, but faster."""
        day = now // DAY
        if self._entries_of(day, asking) >= self._params.max_daily_trades:
            # An order that rests may be taken back: then it holds only for now.
            return (day + 1) * DAY if self._entered[day] >= self._params.max_daily_trades else now
        if not (closes := self._closes.get(day)):
            return 0
        made = list(accumulate((profit for _, profit in closes), initial=0.0))
        start = self._counted(equity) - self._account.share * made[-1]
        is_within = -min(made) / start * 100 < self._params.max_daily_loss_percent - TIE
        return 0 if is_within else (day + 1) * DAY
