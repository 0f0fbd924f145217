"""What all open positions risk together (RISK-3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from ict.desk.limits.facts import Account, Reached
from ict.params import Params

# A float's last digits must not cost an entry.
_TIE_PERCENT = 1e-9


@dataclass(frozen=True, slots=True)
class OpenRiskLimit:
    """No entry that would bring the risk of all open positions above a share of the equity.

    Attributes
    ----------
    percent : float
        That share.
    """

    percent: float

    @classmethod
    def of(cls, params: Params) -> OpenRiskLimit | None:
        """Make the limit of `max_open_risk_percent`; None where it is off."""
        percent = params.max_open_risk_percent
        return cls(percent) if percent < 100 else None

    def since(self, now: datetime) -> datetime:
        """Return the present: it goes by what is open."""
        return now

    def reached(self, account: Account) -> Reached | None:
        """Add up what stops in force would lose, and the new one's (RISK-3)."""
        risk = sum(one.loss for one in (*account.open_risks, account.entry))
        percent = risk / account.equity * 100 if account.equity > 0 else math.nan
        # What is not known is no permission.
        if percent <= self.percent + _TIE_PERCENT:
            return None
        reason = (
            f"open positions and this entry would risk {percent:.2f}% of equity, {self.percent:g}% allowed"
        )
        return Reached(cause="open_risk", reason=reason, value=percent, allowed=self.percent)
