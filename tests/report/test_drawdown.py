"""Drawdowns of the same trades in other orders."""

import numpy as np
import pytest
from ict_lab.statistics.drawdown import drawn_drawdowns


@pytest.mark.parametrize(("profits", "balance", "possible"), [
    ([5.0, 7.0], 100.0, {0.0}),
    ([-10.0], 100.0, {-10.0}),
    # Gain and loss of 10: both lost -20, lost first -10, gained first -10 / 110, both gained 0.
    ([10.0, -10.0], 100.0, {-20.0, -10.0, round(-1000 / 110, 9), 0.0}),
])  # fmt: skip
def test_every_drawdown_is_one_that_the_trades_can_make(
    profits: list[float], balance: float, possible: set[float]
) -> None:
    found = drawn_drawdowns(profits, balance, 1_050)
    assert len(found) == 1_050
    assert set(np.round(found, 9)) == possible
    assert np.array_equal(found, drawn_drawdowns(profits, balance, 1_050))
