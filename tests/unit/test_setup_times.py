"""When entries are made (TIME-1, TIME-2) and kill zones (KZ-1), on New York's clock, worked by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from ict import analyse
from ict.errors import ParameterError
from ict.market.sessions import KILL_ZONES
from ict.params import WEEKDAYS, WINDOW_NAMES, Params
from ict.setups.blackouts import Blackout, BlackoutError, Blackouts
from ict.setups.windows import WINDOWS, EntryTimes
from tests.support.markets import calm, candle_frame

MINUTE = 60_000_000_000


def times(windows: list[str], weekdays: Sequence[str] = WEEKDAYS) -> EntryTimes:
    return EntryTimes.of(Params(entry_windows=tuple(windows), entry_weekdays=tuple(weekdays)))


def ns(moment: str) -> np.ndarray:
    return np.array([np.datetime64(moment, "ns").astype(np.int64)])


# 2024-01-09 is a Tuesday; New York is 5 hours behind UTC in January, 4 in July.
@pytest.mark.parametrize(("window", "day", "inside", "outside"), [
    ("london", "2024-01-09", "07:00 09:59", "06:59 10:00"),  # from 02:00 on; the end is outside
    ("london", "2024-07-09", "06:00", "09:00"),  # in summer
    ("asia", "2024-01-10", "01:00 04:59", "05:00"),  # 20:00 to midnight
    ("new_york", "2024-01-09", "14:59", ""),  # 09:59
    ("london_close", "2024-01-09", "15:00", "17:00"),  # 10:00
    ("silver_bullet", "2024-01-09", "08:30 15:00 19:59", "09:00 20:00"),  # 03:30, 10:00 and 14:59
    ("pm", "2024-01-09", "18:30", "18:29 21:00"),  # 13:30 to 16:00
    ("22:30-01:15", "2024-01-10", "03:30 05:30", "03:15 06:15"),  # 22:30 and 00:30
    ("22:00-24:00", "2024-01-10", "04:59", "05:00"),
    ("00:00-00:00", "2024-01-10", "05:00", ""),  # a whole day
    ("02:30-03:30", "2024-03-10", "07:00", ""),  # the March Sunday: 01:59 is followed by 03:00
    ("02:00-03:00", "2024-03-10", "", "07:00"),
    ("01:00-02:00", "2024-11-03", "05:30 06:30", ""),  # the November Sunday has 01:30 twice
])  # fmt: skip
def test_moments_in_and_out_of_a_window(window: str, day: str, inside: str, outside: str) -> None:
    """In UTC."""
    for moments, is_inside in ((inside.split(), True), (outside.split(), False)):
        for moment in moments:
            at = ns(f"{day}T{moment}")
            assert times([window]).allow_moments(at).tolist() == [is_inside], moment
            assert times([]).allow_moments(at).tolist() == [True]


@pytest.mark.parametrize(("windows", "opens", "minutes", "is_inside"), [
    (["london"], "2024-01-09T07:00", 15, True),
    (["london"], "2024-01-09T09:45", 15, True),  # ends with the window
    (["london"], "2024-01-09T09:50", 15, False),
    (["london"], "2024-01-09T06:50", 15, False),
    (["london"], "2024-01-09T07:00", 180, True),
    (["london"], "2024-01-09T07:00", 240, False),
    (["london"], "2024-01-09T04:00", 24 * 60, False),  # a day over the window, and round to it again
    (["22:30-01:15"], "2024-01-10T04:30", 60, True),  # over midnight
    (["22:30-01:15"], "2024-01-10T06:00", 30, False),
    (["03:00-04:00", "04:00-05:00"], "2024-01-09T08:30", 60, False),  # in neither as a whole
    (["03:00-04:00", "03:30-05:00"], "2024-01-09T08:30", 60, True),
    (["00:00-00:00"], "2024-01-09T05:00", 24 * 60, True),
    (["00:00-24:00"], "2024-01-09T04:00", 240, True),  # 23:00 to 03:00: a whole day has no end
    (["12:00-12:00"], "2024-01-09T16:30", 60, True),
])  # fmt: skip
def test_a_candle_in_a_window(windows: list[str], opens: str, minutes: int, is_inside: bool) -> None:
    """TIME-1: a resting order needs the whole candle in one window."""
    allowed = times(windows).allow_candles(ns(opens), minutes * MINUTE)
    assert allowed.tolist() == [is_inside]


@pytest.mark.parametrize(("moment", "day"), [
    ("2024-01-10T04:59", "tuesday"),  # 23:59 on New York's Tuesday
    ("2024-01-10T05:00", "wednesday"),
    ("2024-01-14T12:00", "sunday"),
    ("1970-01-01T12:00", "thursday"),
])  # fmt: skip
def test_weekdays_are_those_of_new_york(moment: str, day: str) -> None:
    allowed = [name for name in WEEKDAYS if times([], [name]).allow_moments(ns(moment))[0]]
    assert allowed == [day]


def test_a_candle_over_midnight_needs_both_days() -> None:
    over = ns("2024-01-10T04:30"), 60 * MINUTE  # Tuesday 23:30 to Wednesday 00:30
    assert not times([], ["tuesday"]).allow_candles(*over)[0]
    assert times([], ["tuesday", "wednesday"]).allow_candles(*over)[0]
    assert times([], ["tuesday"]).allow_candles(over[0] - 30 * MINUTE, over[1])[0]


@pytest.mark.parametrize(("windows", "weekdays", "sentence"), [
    (["silverbullet"], WEEKDAYS, r'^entry_windows must .* or "HH:MM-HH:MM", .* mean silver_bullet\?'),
    (["25:00-26:00"], WEEKDAYS, "was '25:00-26:00'"),
    (["10:60-11:00"], WEEKDAYS, "was '10:60-11:00'"),
    (["10:00-24:30"], WEEKDAYS, "was '10:00-24:30'"),
    (["9:30-11:00"], WEEKDAYS, "was '9:30-11:00'"),
    ([], ["monday", "tuseday"], r"^entry_weekdays .*, was 'tuseday'; did you mean tuesday\?"),
])  # fmt: skip
def test_a_word_that_is_none(windows: list[str], weekdays: list[str], sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        times(windows, weekdays)


def test_kill_zones_are_windows() -> None:
    assert set(KILL_ZONES) < set(WINDOWS) == set(WINDOW_NAMES)


# TIME-2
FILE = """\
# All times are UTC.
start,end,reason
2026-01-28 18:45,2026-01-28 20:00,FOMC

