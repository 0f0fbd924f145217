"""How much may happen in a UTC day (RISK-2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from ict.candles import Direction
from ict.params import Params


@dataclass(frozen=True, slots=True)
class TradeFact:
    """What the day's caps need to know of a trade.

    Attributes
    ----------
    opened_at : datetime
        Time of the entry's fill, timezone-aware.
    realised_at : datetime or None
        Time of the last exit that filled; None before there is one.
    realised : float
        What it realised on the day, after fees and funding, in the stake currency.
    """

    opened_at: datetime
    realised_at: datetime | None
    realised: float


def day_start(now: datetime) -> datetime:
    """First moment of the UTC day of `now`."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def next_day(now: datetime) -> datetime:
    """First moment of the next UTC day."""
    return day_start(now) + timedelta(days=1)


def day_cap_reached(
    trades: Iterable[TradeFact], *, now: datetime, equity: float, params: Params
) -> str | None:
    """Say which cap forbids a further entry on this UTC day, if one does (RISK-2).

    Parameters
    ----------
    trades : Iterable[TradeFact]
        At least the trades that were opened or closed on this day, of all pairs.
    now : datetime
        Time of the entry in question, timezone-aware.
    equity : float
        Realised equity now, in the stake currency. Less what the day realised, it is the equity at
        the day's start, against which the loss is measured.
    params : Params
        `max_daily_trades`, `max_daily_loss_percent`.

    Returns
    -------
    str or None
        The reason in a trader's words, None where an entry is allowed.
    """
    facts = list(trades)
    entries = sum(fact.opened_at >= day_start(now) for fact in facts)
    if entries >= params.max_daily_trades:
        return f"{entries} of {params.max_daily_trades} entries of the UTC day are made"
    at_start = equity - sum(fact.realised for fact in facts)
    if not (math.isfinite(at_start) and at_start > 0):
        return f"equity at the start of the UTC day must be above 0, was {at_start:.2f}"
    lost_percent = -deepest_loss(facts) / at_start * 100
    if lost_percent >= params.max_daily_loss_percent:
        return f"the UTC day lost {lost_percent:.2f}% of {params.max_daily_loss_percent:g}% allowed"
    return None


def deepest_loss(facts: Sequence[TradeFact]) -> float:
    """Lowest that the day's realised profit has been: a later gain does not lift a cap that was met."""
    by_time: dict[datetime, float] = {}
    for fact in facts:
        if fact.realised_at is not None:
            by_time[fact.realised_at] = by_time.get(fact.realised_at, 0.0) + fact.realised
    return min(accumulate((by_time[at] for at in sorted(by_time)), initial=0.0))


def realised_today(total: float, parts: Sequence[tuple[datetime | None, float]], *, now: datetime) -> float:
    """Share of a trade's realised profit that belongs to the UTC day of `now`.

    Parameters
    ----------
    total : float
        Realised profit of the trade so far, after fees and funding, in the stake currency.
    parts : Sequence
        Filled exits: time of the fill, and what that part alone made, see `part_profit`.
    now : datetime
        A time of the day in question, timezone-aware.

    Returns
    -------
    float
        What is left of the total without the parts of earlier days; 0 where none filled today. An
        earlier day's gain does not hide a loss of today. Where parts of later days filled too, what
        the day's own made: the total is then no longer the day's.
    """
    start, end = day_start(now), next_day(now)
    filled = [(at, profit) for at, profit in parts if at is not None]
    today = [profit for at, profit in filled if start <= at < end]
    if any(at >= end for at, _ in filled):
        return sum(today)
    return total - sum(profit for at, profit in filled if at < start) if today else 0.0


def part_profit(entry: float, price: float, amount: float, direction: Direction, fee: float) -> float:
    """Profit of closing a part of a position, after the fees of its entry and exit, before funding.

    Parameters
    ----------
    entry, price : float
        Fills of entry and exit, in the quote currency.
    amount : float
        Part that was closed, in the base currency.
    direction : Direction
        +1 long, -1 short.
    fee : float
        Fee of one side, ratio of the notional.
    """
    return amount * (direction * (price - entry) - fee * (entry + price))
