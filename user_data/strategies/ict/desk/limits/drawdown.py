"""Distance of the realised equity from its highest (RISK-5)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import ClassVar, Self

from ict.desk.limits.facts import Account, Cause, Reached, closes_since
from ict.desk.limits.periods import day_start
from ict.params import Params
from ict.tie import TIE


@dataclass(frozen=True, slots=True)
class Drawdown:
    """No entry while the realised equity is too far below its highest of the last days.

    Attributes
    ----------
    percent : float
        How far it may be below, percent of that highest.
    days : int
        How far back the highest counts.
    """

    percent: float
    days: int

    cause: ClassVar[Cause] = "drawdown"

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the limit of `max_drawdown_percent` and `drawdown_days`; None where it is off."""
        percent = params.max_drawdown_percent
        return cls(percent, params.drawdown_days) if percent < 100 else None

    def since(self, now: datetime) -> datetime:
        """Start of the UTC day in which the window begins, so that transfers are requested once a day."""
        return day_start(now - timedelta(days=self.days))

    @property
    def allowed(self) -> float:
        """How far the equity may be below its highest, percent of that."""
        return self.percent

    def used(self, account: Account) -> float:
        """How far the equity is below its highest, percent of that; deposits and withdrawals left out."""
        levels = [*self._levels(account)]
        begin, (_, equity) = account.now - timedelta(days=self.days), levels[-1]
        highest = max(level for end, level in levels if end > begin)
        return (highest - equity) / highest * 100 if highest > 0 else math.nan

    def reached(self, account: Account) -> Reached | None:
        """Compare the equity with its highest (RISK-5)."""
        below, levels = self.used(account), [*self._levels(account)]
        equity = levels[-1][1]
        if below <= self.percent + TIE:
            return None
        # An open trade may end it sooner; without one only the highest's age does.
        too_high = [
            end for end, level in levels[:-1] if (level - equity) > (self.percent + TIE) / 100 * level
        ]
        until = max(too_high) + timedelta(days=self.days) if too_high and not account.open_risks else None
        reason = f"equity is {below:.2f}% below its highest of {self.days} days, {self.percent:g}% allowed"
        return Reached(cause=self.cause, reason=reason, value=below, allowed=self.percent, until=until)

    def _levels(self, account: Account) -> Iterator[tuple[datetime, float]]:
        """Realised equity level by level, each with the moment of the close that ended it, at last now's."""
        start = self.since(account.now)
        equity = account.equity_at(start)
        closes = sorted(closes_since(account.trades, start))
        for at, those in groupby(closes, key=lambda close: close.at):
            yield at, equity
            equity += account.share * sum(close.profit for close in those)
        yield datetime.max.replace(tzinfo=account.now.tzinfo), equity
