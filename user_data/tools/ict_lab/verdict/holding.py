"""What holding would have made: the same pairs, bought once, with the same fees and funding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict_lab.chance.parts import Part
from ict_lab.verdict.sharpe import sharpe_ratio
from ict_lab.verdict.subjects import Subject

Floats = npt.NDArray[np.float64]
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Holding:
    """Holding beside the strategy.

    Attributes
    ----------
    held, strategy : float
        Profit over the money at the start.
    held_sharpe, strategy_sharpe : float
        Yearly Sharpe ratios of the daily profits.
    exposure : float
        Share of the money that the strategy had in the market on the average, longs and shorts alike.
    """

    held: float
    strategy: float
    held_sharpe: float
    strategy_sharpe: float
    exposure: float


def holding_of(subject: Subject) -> Holding:
    """Hold equal parts of the pairs through each part's candles, and set the strategy beside it."""
    daily = np.concatenate([_daily(part) for part in subject.parts])
    own = subject.returns
    year = np.sqrt(DAYS_A_YEAR)
    return Holding(
        held=float(daily.sum()),
        strategy=float(own.sum()),
        held_sharpe=sharpe_ratio(daily) * year,
        strategy_sharpe=sharpe_ratio(own) * year,
        exposure=float(np.mean([_exposure(part) for part in subject.parts])),
    )


def _daily(part: Part) -> Floats:
    """Profit of each UTC day over the money at the part's start, fees in the first and the last one."""
    days = len(part.daily_returns)
    fee = float(part.replayed.entries.fee_open.mean()) if len(part.replayed.entries) else 0.0
    curves = [_curve(part, pair, days, fee) for pair in part.course.begins]
    profit: Floats = np.diff(np.mean(curves, axis=0))
    return profit


def _curve(part: Part, pair: str, days: int, fee: float) -> Floats:
    """Profit so far before the first day and after each day, for one unit of money."""
    course = part.course
    begins, ends = course.begins[pair], course.ends[pair]
    start = part.backtest.start.floor("D").as_unit("ns").value
    last = np.searchsorted(course.dates[pair], start + _DAY * np.arange(1, days + 1)) - 1
    at = begins + np.clip(last, 0, ends - begins)
    first = course.open[begins]
    # A day ends with the open of its last candle, as a backtest does.
    value = (course.open[at] - first - (course.paid[at] - course.paid_before[begins])) / first
    value -= fee
    value[-1] -= fee * course.open[ends] / first
    curve: Floats = np.concatenate([[0.0], value])
    return curve


_DAY = 24 * 3600 * 1_000_000_000


def _exposure(part: Part) -> float:
    trades, backtest = part.backtest.trades, part.backtest
    hours = (trades["close_date"] - trades["open_date"]).dt.total_seconds() / 3600
    span = (backtest.end - backtest.start).total_seconds() / 3600
    notional = trades["stake_amount"] * trades["leverage"]
    return float((notional * hours).sum() / (backtest.starting_balance * span)) if span else 0.0
