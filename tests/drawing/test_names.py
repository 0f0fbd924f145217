"""The law of names: of all shapes of its colour, the one that is nearest to a name is its own."""

from typing import Any

import pandas as pd
import pytest

from ict.catalogue.zone_kinds import ZONE_KINDS
from tests.drawing.support import NONE, of_type, picture
from tests.support.markets import and_real, stretch, synthetic, traded

# What draws each name, without its sign.
SETTINGS = {kind.short: {kind.setting: 2} for kind in ZONE_KINDS} | {
    "OTE": {"ote_bands": True},
    **{name: {"pools": 2} for name in ("BSL", "SSL", "EQH", "EQL")},
    **{f"{name}{end}": {"period_levels": 2} for name in ("PD", "PW", "PM") for end in "HL"},
    **{f"{name} {end}": {"session_levels": 1} for name in ("Asia", "London", "NY") for end in "HL"},
    "00:00 NY": {"midnight_open": True},
    **{name: {"dealing_range": True} for name in ("premium", "discount", "50 %")},
}
# A screen is 26 lines high and 190 characters wide; a name is written above its point.
LINES, CHARACTERS, MIDDLE = 26, 190, 0.55
# Where a name ends above its point, in lines: one of a mark, one of a zone or a level.
MARKS_NAME, NAME = 1.2, 0.95


def market(name: str, end: int) -> pd.DataFrame:
    return synthetic(300, seed=end) if name == "odd" else stretch(traded(name), end - 300, end)


def rgb(colour: str) -> str:
    return ",".join(colour.split("(")[1].split(",")[:3])


def shapes(annotations: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    flat = [*of_type(annotations, "area"), *of_type(annotations, "line")]
    return [(rgb(one["color"]), one["start"], one["end"], one["y_start"], one["y_end"]) for one in flat]


def distance(shape: tuple[Any, ...], point: dict[str, Any], frame: pd.DataFrame) -> float:
    """Distance of a name from the nearest edge of a shape, in lines."""
    _, start, end, *edges = shape
    line = (frame["high"].max() - frame["low"].min()) / LINES
    away = min(abs(point["y"] + MIDDLE * line - edge) for edge in edges) / line
    beside = max(start - point["x"], point["x"] - end, pd.Timedelta(0))
    character = 300 * pd.Timedelta(minutes=15) / CHARACTERS
    return float(away + beside / (2 * character))


@pytest.mark.parametrize("end", [21_300, 23_100, 25_000, 27_777])
@pytest.mark.parametrize("name", ["odd", *and_real("BTC", "ETH", "LTC")])
def test_the_nearest_shape_of_a_names_colour_is_its_own(name: str, end: int) -> None:
    frame = market(name, end)
    shown = picture(frame)
    named = [one for one in of_type(shown, "point") if one["size"] == 1 and "4h" not in one["label"]]
    assert named
    for point in named:
        alike = [one for one in shapes(shown) if one[0] == rgb(point["color"])]
        nearest = min(distance(one, point, frame) for one in alike)
        own = shapes(picture(frame, **NONE | SETTINGS[point["label"].lstrip("+-")], screen_candles=300))
        mine = min(distance(one, point, frame) for one in own if one[0] == rgb(point["color"]))
        assert mine <= nearest + 0.01, f"{point['label']} at {point['x']}"


@pytest.mark.parametrize("end", [21_300, 23_100, 25_000, 27_777])
@pytest.mark.parametrize("name", ["odd", *and_real("BTC", "ETH", "LTC")])
def test_no_name_that_is_seen_reaches_into_the_axis_of_time(name: str, end: int) -> None:
    """FreqUI's chart ends 2 % of its height above the highest candle, with the axis over it."""
    frame = market(name, end)
    height = frame["high"].max() - frame["low"].min()
    top = frame["high"].max() + 0.02 * height
    for point in of_type(picture(frame, screen_candles=300), "point"):
        reach = point["y"] + (MARKS_NAME if point["size"] > 1 else NAME) * height / LINES
        assert reach <= top + 1e-6 * height or point["y"] > top, f"{point['label']} at {point['x']}"
