"""Stops and targets (EXIT-1 to EXIT-4), worked by hand on both sides."""

import math

import numpy as np
import pytest

from ict.desk.grid import Grid
from ict.desk.levels import (
    LevelError,
    Levels,
    levels_of_entry,
    moved_stop,
    stop_distance,
    stop_of_zone,
    widened_stop,
)
from ict.errors import IctError

FINE = Grid(1e-9, 1e-9)


@pytest.mark.parametrize(
    ("edge", "direction", "buffer", "stop"),
    [
        (100.0, 1, 0.002, 99.8),  # below the bottom of a bullish zone
        (100.0, -1, 0.002, 100.2),  # above the top of a bearish one
        (50_000.0, 1, 0.01, 49_500.0),
        (50_000.0, -1, 0.0, 50_000.0),
    ],
)
def test_stop_of_zone(edge: float, direction: int, buffer: float, stop: float) -> None:
    assert stop_of_zone(edge, direction, buffer) == pytest.approx(stop, rel=1e-15)
    assert stop_of_zone(np.array([edge, math.nan]), direction, buffer).tolist()[0] == pytest.approx(stop)


@pytest.mark.parametrize(
    ("entry", "stop", "direction", "reward", "target"),
    [
        (100.0, 98.0, 1, 2.0, 104.0),  # risks 2, wants 4
        (100.0, 102.0, -1, 2.0, 96.0),
        (100.0, 99.0, 1, 1.0, 101.0),
        (100.0, 101.0, -1, 0.5, 99.5),
    ],
)
def test_target(entry: float, stop: float, direction: int, reward: float, target: float) -> None:
    """EXIT-1: as many times the risk beyond the entry as asked."""
    assert levels_of_entry(entry, stop, direction, reward, FINE) == Levels(entry, stop, target)


def test_no_target() -> None:
    assert levels_of_entry(100.0, 98.0, 1, 0.0, FINE).target is None


@pytest.mark.parametrize(
    ("entry", "stop", "direction"),
    [
        (100.0, 100.0, 1),
        (100.0, 100.1, 1),
        (100.0, 99.9, -1),
        (100.0, math.nan, 1),
        (math.nan, 99.0, 1),
        (math.inf, 99.0, 1),
        (100.0, math.inf, -1),
        (100.0, 0.0, 1),
        (100.0, -5.0, 1),
        (-100.0, -90.0, -1),
    ],
)
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
    assert levels_of_entry(100.0, 149.0, -1, 2.0, FINE).target == 2.0


@pytest.mark.parametrize(
    ("stop", "direction", "least", "widened"),
    [
        (99.0, 1, 3.0, 97.0),
        (95.0, 1, 3.0, 95.0),
        (101.0, -1, 3.0, 103.0),
        (105.0, -1, 3.0, 105.0),
        (99.0, 1, 0.0, 99.0),
    ],
)
def test_least_distance(stop: float, direction: int, least: float, widened: float) -> None:
    """EXIT-2: a stop nearer than the least distance from the entry of 100 goes there; a wider one stays."""
    assert widened_stop(stop, 100.0, direction, least) == widened


@pytest.mark.parametrize("least", [math.nan, math.inf])
def test_an_unknown_least_distance(least: float) -> None:
    with pytest.raises(LevelError, match="not known"):
        widened_stop(99.0, 100.0, 1, least)


LONG, SHORT = Levels(100.0, 98.0, 104.0), Levels(100.0, 102.0, 96.0)


@pytest.mark.parametrize(
    ("levels", "direction", "price", "swing", "stop"),
    [
        (LONG, 1, 101.9, math.nan, None),  # a gain of 0.95 R has earned nothing
        (LONG, 1, 102.0, math.nan, 100.0),  # 1 R: to the entry
        (LONG, 1, 101.0, 99.0, 99.0),  # behind a swing above the first stop
        (LONG, 1, 101.0, 98.0, None),  # a swing at the first stop moves nothing
        (LONG, 1, 101.0, 97.0, None),  # a swing below the first stop loosens nothing
        (LONG, 1, 98.5, 99.0, None),  # price is below the swing already
        (LONG, 1, 99.0, 99.0, None),  # on it is not above it
        (LONG, 1, 104.0, 103.0, 103.0),  # the tighter of both
        (LONG, 1, 104.0, 99.0, 100.0),
        (SHORT, -1, 98.1, math.nan, None),
        (SHORT, -1, 98.0, math.nan, 100.0),
        (SHORT, -1, 99.0, 101.0, 101.0),
        (SHORT, -1, 99.0, 102.0, None),
        (SHORT, -1, 99.0, 103.0, None),
        (SHORT, -1, 96.0, 97.0, 97.0),
    ],
)
def test_moved_stop(levels: Levels, direction: int, price: float, swing: float, stop: float | None) -> None:
    """EXIT-3, EXIT-4 with break-even at 1 R: only ever tighter than the first stop."""
    assert moved_stop(levels, price, direction, FINE, break_even_at_r=1.0, swing=swing) == stop


def test_the_trail_keeps_its_distance_from_the_swing() -> None:
    assert moved_stop(LONG, 101.0, 1, FINE, swing=99.0, stop_buffer=0.002) == pytest.approx(98.802)
    assert moved_stop(SHORT, 99.0, -1, FINE, swing=101.0, stop_buffer=0.002) == pytest.approx(101.202)


def test_a_moved_stop_is_on_the_grid() -> None:
    """Towards the price, as Freqtrade rounds it; one that lands on the first stop moves nothing."""
    grid = Grid(0.1, 1.0)
    assert moved_stop(LONG, 101.0, 1, grid, swing=99.02) == 99.1
    assert moved_stop(SHORT, 99.0, -1, grid, swing=100.98) == 100.9
    assert moved_stop(LONG, 101.0, 1, Grid(1.0, 1.0), swing=97.5) is None
    mean = Levels(100.03, 98.0, 104.1)
    assert moved_stop(mean, 103.0, 1, grid, break_even_at_r=1.0) == 100.1


def test_break_even_and_trail_work_alone() -> None:
    assert moved_stop(LONG, 103.0, 1, FINE) is None
    assert moved_stop(LONG, 103.0, 1, FINE, break_even_at_r=1.0) == 100.0
    assert moved_stop(LONG, 103.0, 1, FINE, swing=101.0) == 101.0


def test_gain_in_r() -> None:
    assert (LONG.risk, SHORT.risk) == (2.0, 2.0)
    assert LONG.gain_in_r(103.0, 1) == 1.5
    assert SHORT.gain_in_r(103.0, -1) == -1.5
    assert Levels(100.0, 100.0, None).gain_in_r(105.0, 1) == -math.inf
