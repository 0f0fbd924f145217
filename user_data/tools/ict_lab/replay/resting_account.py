"""The wallet of a backtest whose entries rest: orders are placed, cancelled, filled and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

from ict.params import Params
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.exits import NEVER, Moves
from ict_lab.replay.ledger import Ledger
from ict_lab.replay.positions import Held, Orders, Taken


class RestingLedger(Ledger):
    """Places orders as Freqtrade's backtest does (LIM-1, LIM-2): one order or position a pair.

    A pair has its turn in each candle in which something of it happens: first its order is cancelled,
    then one is placed, then it fills, and last the position is closed: the next one is placed at a later
    close (LIM-1). For the parameters see `Ledger`.
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
        super().__init__(orders, account, params, contracts, candle, moves)
        self._opened, self._over = orders.opened.data, orders.over.data
        self._wakes, self._placed = [NEVER] * self._pairs, [-1] * self._pairs
        # Resting orders that a limit of the account may end, since something was entered or closed.
        self._suspects: set[int] = set()
        self._has_news = False
        self._clock: list[tuple[int, int]] = []

    def trade(self) -> Taken:
        """Go through the orders in the order of time."""
        for pair in range(self._pairs):
            self._wake(pair, self._first(pair, 0))
        while self._clock:
            now = self._clock[0][0]
            if now >= self._today.ends:
                self._today.begin(now)
            self._resting_candle(now)
        return Taken.of(self._taken)

    def _first(self, pair: int, now: int) -> int:
        """When a pair's first order at or after a time is placed."""
        number = self._book.first(pair, now)
        return self._book.placed[number] if number < self._book.ends[pair] else NEVER

    def _resting_candle(self, now: int) -> None:
        """Pairs with an order or a position have their turn first, the oldest of them first."""
        ranks = {pair: rank for rank, pair in enumerate(self._open)}
        turns: list[tuple[int, int]] = []
        while self._clock and self._clock[0][0] == now:
            _, pair = heappop(self._clock)
            if self._wakes[pair] == now and not any(pair == one for _, one in turns):
                heappush(turns, (ranks.get(pair, self._pairs + pair), pair))
        while turns:
            rank, pair = heappop(turns)
            self._turn(pair, now)
            self._wake(pair, self._next(pair, now))
            if self._has_news:
                self._has_news = False
                self._suspect(now, rank, ranks, turns)

    def _turn(self, pair: int, now: int) -> None:
        before = self._open.get(pair)
        if before and not before.is_filled and self._is_taken_back(pair, before, now):
            del self._open[pair]
        self._suspects.discard(pair)
        if pair not in self._open and self._placed[pair] < now and now >= self._locked_until:
            self._place(pair, now)
        held = self._open.get(pair)
        if held is None:
            return
        if not held.is_filled and self._opened[held.number] == now:
            held.is_filled = True
            self._taken.append(held)
            self._today.entered += 1
        if held.is_filled and now in (self._parted[held.number], self._closed[held.number]):
            self._exit(held, now)
            self._has_news = True

    def _place(self, pair: int, now: int) -> None:
        if self._first(pair, now) == now and len(self._open) < self._slots:
            self._enter(self._book.first(pair, now), now)

    def _take(self, held: Held, now: int) -> bool:
        held.is_filled = False
        pair = self._pair[held.number]
        self._open[pair], self._placed[pair] = held, now
        self._has_news = True
        return True

    def _is_taken_back(self, pair: int, held: Held, now: int) -> bool:
        if self._over[held.number] == now:
            return True
        return pair in self._suspects and self._is_limited(held, now)

    def _is_limited(self, held: Held, now: int) -> bool:
        return bool(self._refused_until(held, now, sum(self._money())))

    def _suspect(self, now: int, rank: int, ranks: dict[int, int], turns: list[tuple[int, int]]) -> None:
        """Have the orders judged that rest while something was entered or closed: at their next turn."""
        for pair, held in self._open.items():
            placed = self._book.placed[held.number]
            if held.is_filled or placed >= now + self._candle_length:
                continue
            if self._has_day_caps_alone and not self._is_limited(held, now):
                continue
            self._suspects.add(pair)
            place = ranks.get(pair, self._pairs + pair)
            if place > rank and placed < now:
                if not any(pair == one for _, one in turns):
                    heappush(turns, (place, pair))
            elif self._wakes[pair] > now + self._candle_length:
                self._wake(pair, now + self._candle_length)

    def _next(self, pair: int, now: int) -> int:
        """When something happens on a pair next."""
        held = self._open.get(pair)
        if held is None:
            return self._first(pair, max(now + 1, self._locked_until))
        number = held.number
        if not held.is_filled:
            return min(self._opened[number], self._over[number])
        parted, closed = self._parted[number], self._closed[number]
        return parted if now < parted < closed else closed

    def _wake(self, pair: int, at: int) -> None:
        self._wakes[pair] = at
        if at < NEVER:
            heappush(self._clock, (at, pair))

    def _day_is_over(self, now: int, equity: float, asking: Held | None = None) -> int:
        """Count the orders that rest as entries of the day, too (RISK-2)."""
        until = super()._day_is_over(now, equity, asking)
        resting = sum(not held.is_filled and held is not asking for held in self._open.values())
        entered, most = self._today.entered, self._most_trades
        # An order that rests may be taken back: then it holds only for now.
        return now if entered < most <= entered + resting else until
