"""How much may happen in a UTC day (RISK-2)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from ict.candles import Direction
from ict.params import Params


@dataclass(frozen=True, slots=True, order=True)
class Close:
    """An exit that filled: of a whole trade, or of a part of it.

    Attributes
    ----------
    at : datetime
        Time of the fill, timezone-aware; in a backtest that of its candle.
    profit : float
        What it made, after fees and funding, in the stake currency.
    """

    at: datetime
    profit: float


@dataclass(frozen=True, slots=True)
class TradeFact:
    """What the day's caps need to know of a trade.

    Attributes
    ----------
    opened_at : datetime
        Time of the entry's fill, timezone-aware.
    closes : tuple[Close, ...]
        Its exits of the day.
    """

    opened_at: datetime
    closes: tuple[Close, ...] = ()

    @property
    def realised(self) -> float:
        """What it realised on the day, in the stake currency."""
        return sum(close.profit for close in self.closes)


def day_start(now: datetime) -> datetime:
    """First moment of the UTC day of `now`."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def next_day(now: datetime) -> datetime:
    """First moment of the next UTC day."""
    return day_start(now) + timedelta(days=1)


def day_cap_reached(
    trades: Iterable[TradeFact], *, now: datetime, start_equity: float, params: Params
) -> str | None:
    """Say which cap forbids a further entry on this UTC day, if one does (RISK-2).

    Parameters
    ----------
    trades : Iterable[TradeFact]
        At least the trades that were opened or closed on this day, of all pairs.
    now : datetime
        Time of the entry in question, timezone-aware.
    start_equity : float
        Equity at the day's start, against which the loss is measured: deposits and withdrawals of the
        day left out, in the stake currency.
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
    if not (math.isfinite(start_equity) and start_equity > 0):
        return f"equity at the start of the UTC day must be above 0, was {start_equity:.2f}"
    lost_percent = -deepest_loss(facts) / start_equity * 100
    # A loss that can't be computed is not within the cap.
    if not lost_percent < params.max_daily_loss_percent:
        return f"the UTC day lost {lost_percent:.2f}% of {params.max_daily_loss_percent:g}% allowed"
    return None


def deepest_loss(facts: Iterable[TradeFact]) -> float:
    """Lowest that the day's realised profit has been: a later gain does not lift a cap that was met.

    Of one moment, which in a backtest is a whole candle, losses count first. NaN where one is not known.
    """
    closes = sorted(close for fact in facts for close in fact.closes)
    course = list(accumulate((close.profit for close in closes), initial=0.0))
    return min(course) if math.isfinite(course[-1]) else math.nan


def closes_of_day(
    total: float, parts: Iterable[tuple[datetime | None, float]], *, now: datetime
) -> tuple[Close, ...]:
    """List a trade's exits of the UTC day of `now`, and what each made.

    Parameters
    ----------
    total : float
        Realised profit of the trade so far, after fees and funding, in the stake currency.
    parts : Iterable
        Filled exits: time of the fill, and what that part alone made, see `part_profit`.
    now : datetime
        A time of the day in question, timezone-aware.

    Returns
    -------
    tuple[Close, ...]
        Oldest first. What the parts leave of the total, such as funding, is in the last. An earlier
        day's gain does not hide a loss of today. Where parts of later days filled too, the day's own are
        as they were made: the total is then no longer the day's.
    """
    start, end = day_start(now), next_day(now)
    closes = sorted(Close(at, profit) for at, profit in parts if at is not None)
    today = [close for close in closes if start <= close.at < end]
    if not today or closes[-1].at >= end:
        return tuple(today)
    rest = total - sum(close.profit for close in closes)
    return (*today[:-1], Close(today[-1].at, today[-1].profit + rest))


def part_profit(
    entry: float, price: float, amount: float, direction: Direction, fees: tuple[float, float]
) -> float:
    """Profit of closing a part of a position, after the fees of its entry and exit, before funding.

    Parameters
    ----------
    entry, price : float
        Fills of entry and exit, in the quote currency.
    amount : float
        Part that was closed, in the base currency.
    direction : Direction
        +1 long, -1 short.
    fees : tuple[float, float]
        Of entry and exit, ratios of the notional.
    """
    return amount * (direction * (price - entry) - fees[0] * entry - fees[1] * price)
