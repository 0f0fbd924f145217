"""Equity, drawdown and holding, by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.chance.holding import balance_of_holding
from ict_lab.chance.own_trades import follow_own
from ict_lab.chance.traced import TracedRun
from ict_lab.replay.markets import Market
from ict_lab.replay.tape import tape_of
from ict_lab.runs.equity import equity_of
from ict_lab.runs.run import BacktestRun, read_runs

from tests.report.exports import BTC, ETH, START, STRATEGY, result, trade, write
from tests.support.markets import candle_frame


def backtest_of(folder: Path, *profits: tuple[str, float]) -> BacktestRun:
    """Pairs and profits on 1,000 USDT, an hour apart."""
    rows = []
    for number, (pair, profit) in enumerate(profits):
        opened = START + pd.Timedelta(hours=number)
        made = trade(100.0, [(1.0, 101.0)], (98.0, 0.02), pair=pair, opened=opened, hours=0.5)
        rows.append({**made, "profit_abs": profit})
    return read_runs(write(folder, {STRATEGY: result(rows)}))[0]


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
    """One doubles, one halves: a quarter more, less the fees of 0.05 % on 100, and on 200 and 50."""
    run = backtest_of(tmp_path, (BTC, 1.0), (ETH, 1.0))
    rows = {BTC: [(150.0,) * 4] * 95, ETH: [(80.0,) * 4] * 95}
    ends = {BTC: 200.0, ETH: 50.0}
    markets = []
    for pair, calm in rows.items():
        frame = candle_frame(
            [(100.0,) * 4, *calm, *[(ends[pair],) * 4] * 96 * 27, (ends[pair],) * 4], start=START
        )
        nothing = np.zeros(len(frame))
        markets.append(Market(pair, frame, {}, 0, nothing, nothing))
    tape = tape_of(markets)
    value = balance_of_holding(TracedRun(run, markets, tape, follow_own(run, markets, tape)))
    assert value.index[0] == START
    assert value.iloc[0] == 1000.0
    assert value.iloc[1] == pytest.approx(1150.0 - 0.5)
    assert value.iloc[-1] == pytest.approx(1250.0 - 0.5 - 0.5 * 1.25)
