"""The presets of ICT's models: each is what its docstring says, trades, and needs each fact it requires."""

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from ict import Params
from ict.candles import BOTH_SIDES, Candles
from ict.columns import GROUPS, Columns
from ict.facts import FACTS
from ict.market.chart import Chart
from ict.setups.entries import find_entries
from ict.setups.resting import find_resting
from ict.setups.windows import EntryTimes
from tests.strategy.host import load
from tests.support.markets import synthetic

QUARTER = 15 * 60_000_000_000
SEEDS, COUNT, TICK = range(3), 6000, 0.01
SWEPT = {1: "ict_sell_side_swept", -1: "ict_buy_side_swept"}


class Model(NamedTuple):
    """What a preset's docstring says of it: required facts, triggers, price, windows, stop and target."""

    require: frozenset[str]
    zones: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    at: str = "close"
    windows: tuple[str, ...] = ()
    stop: str = "zone"
    target: str = "liquidity"


def model(*require: str, **described: Any) -> Model:
    """Describe a preset."""
    return Model(frozenset(require), **described)


PRESETS = {
    "SilverBullet": model("swept", zones=("fvg",), at="zone", windows=("silver_bullet",), stop="swing"),
    "2022Model": model("swept", "mss", "discount", events=("gap",)),
    "Unicorn": model("mss", zones=("unicorn",), at="zone", stop="sweep"),
    "Breaker": model("true_breaker", zones=("breaker",), at="zone"),
    "InversionGap": model("swept", zones=("ifvg",), at="zone", stop="sweep"),
    "TurtleSoup": model(events=("sweep",)),
    "JudasSwing": model("swept", events=("mss", "cisd"), windows=("london",)),
    "OteTrend": model("htf", "trend", "ote", zones=("ob", "fvg"), at="zone", stop="swing", target="rr"),
    "Cisd": model("discount", events=("cisd",)),
    "HigherBlock": model("htf_ob", events=("mss",)),
}
# Columns that say a fact, by what they hold where it does not hold; a breaker's sweep is the chart's alone.
NOTHING: dict[str, dict[str, Any]] = {
    "swept": {"ict_sell_side_swept": "", "ict_buy_side_swept": ""},
    "mss": {"ict_mss": 0},
    "discount": {"ict_range_position": np.nan},
    "htf": {"ict_trend_4h": 0},
    "trend": {"ict_trend": 0},
    "ote": {"ict_bull_ote_top": np.nan, "ict_bear_ote_top": np.nan},
    "htf_ob": {"ict_in_bull_ob_4h": False, "ict_in_bear_ob_4h": False},
    "true_breaker": {},
}
every_preset = pytest.mark.parametrize("name", PRESETS)


@cache
def preset(name: str) -> Params:
    """Load a preset's settings as Freqtrade does."""
    return load({}, name=f"ICT{name}Strategy").params()


@cache
def market(name: str, seed: int) -> Columns:
    """Find every column of a synthetic market."""
    chart = Chart(Candles.from_frame(synthetic(COUNT, seed)), preset(name))
    return Columns(chart, Columns(chart).arrays(GROUPS))


@cache
def arrays(columns: Columns) -> dict[str, np.ndarray]:
    """Give a market's columns by their public names."""
    return columns.arrays(GROUPS)


class Entry(NamedTuple):
    """An entry: the candle at whose close it is decided on, side, price, and the zone that it rests in."""

    candle: int
    side: int
    price: float
    zone: int


def entries(columns: Columns) -> list[Entry]:
    """Find a preset's entries; where it rests, those that each side wants at each close."""
    params, candles = columns.chart.params, columns.chart.candles
    times, time = EntryTimes.of(params), candles.time
    if params.entry_at == "close":
        direction = find_entries(columns).where(times.allow_moments(time + QUARTER)).direction
        return [Entry(int(i), int(direction[i]), candles.close[i], -1) for i in direction.nonzero()[0]]
    rests = times.allow_candles(time + QUARTER, QUARTER)
    wanted = find_resting(columns, np.full(len(time), TICK), rests)
    return [
        Entry(int(i), side, wanted[side].price[i], int(wanted[side].zone[i]))
        for side in BOTH_SIDES
        for i in np.isfinite(wanted[side].price).nonzero()[0]
    ]


