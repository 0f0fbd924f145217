"""The catalogue: what is promised of the columns, and that each is what its declaration says."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import Params, analyse
from ict.analysis import Analysis
from ict.candles import Candles
from ict.catalogue.kinds import Kind
from ict.catalogue.zone_kinds import BREAKER, GAP, INVERSION_GAP, ORDER_BLOCK, ZONE_KINDS
from ict.columns import Columns
from ict.market.chart import Chart
from tests.support.fast import EVERY_COLUMN
from tests.support.markets import candle_frame, synthetic

EVERY = Params(**EVERY_COLUMN)
# What users were promised, by the type of its values; every one is there with the default settings.
PROMISED = {
    "f": ("ict_ob_top", "ict_ob_bottom", "ict_fvg_top", "ict_fvg_bottom", "ict_bull_ob_top",
        "ict_bull_ob_bottom", "ict_bear_ob_top", "ict_bear_ob_bottom", "ict_swing_high", "ict_swing_low",
        "ict_equal_highs", "ict_equal_lows", "ict_long_score", "ict_short_score", "ict_long_stop",
        "ict_short_stop"),
    "i": ("ict_ob_direction", "ict_fvg_direction", "ict_trend", "ict_bos", "ict_choch", "ict_trend_4h",
        "ict_sweep"),
    "b": ("ict_in_bull_fvg", "ict_in_bear_fvg", "ict_in_bull_ote", "ict_in_bear_ote"),
    "O": ("ict_swing_label",),
}  # fmt: skip
TYPES = {
    "price": "f", "height": "f", "ratio": "f", "ATR": "f", "percent": "f", "points": "f", "direction": "i",
    "flag": "b", "word": "O",
}  # fmt: skip
RANGES = {"direction": (-1, 1), "percent": (0, 100), "points": (0, 7)}


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return synthetic(6500, seed=71)  # 67 days: a whole month; volatility needs 30 candles of a day


@pytest.fixture(scope="module")
def analysed(candles: pd.DataFrame) -> pd.DataFrame:
    return analyse(candles, EVERY)


def test_what_was_promised_is_there_and_all_that_is_declared(analysed: pd.DataFrame) -> None:
    kinds = {kind: {analysed[name].to_numpy().dtype.kind for name in PROMISED[kind]} for kind in PROMISED}
    assert kinds == {kind: {kind} for kind in PROMISED}
    assert {*sum(PROMISED.values(), ())} <= {*Columns.in_use(Params())}
    assert sorted(Columns.in_use(EVERY)) == sorted(name for name in analysed if name.startswith("ict_"))


def test_each_column_holds_what_it_says(analysed: pd.DataFrame) -> None:
    for name, column in Columns.in_use(EVERY).items():
        values, kind = analysed[name], column.kind
        assert values.to_numpy().dtype == kind.dtype, name
        assert kind.dtype.kind == TYPES[kind.unit], name
        known = values[values != ""] if kind is Kind.WORD else values[values.notna()]
        assert len(known), f"these candles say nothing of {name}"
        if kind.unit in RANGES:
            assert known.between(*RANGES[kind.unit]).all(), name
        if kind is Kind.PRICE:
            # Near those of the candles: not a distance, an index or a percentage.
            assert known.between(0.5 * analysed["low"].min(), 2 * analysed["high"].max()).all(), name


def test_a_table_of_a_frame_reads_what_one_of_a_chart_finds(
    candles: pd.DataFrame, analysed: pd.DataFrame
) -> None:
    found, read = Analysis(candles, EVERY).columns(), Columns.read(analysed)
    for _, column, key in Columns.named(EVERY):
        np.testing.assert_array_equal(found.array(column, *key), read.array(column, *key))


def test_a_column_is_found_alone(candles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not asked for costs nothing: gaps are found without order blocks."""
    monkeypatch.setattr("ict.market.chart.find_order_blocks", lambda *_: 1 / 0)
    columns = Analysis(candles, EVERY).columns()
    assert columns.in_fvg[1].any()
    with pytest.raises(ZeroDivisionError):
        columns.stop[1]