2026-01-13 13:15,2026-01-13T14:00Z,"CPI, core"
"""
CPI = Blackout(datetime(2026, 1, 13, 13, 15, tzinfo=UTC), datetime(2026, 1, 13, 14, tzinfo=UTC), "CPI, core")
FOMC = Blackout(datetime(2026, 1, 28, 18, 45, tzinfo=UTC), datetime(2026, 1, 28, 20, tzinfo=UTC), "FOMC")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_is_read(mark: str, line_end: str) -> None:
    """Also as a spreadsheet writes it."""
    assert Blackouts.parse(mark + FILE.replace("\n", line_end), "news.csv").rows == (CPI, FOMC)
    assert Blackouts.parse("start,end,reason\n", "news.csv").rows == ()


@pytest.mark.parametrize(("row", "sentence"), [
    ("2026-01-13 13:15,2026-01-13 14:00", "^news.csv, line 2: a row has start, end, reason, .* 2 cells"),
    ("2026-01-13 13:15,2026-01-13 14:00,a,b", "line 2: .* 4 cells"),
    ("13.01.2026 13:15,2026-01-13 14:00,CPI", "line 2: a time must look like .*, was '13.01.2026 13:15'"),
    ("2026-01-13 13:15,,CPI", "line 2: a time must look like"),
    ("2026-01-13 13:15,2026-01-13 13:15,CPI", "line 2: end must be after start, was 2026-01-13 13:15"),
    # The row below is no part of the reason.
    ('2026-01-13 13:15,2026-01-13 14:00,"CPI\n2026-01-20 13:15,2026-01-20 14:00,FOMC', "line 2: a quote"),
    ("2026-01-13 13:15+09:00,2026-01-13 14:00,CPI", "line 2: times are UTC, was 2026-01-13 13:15.09:00"),
])  # fmt: skip
def test_a_row_that_cannot_be_read_is_named(row: str, sentence: str) -> None:
    with pytest.raises(BlackoutError, match=sentence):
        Blackouts.parse(f"start,end,reason\n{row}\n", "news.csv")


@pytest.mark.parametrize("text", ["", "2026-01-13 13:15,2026-01-13 14:00,CPI\n", "begin,end,reason\n"])
def test_a_file_needs_its_header(text: str) -> None:
    with pytest.raises(BlackoutError, match=r"^news.csv must begin with the line start,end,reason$"):
        Blackouts.parse(text, "news.csv")


@pytest.mark.parametrize(("opens", "is_touched"), [
    ("2026-01-13T13:00", False),  # ends as it begins
    ("2026-01-13T13:05", True),
    ("2026-01-13T13:15", True),
    ("2026-01-13T13:45", True),
    ("2026-01-13T13:59", True),
    ("2026-01-13T14:00", False),
])  # fmt: skip
def test_a_candle_that_touches_a_blackout(opens: str, is_touched: bool) -> None:
    assert Blackouts((CPI, FOMC)).touch(ns(opens), 15 * MINUTE).tolist() == [is_touched]
    assert Blackouts().touch(ns(opens), 15 * MINUTE).tolist() == [False]


def test_what_is_ahead() -> None:
    both, week = Blackouts((CPI, FOMC)), timedelta(days=7)
    assert both.ahead(CPI.start - timedelta(days=1), week) == (CPI,)
    assert both.ahead(CPI.end - timedelta(minutes=1), week) == (CPI,)  # it still runs
    assert both.ahead(CPI.end, week) == ()
    assert both.ahead(CPI.start, 3 * week) == (CPI, FOMC)


# Kill zones over both changes of New York's clock in 2023 (KZ-1), each hour written by hand


# UTC hours of a day, from the zones' New York hours. Winter: UTC is 5 hours ahead; summer: 4.
def hours(asia: range, london: range, new_york: range) -> dict[int, str]:
    return dict.fromkeys(asia, "asia") | dict.fromkeys(london, "london") | dict.fromkeys(new_york, "new_york")


WINTER = hours(range(1, 5), range(7, 10), range(12, 15))
SUMMER = hours(range(4), range(6, 9), range(11, 14))
# 12 March 2023, 02:00 becomes 03:00 at 07:00 UTC: Asia was still winter's, and the day has no 02:00 to
# 03:00, so London opens at 03:00 = 07:00 UTC and ends at 05:00 = 09:00 UTC.
SPRING = hours(range(1, 5), range(7, 9), range(11, 14))
# 5 November 2023, 02:00 becomes 01:00 at 06:00 UTC: Asia was still summer's, London opens at 02:00 = 07:00.
AUTUMN = hours(range(4), range(7, 10), range(12, 15))


@pytest.mark.parametrize("minutes", [15, 60])
@pytest.mark.parametrize(("day", "zones"), [
    ("2023-03-11", WINTER), ("2023-03-12", SPRING), ("2023-03-13", SUMMER), ("2023-07-04", SUMMER),
    ("2023-11-04", SUMMER), ("2023-11-05", AUTUMN), ("2023-11-06", WINTER), ("2024-01-01", WINTER),
])  # fmt: skip
def test_every_hour(day: str, zones: dict[int, str], minutes: int) -> None:
    frame = candle_frame(calm(24 * 60 // minutes), start=day, step=f"{minutes}min")
    expected = [zones.get(hour, "") for hour in frame["date"].dt.hour]
    assert analyse(frame)["ict_kill_zone"].tolist() == expected


def test_a_zone_is_that_of_the_opening() -> None:
    """A candle that opens at 04:45 New York is in London's zone, though the next minute but 15 is not."""
    frame = candle_frame(calm(3), start="2023-07-04 08:30")
    assert analyse(frame)["ict_kill_zone"].tolist() == ["london", "london", ""]


def test_the_clock_of_the_input_does_not_matter() -> None:
    frame = candle_frame(calm(96), start="2023-11-05")
    tokyo = frame.assign(date=frame["date"].dt.tz_convert("Asia/Tokyo"))
    pd.testing.assert_series_equal(analyse(tokyo)["ict_kill_zone"], analyse(frame)["ict_kill_zone"])
