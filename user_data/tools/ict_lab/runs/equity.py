"""Equity and drawdown."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from freqtrade.data.metrics import calculate_underwater

from ict_lab.runs.run import BacktestRun


@dataclass(frozen=True)
class Equity:
    """The account over time.

    Attributes
    ----------
    balance : pandas.Series
        Starting balance and profits of the trades closed so far, at each close; open trades count nothing.
    drawdown : pandas.Series
        Distance from the highest balance so far, percent, never above zero.
    """

    balance: pd.Series[float]
    drawdown: pd.Series[float]

    @property
    def change_percent(self) -> float:
        """Gain of the whole time, percent of the start."""
        return 100 * float(self.balance.iloc[-1] / self.balance.iloc[0] - 1)

    @property
    def worst_drawdown(self) -> float:
        """Deepest drawdown, percent, not above zero."""
        return float(self.drawdown.min())


def equity_of(run: BacktestRun) -> Equity:
    """Add up the profits of the closed trades, from the starting balance on.

    Parameters
    ----------
    run : BacktestRun
        With trades.
    """
    closed = run.trades.sort_values("close_date", kind="stable", ignore_index=True)
    under = calculate_underwater(closed, value_col="profit_abs", starting_balance=run.starting_balance)
    # Freqtrade's first row is the start, at the date of the first close.
    dates = pd.DatetimeIndex([run.start, *closed["close_date"], run.end])
    balance = run.starting_balance + under["cumulative"]
    fallen = -100 * under["drawdown_relative"]
    return Equity(*(pd.Series([*line, line.iloc[-1]], index=dates) for line in (balance, fallen)))