def replaced(columns: Columns, others: dict[str, Any], **of_chart: Any) -> Columns:
    """Give the same market with other columns, and with other things on its chart."""
    chart = copy(columns.chart)
    chart.__dict__.update(of_chart)
    return Columns(chart, arrays(columns) | others)


def holds(columns: Columns, fact: str, entry: Entry) -> bool:
    """Ask the columns once more whether a fact holds (SIG-3)."""
    i, side, price, zone = entry
    recent, word = slice(max(0, i - 16), i + 1), {1: "bull", -1: "bear"}[side]
    column = arrays(columns)
    told: dict[str, Callable[[], Any]] = {
        "swept": lambda: any(column[SWEPT[side]][recent] != ""),
        "mss": lambda: side in column["ict_mss"][recent],
        "discount": lambda: side * (column["ict_range_position"][i] - 0.5) < 0,
        "htf": lambda: column["ict_trend_4h"][i] == side,
        "trend": lambda: column["ict_trend"][i] == side,
        "ote": lambda: column[f"ict_{word}_ote_bottom"][i] <= price <= column[f"ict_{word}_ote_top"][i],
        "htf_ob": lambda: column[f"ict_in_{word}_ob_4h"][i],
        "true_breaker": lambda: columns.chart.breaker_swept[zone],
    }
    return bool(told[fact]())


@every_preset
def test_a_preset_is_what_its_description_says(name: str) -> None:
    params = preset(name)
    required = frozenset(fact for fact in FACTS if params.use(fact) == "required")
    assert {params.use(fact) for fact in set(FACTS) - required} == {"off"}
    assert PRESETS[name] == Model(
        required, params.entry_zones, params.entry_events, params.entry_at, params.entry_windows,
        params.stop_behind, params.target_at,
    )  # fmt: skip
    assert params.entry_threshold == 0.0
    assert params.htf_gate == (name == "OteTrend")


@cache
def found(name: str) -> list[tuple[Columns, Entry]]:
    """Find a preset's entries on all markets, each with its market."""
    markets = (market(name, seed) for seed in SEEDS)
    return [(columns, entry) for columns in markets for entry in entries(columns)]


@every_preset
def test_a_preset_trades_both_ways_and_only_where_its_facts_hold(name: str) -> None:
    traded = found(name)
    assert {entry.side for _, entry in traded} == {1, -1}
    wrong = [
        (fact, entry) for fact in PRESETS[name].require for at, entry in traded if not holds(at, fact, entry)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "fact"), [(name, fact) for name, preset in PRESETS.items() for fact in sorted(preset.require)]
)
def test_without_one_of_its_facts_there_is_no_entry(name: str, fact: str) -> None:
    columns, _ = found(name)[0]
    count = len(columns.chart.candles)
    nothing = {column: np.full(count, value) for column, value in NOTHING[fact].items()}
    of_chart = {"breaker_swept": columns.chart.breaker_swept & False} if fact == "true_breaker" else {}
    assert entries(replaced(columns, nothing, **of_chart)) == []


@pytest.mark.parametrize(
    ("name", "kinds", "ago"),
    [("TurtleSoup", {"week", "day", "equal"}, 0), ("JudasSwing", {"asia"}, 16)],
)
def test_only_the_sweeps_of_its_story_count(name: str, kinds: set[str], ago: int) -> None:
    """SWEEP-2; and with other words for them there is no entry."""
    for columns, (i, side, *_) in found(name):
        words = arrays(columns)[SWEPT[side]][max(0, i - ago) : i + 1]
        assert kinds & {kind for word in words for kind in word.split("+")}
    columns, _ = found(name)[0]
    swings = {swept: np.full(len(columns.chart.candles), "swing", object) for swept in SWEPT.values()}
    assert entries(replaced(columns, swings)) == []


@pytest.mark.parametrize(("name", "hours"), [("SilverBullet", {3, 10, 14}), ("JudasSwing", {2, 3, 4})])
def test_entries_lie_in_the_hours_of_its_story(name: str, hours: set[int]) -> None:
    """TIME-1: New York's hour of the order, which is the opening of the candle after the signal's."""
    placed = {columns.chart.candles.time[entry.candle] + QUARTER for columns, entry in found(name)}
    assert {pd.Timestamp(at, tz="UTC").tz_convert("America/New_York").hour for at in placed} == hours
