"""Size of a position (RISK-1), worked by hand."""

import math
from typing import Any

import pytest

from ict import Params
from ict.desk.levels import LevelError
from ict.desk.sizing import stake_for_risk

# An account of 10,000 that risks 1 % (100) a trade and puts at most 10 % (1,000) into one.
ACCOUNT: dict[str, Any] = {
    "equity": 10_000.0, "entry": 100.0, "stop": 80.0, "direction": 1, "leverage": 1.0,
    "min_stake": 5.0, "max_stake": 1e9, "params": Params(),
}  # fmt: skip


def stake(**changed: Any) -> float:
    """Stake of the account with some facts changed."""
    return stake_for_risk(**(ACCOUNT | changed))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, 500.0),  # 20 % to the stop: 100 / 0.2
        ({"stop": 120.0, "direction": -1}, 500.0),
        ({"stop": 99.0}, 1000.0),  # 1 % to the stop: 10,000 by risk, 1,000 by position
        ({"stop": 101.0, "direction": -1}, 1000.0),
        ({"stop": 90.0}, 1000.0),  # both arms are 1,000
        ({"stop": 80.0, "leverage": 5.0}, 100.0),  # notional 500, a fifth of it as margin
        ({"stop": 99.0, "leverage": 5.0}, 1000.0),  # notional 5,000 by position
        ({"stop": 99.0, "leverage": 20.0}, 500.0),  # notional 10,000 by risk
        ({"params": Params(risk_per_trade_percent=2.0)}, 1000.0),
        ({"params": Params(risk_per_trade_percent=0.5)}, 250.0),
        ({"stop": 99.0, "params": Params(max_position_percent=100.0)}, 10_000.0),
        ({"equity": 1234.0}, 61.7),
    ],
)
def test_the_smaller_of_risk_and_position(changed: dict[str, Any], expected: float) -> None:
    assert stake(**changed) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("min_stake", "expected"), [(500.0, 500.0), (500.01, 0.0), (0.0, 500.0), (1e12, 0.0), (math.nan, 0.0)]
)
def test_below_the_minimum_there_is_no_trade(min_stake: float, expected: float) -> None:
    """RISK-1: never raised to the exchange's minimum."""
    assert stake(min_stake=min_stake) == expected


@pytest.mark.parametrize(
    ("max_stake", "expected"), [(499.0, 499.0), (501.0, 500.0), (4.0, 0.0), (0.0, 0.0), (-1.0, 0.0)]
)
def test_not_above_the_maximum(max_stake: float, expected: float) -> None:
    """Cut to what the wallet has; where that is below the minimum, no trade."""
    assert stake(max_stake=max_stake) == expected


def test_an_unknown_maximum_is_no_permission() -> None:
    """Money fails closed: without a known maximum there is no trade."""
    assert stake(max_stake=math.nan) == 0.0


@pytest.mark.parametrize("equity", [0.0, -0.0, -50.0, math.nan, -math.inf])
@pytest.mark.parametrize("min_stake", [0.0, 5.0])
def test_no_equity_no_trade(equity: float, min_stake: float) -> None:
    assert stake(equity=equity, min_stake=min_stake) == 0.0


@pytest.mark.parametrize(("stop", "direction"), [(100.0, 1), (101.0, 1), (99.0, -1), (math.nan, 1), (0.0, 1)])
def test_a_stop_on_the_wrong_side(stop: float, direction: int) -> None:
    with pytest.raises(LevelError, match=r"^stop must be a price"):
        stake(stop=stop, direction=direction)


@pytest.mark.parametrize("stop", [99.9, 99.0, 95.0, 80.0, 50.0])
@pytest.mark.parametrize("leverage", [1.0, 3.0, 20.0])
def test_a_stopped_trade_loses_no_more_than_allowed(stop: float, leverage: float) -> None:
    """What the size is for: at the stop, before fees, at most 1 % of the equity is gone."""
    notional = stake(stop=stop, leverage=leverage) * leverage
    assert notional * (100.0 - stop) / 100.0 <= 100.0 * (1 + 1e-12)
    assert stake(stop=stop, leverage=leverage) <= 1000.0 * (1 + 1e-12)
