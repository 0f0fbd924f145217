"""Realised loss of a day and of a week (RISK-2, RISK-4)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Literal, Self

from ict.desk.limits.facts import Account, Cause, Close, Reached, closes_since
from ict.desk.limits.periods import day_start, next_day, next_week, week_start
from ict.params import Params
from ict.tie import TIE

_CAUSE: dict[str, Cause] = {"day": "daily_loss", "week": "weekly_loss"}


@dataclass(frozen=True, slots=True)
class PeriodLoss:
    """No entry for the rest of a UTC day or week once its loss is reached.

    Attributes
    ----------
    percent : float
        Loss that ends it, percent of the equity at its start.
    period : str
        day or week.
    """

    percent: float
    period: Literal["day", "week"]

    @classmethod
    def of_day(cls, params: Params) -> Self:
        """Make the limit of `max_daily_loss_percent`."""
        return cls(params.max_daily_loss_percent, "day")

    @classmethod
    def of_week(cls, params: Params) -> Self | None:
        """Make the limit of `max_weekly_loss_percent`; None where it is off."""
        percent = params.max_weekly_loss_percent
        return cls(percent, "week") if percent < 100 else None

    def since(self, now: datetime) -> datetime:
        """Start of the UTC day, or of the week on Monday."""
        return day_start(now) if self.period == "day" else week_start(now)

    @property
    def cause(self) -> Cause:
        """Which one."""
        return _CAUSE[self.period]

    @property
    def allowed(self) -> float:
        """Loss allowed, percent of the equity at the start."""
        return self.percent

    def used(self, account: Account) -> float:
        """Deepest loss of the period, percent of the equity at its start; NaN where that is not above 0."""
        start = self.since(account.now)
        equity = account.equity_at(start)
        lost = -deepest_loss(closes_since(account.trades, start))
        return lost / equity * 100 if math.isfinite(equity) and equity > 0 else math.nan

    def reached(self, account: Account) -> Reached | None:
        """Compare the period's deepest loss with the equity at its start (RISK-2, RISK-4)."""
        equity = account.equity_at(self.since(account.now))
        if not (math.isfinite(equity) and equity > 0):
            return self._met(
                f"equity at the start of the UTC {self.period} must be above 0, was {equity:.2f}",
                math.nan,
                account,
            )
        lost = self.used(account)
        # A loss that can't be computed is not within the limit.
        if lost < self.percent - TIE:
            return None
        return self._met(
            f"the UTC {self.period} lost {lost:.2f}% of {self.percent:g}% allowed", lost, account
        )

    def _met(self, reason: str, lost: float, account: Account) -> Reached:
        until = next_day(account.now) if self.period == "day" else next_week(account.now)
        return Reached(cause=self.cause, reason=reason, value=lost, allowed=self.percent, until=until)


def deepest_loss(closes: Iterable[Close]) -> float:
    """Lowest that a realised profit has been: a later gain does not lift a limit that was met.

    Of one moment, which in a backtest is a whole candle, losses count first. NaN where one is not known.
    """
    course = list(accumulate((close.profit for close in sorted(closes)), initial=0.0))
    return min(course) if math.isfinite(course[-1]) else math.nan
