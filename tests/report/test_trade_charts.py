"""A trade's chart: zones as they were known at the entry, levels and orders where they were."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ict_lab.candles import PairCandles
from ict_lab.replay.engine import Setup
from ict_lab.report.signals import signal_of
from ict_lab.report.trade_charts import known_picture, trade_charts
from ict_lab.runs.run import read_runs

from ict import Params
from ict.params import settings
from ict.setups.entries import find_entries
from tests.oracle import tables
from tests.report.exports import START, STRATEGY, result, trade, write
from tests.support.markets import calm, candle_frame, synthetic

# Twenty calm candles, then a falling one from 100 to 98, which a strong one from 98 to 103 makes an order
# block (OB-1): 97.5 to 100.5. The candle after it leaves a gap (FVG-1) from 100.5 up to its low, 102.5.
ROWS = [
    *calm(20), (100.0, 100.5, 97.5, 98.0), (98.0, 103.2, 97.9, 103.0), (103.0, 104.0, 102.5, 103.5),
    *calm(40, 103.5),
]  # fmt: skip
ENTERED = START + 24 * pd.Timedelta(minutes=15)


def drawn(folder: Path, frame: pd.DataFrame, row: dict[str, object]) -> list[dict[str, object]]:
    """Draw the only trade of an export and give the charts as Plotly's JSON."""
    (backtest,) = read_runs(write(folder, {STRATEGY: result([row])}))
    return [
        figure.to_plotly_json()
        for figure in trade_charts(backtest.trades.iloc[0], PairCandles(frame), Params(), 2.0)
    ]


def zones(frame: pd.DataFrame, entered: pd.Timestamp) -> set[tuple[pd.Timestamp, float, float]]:
    """Give start and edges of the boxes that were known at an entry."""
    drawn = known_picture(PairCandles(frame), entered, Params())
    return {(one["start"], one["y_start"], one["y_end"]) for one in drawn if one["type"] == "area"}


def test_a_zone_is_not_known_before_the_candle_that_makes_it_has_closed() -> None:
    """The strong candle is the 22nd: who enters at its open can't know; at the next one's, one does."""
    frame, step = candle_frame(ROWS), pd.Timedelta(minutes=15)
    block, gap = (START + 21 * step, 97.5, 100.5), (START + 22 * step, 100.5, 102.5)
    known = [zones(frame, START + at * step) for at in (21, 22, 23, 24)]
    assert [block in one for one in known] == [False, True, True, True]
    assert [gap in one for one in known] == [False, False, True, True]


def test_the_second_market_is_compared_up_to_the_entry() -> None:
    """SMT-1 is known at 5: the second market's candle of 5 holds its low, which the pair's broke."""
    table = next(one for one in tables.TABLES if one.name == "pair_makes_the_lower_low")
    frame, second = table.frame(), table.frame_of(table.reference or [], ())
    params = Params(**{name: value for name, value in table.params.items() if name in settings()})

    def labels(row: int, second: pd.DataFrame | None) -> list[str]:
        known = known_picture(PairCandles(frame, second=second), frame["date"].iloc[row], params)
        return [one["label"] for one in known if one["type"] == "point"]

    assert [labels(row, second).count("SMT") for row in (5, 6)] == [0, 1]
    assert "SMT" not in labels(6, None)


