"""Laws of the picture: it knows no future, it is the same upside down, and names keep off each other."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import analyse
from ict.candles import Candles
from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.drawing.labels import Desk
from ict.drawing.marks import Look
from ict.drawing.shapes import Box, Event, Sheet
from tests.drawing.support import NONE, areas, of_type, only, picture
from tests.support.markets import and_real, reflected, resampled, stretch, synthetic, traded

EVERYTHING = 500
CUTS = [40, 97, 150, 203, 299]
KINDS = [kind.setting for kind in ZONE_KINDS]


def market(name: str) -> pd.DataFrame:
    return synthetic(300, seed=11) if name == "odd" else stretch(traded(name), 22_500, 22_800)


def whole(kind: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    return only(kind, frame, **{kind: EVERYTHING}, spent_zones=EVERYTHING, screen_candles=5000)


def born(annotations: list[dict[str, Any]], until: Any) -> dict[tuple[Any, ...], Any]:
    """Boxes by what must never change, with their ends; those that begin by a time."""
    boxes = of_type(annotations, "area")
    return {(b["start"], b["y_start"], b["y_end"]): b["end"] for b in boxes if b["start"] <= until}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["odd", *and_real("BTC", "ETH")])
def test_boxes_of_a_cut_market_are_those_of_the_whole_but_for_their_ends(name: str, kind: str) -> None:
    frame = market(name)
    later = whole(kind, frame)
    assert later
    for cut in CUTS:
        earlier = frame[: cut + 1]
        now = earlier["date"].iloc[-1]
        then, known = born(whole(kind, earlier), now), born(later, now)
        assert then.keys() == known.keys()
        for key, end in then.items():
            # What was over stays as it is; what was alive ends later, or not yet.
            assert known[key] == end if end <= now else known[key] > now


@pytest.mark.parametrize("kind", ["breaks", "sweeps"])
@pytest.mark.parametrize("name", ["odd", *and_real("BTC")])
def test_events_of_a_cut_market_are_those_of_the_whole(name: str, kind: str) -> None:
    frame = market(name)

    def seen(part: pd.DataFrame) -> list[tuple[Any, ...]]:
        drawn = of_type(whole(kind, part), "point")
        return sorted((one["x"], one["label"], one["color"]) for one in drawn)

    everything = seen(frame)
    for cut in CUTS:
        now = frame["date"].iloc[cut]
        assert seen(frame[: cut + 1]) == [one for one in everything if one[0] <= now]


@pytest.mark.parametrize("name", ["odd", *and_real("BTC")])
def test_the_band_that_is_drawn_is_the_one_of_the_columns_and_as_old(name: str) -> None:
    frame = market(name)
    checked = 0
    for cut in range(30, len(frame), 37):
        part = frame[: cut + 1]
        drawn = only("ote_bands", part, ote_bands=True, screen_candles=5000)
        columns = analyse(part)
        for side in ("bull", "bear"):
            band = columns[[f"ict_{side}_ote_top", f"ict_{side}_ote_bottom"]].to_numpy()
            if np.isnan(band[-1]).any():
                continue
            since = cut
            while since and (band[since - 1] == band[-1]).all():
                since -= 1
            top, bottom = band[-1]
            (box,) = [b for b in of_type(drawn, "area") if b["start"] == part["date"].iloc[since]]
            assert (box["y_end"], box["y_start"]) == (top, bottom)
            checked += 1
    assert checked > 3


@pytest.mark.parametrize("cut", [210, 250, 299])
def test_a_higher_zone_is_not_drawn_before_a_base_candle_saw_it(cut: int) -> None:
    frame = stretch(traded("BTC"), 20_000, 20_300)
    part = frame[: cut + 1]
    settings = {**NONE, "higher_zones": EVERYTHING, "screen_candles": 5000}
    given = picture(part, higher={"4h": resampled(frame, "4h")}, **settings)
    # Candles of the higher timeframe that are not over yet change nothing.
    assert given == picture(part, higher={"4h": resampled(part, "4h")}, **settings)
    closes = part["date"] + pd.Timedelta(minutes=15)
    whole_hours = set(part["date"][closes.dt.hour.mod(4).eq(0) & closes.dt.minute.eq(0)])
    assert {one["start"] for one in of_type(given, "area")} <= whole_hours


@pytest.mark.parametrize("seed", [1, 2])
def test_the_mirrored_market_makes_the_mirrored_picture(seed: int) -> None:
    frame = synthetic(400, seed=seed)
    turned, c = reflected(frame)
    # The gap's least height is a part of the price, so it is left out of the mirror.
    for kind in ("order_blocks", "breakers"):
        there = sorted((s, e, c - top, c - bottom) for s, e, bottom, top, *_ in areas(whole(kind, frame)))
        here = sorted((s, e, bottom, top) for s, e, bottom, top, *_ in areas(whole(kind, turned)))
        assert here == there


@pytest.mark.parametrize("name", ["odd", *and_real("BTC", "ETH", "LTC")])
def test_every_annotation_is_finite_and_begins_before_it_ends(name: str) -> None:
    for one in picture(market(name)):
        numbers = [one[key] for key in ("y", "y_start", "y_end") if key in one]
        assert np.isfinite(numbers).all()
        assert one["type"] == "point" or one["start"] < one["end"]


def test_names_of_events_keep_off_each_other() -> None:
    frame = stretch(traded("BTC"), 21_000, 21_300)
    desk = Desk(Sheet(Candles.from_frame(frame), 0, 300))
    above = {"direction": 1, "above": True, "label": "CHoCH", "shape": "triangle"}
    heights = [desk.beside_candle(Event(at=at, **above)) for at in (100, 100, 101)]
    assert np.diff(sorted(heights)).min() >= desk.line_height
    below = Event(at=100, direction=-1, above=False, label="BOS", shape="triangle")
    assert desk.beside_candle(below) < frame["low"].iloc[100] - desk.line_height


@pytest.mark.parametrize(("characters", "least"), [(100, 101.25), (200, 101.0)])
def test_names_of_events_keep_off_the_candles_beside_theirs(characters: int, least: float) -> None:
    """A wide name reaches over the next candle, whose high is 101.25; a narrow one does not."""
    dates = pd.date_range("2024-03-05", periods=60, freq="15min", tz="UTC")
    frame = pd.DataFrame({"date": dates, "open": 100.0, "high": 101.0, "low": 99.0, "close": 100.0})
    frame.loc[31, "high"], frame.loc[50, "high"] = 101.25, 102.6
    sheet = Sheet(Candles.from_frame(frame.assign(volume=1.0)), 0, 60, characters=characters)
    event, line = Event(at=30, direction=1, above=True, label="CHoCH", shape="triangle"), 3.6 / 26
    assert least <= Desk(sheet).beside_candle(event) + 0.4 * line < least + line


def test_names_of_zones_keep_off_each_other_and_are_left_out_where_there_is_no_room() -> None:
    frame = stretch(traded("BTC"), 21_000, 21_300)
    sheet = Sheet(Candles.from_frame(frame), 0, 300)
    desk, step = Desk(sheet), sheet.candles.step
    price, last = float(frame["close"].iloc[-1]), int(sheet.candles.time[-1])
    box = Box(
        direction=1, look=Look.FRESH, start=last - 40 * step, end=sheet.edge, top=price, bottom=price - 1,
        label="+OB",
    )  # fmt: skip
    places = [desk.along(box) for _ in range(60)]
    found = [place for place in places if place is not None]
    assert None in places
    assert 3 < len(found) == len(set(found))
    for (x, y), (other_x, other_y) in combinations(found, 2):
        # A name of three letters is about six candles wide on a screen of 300.
        assert abs(x - other_x) >= 6 * step or abs(y - other_y) >= 0.79 * desk.line_height
    assert {box.start <= x <= box.end for x, _ in found} == {True}
