"""The `ict_drawing` block: what it takes, what it refuses, and that limits are kept."""

from typing import Any

import pandas as pd
import pytest

from ict import ParameterError
from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.drawing import DrawingSettings
from ict.drawing.settings import limits
from ict.params import settings as parameters
from tests.drawing.support import BLUE, GREY, NONE, ORANGE, areas, names, of_type, only, picture, points
from tests.support.markets import synthetic

EACH_SIDE = {kind.setting: kind.short for kind in ZONE_KINDS}
REFUSED = [
    ({"order_blocks": 501}, "ict_drawing.order_blocks must be between 0 and 500, was 501"),
    ({"gaps": -1}, "ict_drawing.gaps must be between 0 and 500, was -1"),
    ({"breaks": 2.0}, "ict_drawing.breaks must be a whole number, was 2.0"),
    ({"breaks": float("nan")}, "ict_drawing.breaks must be a whole number, was nan"),
    ({"sweeps": True}, "ict_drawing.sweeps must be a whole number, was True"),
    ({"pools": "3"}, "ict_drawing.pools must be a whole number, was '3'"),
    ({"drawing": 1}, "ict_drawing.drawing must be true or false, was 1"),
    ({"ote_bands": None}, "ict_drawing.ote_bands must be true or false, was None"),
    ({"screen_candles": 49}, "ict_drawing.screen_candles must be between 50 and 5000, was 49"),
    ({"drawn_candles": 50_001}, "ict_drawing.drawn_candles must be between 50 and 50000, was 50001"),
    ({"blocks": 1}, "ict_drawing.blocks is not a setting; known are: drawing, order_blocks, "),
    (["gaps"], "ict_drawing must be a block of settings, was ['gaps']"),
]  # fmt: skip


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return synthetic(900, seed=5)


@pytest.mark.parametrize(("block", "said"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_wrong_block_is_refused_with_the_name_the_range_and_the_value(block: Any, said: str) -> None:
    with pytest.raises(ParameterError) as error:
        DrawingSettings.parse(block)
    assert str(error.value).startswith(said)


def test_every_bound_itself_is_allowed_and_a_missing_block_is_the_default() -> None:
    """Hyperopt searches the strategy's parameters, and nothing that is drawn can be worth a search."""
    for name, limit in limits().items():
        for value in (limit.low, limit.high):
            given = bool(value) if isinstance(DrawingSettings()[name], bool) else value
            assert DrawingSettings.parse({name: given})[name] == given
        assert limit.about
    assert DrawingSettings.parse(None) == DrawingSettings.parse({}) == DrawingSettings()
    assert not set(limits()) & set(parameters())


def test_nothing_is_drawn_where_all_of_it_is_switched_off(market: pd.DataFrame) -> None:
    assert picture(market, **NONE) == []
    assert picture(market, drawing=False) == []
    assert picture(market) != []


@pytest.mark.parametrize("kind", [name for name in NONE if not isinstance(NONE[name], bool)])
def test_each_kind_has_a_switch_of_its_own(kind: str, market: pd.DataFrame) -> None:
    assert only(kind, market) != []


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("kind", EACH_SIDE)
def test_zones_that_live_are_so_many_on_each_side_and_spent_ones_so_many_a_screen(
    kind: str, limit: int, market: pd.DataFrame
) -> None:
    one_screen = only(kind, market, **{kind: limit}, spent_zones=2, screen_candles=900)
    shown = [own for *_, own, _ in areas(one_screen)]
    # The rarest kinds have none that lives at the end.
    assert shown
    assert max(shown.count(BLUE), shown.count(ORANGE)) <= limit
    assert shown.count(GREY) <= 2
    assert set(names(one_screen)) <= {sign + EACH_SIDE[kind] for sign in "+-"}
    with_more = only(kind, market, **{kind: 500}, spent_zones=500, screen_candles=900)
    assert len(areas(with_more)) > len(areas(one_screen))


@pytest.mark.parametrize("colour", [BLUE, ORANGE])
def test_the_zones_that_are_drawn_are_those_nearest_to_the_price(colour: str, market: pd.DataFrame) -> None:
    price = market["close"].iloc[-1]

    def distances(limit: int) -> list[float]:
        drawn = areas(only("order_blocks", market, order_blocks=limit, spent_zones=0, screen_candles=900))
        edges = [(bottom, top) for _, _, bottom, top, own, _ in drawn if own == colour]
        return sorted(max(bottom - price, price - top, 0.0) for bottom, top in edges)

    everything = distances(500)
    assert len(everything) > 1
    assert distances(1) == everything[:1]


@pytest.mark.parametrize("kind", ["breaks", "sweeps"])
def test_events_are_the_newest_of_each_screen(kind: str, market: pd.DataFrame) -> None:
    everything = sorted(points(only(kind, market, **{kind: 500}, screen_candles=900)))
    assert len(everything) > 12
    few = sorted(points(only(kind, market, **{kind: 3}, screen_candles=900)))
    assert few == everything[-len(few) :]
    assert 0 < len(few) <= 3
    assert len(points(only(kind, market, **{kind: 3}, screen_candles=300))) > len(few)


def test_only_the_newest_candles_are_drawn_on(market: pd.DataFrame) -> None:
    few = picture(market, drawn_candles=100)
    start = market["date"].iloc[-100]
    moments = [one.get("start", one.get("x")) for one in few]
    assert min(moments) >= start
    assert len(few) < len(picture(market))


def test_an_ordinary_picture_is_not_crowded(market: pd.DataFrame) -> None:
    """At most so much for a screen, by the limits that are the default."""
    shown = picture(market, drawn_candles=300)
    assert len(areas(shown)) <= 2 * (2 + 2 + 1 + 1 + 2) + 4 * 2 + 1 + 2 + 3 * 2
    flat = {(one["y_start"], one["color"], one["line_style"]) for one in of_type(shown, "line")}
    assert len(flat) <= 2 * 2 + 6 + 2 * (2 + 1) + 2 + 16
    assert len(points(shown)) <= 16 + 6 + 2 * 4
