"""Pools, sweeps, breaks, levels of the calendar and open trades, worked by hand."""

from dataclasses import replace

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
    assert 103.0 < of_type(annotations, "point")[0]["y"] < 103.5  # there is no room above the highest candle
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


def trade(direction: int = 1, target: float | None = 4.0, opened: int = 15) -> Position:
    at = None if target is None else 100.0 + direction * target
    moment = int((pd.Timestamp("2024-01-03", tz="UTC") + opened * pd.Timedelta(minutes=15)).value)
    return Position(direction, moment, entry=100.0, stop=100.0 - direction * 2.0, target=at)


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
    # A short's names are below their lines, so those of close lines are beside each other.
    for stop, apart in ((102.0, False), (100.01, True)):
        shown = picture(calm(60), positions=(replace(trade(-1), stop=stop),), **NONE)
        entry, _, loss = of_type(shown, "point")
        assert (loss["x"] < entry["x"] - pd.Timedelta(hours=2)) == apart
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


# Levels of past periods and sessions, the midnight open, the dealing range and swings


# Wednesday 2024-01-03, five hours behind in New York: midnight there is candle 20, London's zone 28 to 39.
DAY = [*calm(10), (100.0, 102.0, 97.0, 100.0), *calm(85)]


def test_yesterdays_high_and_low_begin_with_today() -> None:
    annotations = only("period_levels", [*DAY, *calm(4)])
    assert lines(annotations) == [(96, 99 + 4, 102.0, ORANGE, "solid"), (96, 99 + 4, 97.0, BLUE, "solid")]
    assert names(annotations) == ["PDH", "PDL"]
    assert only("period_levels", DAY) == []


def test_the_nearest_of_the_latest_sessions_levels_are_drawn() -> None:
    """Asia's high of 100.5 is nearer than London's 101; of the same low, London's is the newer one."""
    london = [*calm(30), (100.0, 101.0, 99.5, 100.0), *calm(15)]
    annotations = only("session_levels", london, session_levels=1)
    assert lines(annotations) == [(20, 45 + 4, 100.5, ORANGE, "solid"), (40, 45 + 4, 99.5, BLUE, "solid")]
    assert names(annotations) == ["Asia H", "London L"]


def test_a_session_is_a_shade_from_its_first_candle_to_the_one_after_it() -> None:
    shades = areas(only("sessions", calm(60)))
    # Asia, 20:00 to 24:00 in New York, from its first minute: candles 4 to 19.
    assert shades == [(4, 20, 99.5, 100.5, GREY, 0.07), (28, 40, 99.5, 100.5, GREY, 0.07)]


def test_the_midnight_open_is_a_grey_line_from_midnight_in_new_york_on() -> None:
    annotations = only(
        "midnight_open", [*calm(20), (101.0, 101.5, 99.5, 100.0), *calm(9)], midnight_open=True
    )
    assert lines(annotations) == [(20, 29 + 4, 101.0, GREY, "dashed")]
    assert names(annotations) == ["00:00 NY"]


# A swing low of 98 at candle 4, known at 7; a swing high of 104 at candle 10, known at 13.
RANGE = [*calm(4), (100.0, 100.5, 98.0, 100.0), *calm(5), (100.0, 104.0, 99.5, 100.0), *calm(6)]


def test_premium_and_discount_begin_where_the_range_is_known() -> None:
    annotations = only("dealing_range", RANGE, dealing_range=True)
    assert areas(annotations) == [
        (13, 16 + 4, 101.0, 104.0, ORANGE, pytest.approx(0.105)),
        (13, 16 + 4, 98.0, 101.0, BLUE, pytest.approx(0.105)),
    ]
    assert lines(annotations) == [(13, 16 + 4, 101.0, GREY, "dashed")]
    assert set(names(annotations)) <= {"premium", "discount", "50 %"}


def test_a_swing_is_named_at_its_own_candle_once_it_is_known() -> None:
    """The second high, 105 at candle 18, is higher than 104; the first has no name."""
    higher = [*RANGE[:17], *calm(1), (100.0, 105.0, 99.5, 100.0), *calm(3)]
    assert points(only("swings", higher)) == [(18, "HH", ORANGE)]
    assert points(only("swings", higher[:-1])) == []
    assert points(only("swings", upside_down(higher))) == [(18, "LL", BLUE)]


def test_a_break_has_a_line_from_the_swing_that_it_broke() -> None:
    """Candle 17 closes above the swing high of 104 at candle 10."""
    annotations = only("breaks", [*RANGE, (100.0, 105.0, 99.5, 104.5)])
    assert lines(annotations) == [(10, 17, 104.0, BLUE, "solid")]
    assert points(annotations) == [(17, "CHoCH", BLUE)]
