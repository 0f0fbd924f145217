"""When the bot closes a trade at its stop itself, to the tick."""

import math

import pytest

from ict.desk.guards import StopState, stop_is_due

# 0.2 % of a stop at 1000 are 2; both are exact in binary.
AT = 1000.0


@pytest.mark.parametrize(
    ("rests", "rate", "is_due"),
    [
        (False, 1000.5, False),
        (False, 1000.0, True),
        (False, 999.5, True),
        (True, 1000.0, False),
        (True, 998.0, False),  # exactly 0.2 % beyond: it may be about to fill
        (True, 997.9, True),
    ],
)
@pytest.mark.parametrize("direction", [1, -1])
def test_a_stop_is_due(direction: int, rests: bool, rate: float, is_due: bool) -> None:
    seen = AT + direction * (rate - AT)
    assert stop_is_due(StopState(AT, rests), seen, direction) is is_due


@pytest.mark.parametrize("price", [0.0, -1.0, math.nan])
@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("rests", [False, True])
def test_no_stop_is_no_exit(price: float, direction: int, rests: bool) -> None:
    """Freqtrade's stop is 0 before it has set one: a short's price is always above that."""
    for rate in (0.01, 1000.0):
        assert stop_is_due(StopState(price, rests), rate, direction) is False
