"""Stops and targets (EXIT-1, EXIT-2), worked by hand on both sides."""

import math

import numpy as np
import pytest

from ict.desk.grid import Grid
from ict.desk.levels import LevelError, Levels, levels_of_entry, stop_distance, widened_stop
from ict.errors import IctError
from ict.exits.position import Position
from ict.market.zones import stop_of_zone

FINE = Grid(1e-9, 1e-9)


@pytest.mark.parametrize(("edge", "direction", "buffer", "stop"), [
    (100.0, 1, 0.002, 99.8),  # below the bottom of a bullish zone
    (100.0, -1, 0.002, 100.2),  # above the top of a bearish one
    (50_000.0, 1, 0.01, 49_500.0),
    (50_000.0, -1, 0.0, 50_000.0),
])  # fmt: skip
def test_stop_of_zone(edge: float, direction: int, buffer: float, stop: float) -> None:
    assert stop_of_zone(edge, direction, buffer) == pytest.approx(stop, rel=1e-15)
    assert stop_of_zone(np.array([edge, math.nan]), direction, buffer).tolist()[0] == pytest.approx(stop)


@pytest.mark.parametrize(("entry", "stop", "direction", "reward", "target"), [
    (100.0, 98.0, 1, 2.0, 104.0),  # risks 2, wants 4
    (100.0, 102.0, -1, 2.0, 96.0),
    (100.0, 99.0, 1, 1.0, 101.0),
    (100.0, 101.0, -1, 0.5, 99.5),
    (100.0, 98.0, 1, 0.0, None),
    (100.0, 149.0, -1, 2.0, 2.0),
])  # fmt: skip
def test_target(entry: float, stop: float, direction: int, reward: float, target: float | None) -> None:
    """EXIT-1: as many times the risk beyond the entry as asked."""
    assert levels_of_entry(entry, stop, direction, reward, FINE) == Levels(entry, stop, target)


@pytest.mark.parametrize(("entry", "stop", "direction"), [
    (100.0, 100.0, 1), (100.0, 100.1, 1), (100.0, 99.9, -1), (100.0, math.nan, 1), (math.nan, 99.0, 1),
    (math.inf, 99.0, 1), (100.0, math.inf, -1), (100.0, 0.0, 1), (100.0, -5.0, 1), (-100.0, -90.0, -1),
])  # fmt: skip
def test_a_stop_on_the_wrong_side(entry: float, stop: float, direction: int) -> None:
    side = "below" if direction > 0 else "above"
    with pytest.raises(LevelError, match=f"^stop must be a price {side} the entry {entry}, was {stop}"):
        levels_of_entry(entry, stop, direction, 2.0, FINE)
    with pytest.raises(LevelError):
        stop_distance(entry, stop, direction)
    assert issubclass(LevelError, IctError)


def test_a_short_target_is_a_price() -> None:
    """A short from 100 with its stop at 150 cannot gain 100, for a price of 0 is none."""
    with pytest.raises(LevelError, match="below zero"):
        levels_of_entry(100.0, 150.0, -1, 2.0, FINE)


@pytest.mark.parametrize(("stop", "direction", "least", "widened"), [
    (99.0, 1, 3.0, 97.0), (95.0, 1, 3.0, 95.0), (101.0, -1, 3.0, 103.0), (105.0, -1, 3.0, 105.0),
    (99.0, 1, 0.0, 99.0),
])  # fmt: skip
def test_least_distance(stop: float, direction: int, least: float, widened: float) -> None:
    """EXIT-2: a stop nearer than the least distance from the entry of 100 goes there; a wider one stays."""
    assert widened_stop(stop, 100.0, direction, least) == widened
    for unknown in (math.nan, math.inf):
        with pytest.raises(LevelError, match="not known"):
            widened_stop(stop, 100.0, direction, unknown)


def test_a_trade_as_its_own_side_sees_it() -> None:
    assert Levels(100.0, 98.0, 104.0, 102.0).position(1) == Position(100.0, 98.0, 102.0)
    assert Levels(100.0, 102.0, 96.0, 97.0).position(-1) == Position(-100.0, -102.0, -97.0)
    assert math.isnan(Levels(100.0, 98.0, 104.0).position(1).part)
    assert Levels(100.0, 102.0, None).risk == 2.0
