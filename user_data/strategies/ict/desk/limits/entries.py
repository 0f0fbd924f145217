"""Entries of a day (RISK-2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from ict.desk.limits.facts import Account, Cause, Reached, TradeFact
from ict.desk.limits.periods import day_start, next_day
from ict.params import Params


@dataclass(frozen=True, slots=True)
class DailyTrades:
    """No more than so many entries in a UTC day.

    Attributes
    ----------
    most : int
        Entries allowed.
    """

    most: int

    cause: ClassVar[Cause] = "daily_trades"

    @property
    def allowed(self) -> float:
        """Entries allowed."""
        return self.most

    @classmethod
    def of(cls, params: Params) -> Self:
        """Make the limit of `max_daily_trades`."""
        return cls(params.max_daily_trades)

    def since(self, now: datetime) -> datetime:
        """Start of the UTC day."""
        return day_start(now)

    def used(self, account: Account) -> int:
        """Count the entries of the day by their fills, a resting order as one of them (RISK-2)."""
        return entries_of_day(account.trades, account.now)

    def reached(self, account: Account) -> Reached | None:
        """Compare the entries of the day with those allowed (RISK-2)."""
        entries = self.used(account)
        if entries < self.most:
            return None
        reason = f"{entries} of {self.most} entries of the UTC day are used"
        # An order that rests may be taken back, and its place is free again.
        filled = entries - sum(trade.opened_at is None for trade in account.trades)
        until = next_day(account.now) if filled >= self.most else None
        return Reached(cause=self.cause, reason=reason, value=entries, allowed=self.most, until=until)


def entries_of_day(trades: Iterable[TradeFact], now: datetime) -> int:
    """Count the entries of the UTC day of `now`, a resting order as one of them."""
    start = day_start(now)
    return sum(trade.opened_at is None or trade.opened_at >= start for trade in trades)
