"""A trade's chart: zones as they were known at the entry, levels and orders where they were."""

from pathlib import Path

import pandas as pd
import pytest
from ict_lab.report.trade_charts import known_zones, trade_charts
from ict_lab.runs.run import read_runs

from ict import Params
from tests.report.exports import START, STRATEGY, result, trade, write
from tests.support.markets import calm, candle_frame, synthetic

# Twenty calm candles, then a falling one from 100 to 98, which a strong one from 98 to 103 makes an order
# block (OB-1): 97.5 to 100.5. The candle after it leaves a gap (FVG-1) from 100.5 up to its low, 102.5.
ROWS = [
    *calm(20),
    (100.0, 100.5, 97.5, 98.0),
    (98.0, 103.2, 97.9, 103.0),
    (103.0, 104.0, 102.5, 103.5),
    *calm(40, 103.5),
]
ENTERED = START + 24 * pd.Timedelta(minutes=15)


def drawn(folder: Path, frame: pd.DataFrame, row: dict[str, object]) -> list[dict[str, object]]:
    """Draw the only trade of an export and give the charts as Plotly's JSON."""
    (backtest,) = read_runs(write(folder, {STRATEGY: result([row])}))
    return [figure.to_plotly_json() for figure in trade_charts(backtest.trades.iloc[0], frame, Params(), 2.0)]


def test_a_block_and_a_gap_by_hand() -> None:
    zones = {zone.name: zone for zone in known_zones(candle_frame(ROWS), ENTERED, Params())}
    block, gap = zones["OB"], zones["FVG"]
    assert (block.direction, block.top, block.bottom) == (1, 100.5, 97.5)
    assert block.since == START + 20 * pd.Timedelta(minutes=15)
    assert (gap.direction, gap.top, gap.bottom) == (1, 102.5, 100.5)


def test_a_zone_is_not_known_before_the_candle_that_makes_it_has_closed() -> None:
    """The strong candle is the 22nd: who enters at its open can't know; at the next one's, one does."""
    frame, step = candle_frame(ROWS), pd.Timedelta(minutes=15)
    names = [{zone.name for zone in known_zones(frame, START + at * step, Params())} for at in (21, 22, 23)]
    assert ["OB" in known for known in names] == [False, True, True]
    assert ["FVG" in known for known in names] == [False, False, True]


@pytest.mark.parametrize("at", [700, 950, 1300])
def test_later_candles_change_no_zone(at: int) -> None:
    frame = synthetic(1500, seed=at)
    entered, other = frame["date"].iloc[at], frame.copy()
    other.loc[at:, ["open", "high", "low", "close"]] *= 1.5
    zones = known_zones(frame, entered, Params())
    assert len(zones) > 5
    assert zones == known_zones(other, entered, Params()) == known_zones(frame.iloc[:at], entered, Params())


def test_levels_and_orders_stand_where_they_were(tmp_path: Path) -> None:
    """A short of two exits: entry 103.5, stop 104.5, so the target of two risks is 101.5."""
    row = trade(
        103.5, [(1.0, 102.5), (1.0, 101.5)], (104.5, 1 / 103.5), short=True, opened=ENTERED, hours=1.0
    )
    (figure,) = drawn(tmp_path, candle_frame(ROWS), row)
    names = {note["text"]: note["y"] for note in figure["layout"]["annotations"]}
    assert names == {"entry": 103.5, "stop": 104.5, "target": 101.5}
    _, entry, exits = figure["data"]
    assert (list(entry["x"]), list(entry["y"])) == ([ENTERED], [103.5])
    assert entry["marker"]["symbol"] == "triangle-down"
    assert list(exits["y"]) == [102.5, 101.5]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 97.5 < 104.5 < high


def test_zones_end_at_the_entry(tmp_path: Path) -> None:
    row = trade(103.5, [(1.0, 105.5)], (102.5, 1 / 103.5), opened=ENTERED)
    (figure,) = drawn(tmp_path, candle_frame(ROWS), row)
    zones = [shape for shape in figure["layout"]["shapes"] if "label" in shape]
    assert {zone["label"]["text"] for zone in zones} >= {"OB", "FVG"}
    assert all(zone["x0"] <= zone["x1"] == ENTERED for zone in zones)


def test_a_stop_that_moved_is_drawn_apart(tmp_path: Path) -> None:
    row = trade(
        103.5, [(1.0, 103.4)], (103.4, 0.02), initial=102.5, opened=ENTERED, reason="trailing_stop_loss"
    )
    (figure,) = drawn(tmp_path, candle_frame(ROWS), row)
    names = {note["text"]: note["y"] for note in figure["layout"]["annotations"]}
    assert (names["stop"], names["last stop"]) == (102.5, 103.4)


def test_where_the_first_stop_is_not_known_the_last_one_is_drawn_alone(tmp_path: Path) -> None:
    row = trade(103.5, [(1.0, 103.4)], (103.4, 0.02), opened=ENTERED)
    (figure,) = drawn(tmp_path, candle_frame(ROWS), row)
    assert {note["text"] for note in figure["layout"]["annotations"]} == {"entry", "last stop"}


def test_a_long_trade_is_drawn_twice_its_course_in_longer_candles(tmp_path: Path) -> None:
    frame = synthetic(1500, seed=4, start=str(START.tz_localize(None)))
    opened = frame["date"].iloc[200]
    entry = float(frame["open"].iloc[200])
    row = trade(entry, [(1.0, entry * 1.04)], (entry * 0.98, 0.02), opened=opened, hours=150)
    near, course = drawn(tmp_path, frame, row)
    assert pd.Series(near["data"][0]["x"]).diff().median() == pd.Timedelta(minutes=15)
    assert pd.Series(course["data"][0]["x"]).diff().median() == pd.Timedelta(hours=1)
    assert course["data"][0]["x"][-1] >= (opened + pd.Timedelta(hours=150)).tz_localize(None)
    assert near["data"][0]["x"][-1] < course["data"][0]["x"][-1]


def test_without_candles_at_its_time_there_is_no_chart(tmp_path: Path) -> None:
    row = trade(103.5, [(1.0, 105.5)], (102.5, 1 / 103.5), opened="2024-01-20 10:00")
    assert drawn(tmp_path, candle_frame(ROWS), row) == []
    assert drawn(tmp_path, candle_frame(ROWS).iloc[:0], row) == []
    at_the_first = trade(103.5, [(1.0, 105.5)], (102.5, 1 / 103.5), opened=START)
    assert drawn(tmp_path, candle_frame(ROWS), at_the_first) == []
