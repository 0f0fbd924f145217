"""Equity, drawdown, holding, fees and units, by hand."""

from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.chance.holding import balance_of_holding
from ict_lab.chance.own_trades import follow_own
from ict_lab.chance.traced import TracedRun
from ict_lab.formatting import signed
from ict_lab.replay.markets import Market
from ict_lab.replay.tape import tape_of
from ict_lab.report.fees import Fees
from ict_lab.report.measure import Measure
from ict_lab.runs.equity import equity_of
from ict_lab.runs.run import BacktestRun, read_runs
from ict_lab.statistics.drawdown import drawn_drawdowns

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
    # A first loss is one, too.
    assert equity_of(backtest_of(tmp_path, (BTC, -100.0))).worst_drawdown == pytest.approx(-10.0)


# Gain and loss of 10: both lost -20, lost first -10, gained first -10 / 110, both gained 0.
@pytest.mark.parametrize(("profits", "possible"), [
    ([5.0, 7.0], {0.0}), ([-10.0], {-10.0}), ([10.0, -10.0], {-20.0, -10.0, round(-1000 / 110, 9), 0.0}),
])  # fmt: skip
def test_every_drawdown_is_one_that_the_trades_can_make(profits: list[float], possible: set[float]) -> None:
    found = drawn_drawdowns(profits, 100.0, 1_050)
    assert len(found) == 1_050
    assert set(np.round(found, 9)) == possible
    assert np.array_equal(found, drawn_drawdowns(profits, 100.0, 1_050))


def test_holding_splits_the_start_equally_among_the_traded_pairs(tmp_path: Path) -> None:
    """One doubles, one halves: a quarter more, less the fees of 0.05 % on 100, and on 200 and 50."""
    run, markets = backtest_of(tmp_path, (BTC, 1.0), (ETH, 1.0)), []
    for pair, calm, end in ((BTC, 150.0, 200.0), (ETH, 80.0, 50.0)):
        rows = [(100.0,) * 4, *[(calm,) * 4] * 95, *[(end,) * 4] * (96 * 27 + 1)]
        frame, nothing = candle_frame(rows, start=START), np.zeros(len(rows))
        markets.append(Market(pair, frame, {}, 0, nothing, nothing))
    tape = tape_of(markets)
    value = balance_of_holding(TracedRun(run, markets, tape, follow_own(run, markets, tape)))
    assert (value.index[0], value.iloc[0]) == (START, 1000.0)
    assert value.iloc[1] == pytest.approx(1150.0 - 0.5)
    assert value.iloc[-1] == pytest.approx(1250.0 - 0.5 - 0.5 * 1.25)


@pytest.mark.parametrize(("strategy", "block", "rest"), [
    (STRATEGY, {}, False),
    (STRATEGY, {"entry_at": "zone", "entry_events": []}, True),
    ("Another", {}, None),
])  # fmt: skip
def test_fees_of_entries_and_exits_apart(
    strategy: str, block: dict[str, object], rest: bool | None, tmp_path: Path
) -> None:
    """4 in at 100, out by halves at 104 and 98, and 1 in at 50, out at 49; 0.05 % of each fill.

    Entries are 450 in all, a maker of 0.02 % pays 0.09 for them; exits 208 + 196 + 49 = 453.
    """
    rows = [trade(100.0, [(2.0, 104.0), (2.0, 98.0)], (98.0, 0.02)), trade(50.0, [(1.0, 49.0)], (49.0, 0.02))]
    (run,) = read_runs(write(tmp_path, {strategy: result(rows)}, config={"ict": block}))
    fees = Fees.of(run)
    assert (fees.entries, fees.exits) == (pytest.approx(0.225), pytest.approx(0.2265))
    assert (fees.entry_percent, fees.exit_percent) == (pytest.approx(0.05), pytest.approx(0.05))
    assert (fees.rest, fees.entries_as_maker) == (rest, pytest.approx(0.09))


@pytest.mark.parametrize(("r_multiples", "unit", "values", "unknown"), [
    ([1.5, -1.0], "R", [1.5, -1.0], 0), ([nan, -1.0], "%", [3.0, -2.0], 1),
])  # fmt: skip
def test_results_are_in_r_only_where_every_risk_is_known(
    r_multiples: list[float], unit: str, values: list[float], unknown: int
) -> None:
    measure = Measure.of(pd.DataFrame({"r_multiple": r_multiples, "profit_ratio": [0.03, -0.02]}))
    assert (measure.unit, list(measure.values), measure.unknown) == (unit, values, unknown)
    # Numbers have a true minus.
    assert (signed(-1234.5), signed(2.345, 1), signed(0.0)) == ("−1,234.50", "+2.3", "+0.00")
