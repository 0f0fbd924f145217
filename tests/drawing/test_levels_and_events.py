"""Pools, sweeps, breaks and open trades, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from ict.drawing import Position
from ict.drawing.marks import marks_of_pools
from ict.drawing.paint import PIECE_CANDLES
from ict.market.liquidity import Liquidity, Pools
from ict.market.search import NEVER
from ict.params import POOL_KINDS
from tests.drawing.support import (
    BLUE,
    GREY,
    NONE,
    ORANGE,
    areas,
    lines,
    names,
    of_type,
    only,
    picture,
    points,
    upside_down,
)
from tests.support.markets import calm, candle_frame

# A swing high of 103 at candle 5, confirmed by the close of candle 8.
HIGH = [*calm(5), (100.0, 103.0, 99.5, 100.0), *calm(3)]


def test_a_pool_is_a_line_from_its_swings_confirmation_on() -> None:
    annotations = only("pools", HIGH)
    assert (8, 8 + 4, 103.0, ORANGE, "dotted") in lines(annotations)
    assert names(annotations) == ["BSL"]
    assert names(only("pools", upside_down(HIGH))) == ["SSL"]


def test_equal_highs_bear_their_own_name() -> None:
    """A second swing high of 103, confirmed at candle 14; nothing has traded through the first."""
    twice = [*HIGH, *calm(2), (100.0, 103.0, 99.5, 100.0), *calm(3)]
    annotations = only("pools", twice)
    assert lines(annotations) == [(8, 14 + 4, 103.0, ORANGE, "dotted")]
    assert names(annotations) == ["EQH"]
    assert names(only("pools", upside_down(twice))) == ["EQL"]


def test_a_swing_where_equal_highs_were_taken_is_no_group() -> None:
    """104 takes the two at 103, and leaves a swing of its own; a later swing high of 103 is alone."""
    swing = [(100.0, 103.0, 99.5, 100.0), *calm(3)]
    taken = [*HIGH, *calm(2), *swing, (100.0, 104.0, 99.5, 100.0), *calm(3), *swing]
    assert names(only("pools", taken)) == ["BSL", "BSL"]
    assert names(only("pools", upside_down(taken))) == ["SSL", "SSL"]


def test_a_sweep_is_drawn_where_an_older_pool_of_its_level_is_too_old_there() -> None:
    """Asia's low of 94 is too old at candle 20, where the swing low of 94 is swept."""
    asia, swing = POOL_KINDS.index("asia"), POOL_KINDS.index("swing")
    lows = Pools(
        -1, np.array([swing, asia], np.int8), np.array([94.0, 94.0]), np.array([10, 9]),
        np.array([21, 20]), np.array([20, NEVER]), np.array([True, False]),
    )  # fmt: skip
    marks, swept, _ = marks_of_pools(Liquidity({1: lows[:0], -1: lows}, {}), 30)
    assert (marks.known_at.tolist(), marks.ended_at.tolist(), swept.tolist()) == ([9], [20], [True])


def test_a_long_line_comes_in_pieces_that_follow_each_other() -> None:
    """The chart leaves out a line of which one end is out of sight."""
    pieces = of_type(only("pools", [*HIGH, *calm(50)]), "line")
    lengths = [(one["end"] - one["start"]) / pd.Timedelta(minutes=15) for one in pieces]
    assert max(lengths) == PIECE_CANDLES
    assert sum(lengths) == 58 + 4 - 8


def test_a_swept_level_ends_at_the_wick_and_is_grey_and_a_broken_one_is_no_sweep() -> None:
    """Candle 9 trades to 103.5 and closes back below 103: the buy side is swept, and that is bearish."""
    swept, broken = [*HIGH, (100.0, 103.5, 99.5, 100.0), *calm(2)], [*HIGH, (100.0, 104.5, 99.5, 104.0)]
    annotations = only("sweeps", swept)
    assert lines(annotations) == [(8, 9, 103.0, GREY, "dashed")]
    assert points(annotations) == [(9, "sweep", ORANGE)]
    assert of_type(annotations, "point")[0]["y"] > 103.5
    assert only("pools", swept) == only("pools", broken) == only("sweeps", broken) == []


