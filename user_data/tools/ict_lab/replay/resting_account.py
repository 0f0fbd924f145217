"""The wallet of a backtest whose entries rest: orders are placed, cancelled, filled and closed."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from ict_lab.replay.exits import NEVER
from ict_lab.replay.ledger import DAY, Ledger
from ict_lab.replay.positions import Book, Order, Taken


class RestingLedger(Ledger):
    """Places orders as Freqtrade's backtest does (LIM-1, LIM-2): one order or position a pair.

    A pair has its turn in each candle in which something of it happens: first its order is cancelled,
    then one is placed, then it fills, and last the position is closed: the next one is placed at a later
    close (LIM-1).
    """

    def rest(self, books: Sequence[Book], order_at: Callable[[int], Order]) -> None:
        """Go through the orders in the order of time.

        Parameters
        ----------
        books : Sequence[Book]
            Of each pair, in the order of the whitelist.
        order_at : Callable
            Makes the order of a number.
        """
        self._books, self._order_at = books, order_at
        self._wakes, self._placed = [book.first(0)[0] for book in books], [-1] * len(books)
        # Resting orders that a limit of the account may end, since something was entered or closed.
        self._suspects: set[int] = set()
        self._has_news = False
        self._clock = [(at, pair) for pair, at in enumerate(self._wakes) if at < NEVER]
        heapq.heapify(self._clock)
        while self._clock:
            self._resting_candle(self._clock[0][0])

    def _resting_candle(self, now: int) -> None:
        """Pairs with an order or a position have their turn first, the oldest of them first."""
        ranks = {pair: rank for rank, pair in enumerate(self._open)}
        turns: list[tuple[int, int]] = []
        while self._clock and self._clock[0][0] == now:
            _, pair = heapq.heappop(self._clock)
            if self._wakes[pair] == now and not any(pair == one for _, one in turns):
                heapq.heappush(turns, (ranks.get(pair, len(self._books) + pair), pair))
        while turns:
            rank, pair = heapq.heappop(turns)
            self._turn(pair, now)
            self._wake(pair, self._next(pair, now))
            if self._has_news:
                self._has_news = False
                self._suspect(now, rank, ranks, turns)

    def _turn(self, pair: int, now: int) -> None:
        before = self._open.get(pair)
        if before and not before.is_filled and self._is_taken_back(before, now):
            del self._open[pair]
        self._suspects.discard(pair)
        if pair not in self._open and self._placed[pair] < now and now >= self._locked_until:
            at, number = self._books[pair].first(now)
            if at == now:
                self._enter(number, now)
        held = self._open.get(pair)
        if held is None:
            return
        if not held.is_filled and held.order.opened == now:
            held.is_filled = True
            self.taken.append(held)
            self._entered[now // DAY] += 1
        if held.is_filled and now in (held.order.parted, held.order.closed):
            self._exit(held, now)
            self._has_news = True

    def _take(self, taken: Taken, now: int) -> None:
        taken.is_filled = False
        self._open[taken.order.pair], self._placed[taken.order.pair] = taken, now
        self._has_news = True

    def _is_taken_back(self, held: Taken, now: int) -> bool:
        if held.order.over == now:
            return True
        return held.order.pair in self._suspects and self._is_limited(held, now)

    def _is_limited(self, held: Taken, now: int) -> bool:
        return bool(self._refused_until(held, now, sum(self._money())))

    def _suspect(self, now: int, rank: int, ranks: dict[int, int], turns: list[tuple[int, int]]) -> None:
        """Have the orders judged that rest while something was entered or closed: at their next turn."""
        for pair, held in self._open.items():
            if held.is_filled or held.order.placed >= now + self._candle_length:
                continue
            if self._has_day_caps_alone and not self._is_limited(held, now):
                continue
            self._suspects.add(pair)
            place = ranks.get(pair, len(self._books) + pair)
            if place > rank and held.order.placed < now:
                if not any(pair == one for _, one in turns):
                    heapq.heappush(turns, (place, pair))
            elif self._wakes[pair] > now + self._candle_length:
                self._wake(pair, now + self._candle_length)

    def _next(self, pair: int, now: int) -> int:
        """When something happens on a pair next."""
        held = self._open.get(pair)
        if held is None:
            return self._books[pair].first(max(now + 1, self._locked_until))[0]
        order = held.order
        if not held.is_filled:
            return min(order.opened, order.over)
        return order.parted if now < order.parted < order.closed else order.closed

    def _wake(self, pair: int, at: int) -> None:
        self._wakes[pair] = at
        if at < NEVER:
            heapq.heappush(self._clock, (at, pair))

    def _entries_of(self, day: int, asking: Taken | None) -> int:
        """Orders that rest are entries of the day (RISK-2)."""
        resting = sum(not held.is_filled and held is not asking for held in self._open.values())
        return self._entered[day] + resting
