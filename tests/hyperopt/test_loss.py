"""The loss: worked by hand, monotone, and a number whatever it is given."""

import math
from typing import Any

import numpy as np
import pytest
from freqtrade.optimize.hyperopt.hyperopt_optimizer import MAX_LOSS
from freqtrade.optimize.hyperopt_tools import HyperoptTools
from hypothesis import given
from hypothesis import strategies as st
from ICTNetExpectancyLoss import ICTNetExpectancyLoss, net_expectancy_loss, r_multiples
from pandas import DataFrame

FINITE = st.floats(-50, 50)
TRADES = st.lists(FINITE, min_size=1, max_size=60).map(np.array)


def loss(*r: float) -> float:
    return net_expectancy_loss(np.array(r, float))


@pytest.mark.parametrize(("r", "expected"), [
    # Four trades: 1/2 for the uncertainty; the best one counts as the next best.
    ([2, 2, -1, -1], 0.5 - 0.5),
    ([9, 2, -1, -1], 0.5 - 0.5),
    ([9, -1, -1, -1], 0.5 + 1),
    # A hundred: 1/10; the best five count as the sixth.
    ([2.0] * 40 + [-1.0] * 60, 0.1 - 0.2),
    ([60.0] * 5 + [2.0] * 35 + [-1.0] * 60, 0.1 - 0.2),
    ([60.0] * 6 + [2.0] * 34 + [-1.0] * 60, 0.1 - (360 + 68 - 60) / 100),
    # One trade has none to compare with: a gain counts as nothing, a loss as it is.
    ([5.0], 1.0),
    ([-1.0], 2.0),
])  # fmt: skip
def test_the_formula(r: list[float], expected: float) -> None:
    assert loss(*r) == pytest.approx(expected)


def test_without_a_trade_it_is_the_worst_that_freqtrade_knows() -> None:
    assert loss() == MAX_LOSS
    assert not HyperoptTools.is_best_loss({"loss": loss()}, 100)


def test_the_same_edge_from_few_trades_is_worth_less() -> None:
    losses = [loss(*([2.0, 2.0, -1.0, -1.0] * times)) for times in (1, 2, 5, 25)]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > losses[-1] + 0.3


def test_profit_of_few_trades_is_worth_less_than_the_same_profit_of_many() -> None:
    few, many = [33.0, 33.0] + [-1.0] * 38, [2.0] * 22 + [-1.0] * 18
    assert sum(few) > sum(many) > 0
    assert loss(*few) > 1 > 0 > loss(*many)


@given(TRADES, st.data())
def test_a_better_end_of_a_trade_is_never_worse(r: Any, data: st.DataObject) -> None:
    better = r.copy()
    better[data.draw(st.integers(0, len(r) - 1))] += data.draw(st.floats(0, 20))
    assert net_expectancy_loss(better) <= net_expectancy_loss(r) + 1e-12


@given(TRADES, st.integers(2, 9))
def test_the_same_trades_more_often_are_never_worse(r: Any, times: int) -> None:
    assert net_expectancy_loss(np.tile(r, times)) < net_expectancy_loss(r)


@given(TRADES, st.randoms())
def test_the_order_of_the_trades_does_not_matter(r: Any, random: Any) -> None:
    shuffled = list(r)
    random.shuffle(shuffled)
    assert net_expectancy_loss(np.array(shuffled)) == pytest.approx(net_expectancy_loss(r))


@given(st.lists(st.floats(), max_size=30))
def test_it_is_always_a_number(r: list[float]) -> None:
    assert math.isfinite(loss(*r))


def trade(**fields: Any) -> dict[str, Any]:
    """Make a long of 2 coins at 100, stopped at 95 by a strategy whose static stop is 10 % away."""
    made = {
        "open_rate": 100.0, "max_stake_amount": 200.0, "leverage": 1.0, "is_short": False, "profit_abs": 18.0,
        "initial_stop_loss_abs": 90.0, "initial_stop_loss_ratio": -0.1, "stop_loss_abs": 95.0,
        "stop_loss_ratio": -0.05, "exit_reason": "roi",
    }  # fmt: skip
    return {**made, **fields}


LEVERAGED = {
    "max_stake_amount": 40.0, "leverage": 5.0, "initial_stop_loss_ratio": -0.5, "stop_loss_ratio": -0.25,
}  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), [
    ({}, 18 / 10),
    ({"profit_abs": -10.4}, -1.04),
    ({"is_short": True, "initial_stop_loss_abs": 110.0, "stop_loss_abs": 105.0}, 1.8),
    # A margin of 40 is the same two coins at five times leverage; ratios are of the margin.
    (LEVERAGED, 1.8),
    # The strategy wrote its first stop into the record, and moved the stop since.
    ({"initial_stop_loss_abs": 95.0, "stop_loss_abs": 101.0, "exit_reason": "trailing_stop_loss"}, 1.8),
    # It did not: the static stop, 10 away, is all that is known.
    ({"stop_loss_abs": 101.0, "stop_loss_ratio": -0.02, "exit_reason": "trailing_stop_loss"}, 0.9),
    # No stop at all: the margin was at risk.
    ({"initial_stop_loss_abs": None, "stop_loss_abs": None}, 18 / 200),
    ({"initial_stop_loss_abs": 100.0, "stop_loss_abs": 100.0, "initial_stop_loss_ratio": 0.0}, 18 / 200),
])  # fmt: skip
def test_risk_is_what_the_first_stop_would_have_lost(fields: dict[str, Any], expected: float) -> None:
    frame = DataFrame([trade(**fields)]).astype({"initial_stop_loss_abs": float, "stop_loss_abs": float})
    assert r_multiples(frame) == pytest.approx([expected])


def test_freqtrade_calls_it_with_trades() -> None:
    results = DataFrame([trade(), trade(profit_abs=-10.0), trade(profit_abs=-10.0), trade()])
    called = ICTNetExpectancyLoss.hyperopt_loss_function(results=results, config={}, trade_count=4)
    assert called == pytest.approx(1 / 2 - (1.8 + 1.8 - 1 - 1) / 4)
    assert ICTNetExpectancyLoss.hyperopt_loss_function(results=results[:0], config={}) == MAX_LOSS