def test_two_levels_that_one_candle_sweeps_are_two_lines_and_one_point() -> None:
    lower_high = [*HIGH, *calm(2), (100.0, 102.0, 99.5, 100.0), *calm(3)]
    annotations = only("sweeps", [*lower_high, (100.0, 103.5, 99.5, 100.0)])
    assert sorted(lines(annotations)) == [(8, 15, 103.0, GREY, "dashed"), (14, 15, 102.0, GREY, "dashed")]
    assert points(annotations) == [(15, "sweep", ORANGE)]


def test_breaks_of_structure_are_points_with_their_names() -> None:
    """A first break is a change of character; the next in the same direction is a break of structure."""
    rows = [
        *HIGH, (100.0, 104.0, 99.5, 103.5),  # 9: above 103
        *calm(3, 103.5), (103.5, 106.0, 103.0, 103.5), *calm(3, 103.5),  # 13: a high of 106, known at 16
        (103.5, 107.0, 103.0, 106.5),  # 17: above it
    ]  # fmt: skip
    annotations = only("breaks", rows)
    assert points(annotations) == [(9, "CHoCH", BLUE), (17, "BOS", BLUE)]
    mirrored = only("breaks", upside_down(rows))
    assert points(mirrored) == [(9, "CHoCH", ORANGE), (17, "BOS", ORANGE)]
    # Each stands outside of its candle and points away from it.
    up, down = (of_type(drawn, "point")[0] for drawn in (annotations, mirrored))
    assert (up["y"] > 104.0, up["rotate"]) == (True, 0)
    assert (down["y"] < 96.0, down["rotate"]) == (True, 180)


def at_candle(number: int) -> int:
    return int((pd.Timestamp("2024-01-03", tz="UTC") + number * pd.Timedelta(minutes=15)).value)


def trade(direction: int = 1, target: float | None = 4.0, opened: int = 15) -> Position:
    """Make a trade from 100 with its stop 2 away."""
    at = None if target is None else 100.0 + direction * target
    return Position(direction, at_candle(opened), entry=100.0, stop=100.0 - direction * 2.0, target=at)


def test_an_open_trade_shows_its_risk_its_aim_and_three_prices() -> None:
    annotations = picture(calm(60), positions=(trade(),), **NONE)
    risk, aim = (15, 59 + 4, 98.0, 100.0, ORANGE, 0.24), (15, 59 + 4, 100.0, 104.0, BLUE, 0.24)
    assert areas(annotations) == [risk, aim]
    assert lines(annotations) == [
        (15, 59 + 4, *line)
        for line in ((98.0, ORANGE, "solid"), (104.0, BLUE, "solid"), (100.0, GREY, "dashed"))
    ]
    assert names(annotations) == ["entry 100", "stop 98", "target 104"]
    # A short's stop is a loss too, and its target a gain.
    short = areas(picture(calm(60), positions=(trade(-1),), **NONE))
    assert [box[2:5] for box in short] == [(100.0, 102.0, ORANGE), (96.0, 100.0, BLUE)]
    assert names(picture(calm(60), positions=(trade(target=None),), **NONE)) == ["entry 100", "stop 98"]
    assert picture(calm(60), positions=(trade(),), position=False, **NONE) == []


@pytest.mark.parametrize(("opened", "start"), [(55, 55), (61, 59), (10, 10), (-5, 0)])
def test_a_trade_is_drawn_from_its_entry_on_or_from_where_the_picture_begins(opened: int, start: int) -> None:
    shown = areas(picture(calm(60), positions=(trade(opened=opened),), **NONE))
    assert {one[0] for one in shown} == {start}


@pytest.mark.parametrize("count", range(6))
def test_hardly_any_candles_make_hardly_any_picture(count: int) -> None:
    frame = candle_frame([(100.0, 101.0, 99.0, 100.5)] * 6)[:count]
    annotations = picture(frame, positions=(trade(-1, opened=0),))
    assert (annotations == []) == (count == 0)


def test_a_week_that_expired_before_the_candles_is_no_pool() -> None:
    """POOL-1: of three weeks' lows, 90, 80 and 70, the last week's alone is young enough to wait."""
    days = candle_frame([(100.0, 101.0, low, 100.0) for low in (90.0, 80.0, 70.0) for _ in range(7)])
    days["date"] = pd.date_range("2023-12-11", periods=21, freq="1D", tz="UTC")
    drawn = only("pools", calm(60), higher={"1d": days})
    assert {line[2] for line in lines(drawn) if line[2] < 95} == {70.0}
