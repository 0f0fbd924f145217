"""Zones as boxes: worked by hand from the rules, candle by candle."""

from typing import Any

import pandas as pd
import pytest

from ict import Params
from tests.drawing.support import (
    BLUE,
    GREY,
    NONE,
    ORANGE,
    STORY,
    areas,
    lines,
    names,
    only,
    picture,
    upside_down,
)
from tests.support.markets import calm, candle_frame

FRESH, TOUCHED, SPENT = 0.42, 0.24, 0.14
OF_GAPS = 0.75
# Candle 13 leaves both alone; 14 comes back into the block and so through the gap; 15 closes below the block.
AWAY = (104.5, 104.8, 103.9, 104.2)
BACK = (104.2, 104.3, 99.5, 103.0)
BROKEN = (103.0, 103.1, 96.5, 97.0)


BLOCK, GAP = (97.8, 100.2), (100.2, 103.5)
ALL = [*STORY, AWAY, BACK, BROKEN, *calm(1, 96.0)]
THROUGH = [*STORY, AWAY, (104.2, 104.3, 98.5, 99.0), *calm(1, 99.5)]


@pytest.mark.parametrize(("kind", "rows", "box", "named"), [
    # Its own candle is number 10, but nobody knew before the close of 11; it lives beyond the newest candle.
    ("order_blocks", STORY, (11, 12 + 4, *BLOCK, BLUE, FRESH), ["+OB"]),
    ("order_blocks", [*STORY, AWAY, BACK], (11, 14 + 4, *BLOCK, BLUE, TOUCHED), ["+OB"]),  # price was back
    ("order_blocks", [*STORY, AWAY, BACK, (103.0, 103.1, 96.5, 97.0), *calm(3, 96.0)],
     (11, 15, *BLOCK, GREY, SPENT), []),  # it ends with the candle that ended it
    ("gaps", STORY, (12, 12 + 4, *GAP, BLUE, round(FRESH * OF_GAPS, 3)), ["+FVG"]),
    ("gaps", [*STORY, (104.5, 104.8, 103.0, 104.2)], (12, 13 + 4, *GAP, BLUE, round(TOUCHED * OF_GAPS, 3)),
     ["+FVG"]),
    ("gaps", [*STORY, AWAY, BACK], (12, 14, *GAP, GREY, round(SPENT * OF_GAPS, 3)), []),  # it filled
    ("breakers", ALL, (15, 16 + 4, *BLOCK, ORANGE, FRESH), ["-BB"]),
    # Candle 15 goes up to 100.0 only, the gap begins at 100.2: price has not been back.
    ("inversion_gaps", THROUGH, (14, 15 + 4, *GAP, ORANGE, round(FRESH * OF_GAPS, 3)), ["-IFVG"]),
])  # fmt: skip
def test_a_zone_by_hand(
    kind: str, rows: list[tuple[float, ...]], box: tuple[object, ...], named: list[str]
) -> None:
    """It is fainter once price was back in it, and grey once it is over, without a name."""
    annotations = only(kind, rows)
    assert (areas(annotations), names(annotations)) == ([box], named)


@pytest.mark.parametrize("kind", ["order_blocks", "gaps", "breakers"])
def test_the_bearish_side_is_the_same_picture_upside_down(kind: str) -> None:
    rows = [*STORY, AWAY, BACK, BROKEN, *calm(3, 96.0)]
    swapped = {BLUE: ORANGE, ORANGE: BLUE, GREY: GREY}
    mirrored = [
        (start, end, round(200 - top, 6), round(200 - bottom, 6), swapped[colour], strength)
        for start, end, bottom, top, colour, strength in areas(only(kind, rows))
    ]
    assert mirrored
    assert areas(only(kind, upside_down(rows))) == mirrored
    turned = {"+": "-", "-": "+"}
    named = [turned[name[0]] + name[1:] for name in names(only(kind, STORY))]
    assert names(only(kind, upside_down(STORY))) == sorted(named)


