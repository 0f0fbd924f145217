"""Fees of one entry (RISK-7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from ict.desk.costs import fees_in_r
from ict.desk.limits.facts import Account, Cause, Reached
from ict.params import Params
from ict.tie import TIE


@dataclass(frozen=True, slots=True)
class Cost:
    """No entry whose fees are too large a part of its risk.

    Attributes
    ----------
    most_r : float
        Fees of both sides allowed, in R.
    """

    most_r: float

    cause: ClassVar[Cause] = "cost"

    @property
    def allowed(self) -> float:
        """Fees of both sides allowed, in R."""
        return self.most_r

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the limit of `max_cost_r`; None where it is off."""
        return cls(params.max_cost_r) if params.max_cost_r else None

    def since(self, now: datetime) -> datetime:
        """Return the present: it depends only on the entry."""
        return now

    def used(self, account: Account) -> float:
        """Fees of entry and stop over the distance between them (RISK-7)."""
        return fees_in_r(account.entry.entry, account.entry.stop, account.fees)

    def reached(self, account: Account) -> Reached | None:
        """Compare the fees of entry and stop with the distance between them (RISK-7)."""
        (entry_fee, exit_fee), entry = account.fees, account.entry
        risk, cost = abs(entry.entry - entry.stop), self.used(account)
        # An unknown value gives no permission.
        if cost <= self.most_r + TIE:
            return None
        reason = (
            f"fees of {entry_fee:.4%} and {exit_fee:.4%} are {cost:.2f} R with the stop "
            f"{risk / entry.entry:.3%} away, {self.most_r:g} R allowed"
        )
        return Reached(cause=self.cause, reason=reason, value=cost, allowed=self.most_r)
