"""What holding would have made: the same pairs, bought once, with the same fees and funding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ict.candles import Floats
from ict_lab.chance.traced import TracedRun
from ict_lab.replay.limits import DAY
from ict_lab.runs.run import BacktestRun
from ict_lab.statistics.sharpe import sharpe_ratio

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


def holding_of(runs: Sequence[TracedRun]) -> Holding:
    """Hold equal parts of the traded pairs through each backtest, and set the strategy beside it."""
    held = np.concatenate([returns_of_holding(traced) for traced in runs])
    own = np.concatenate([traced.run.daily_returns for traced in runs])
    year = np.sqrt(DAYS_A_YEAR)
    return Holding(
        held=float(held.sum()),
        strategy=float(own.sum()),
        held_sharpe=sharpe_ratio(held) * year,
        strategy_sharpe=sharpe_ratio(own) * year,
        exposure=float(np.mean([_exposure(traced.run) for traced in runs])),
    )


def returns_of_holding(traced: TracedRun) -> Floats:
    """Profit of each UTC day over the money at the start, fees in the first and the last one.

    Bought at the open of the backtest's first candle, sold at that of its last one.
    """
    days = len(traced.run.days)
    curves = [_curve(traced, pair, days) for pair in traced.tape.begins]
    profit: Floats = np.diff(np.mean(curves, axis=0))
    return profit


def balance_of_holding(traced: TracedRun, share: float = 1.0) -> pd.Series[float]:
    """Balance of holding at the end of each day, in the stake currency, from the start on.

    `share` of the money at the start is held, the rest lies idle.
    """
    run = traced.run
    growth = np.concatenate([[1.0], 1 + share * np.cumsum(returns_of_holding(traced))])
    return pd.Series(
        run.starting_balance * growth, index=pd.DatetimeIndex([run.start, *run.days[1:], run.end])
    )


def share_of_a_trade(run: BacktestRun) -> float:
    """Share of the money at the start that a trade had in the market, on the average."""
    trades = run.trades
    return float((trades["stake_amount"] * trades["leverage"]).mean()) / run.starting_balance


def _curve(traced: TracedRun, pair: str, days: int) -> Floats:
    """Profit so far before the first day and after each day, for one unit of money."""
    tape, fee = traced.tape, float(traced.run.trades["fee_open"].mean())
    begins, ends = tape.begins[pair], tape.ends[pair]
    start = traced.run.start.floor("D").as_unit("ns").value
    last = np.searchsorted(tape.dates[pair], start + DAY * np.arange(1, days + 1)) - 1
    at = begins + np.clip(last, 0, ends - begins)
    first = tape.open[begins]
    # A day ends with the open of its last candle, as a backtest does.
    value = (tape.open[at] - first - (tape.paid[at] - tape.paid_before[begins])) / first
    value -= fee
    value[-1] -= fee * tape.open[ends] / first
    curve: Floats = np.concatenate([[0.0], value])
    return curve


def _exposure(run: BacktestRun) -> float:
    trades = run.trades
    hours = (trades["close_date"] - trades["open_date"]).dt.total_seconds() / 3600
    span = (run.end - run.start).total_seconds() / 3600
    notional = trades["stake_amount"] * trades["leverage"]
    return float((notional * hours).sum() / (run.starting_balance * span)) if span else 0.0
