"""What all open positions risk together (RISK-3)."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from ict.desk.limits.facts import Account, Cause, Reached
from ict.params import Params
from ict.tie import TIE


@dataclass(frozen=True, slots=True)
class OpenRiskLimit:
    """No entry that would bring the risk of all open positions above a share of the equity.

    Attributes
    ----------
    percent : float
        That share.
    """

    percent: float

    cause: ClassVar[Cause] = "open_risk"

    @property
    def allowed(self) -> float:
        """That share, percent of the equity."""
        return self.percent

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the limit of `max_open_risk_percent`; None where it is off."""
        percent = params.max_open_risk_percent
        return cls(percent) if percent < 100 else None

    def since(self, now: datetime) -> datetime:
        """Return the present: it depends on open trades."""
        return now

    def used(self, account: Account) -> float:
        """Add up the losses at the current stops and the new one, percent of the equity (RISK-3)."""
        risk = sum(one.loss for one in (*account.open_risks, account.entry))
        return risk / account.equity * 100 if account.equity > 0 else math.nan

    def reached(self, account: Account) -> Reached | None:
        """Compare it with that share (RISK-3)."""
        percent = self.used(account)
        # An unknown value gives no permission.
        if percent <= self.percent + TIE:
            return None
        reason = (
            f"open positions and this entry would risk {percent:.2f}% of equity, {self.percent:g}% allowed"
        )
        return Reached(cause=self.cause, reason=reason, value=percent, allowed=self.percent)
