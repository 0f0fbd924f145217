"""Kill zones over both changes of New York's clock in 2023 (KZ-1), each hour written by hand."""

import pandas as pd
import pytest

from ict import analyse
from tests.support.markets import calm, candle_frame


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
    """24 hours of a UTC day, each with its zone or none."""
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
