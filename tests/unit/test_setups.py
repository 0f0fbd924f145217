"""Entries of a setup (SIG-1 to SIG-4, REV-1, LIM-1), worked by hand on few candles."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import ParameterError, Params
from ict.candles import Candles
from ict.catalogue.zone_kinds import ORDER_BLOCK
from ict.columns import Columns
from ict.market.chart import Chart
from ict.market.zones import Zones
from ict.setups.entries import find_entries
from ict.setups.faults import setup_faults
from ict.setups.resting import direction_of, find_resting, on_grid

NAN = float("nan")
NOTHING: dict[str, Any] = {
    "ict_bull_ob_top": NAN, "ict_bear_ob_top": NAN, "ict_trend_4h": 0, "ict_trend_1d": 0,
    "ict_in_bull_fvg": False, "ict_in_bear_fvg": False, "ict_in_bull_ote": False, "ict_in_bear_ote": False,
    "ict_long_reversal_stop": NAN, "ict_short_reversal_stop": NAN, "ict_long_retest_stop": NAN,
    "ict_short_retest_stop": NAN, "ict_volatility_percentile_1d": NAN,
}  # fmt: skip
LONG = {"ict_bull_ob_top": 100.5}
SHORT = {"ict_bear_ob_top": 100.5}
# Edges whose stops are 99 and 101, 0.2 % beyond.
EDGES = {1: (100.5, 99.0 / 0.998), -1: (101.0 / 1.002, 99.5)}
ALL_BUT_THE_BLOCK = {"ict_trend_4h": 1, "ict_in_bull_fvg": True, "ict_in_bull_ote": True}
LOOSE = {"entry_threshold": 2.0, "htf_gate": False}


def chart_of(params: Params, closes: list[float]) -> Chart:
    dates = pd.date_range("2024-03-05", periods=len(closes), freq="15min", tz="UTC")
    prices = dict.fromkeys(("open", "high", "low", "close"), closes)
    return Chart(Candles.from_frame(pd.DataFrame({"date": dates, **prices, "volume": 1.0})), params)


def zones_of(*zones: tuple[int, float, float, int, int]) -> Zones:
    """Zones by side, top, bottom, and the candles at which they became known and ended."""
    side, top, bottom, known, ended = (np.array(column) for column in zip(*zones, strict=True))
    born = Zones.born(top, bottom, known, known, side.astype(np.int8))
    return replace(born, ended_at=ended)


def candle(params: Params, **facts: Any) -> Columns:
    blocks = [
        (side, *EDGES[side], 0, -1) for side, fact in ((1, LONG), (-1, SHORT)) if fact.keys() <= facts.keys()
    ]
    far = (1, 50.0, 49.0, 0, -1)
    chart = chart_of(params, [100.0, 100.0]).with_zones(ORDER_BLOCK.find, zones_of(far, *blocks))
    return Columns(
        chart, {name: np.array([NOTHING[name], value]) for name, value in (NOTHING | facts).items()}
    )


@pytest.mark.parametrize(("facts", "settings", "direction", "tag"), [
    ({}, LOOSE, 0, None),
    (LONG, LOOSE, 1, "ob"),
    (SHORT, LOOSE, -1, "ob"),
    (LONG | SHORT, LOOSE, 0, None),  # SIG-1: both sides at once
    (LONG, {}, 0, None),  # 2.0 of 4.0
    (LONG | {"ict_trend_4h": 1}, {}, 1, "ob+htf"),  # 4.0 of 4.0
    (SHORT | {"ict_trend_4h": -1}, {}, -1, "ob+htf"),
    (LONG | {"ict_in_bull_fvg": True}, {}, 0, None),  # 3.5
    (LONG | {"ict_in_bull_fvg": True, "ict_in_bull_ote": True}, {}, 1, "ob+fvg+ote"),  # 5.0
    (LONG | {"ict_in_bear_fvg": True, "ict_in_bear_ote": True}, {}, 0, None),  # of the other side
    # The gate: 5.0 points, and still not against the higher trend.
    (LONG | {"ict_in_bull_fvg": True, "ict_in_bull_ote": True, "ict_trend_4h": -1}, {}, 0, None),
    (LONG | {"ict_trend_4h": -1}, LOOSE, 1, "ob"),
    (ALL_BUT_THE_BLOCK, {}, 0, None),  # 5.0, but no stop
    (LONG | ALL_BUT_THE_BLOCK, {"entry_threshold": 7.0}, 1, "ob+htf+fvg+ote"),
    # 0.1 + 0.7 is a little less than 0.8 to a float
    (LONG | {"ict_trend_4h": 1}, {"entry_threshold": 0.8, "points_htf": 0.1, "points_ob": 0.7}, 1, "ob+htf"),
    (LONG, {"entry_threshold": 2.0}, 1, "ob"),  # no trend is not against it
    (LONG, {"entry_threshold": 2.0, "htf_must_agree": True}, 0, None),
    (LONG | {"ict_trend_4h": -1}, {"entry_threshold": 2.0}, 0, None),
    (LONG | {"ict_trend_4h": -1}, LOOSE | {"htf_must_agree": True}, 1, "ob"),  # no gate asks for it
    (LONG | {"ict_trend_4h": 1, "ict_trend_1d": -1}, {"second_trend_timeframe": "1d"}, 0, None),
    (LONG | {"ict_trend_4h": 1, "ict_trend_1d": 1}, {"second_trend_timeframe": "1d"}, 1, "ob+htf"),
    # VOL-1: above the rank, at it, and unknown.
    (LONG | {"ict_volatility_percentile_1d": 50.1}, LOOSE | {"max_volatility_percentile": 50.0}, 0, None),
    (LONG | {"ict_volatility_percentile_1d": 50.0}, LOOSE | {"max_volatility_percentile": 50.0}, 1, "ob"),
    (LONG, LOOSE | {"max_volatility_percentile": 50.0}, 0, None),
])  # fmt: skip
def test_block_entry(
    facts: dict[str, Any], settings: dict[str, Any], direction: int, tag: str | None
) -> None:
    entries = find_entries(candle(Params(**settings), **facts))
    assert (entries.direction[1], entries.tag[1]) == (direction, tag)
    expected = {1: 99.0, -1: 101.0, 0: NAN}[direction]
    assert entries.stop[1] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("event", "column"), [("break", "reversal"), ("gap", "retest")])
def test_reversal_entry(event: str, column: str) -> None:
    """REV-1, SIG-4: at the break or at the retest, as set; never both sides, never against the gate."""
    setup = {"zones": [], "events": [event], "require": []}
    up, down = {f"ict_long_{column}_stop": 98.0}, {f"ict_short_{column}_stop": 102.0}
    cases = [
        (up, 1, 98.0), (down, -1, 102.0), (up | down, 0, NAN), (up | {"ict_trend_4h": -1}, 0, NAN),
        ({}, 0, NAN),
    ]  # fmt: skip
    for facts, direction, stop in cases:
        entries = find_entries(candle(Params.parse({"setup": setup}), **facts))
        assert (entries.direction[1], entries.tag[1]) == (direction, event if direction else None)
        assert entries.stop[1] == pytest.approx(stop, nan_ok=True)
    other = Params.parse({"setup": {**setup, "events": ["gap" if event == "break" else "break"]}})
    assert find_entries(candle(other, **up)).direction[1] == 0


def resting(setup: dict[str, Any], closes: list[float], *zones: tuple[int, float, float, int, int]) -> Any:
    """Resting entries of a setup without facts at order blocks, a tick of 0.1."""
    params = Params.parse({"setup": {"require": [], **setup}, "htf_gate": False})
    chart = chart_of(params, closes).with_zones(ORDER_BLOCK.find, zones_of(*zones))
    count = len(closes)
    return find_resting(Columns(chart), np.full(count, 0.1), np.ones(count, np.bool_))


def prices(wanted: Any) -> list[float | None]:
    return [None if np.isnan(price) else float(price) for price in wanted.price]


def test_a_resting_entry_lives_with_its_zone() -> None:
    """LIM-1: wanted from the close at which the zone is known, until the close that ends it."""
    closes = [105.0, 105.0, 101.0, 105.0, 105.0]
    long = resting({"entry": {"at": "zone"}}, closes, (1, 101.0, 99.0, 1, 4))[1]
    # At its third close the price is at the limit, not beyond it.
    assert prices(long) == [None, 101.0, None, 101.0, None]
    assert long.stop[1] == pytest.approx(99.0 * 0.998)
    assert long.tag[1] == "ob"


def test_the_nearest_zone_is_wanted_then_the_newest() -> None:
    closes = [110.0] * 5
    near, far = (1, 105.0, 103.0, 1, -1), (1, 101.0, 99.0, 0, -1)
    twin = (1, 105.0, 104.0, 2, 3)
    long = resting({"entry": {"at": "zone"}}, closes, far, near, twin)[1]
    assert prices(long) == [101.0, 105.0, 105.0, 105.0, 105.0]
    assert long.zone.tolist() == [0, 1, 2, 1, 1]


@pytest.mark.parametrize(("depth", "price"), [(0.0, 101.0), (0.5, 100.0), (0.6, 99.8), (0.61, 99.7)])
def test_an_entry_rests_in_the_depth_of_its_zone(depth: float, price: float) -> None:
    """LIM-1: the price lies on the tick, rounded away from the market."""
    long = resting({"entry": {"at": "zone", "depth": depth}}, [105.0] * 2, (1, 101.0, 99.0, 0, -1))[1]
    assert prices(long)[0] == price


@pytest.mark.parametrize(("close", "direction"), [(105.0, 0), (104.9, 1), (105.1, -1)])
def test_of_both_sides_the_nearer_one_is_placed(close: float, direction: int) -> None:
    zones = (1, 101.0, 99.0, 0, -1), (-1, 111.0, 109.0, 0, -1)
    wanted = resting({"entry": {"at": "zone"}}, [close] * 2, *zones)
    assert direction_of(wanted, np.array([close] * 2)).tolist() == [direction] * 2


def test_prices_are_rounded_away_from_the_market() -> None:
    price, tick = np.array([100.04, 100.0, 0.30000000000000004]), np.array([0.1, 0.1, 0.1])
    assert on_grid(price, tick, 1).tolist() == [100.0, 100.0, 0.3]
    assert on_grid(price, tick, -1).tolist() == [100.1, 100.0, 0.3]
    # A price of millions of ticks, and the float beside it.
    far = np.nextafter(1.2345678, [0.0, 2.0])
    assert on_grid(far, np.full(2, 1e-7), 1).tolist() == [1.2345678, 1.2345678]


@pytest.mark.parametrize(("setup", "message"), [
    ({"zone": ["ob"]}, "setup must be among zones, .*, was 'zone'; did you mean zones."),
    ({"zones": ["obs"]}, r"setup.zones must be among ob, .*, was 'obs'; did you mean ob."),
    ({"zones": "ob"}, "setup.zones must be a list of words, was 'ob'"),
    ({"require": ["sweept"]}, "setup.require must be among htf, .*, was 'sweept'; did you mean swept."),
    ({"require": "htf"}, "setup.require must be a list of facts, was 'htf'"),
    ({"sweep_of": ["days"]}, "setup.sweep_of must be among month, .*, was 'days'; did you mean day."),
    ({"points": {"mms": 1}}, "setup.points must be among htf, .*, was 'mms'; did you mean mss."),
    ({"points": {"mss": -1}}, "setup.points.mss must be between 0 and 100, was -1"),
    ({"entry": {"att": "zone"}},
     "setup.entry must be among at, depth, post_only, was 'att'; did you mean at."),
    ({"entry": {"depth": 1.7}}, r"setup.entry.depth must be between 0 and 1, was 1.7"),
    ({"entry": {"post_only": 1}}, "setup.entry.post_only must be true or false, was 1"),
    ({"threshold": "4"}, "setup.threshold must be a number, was '4'"),
    ({"windows": ["londn"]}, "setup.windows must be among asia, .*, was 'londn'; did you mean london."),
    ({"entry": {"at": "edge"}}, "setup.entry.at must be one of close, zone, was edge"),
    ({"entry": {"at": "zon"}}, "setup.entry.at must be one of close, zone, was zon; did you mean zone."),
    ({"target": "Liquidity"},
     "setup.target must be one of rr, liquidity, was Liquidity; did you mean liquidity."),
    ({"zones": ["FVG"]}, "setup.zones must be among ob, .*, was 'FVG'; did you mean fvg."),
    ({"entry": "zone"}, "setup.entry must be a block of settings, was 'zone'"),
    ([], r"setup must be a block of settings, was \[\]"),
])  # fmt: skip
def test_a_wrong_setup_is_named(setup: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=f"^{message}$"):
        Params.parse({"setup": setup})


@pytest.mark.parametrize(("name", "nearest"), [
    ("use_swep", "use_swept"), ("zones", "entry_zones"), ("Setup", "setup"), ("pair", "pairs"),
])  # fmt: skip
def test_a_setting_that_is_none_is_named_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(
        ParameterError, match=f"^{name} is not a setting of ict; .*; did you mean {nearest}.$"
    ):
        Params.parse({name: 1})


@pytest.mark.parametrize(("settings", "fault"), [
    ({}, ""), ({"entry_zones": [], "entry_events": ["mss"]}, ""), ({"entry_at": "zone"}, ""),
    ({"entry_zones": []}, "entry_zones and entry_events must not both be empty"),
    # LIM-1: an order rests at the edge of a zone.
    ({"entry_at": "zone", "entry_events": ["mss", "gap"]},
     "entry_events must be empty with entry_at zone, was mss, gap: an order rests in zones alone"),
    # SIG-3: facts of the entry zone hold for its own kind alone.
    ({"entry_zones": ["fvg"], "use_displaced": "required"},
     "use_displaced must not be required without ob in entry_zones"),
    ({"entry_zones": ["fvg", "ob"], "use_displaced": "required"}, ""),
    ({"entry_zones": ["fvg"], "use_displaced": "points"}, ""),
    ({"use_true_breaker": "required"}, "use_true_breaker must not be required without breaker"),
    ({"entry_weekdays": []}, "entry_weekdays must not be empty"),
    # POOL-2: months and sessions are pools where a switch says so.
    ({"use_swept": "required", "swept_kinds": ["asia", "london", "new_york", "month"]},
     "swept_kinds must hold a kind of pool that is on, was asia, london, new_york, month"),
    ({"use_swept": "required", "swept_kinds": ["asia", "month"], "session_pools": True}, ""),
    ({"use_swept": "points", "swept_kinds": []}, ""), ({"use_swept": "required", "swept_kinds": ["day"]}, ""),
    ({"entry_zones": [], "entry_events": ["sweep"], "swept_kinds": []},
     "swept_kinds must hold a kind of pool that is on, was empty"),
    ({"entry_zones": [], "entry_events": ["mss"], "swept_kinds": []}, ""),
    ({"entry_events": ["sweep"], "swept_kinds": []}, ""), ({"draw_kinds": []}, ""),
    ({"target_at": "liquidity", "draw_kinds": ["session"]}, "draw_kinds must hold a kind of pool that is on"),
    ({"entry_threshold": 7.5}, "entry_threshold must be at most 7"),
    ({"use_smt": "points"}, "use_smt needs reference_pairs"),
    ({"use_smt": "points", "reference_pairs": ["ETH/USDT:USDT"]}, ""),
])  # fmt: skip
def test_a_setup_that_could_never_enter_is_named(settings: dict[str, Any], fault: str) -> None:
    found = [*setup_faults(Params.parse(settings))]
    assert len(found) == (fault != "")
    assert all(one.startswith(fault) for one in found)


def test_a_setup_that_names_facts_names_all_of_them() -> None:
    params = Params.parse({"setup": {"zones": ["fvg", "ob"], "require": ["swept"], "points": {"smt": 2}}})
    used = {name: params.use(name) for name in ("htf", "ob", "swept", "smt")}
    assert used == {"htf": "off", "ob": "off", "swept": "required", "smt": "points"}
    assert (params.points("smt"), params.entry_threshold, params.entry_zones) == (2.0, 0.0, ("fvg", "ob"))
    assert Params.parse({"setup": {"zones": ["fvg"]}}).entry_threshold == 4.0