def test_candles_that_nobody_analysed_say_nothing() -> None:
    columns = Columns.absent(2, Params())
    shown: dict[str, Any] = {name: columns[name].tolist() for name in ("ict_kill_zone", "ict_in_bull_fvg")}
    assert shown == {"ict_kill_zone": ["", ""], "ict_in_bull_fvg": [False, False]}
    assert columns["ict_trend_4h"].tolist() == [0, 0]
    assert np.isnan(columns["ict_long_stop"]).all()
    assert columns.keys() == Columns.in_use(Params()).keys()


def test_zones_of_a_kind_in_their_place_change_nothing_else(analysed: pd.DataFrame) -> None:
    prices = [name for name in analysed.columns if not name.startswith("ict_")]
    columns = Analysis(analysed[prices], Params()).columns()
    held, trend = columns.holds(ORDER_BLOCK, 1), columns.trend
    none = columns.chart.zones(ORDER_BLOCK.find)[:0]
    other = columns.on(columns.chart.with_zones(ORDER_BLOCK.find, none), [ORDER_BLOCK])
    assert held.any()
    assert not other.holds(ORDER_BLOCK, 1).any()
    assert other.trend is trend


def test_an_edge_or_a_flag_says_that_a_zone_holds_the_close(analysed: pd.DataFrame) -> None:
    columns = Columns.read(analysed)
    for kind, name in ((ORDER_BLOCK, "ict_bull_ob_top"), (BREAKER, "ict_bull_breaker_top")):
        assert (columns.holds(kind, 1) == analysed[name].notna()).all()
    assert (columns.holds(GAP, -1) == analysed["ict_in_bear_fvg"]).all()
    assert (columns.holds(INVERSION_GAP, 1) == analysed["ict_in_bull_ifvg"]).all()


def test_every_kind_of_zone_has_its_columns_and_its_own_names() -> None:
    assert {one.zone for one in Columns.declared() if one.zone} == set(ZONE_KINDS)
    for names in ("name", "title", "short", "setting"):
        assert len({getattr(kind, names) for kind in ZONE_KINDS}) == len(ZONE_KINDS)


# Zones as a table: what is there has a date, also where that is the first candle


# 0 falls and 1 rises: a bullish block, drawn from the first candle of all. 3 closes below it.
ROWS = [
    (105.0, 106.0, 99.0, 100.0), (100.0, 110.0, 99.5, 109.0), (109.0, 110.0, 107.0, 108.0),
    (108.0, 108.5, 97.0, 98.0), (98.0, 98.5, 97.5, 98.0),
]  # fmt: skip


def test_a_table_of_zones() -> None:
    """The block from candle 0, known at 1, ends at 3; the breaker that it becomes is alive."""
    candles = Candles.from_frame(candle_frame(ROWS, start="2024-01-03"))
    chart = Chart(candles, Params())
    block, breaker = (zones.to_frame(candles.time).iloc[0] for zones in (chart.blocks, chart.breakers))
    assert (block["direction"], block["top"], block["bottom"]) == (1, 106.0, 99.0)
    assert (block["origin_at"], block["known_at"], block["ended_at"]) == (0, 1, 3)
    assert block["reason"] == "invalidated"
    dates = [pd.Timestamp(f"2024-01-03 {time}", tz="UTC") for time in ("00:00", "00:15", "00:45")]
    assert [block[f"{name}_date"] for name in ("origin", "known", "ended")] == dates
    assert (breaker["origin_date"], breaker["known_date"]) == (dates[0], dates[2])
    assert (breaker["ended_at"], breaker["reason"]) == (-1, "alive")
    assert breaker["ended_date"] is pd.NaT


def test_a_table_without_candles() -> None:
    """No zone, no date, and the same columns; without times there are no dates."""
    none = Candles.from_frame(candle_frame(ROWS).iloc[:0])
    table = Chart(none, Params()).blocks.to_frame(none.time)
    assert len(table) == 0
    assert {"origin_date", "known_date", "ended_date"} <= set(table)
    assert "origin_date" not in Chart(none, Params()).blocks.to_frame()
