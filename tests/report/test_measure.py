"""The mean result of a trade and its interval, against textbooks."""

import numpy as np
import pandas as pd
import pytest
from ict_lab.report.measure import Measure, block_length_of, expectancy_of, signed
from scipy import stats


def independent(count: int, seed: int) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).normal(0.1, 1.0, count))


def persistent(count: int, seed: int, memory: float = 0.8) -> pd.Series:
    """Results that follow each other: each keeps a part of the one before."""
    values = np.random.default_rng(seed).normal(0.0, 1.0, count)
    for at in range(1, count):
        values[at] += memory * values[at - 1]
    return pd.Series(values)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_independent_results_have_the_interval_of_the_t_distribution(seed: int) -> None:
    values = independent(400, seed)
    found = expectancy_of(values)
    low, high = stats.t.interval(0.95, 399, values.mean(), stats.sem(values))
    assert found.mean == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.15 * (high - low))
    assert found.count == 400


def test_results_that_follow_each_other_have_a_wider_one() -> None:
    """With a memory of 0.8 a mean is (1 + 0.8) / (1 - 0.8) = 9 times as uncertain in variance."""
    values = persistent(2000, seed=8)
    found = expectancy_of(values)
    wrong_width = 2 * 1.96 * stats.sem(values)
    assert block_length_of(values) > 10
    assert 2.2 < (found.high - found.low) / wrong_width < 3.8


def test_independent_results_need_no_blocks() -> None:
    assert block_length_of(independent(2000, 6)) <= 3
    assert block_length_of(pd.Series(np.ones(50))) == 1
    assert block_length_of(independent(9, 6)) == 1


def test_the_same_trades_give_the_same_interval() -> None:
    assert expectancy_of(independent(100, 1)) == expectancy_of(independent(100, 1))


@pytest.mark.parametrize(
    ("values", "contains_zero"),
    [([1.0] * 20, False), ([-1.0] * 20, False), ([1.0, -1.0] * 10, True), ([1.0] * 9, True)],
)
def test_an_interval_contains_zero_or_not(values: list[float], contains_zero: bool) -> None:
    assert expectancy_of(pd.Series(values)).contains_zero is contains_zero


def test_less_than_ten_trades_have_no_interval() -> None:
    few, enough = expectancy_of(pd.Series([1.0] * 9)), expectancy_of(pd.Series([1.0] * 10))
    assert (few.has_interval, enough.has_interval) == (False, True)
    assert few.mean == 1.0


def test_results_are_in_r_only_where_every_risk_is_known() -> None:
    trades = pd.DataFrame({"r_multiple": [1.5, -1.0], "profit_ratio": [0.03, -0.02]})
    measure = Measure.of(trades)
    assert (measure.unit, list(measure.values), measure.unknown) == ("R", [1.5, -1.0], 0)
    trades.loc[0, "r_multiple"] = np.nan
    measure = Measure.of(trades)
    assert (measure.unit, list(measure.values), measure.unknown) == ("%", [3.0, -2.0], 1)


def test_numbers_have_a_true_minus() -> None:
    assert (signed(-1234.5), signed(2.345, 1), signed(0.0)) == ("−1,234.50", "+2.3", "+0.00")
