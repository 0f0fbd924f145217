"""Levels of past periods and sessions, the midnight open, the dealing range and swings, worked by hand."""

import pytest

from tests.drawing.support import BLUE, GREY, ORANGE, areas, lines, names, only, points, upside_down
from tests.support.markets import calm

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