def test_the_traded_zone_and_its_signal_are_marked(tmp_path: Path) -> None:
    """30 closes at 100, back in the block of 20, which alone speaks for a long: 2.0 points."""
    rows = [*ROWS[:30], (103.5, 103.6, 99.9, 100.0), *calm(20, 100.0)]
    frame, entered = candle_frame(rows), START + 31 * pd.Timedelta(minutes=15)
    found = trade(100.0, [(1.0, 101.0)], (97.3, 0.027), opened=entered, tag="ob")
    (backtest,) = read_runs(write(tmp_path, {STRATEGY: result([found])}))
    setup = Setup(Params(entry_threshold=2.0, htf_gate=False), find_entries)
    row, pair = backtest.trades.iloc[0], PairCandles(frame)
    signal = signal_of(row, pair, setup)
    assert signal is not None
    assert signal.zone is not None
    assert (signal.closed, signal.score, signal.threshold) == (entered, 2.0, 2.0)
    assert (signal.facts, signal.zone.bottom, signal.zone.top) == (("ob",), 97.5, 100.5)
    (figure,) = trade_charts(row, pair, setup.params, 2.0, signal)
    shapes = figure.to_plotly_json()["layout"]["shapes"]
    outlines = [
        (one["x0"], one["x1"], one["y0"], one["y1"]) for one in shapes if one["line"].get("width") == 2
    ]
    assert outlines == [(START + 21 * pd.Timedelta(minutes=15), entered, 97.5, 100.5)]
    assert "signal" in {one.text for one in figure.layout.annotations}
    assert signal_of(row, pair, None) is None
    assert signal_of(row, PairCandles(candle_frame(calm(60))), setup) is None


@pytest.mark.parametrize("at", [700, 950, 1300])
def test_later_candles_change_nothing(at: int) -> None:
    frame = synthetic(1500, seed=at)
    entered, other = frame["date"].iloc[at], frame.copy()
    other.loc[at:, ["open", "high", "low", "close"]] *= 1.5
    known = known_picture(PairCandles(frame), entered, Params())
    assert len(known) > 5
    assert known == known_picture(PairCandles(other), entered, Params())
    assert known == known_picture(PairCandles(frame.iloc[:at]), entered, Params())


def test_levels_and_orders_stand_where_they_were(tmp_path: Path) -> None:
    """A short of two exits: entry 103.5, stop 104.5, so the target of two risks is 101.5."""
    row = trade(
        103.5, [(1.0, 102.5), (1.0, 101.5)], (104.5, 1 / 103.5), short=True, opened=ENTERED, hours=1.0
    )
    (figure,) = drawn(tmp_path, candle_frame(ROWS), row)
    assert levels(figure) == {"entry": 103.5, "stop": 104.5, "target": 101.5}
    entry, exits = figure["data"][-2:]
    assert (list(entry["x"]), list(entry["y"])) == ([ENTERED], [103.5])
    assert entry["marker"]["symbol"] == "triangle-down"
    assert list(exits["y"]) == [102.5, 101.5]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 97.5 < 104.5 < high
    # Zones end at the entry.
    edges = [(97.5, 100.5), (100.5, 102.5)]
    boxes = [shape for shape in figure["layout"]["shapes"] if (shape["y0"], shape["y1"]) in edges]
    assert len(boxes) == 2
    assert {pd.Timestamp(box["x1"], unit="ms", tz="UTC") for box in boxes} == {ENTERED}
    names = [name for trace in figure["data"] for name in trace.get("text") or ()]
    assert {"+OB", "+FVG"} <= set(names)


def levels(figure: dict[str, Any]) -> dict[str, float]:
    return {note["text"]: note["y"] for note in figure["layout"]["annotations"]}


def test_a_stop_that_moved_is_drawn_apart(tmp_path: Path) -> None:
    """And the last one alone where the first is not known."""
    moved = {"opened": ENTERED, "reason": "trailing_stop_loss", "initial": 102.5}
    (figure,) = drawn(tmp_path, candle_frame(ROWS), trade(103.5, [(1.0, 103.4)], (103.4, 0.02), **moved))
    assert {"stop": 102.5, "last stop": 103.4}.items() <= levels(figure).items()
    row = trade(103.5, [(1.0, 103.4)], (103.4, 0.02), opened=ENTERED)
    (figure,) = drawn(tmp_path, candle_frame(ROWS), row)
    assert levels(figure).keys() == {"entry", "last stop"}


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
    frame = candle_frame(ROWS)
    for opened, candles in (
        ("2024-01-20 10:00", frame),
        ("2024-01-20 10:00", frame.iloc[:0]),
        (START, frame),
    ):
        row = trade(103.5, [(1.0, 105.5)], (102.5, 1 / 103.5), opened=opened)
        assert drawn(tmp_path, candles, row) == []
