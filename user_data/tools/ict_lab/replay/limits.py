"""What the limits of an account see in a replay (RISK-2 to RISK-7)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from ict.desk.limits.account import earliest, limit_reached
from ict.desk.limits.facts import Account, Close, OpenRisk, Reached, TradeFact
from ict.params import Params
from ict_lab.replay.exits import Moves
from ict_lab.replay.positions import Held, Orders

SECOND = 1_000_000_000
DAY = 24 * 3600 * SECOND


def time_of(nanoseconds: int) -> datetime:
    """Return a candle's time as the limits count it."""
    return datetime.fromtimestamp(nanoseconds // SECOND, UTC)


class Today:
    """Entries and exits of the UTC day that it is, for the caps of a day (RISK-2).

    Attributes
    ----------
    entered : int
        Entries that filled.
    made, lowest : float
        Result of the day's exits so far, and the lowest that it was after one of them, at most 0.
    ends : int
        When the day is over.
    """

    __slots__ = ("_at", "_before", "_together", "ends", "entered", "lowest", "made")

    def __init__(self) -> None:
        self.ends, self.entered, self.made, self.lowest, self._at = 0, 0, 0.0, 0.0, -1

    def begin(self, now: int) -> None:
        """Begin another day."""
        self.ends = (now // DAY + 1) * DAY
        self.entered, self.made, self.lowest = 0, 0.0, 0.0

    def close(self, now: int, profit: float) -> None:
        """Add up an exit: of one candle the losses come first."""
        if now != self._at:
            self._at, self._before, self._together = now, (self.made, self.lowest), [profit]
        else:
            insort(self._together, profit)
            self.made, self.lowest = self._before
        for one in self._together:
            self.made += one
            if self.made < self.lowest:
                self.lowest = self.made


class Limits:
    """Asks every limit in use about entries, in the order of time.

    Parameters
    ----------
    orders : Orders
        What may be entered.
    taken, closed : Sequence[Held]
        All positions that were entered, and those that are closed in the order of their closes; they grow.
    share : float
        Part of a profit that counts in the equity.
    candle : int
        Length of a candle in nanoseconds.
    params : Params
        Settings.
    moves : Mapping[int, Moves]
        How the stops of orders were moved, where a limit depends on it.
    """

    def __init__(
        self,
        orders: Orders,
        taken: Sequence[Held],
        closed: Sequence[Held],
        *,
        share: float,
        candle: int,
        params: Params,
        moves: Mapping[int, Moves],
    ) -> None:
        self._orders, self._taken, self._closed, self._moves = orders, taken, closed, moves
        self._share, self._candle, self._params = share, timedelta(seconds=candle / SECOND), params
        # No limit looks at a position before this one any more.
        self._first = 0

    def reached(
        self, now: int, entry: Held, opened: Iterable[Held], equity: float, counted: float
    ) -> Reached | None:
        """Ask about one entry.

        Parameters
        ----------
        now : int
            Nanoseconds since 1970, UTC.
        entry : Held
            The entry in question.
        opened : Iterable[Held]
            Positions that are open or rest; the entry in question may be among these.
        equity, counted : float
            Realised equity that may be used, and the same with every part that is closed.
        """
        at, fee = time_of(now), self._orders.fee.item(entry.number)
        others = [one for one in opened if one is not entry]
        resting = [one for one in others if not one.is_filled]
        recent = self._since(int(earliest(self._params, at).timestamp()) * SECOND)

        def equity_at(start: datetime) -> float:
            begun = start.timestamp() * SECOND
            parts = (made for one in recent for t, made in self._closes(one) if t >= begun)
            return counted - self._share * sum(parts)

        account = Account(
            now=at,
            equity=equity,
            equity_at=equity_at,
            share=self._share,
            trades=(*(self._fact(one) for one in recent), *(TradeFact(None) for _ in resting)),
            results=(
                Close(time_of(self._orders.closed.item(one.number)), one.part_profit + one.rest_profit)
                for one in reversed(self._closed)
            ),
            open_risks=tuple(self._risk(one, now, is_filled=one.is_filled) for one in others),
            entry=self._risk(entry, now, is_filled=False),
            fees=(fee, fee),
            candle=self._candle,
        )
        return limit_reached(account, self._params)

    def _since(self, begin: int) -> list[Held]:
        """List the positions that were entered, or closed in part or whole, at a moment or later."""
        taken, opened, closed = self._taken, self._orders.opened, self._orders.closed
        while self._first < len(taken) and closed[taken[self._first].number] < begin:
            self._first += 1
        recent = islice(taken, self._first, None)
        return [
            one
            for one in recent
            if opened[one.number] >= begin or any(t >= begin for t, _ in self._closes(one))
        ]

    def _closes(self, one: Held) -> Iterator[tuple[int, float]]:
        """Return when each part of a position was closed so far, and what that made."""
        if one.part:
            yield self._orders.parted.item(one.number), one.part_profit
        if one.is_closed:
            yield self._orders.closed.item(one.number), one.rest_profit

    def _fact(self, one: Held) -> TradeFact:
        closes = tuple(Close(time_of(at), made) for at, made in self._closes(one))
        return TradeFact(time_of(self._orders.opened.item(one.number)), closes)

    def _risk(self, one: Held, now: int, *, is_filled: bool) -> OpenRisk:
        """Risk of a position; of an order at the price that it is planned from, as the strategy judges it."""
        orders, number = self._orders, one.number
        price = orders.entry if is_filled else orders.planned
        side = 1 if orders.side[number] > 0 else -1
        amount = one.amount - one.part
        return OpenRisk(price.item(number), self._stop(number, now), amount, side)

    def _stop(self, number: int, now: int) -> float:
        """Stop in force when a candle's entries are asked: pairs with a position had their turn before."""
        times, stops = self._moves.get(number, ([], []))
        moved = bisect_right(times, now)
        return stops[moved - 1] if moved else self._orders.stop.item(number)
