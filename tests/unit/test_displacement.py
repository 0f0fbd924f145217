"""DISP-1 worked by hand: a body against its own range, and against the 20 before it."""

import pytest

from ict import Params
from ict.candles import Candles
from ict.market.displacement import displacement
from tests.support.markets import candle_frame

# Twenty bodies of 0.2, up and down in turns: the mean is 0.2, so 0.3 is large enough.
USUAL = [(100.0, 100.3, 99.9, 100.2), (100.2, 100.3, 99.9, 100.0)] * 10


@pytest.mark.parametrize(("last", "expected"), [
    ((100.0, 100.4, 99.9, 100.3), 1),  # body 0.3 of 0.5, and 1.5 times 0.2: both are ties
    ((100.3, 100.4, 99.9, 100.0), -1),
    ((100.0, 100.4, 99.89, 100.3), 0),  # 0.3 of 0.51
    ((100.0, 100.3, 100.0, 100.29), 0),  # 1.45 times 0.2
    ((100.0, 101.0, 99.0, 100.0), 0),  # no body
])  # fmt: skip
def test_displacement(last: tuple[float, ...], expected: int) -> None:
    candles = Candles.from_frame(candle_frame([*USUAL, last]))
    assert displacement(candles, Params()).tolist() == [0] * 20 + [expected]


def test_the_first_20_candles_are_none() -> None:
    """A candle with 19 before it has nothing to be measured against; one with 20 has."""
    rows = [*USUAL[:19], (100.0, 105.0, 100.0, 105.0), (105.0, 125.0, 105.0, 125.0)]
    candles = Candles.from_frame(candle_frame(rows))
    assert displacement(candles, Params()).tolist() == [0] * 20 + [1]
    assert displacement(candles[:5], Params()).tolist() == [0] * 5