def leg() -> list[tuple[float, ...]]:
    """Make a swing high of 101 at candle 10, a low of 97 at 15, and a close above the high at candle 20."""
    rise = [(100.0, 100.5 + 0.01 * i, 99.5, 100.0) for i in range(10)]
    top = (100.0, 101.0, 99.5, 100.0)
    fall = [(100.0 - i * 0.4, 100.3 - i * 0.4, 98.8 - i * 0.4, 99.6 - i * 0.4) for i in range(4)]
    low = (98.2, 98.4, 97.0, 98.0)
    climb = [(98.0 + i * 0.5, 98.8 + i * 0.5, 97.8 + i * 0.5, 98.5 + i * 0.5) for i in range(4)]
    return [*rise, top, *fall, low, *climb, (100.0, 102.5, 99.8, 102.0)]


def test_the_retracement_band_starts_with_the_candle_since_which_it_is_what_it_is() -> None:
    """Leg from 97.0 to 102.5: its band is 62 to 79 percent of 5.5 below the top."""
    (band,) = areas(only("ote_bands", leg(), ote_bands=True))
    low, high = 102.5 - 0.79 * 5.5, 102.5 - 0.62 * 5.5
    assert band == (20, 20 + 4, pytest.approx(low), pytest.approx(high), BLUE, round(FRESH * 0.6, 3))
    calm_after = [*leg(), (102.0, 102.3, 101.8, 102.0)]
    assert areas(only("ote_bands", calm_after, ote_bands=True))[0][:2] == (20, 21 + 4)
    higher_top = [*leg(), (102.0, 103.0, 101.8, 102.0)]
    (moved,) = areas(only("ote_bands", higher_top, ote_bands=True))
    assert moved[:4] == (21, 21 + 4, pytest.approx(103 - 0.79 * 6), pytest.approx(103 - 0.62 * 6))


def hourly(rows: list[tuple[float, ...]]) -> pd.DataFrame:
    """Candles of 15 minutes that make the given ones of an hour: each hour's whole way, then its close."""
    parts: list[tuple[float, ...]] = []
    for opened, high, low, close in rows:
        way = [(opened, high, min(opened, close), close), (close, close, low, close)]
        parts += [*way, (close,) * 4, (close,) * 4]
    return candle_frame(parts)


HOURLY = Params(trend_timeframe="1h")


def test_a_higher_zone_begins_with_the_base_candle_that_sees_it() -> None:
    """Hour 11 makes the block known: the last quarter of it, candle 47, closes at the same time."""
    frame = hourly(STORY)
    seen = [(47, 51 + 4, 97.8, 100.2, BLUE, FRESH * 0.5)]
    assert areas(only("higher_zones", frame, params=HOURLY))[-1:] == seen
    # The hour is not over: nobody knows of the block yet.
    assert areas(only("higher_zones", frame[:47], params=HOURLY)) == []
    # On the same timeframe nothing is drawn twice.
    assert only("higher_zones", candle_frame(STORY, step="1h"), params=HOURLY) == []


def test_candles_of_the_higher_timeframe_are_taken_where_they_are_given() -> None:
    own = candle_frame(STORY, start="2024-01-02 11:00", step="1h")
    annotations = only("higher_zones", calm(3), params=HOURLY, higher={"1h": own})
    # Known at 23:00 of the day before: the box begins where the picture does.
    assert (0, 2 + 4, 97.8, 100.2, BLUE, FRESH * 0.5) in areas(annotations)
    assert names(annotations) == ["+FVG 1h", "+OB 1h"]


def test_boxes_and_lines_are_cut_at_the_first_candle_that_is_shown() -> None:
    settings: dict[str, Any] = {**NONE, "order_blocks": 5, "pools": 5}
    shown = picture([*STORY, *calm(30, 104.2)], first=20, **settings)
    assert {start for start, *_ in areas(shown)} == {20}
    assert all(start >= 20 for start, *_ in lines(shown))
