"""The limits' view of an account, and their answer when one is reached."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from ict.candles import Direction

Cause = Literal["daily_trades", "daily_loss", "weekly_loss", "drawdown", "losing_streak", "open_risk", "cost"]


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
    """A trade as the limits need it.

    Attributes
    ----------
    opened_at : datetime or None
        Time of the entry's fill, timezone-aware; None of an order that rests.
    closes : tuple[Close, ...]
        Its exits in the time in question.
    """

    opened_at: datetime | None
    closes: tuple[Close, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenRisk:
    """A position, or an order for one, and its stop.

    Attributes
    ----------
    entry, stop : float
        Fill (of an order: its price) and stop in force, in the quote currency.
    amount : float
        Size in the base currency.
    direction : Direction
        +1 long, -1 short.
    """

    entry: float
    stop: float
    amount: float
    direction: Direction

    @property
    def loss(self) -> float:
        """Loss at the stop before fees (RISK-3), 0 where the stop is beyond the entry; NaN if not known."""
        distance = self.direction * (self.entry - self.stop)
        return 0.0 if distance <= 0 else distance * self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at the moment of an entry.

    Attributes
    ----------
    now : datetime
        Time of the entry in question, timezone-aware.
    equity : float
        Realised equity that the bot may use, in the stake currency.
    equity_at : Callable
        Gives that of an earlier moment, what was deposited or withdrawn since then left out.
    share : float
        Part of a profit that the bot may use, such as Freqtrade's `tradable_balance_ratio`.
    trades : tuple[TradeFact, ...]
        At least those that were opened or closed since the earliest moment that a limit looks at, of all
        pairs, resting orders included, without the entry in question.
    results : Iterable[Close]
        Whole trades that are closed, the newest first.
    open_risks : tuple[OpenRisk, ...]
        Open trades and resting orders, without the entry in question.
    entry : OpenRisk
        The entry in question.
    fees : tuple[float, float]
        Rates of its entry and of its exit, ratios of the notional.
    candle : timedelta
        Length of a candle.
    """

    now: datetime
    equity: float
    equity_at: Callable[[datetime], float]
    share: float
    trades: tuple[TradeFact, ...]
    results: Iterable[Close]
    open_risks: tuple[OpenRisk, ...]
    entry: OpenRisk
    fees: tuple[float, float]
    candle: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A limit that forbids an entry.

    Attributes
    ----------
    cause : Cause
        Which one.
    reason : str
        Why, in a trader's words.
    value, allowed : float
        What it goes by and what is allowed, in the limit's own unit: percent, trades or R.
    until : datetime or None
        When entries are allowed again, timezone-aware; None where that is not a matter of time.
    """

    cause: Cause
    reason: str
    value: float
    allowed: float
    until: datetime | None = None


class Limit(Protocol):
    """A limit of the account."""

    @property
    def cause(self) -> Cause:
        """Which one."""
        ...

    @property
    def allowed(self) -> float:
        """Its limit, in its own unit; see `Reached`."""
        ...

    def since(self, now: datetime) -> datetime:
        """Earliest moment whose trades it looks at."""
        ...

    def used(self, account: Account) -> float:
        """Return its current value, in its own unit; NaN where that is not known."""
        ...

    def reached(self, account: Account) -> Reached | None:
        """Say that it forbids an entry; None where it does not."""
        ...


def closes_since(trades: Iterable[TradeFact], start: datetime) -> Iterator[Close]:
    """List the exits of all trades from a moment on, in the order of the trades."""
    return (close for trade in trades for close in trade.closes if close.at >= start)


def closes_between(
    total: float, parts: Iterable[tuple[datetime | None, float]], start: datetime, end: datetime
) -> tuple[Close, ...]:
    """List a trade's exits in a stretch of time, and what each made.

    Parameters
    ----------
    total : float
        Realised profit of the trade so far, after fees and funding, in the stake currency.
    parts : Iterable
        Filled exits: time of the fill, and what that part alone made, see `part_profit`.
    start, end : datetime
        The stretch, its end excluded, timezone-aware.

    Returns
    -------
    tuple[Close, ...]
        Oldest first. What the parts leave of the total, such as funding, is in the last. A gain before
        the stretch does not hide a loss in it. Where parts filled after it too, its own are as they were
        made: the total is then no longer that of its end.
    """
    closes = sorted(Close(at, profit) for at, profit in parts if at is not None)
    inside = [close for close in closes if start <= close.at < end]
    if not inside or closes[-1].at >= end:
        return tuple(inside)
    rest = total - sum(close.profit for close in closes)
    return (*inside[:-1], Close(inside[-1].at, inside[-1].profit + rest))


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
