"""All limits that the settings use, checked one after the other (RISK-2 to RISK-7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from ict.desk.limits.cost import Cost
from ict.desk.limits.drawdown import Drawdown
from ict.desk.limits.entries import DailyTrades
from ict.desk.limits.facts import Account, Limit, Reached
from ict.desk.limits.loss import PeriodLoss
from ict.desk.limits.open_risk import OpenRiskLimit
from ict.desk.limits.streak import LosingStreak
from ict.params import Params

# The first that is met is the one that is reported.
LIMITS: tuple[Callable[[Params], Limit | None], ...] = (
    DailyTrades.of,
    PeriodLoss.of_day,
    PeriodLoss.of_week,
    Drawdown.of,
    LosingStreak.of,
    OpenRiskLimit.of,
    Cost.of,
)


@lru_cache(maxsize=8)
def limits_in_use(params: Params) -> tuple[Limit, ...]:
    """Make the limits that the settings ask for."""
    return tuple(limit for make in LIMITS if (limit := make(params)) is not None)


def earliest(params: Params, now: datetime) -> datetime:
    """Earliest moment whose trades a limit in use looks at, timezone-aware."""
    return min(limit.since(now) for limit in limits_in_use(params))


def limit_reached(account: Account, params: Params) -> Reached | None:
    """Say which limit forbids an entry, if one does (RISK-2 to RISK-7)."""
    said = (limit.reached(account) for limit in limits_in_use(params))
    return next(filter(None, said), None)
