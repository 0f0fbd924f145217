"""Equity, drawdown, and what holding the same pairs would have made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from freqtrade.data.metrics import calculate_underwater

from ict_lab.trades import Backtest


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


def equity_of(backtest: Backtest) -> Equity:
    """Add up the profits of the closed trades, from the starting balance on.

    Parameters
    ----------
    backtest : Backtest
        With trades.
    """
    closed = backtest.trades.sort_values("close_date", kind="stable", ignore_index=True)
    under = calculate_underwater(closed, value_col="profit_abs", starting_balance=backtest.starting_balance)
    # Freqtrade's first row stands for the start, at the date of the first close.
    dates = pd.DatetimeIndex([backtest.start, *closed["close_date"], backtest.end])
    balance = backtest.starting_balance + under["cumulative"]
    fallen = -100 * under["drawdown_relative"]
    return Equity(*(pd.Series([*line, line.iloc[-1]], index=dates) for line in (balance, fallen)))


def holding_of(backtest: Backtest, candles: Mapping[str, pd.DataFrame]) -> pd.Series[float] | None:
    """Value of holding the traded pairs instead, the starting balance split equally among them.

    Bought at the open of the backtest's first candle and never touched again; without fees and funding,
    which would make it a little less.

    Parameters
    ----------
    backtest : Backtest
        Whose traded pairs are held.
    candles : Mapping[str, pandas.DataFrame]
        For each pair date, open, close, ...

    Returns
    -------
    pandas.Series or None
        Value at the last close of each day, in the stake currency, from the start on; None where candles
        of a traded pair are absent, or do not reach over the backtest.
    """
    closes = {}
    for pair in backtest.trades["pair"].unique():
        frame = candles.get(pair)
        frame = None if frame is None else frame[frame["date"].between(backtest.start, backtest.end)]
        if frame is None or frame.empty or not _covers(frame, backtest):
            return None
        closes[pair] = frame.set_index("date")["close"] / frame["open"].iloc[0]
    mean = pd.DataFrame(closes).ffill().mean(axis=1) * backtest.starting_balance
    daily = mean.groupby(pd.DatetimeIndex(mean.index).floor("D")).tail(1)
    value: pd.Series[float] = pd.concat(
        [pd.Series([backtest.starting_balance], index=[backtest.start]), daily]
    )
    return value


def _covers(frame: pd.DataFrame, backtest: Backtest) -> bool:
    day = pd.Timedelta(days=1)
    starts, ends = frame["date"].iloc[0] - backtest.start, backtest.end - frame["date"].iloc[-1]
    return bool(starts <= day and ends <= day)
