"""Fees of one entry (RISK-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ict.desk.limits.facts import Account, Reached
from ict.params import Params

# A float's last digits must not cost an entry.
_TIE_R = 1e-9


@dataclass(frozen=True, slots=True)
class Cost:
    """No entry whose fees are too large a part of its risk.

    Attributes
    ----------
    most_r : float
        Fees of both sides allowed, in R.
    """

    most_r: float

    @classmethod
    def of(cls, params: Params) -> Cost | None:
        """Make the limit of `max_cost_r`; None where it is off."""
        return cls(params.max_cost_r) if params.max_cost_r else None

    def since(self, now: datetime) -> datetime:
        """Return the present: it goes by the entry alone."""
        return now

    def reached(self, account: Account) -> Reached | None:
        """Compare the fees of entry and stop with the distance between them (RISK-7)."""
        (entry_fee, exit_fee), entry = account.fees, account.entry
        paid, risk = entry_fee * entry.entry + exit_fee * entry.stop, abs(entry.entry - entry.stop)
        # What is not known is no permission.
        if paid <= (self.most_r + _TIE_R) * risk:
            return None
        cost = paid / risk if risk else float("inf")
        reason = (
            f"fees of {entry_fee:.4%} and {exit_fee:.4%} are {cost:.2f} R with the stop "
            f"{risk / entry.entry:.3%} away, {self.most_r:g} R allowed"
        )
        return Reached(cause="cost", reason=reason, value=cost, allowed=self.most_r)
