"""Losing trades in a row (RISK-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import ClassVar, Self

from ict.desk.limits.facts import Account, Cause, Close, Reached
from ict.params import Params


@dataclass(frozen=True, slots=True)
class LosingStreak:
    """No entry for a while after so many losing trades in a row, and again after each further one.

    Attributes
    ----------
    most : int
        Losing trades in a row that bring a pause.
    pause : timedelta
        How long it lasts, from the close of the newest of them.
    """

    most: int
    pause: timedelta

    cause: ClassVar[Cause] = "losing_streak"

    @property
    def allowed(self) -> float:
        """Losing trades in a row that bring a pause."""
        return self.most

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the limit of `max_losing_streak` and `streak_pause_hours`; None where it is off."""
        most, pause = params.max_losing_streak, timedelta(hours=params.streak_pause_hours)
        return cls(most, pause) if most else None

    def since(self, now: datetime) -> datetime:
        """Return the present: it depends on the results of whole trades, however old."""
        return now

    def used(self, account: Account) -> int:
        """Count the losing trades in a row that are the newest, whatever their age (RISK-6)."""
        results = reversed(_in_order(account.results, account.candle, account.now))
        return sum(1 for _ in takewhile(lambda close: not close.profit >= 0, results))

    def reached(self, account: Account) -> Reached | None:
        """Find the newest loss that brought a pause; a later win does not shorten it (RISK-6)."""
        streak, lost, lost_at = 0, 0, None
        for close in _in_order(account.results, account.candle, account.now - self.pause):
            # A result that is not known is a loss.
            streak = 0 if close.profit >= 0 else streak + 1
            if streak >= self.most:
                lost, lost_at = streak, close.at
        if lost_at is None or account.now >= lost_at + self.pause:
            return None
        reason = f"{lost} losing trades in a row, entries pause at {self.most}"
        # A winner may yet close in the candle of the last loss, and would come first.
        length = account.candle.total_seconds()
        is_over = account.now.timestamp() // length > lost_at.timestamp() // length
        until = lost_at + self.pause if is_over else None
        return Reached(cause=self.cause, reason=reason, value=lost, allowed=self.most, until=until)


def _in_order(newest_first: Iterable[Close], candle: timedelta, since: datetime) -> list[Close]:
    """Put results in order, the winners of a candle first, back to a winner before a moment."""
    length, found = candle.total_seconds(), list[Close]()
    for _, group in groupby(newest_first, key=lambda close: close.at.timestamp() // length):
        closes = sorted(group, key=lambda close: (close.profit >= 0, -close.at.timestamp()))
        found += closes
        if closes[-1].profit >= 0 and closes[-1].at <= since:
            break
    return [*reversed(found)]
