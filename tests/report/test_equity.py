"""Equity, drawdown and holding, by hand."""

from pathlib import Path

import pandas as pd
import pytest
from ict_lab.report.equity import equity_of, holding_of
from ict_lab.trades import Backtest, read_backtests

from tests.report.exports import BTC, ETH, START, STRATEGY, result, trade, write


def backtest_of(folder: Path, *profits: tuple[str, float]) -> Backtest:
    """Pairs and profits on 1,000 USDT, an hour apart."""
    rows = []
    for number, (pair, profit) in enumerate(profits):
        opened = START + pd.Timedelta(hours=number)
        made = trade(100.0, [(1.0, 101.0)], (98.0, 0.02), pair=pair, opened=opened, hours=0.5)
        rows.append({**made, "profit_abs": profit})
    return read_backtests(write(folder, {STRATEGY: result(rows)}))[0]


def candles(*closes: float, step: str = "1D") -> pd.DataFrame:
    """Candles from START on, each opening at the close before; the first at 100."""
    opens = [100.0, *closes[:-1]]
    dates = pd.date_range(START, periods=len(closes), freq=step)
    return pd.DataFrame({"date": dates, "open": opens, "close": closes})


def test_drawdown_is_the_way_down_from_the_highest_balance(tmp_path: Path) -> None:
    """1,000, 1,100, 880, 930: 220 of 1,100 are a fifth."""
    equity = equity_of(backtest_of(tmp_path, (BTC, 100.0), (BTC, -220.0), (BTC, 50.0)))
    assert list(equity.balance) == [1000.0, 1100.0, 880.0, 930.0, 930.0]
    assert list(equity.drawdown) == pytest.approx([0.0, 0.0, -20.0, -100 * 170 / 1100, -100 * 170 / 1100])
    assert equity.worst_drawdown == pytest.approx(-20.0)
    assert equity.change_percent == pytest.approx(-7.0)
    assert (equity.balance.index[0], equity.balance.index[-1]) == (START, START + pd.Timedelta(days=28))


def test_a_first_loss_is_a_drawdown_too(tmp_path: Path) -> None:
    assert equity_of(backtest_of(tmp_path, (BTC, -100.0))).worst_drawdown == pytest.approx(-10.0)


def test_holding_splits_the_start_equally_among_the_traded_pairs(tmp_path: Path) -> None:
    """One doubles, one halves: a quarter more. A third pair that was not traded does not count."""
    backtest = backtest_of(tmp_path, (BTC, 1.0), (ETH, 1.0))
    up, down = candles(*[150.0] * 28, 200.0), candles(*[80.0] * 28, 50.0)
    value = holding_of(backtest, {BTC: up, ETH: down, "LTC/USDT:USDT": candles(*[9000.0] * 29)})
    assert (value.iloc[0], value.iloc[1], value.iloc[-1]) == pytest.approx((1000.0, 1150.0, 1250.0))


def test_holding_ends_with_the_backtest(tmp_path: Path) -> None:
    later = candles(*[100.0] * 28, 110.0, 500.0, 500.0)
    assert holding_of(backtest_of(tmp_path, (BTC, 1.0)), {BTC: later}).iloc[-1] == pytest.approx(1100.0)


def test_holding_is_not_known_without_candles_of_the_whole_time(tmp_path: Path) -> None:
    backtest = backtest_of(tmp_path, (BTC, 1.0), (ETH, 1.0))
    whole = candles(*[100.0] * 29)
    assert holding_of(backtest, {BTC: whole}) is None
    assert holding_of(backtest, {BTC: whole, ETH: whole.iloc[:20]}) is None
    assert holding_of(backtest, {BTC: whole, ETH: whole.iloc[9:]}) is None
    assert (
        holding_of(backtest, {BTC: whole, ETH: whole.assign(date=whole["date"] - pd.Timedelta(days=99))})
        is None
    )
    assert holding_of(backtest, {BTC: whole, ETH: whole}) is not None
