"""What the limits of an account see in a replay (RISK-2 to RISK-7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from ict.desk.limits.account import earliest, limit_reached
from ict.desk.limits.facts import Account, Close, OpenRisk, Reached, TradeFact
from ict.params import Params
from ict_lab.replay.positions import Taken

_SECOND = 1_000_000_000


def time_of(nanoseconds: int) -> datetime:
    """Return a candle's time as the limits count it."""
    return datetime.fromtimestamp(nanoseconds // _SECOND, UTC)


class Limits:
    """Asks every limit in use about entries, in the order of time.

    Parameters
    ----------
    taken, closed : Sequence[Taken]
        All positions that were entered, and those that are closed in the order of their closes; they grow.
    share : float
        Part of a profit that counts in the equity.
    candle : int
        Length of a candle in nanoseconds.
    params : Params
        Settings.
    """

    def __init__(
        self, taken: Sequence[Taken], closed: Sequence[Taken], *, share: float, candle: int, params: Params
    ) -> None:
        self._taken, self._closed = taken, closed
        self._share, self._candle, self._params = share, timedelta(seconds=candle / _SECOND), params
        # No limit looks at a position before this one any more.
        self._first = 0

    def reached(
        self, now: int, entry: Taken, opened: Iterable[Taken], equity: float, counted: float
    ) -> Reached | None:
        """Ask about one entry.

        Parameters
        ----------
        now : int
            Nanoseconds since 1970, UTC.
        entry : Taken
            The entry in question.
        opened : Iterable[Taken]
            Positions that are open or rest; the entry in question may be among these.
        equity, counted : float
            Realised equity that may be used, and the same with every part that is closed.
        """
        at = time_of(now)
        others = [one for one in opened if one is not entry]
        resting = [one for one in others if not one.is_filled]
        recent = self._since(int(earliest(self._params, at).timestamp()) * _SECOND)

        def equity_at(start: datetime) -> float:
            begun = start.timestamp() * _SECOND
            parts = (made for one in recent for t, made in one.closes if t >= begun)
            return counted - self._share * sum(parts)

        account = Account(
            now=at,
            equity=equity,
            equity_at=equity_at,
            share=self._share,
            trades=(*(_fact(one) for one in recent), *(TradeFact(None) for _ in resting)),
            results=(Close(time_of(one.order.closed), one.profit) for one in reversed(self._closed)),
            open_risks=tuple(_risk(one) for one in others),
            entry=_risk(entry),
            fees=(entry.order.fee, entry.order.fee),
            candle=self._candle,
        )
        return limit_reached(account, self._params)

    def _since(self, begin: int) -> list[Taken]:
        """List the positions that were entered, or closed in part or whole, at a moment or later."""
        taken = self._taken
        while self._first < len(taken) and taken[self._first].order.closed < begin:
            self._first += 1
        recent = islice(taken, self._first, None)
        return [one for one in recent if one.order.opened >= begin or any(t >= begin for t, _ in one.closes)]


def _fact(one: Taken) -> TradeFact:
    closes = tuple(Close(time_of(at), made) for at, made in one.closes)
    return TradeFact(time_of(one.order.opened), closes)


def _risk(one: Taken) -> OpenRisk:
    order = one.order
    return OpenRisk(order.entry, order.stop, one.amount - one.part, order.side)
