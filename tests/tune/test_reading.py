"""What the page shows is what the strategy would do, and a change of settings changes it."""

import math
import shutil
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.funding import ExpectedFunding
from ict_lab.tune import candles, charts
from ict_lab.tune.backtests import Backtested
from ict_lab.tune.controls import as_values
from ict_lab.tune.reading import Entry, Reading, summary
from ict_lab.tune.setup import Setup
from ict_lab.tune.view import View, newest
from ict_lab.tune.workbench import Choice, Workbench
from ict_lab.words import Wording

from ict import Params, analyse
from ict.memory import memory_candles
from tests.strategy.support import ETH, STRATEGY
from tests.support.markets import synthetic
from tests.tune.conftest import CHOICE, DAYS, PAIR

# Freqtrade's reader of candles still asks pandas to work in place.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


FUNDING = ExpectedFunding(0.0001 / 8, 4.0)


def read(
    workbench: Workbench, strategy: str = STRATEGY, choice: Choice = CHOICE, **changed: object
) -> Reading:
    return workbench.reading(strategy, workbench.presets[strategy].defaults | changed, choice)


def test_candles_are_those_that_were_chosen_and_the_memory_before_them(workbench: Workbench) -> None:
    """Their time range is a backtest's; what there is, and a preset's defaults, are the page's."""
    stretch = read(workbench, choice=Choice(PAIR, "15m", "2024-02-20", 1_000)).stretch
    shown = stretch.frame.iloc[stretch.first :]
    assert len(shown) == 1_000
    assert shown["date"].iloc[-1] == pd.Timestamp("2024-02-20 23:45", tz=UTC)
    assert stretch.first == memory_candles(Params(), 7 * 96)
    assert stretch.higher["4h"]["date"].iloc[-1] <= shown["date"].iloc[-1]
    newer = read(workbench).stretch
    start, stop = map(int, candles.time_range(newer.frame, newer.first).split("-"))
    assert (stop - start, stop) == (4_999 * 900, 1_704_067_200 + DAYS * 86_400 - 900)
    assert workbench.pairs() == {PAIR: ["15m", "4h", "1d"]}
    trend = workbench.presets["ICTObTrendStrategy"]
    assert (trend.defaults["trail_timeframe"], trend.defaults["risk_reward"]) == ("4h", 0.0)
    assert workbench.starting_values(STRATEGY) == as_values(Params())


def test_entries_equal_the_strategys_own_columns(workbench: Workbench) -> None:
    reading = read(workbench, entry_threshold=2.0, htf_gate=False)
    stretch = reading.stretch
    analysed = analyse(stretch.frame, reading.params, {"4h": stretch.higher["4h"]})
    # SIG-1 alone: a block of one side holds the close, and none of the other.
    long, short = np.isfinite(analysed["ict_long_stop"]), np.isfinite(analysed["ict_short_stop"])
    assert np.array_equal(reading.signals, long.astype(int) * ~short - short.astype(int) * ~long)
    assert len(reading.entries) > 20
    assert sum(entry.levels is not None for entry in reading.entries) > 15
    for entry in reading.entries:
        side = "long" if entry.direction > 0 else "short"
        stop, close = analysed[f"ict_{side}_stop"].iat[entry.row], stretch.frame["close"].iat[entry.row]
        if entry.levels is None:
            # EXIT-1: nearer than twice the fees, 0.2 % of the price
            assert abs(close - stop) < 0.00205 * close
            continue
        # on the grid of a tenth, rounded towards the price
        assert -1e-9 < entry.direction * (entry.levels.stop - stop) < 0.1
        risk = entry.levels.entry - entry.levels.stop
        assert entry.levels.target == pytest.approx(entry.levels.entry + 2 * risk, abs=1e-6)


def test_settings_move_entries_stops_and_targets(workbench: Workbench) -> None:
    """And each preset finds its own entries."""
    before, fewer = read(workbench), read(workbench, min_body_ratio=0.9)
    assert len(fewer.entries) < len(before.entries)
    further = read(workbench, risk_reward=4.0)
    pairs = [(a.levels, b.levels) for a, b in zip(before.entries, further.entries, strict=True)]
    assert all(a and b and a.stop == b.stop and a.target != b.target for a, b in pairs)
    wide, near = (one.entries[0].levels for one in (read(workbench, min_stop_atr=3.0), before))
    assert wide is not None
    assert near is not None
    assert wide.risk > near.risk
    assert {one.tag for one in read(workbench, "ICTSweepReversalStrategy").entries} == {"break"}
    assert len(read(workbench, "ICTOrderBlockStrategy").entries) > len(before.entries)


def test_entries_come_at_the_times_that_are_allowed(workbench: Workbench) -> None:
    """TIME-1: 02:00 to 05:00 in New York is 07:00 to 10:00 UTC in winter."""
    reading = read(workbench, entry_windows=["london"], choice=replace(CHOICE, last_day="2024-03-05"))
    closes = [
        reading.stretch.frame["date"].iloc[entry.row] + pd.Timedelta("15min") for entry in reading.entries
    ]
    assert len(closes) > 5
    assert {close.hour for close in closes} <= {7, 8, 9}


def closed_in(frame: pd.DataFrame, entry: Entry, filled: int) -> int:
    """Candle in which a trade meets its stop, or after its fill's own candle its target, by hand."""
    levels, side = entry.levels, entry.direction
    assert levels
    assert levels.target
    against, with_it = ("low", "high") if side > 0 else ("high", "low")
    stopped = (side * (frame[against] - levels.stop) <= 0).to_numpy()
    aimed = (side * (frame[with_it] - levels.target) >= 0).to_numpy()
    ends = (row for row in range(filled, len(frame)) if stopped[row] or (row > filled and aimed[row]))
    return next(ends, len(frame) - 1)


def test_orders_rest_one_at_a_time(workbench: Workbench) -> None:
    """LIM-1 to LIM-3: placed beyond the market, filled by a candle that trades through, or taken back.

    None is placed while the pair has a position, nor in the candle that closes it.
    """
    reading = read(workbench, entry_at="zone")
    frame, free = reading.stretch.frame, 0
    ends = {"filled": 0, "over": 0}
    for entry in reading.entries:
        assert entry.rest
        assert entry.levels
        assert entry.row + 1 >= free
        assert entry.direction * (frame["open"].iloc[entry.row + 1] - entry.levels.entry) > 0
        beyond = frame["low" if entry.direction > 0 else "high"]
        through = (entry.direction * (entry.levels.entry - beyond) > 0).to_numpy()
        filled, over = entry.rest.filled, entry.rest.over
        end = next((row for row in (filled, over) if row >= 0), len(frame))
        assert not through[entry.row + 1 : end].any()
        assert filled < 0 or through[filled]
        free = closed_in(frame, entry, filled) + 1 if filled >= 0 else end
        ends["filled" if filled >= 0 else "over"] += 1
    assert min(ends.values()) > 20
    text = summary(reading, Wording(), FUNDING)
    assert f"{ends['filled']} filled" in text
    drawn = charts.chart(reading, newest(1_500, reading.count), Wording())["data"]
    assert {"long orders", "short orders"} <= {trace["name"] for trace in drawn}


def test_an_entry_that_the_backtest_did_not_trade_is_hollow_and_says_why(workbench: Workbench) -> None:
    reading = read(workbench)
    entry = reading.entries[-1]
    close = reading.stretch.frame["date"].iloc[entry.row] + pd.Timedelta("15min")
    outcome = {(int(close.timestamp() * 1000), entry.direction): ("locked", "4 of 5 entries")}
    view, side = newest(0, reading.count), "long" if entry.direction > 0 else "short"
    drawn = charts.chart(reading, view, Wording(), Backtested((), outcome))["data"]
    marks = next(trace for trace in drawn if trace["name"] == f"{side} entries")
    hollow = [symbol.endswith("-open") for symbol in marks["marker"]["symbol"]]
    assert (hollow[-1], sum(hollow)) == (True, 1)
    assert marks["text"][-1].endswith("backtest: missed: entries were locked: 4 of 5 entries")


def test_the_second_market_is_part_of_the_analysis(setup: Setup, tmp_path: Path) -> None:
    """SMT-1: where it is required, nothing enters without its candles; later ones are not seen."""
    changed = {"use_smt": "required", "entry_threshold": 0.0, "htf_gate": False, "reference_pairs": [ETH]}
    chosen = replace(CHOICE, last_day="2024-03-01")
    found = {}
    for name in ("alone", "compared"):
        folder = shutil.copytree(setup.datadir, tmp_path / name)
        if name == "compared":
            others = synthetic(96 * DAYS, seed=3, start="2024-01-01")
            others.to_feather(folder / "futures" / "ETH_USDT_USDT-15m-futures.feather")
        found[name] = read(Workbench(replace(setup, datadir=folder)), choice=chosen, **changed)
    alone, compared = found["alone"], found["compared"]
    assert (len(alone.entries), alone.stretch.second) == (0, None)
    assert len(compared.entries) > 5
    for reading, is_drawn in ((alone, False), (compared, True)):
        shown = reading.annotations(reading.stretch.first, len(reading.stretch.frame))
        assert any(one["label"] == "SMT" for one in shown) == is_drawn
    assert compared.stretch.second is not None
    assert compared.stretch.second["date"].iloc[-1] == compared.stretch.frame["date"].iloc[-1]


def test_the_summary_says_how_many_and_how_far(workbench: Workbench) -> None:
    reading = read(workbench)
    text = summary(reading, Wording(), FUNDING)
    closes = np.count_nonzero(reading.signals[reading.stretch.first :])
    assert text.startswith(f"5,000 candles · {len(reading.entries)} entries, ")
    assert f"the first of {closes} closes that signal one · " in text
    assert "margin 10.0 % of the equity" in text
    # RISK-7: 0.05 % of each side's price over the distance between them, in the middle of all entries
    found = [entry.levels for entry in reading.entries if entry.levels]
    costs = [0.0005 * (one.entry + one.stop) / abs(one.entry - one.stop) for one in found]
    assert reading.cost_r == pytest.approx(np.median(costs))
    # 0.01 % of the price in eight hours, held for four of them
    funding = np.median([0.00005 * one.entry / abs(one.entry - one.stop) for one in found])
    assert text.endswith(
        f"fees {reading.cost_r:.2f} R of an entry, "
        f"funding {funding:.2f} R of a long held 4 h, a short the opposite"
    )
    unknown = FUNDING._replace(hourly=math.nan)
    assert summary(reading, Wording(), unknown).endswith("R of an entry, funding not known")


def test_a_view_is_drawn_as_it_was_known_at_its_last_candle(workbench: Workbench) -> None:
    long, short = read(workbench), read(workbench, choice=replace(CHOICE, last_day="2024-02-29"))
    frame = long.stretch.frame.iloc[long.stretch.first :].reset_index(drop=True)
    stop = int((frame["date"] < pd.Timestamp("2024-03-01", tz=UTC)).sum())
    earlier = charts.chart(long, View(stop - 300, stop), Wording())
    newer = charts.chart(short, newest(300, short.count), Wording())
    listed = [
        repr([{**trace, "x": list(trace["x"]), "y": list(trace.get("y", []))} for trace in one["data"]])
        for one in (earlier, newer)
    ]
    assert earlier["layout"] == newer["layout"]
    assert listed[0] == listed[1]


def test_a_chart_has_its_candles_boxes_and_entries(workbench: Workbench) -> None:
    """A wide view puts candles together and loses no extreme."""
    reading = read(workbench)
    view = newest(300, reading.count)
    drawn = charts.chart(reading, view, Wording())
    bars = next(trace for trace in drawn["data"] if trace["type"] == "candlestick")
    frame = reading.stretch.frame.iloc[-300:]
    assert list(bars["close"]) == list(frame["close"])
    assert pd.to_datetime(bars["x"][0], unit="ms", utc=True) == frame["date"].iloc[0]
    assert drawn["layout"]["shapes"]
    marks = [trace for trace in drawn["data"] if trace["name"] in ("long entries", "short entries")]
    inside = [row for row in reading.entry_rows if view.start <= row < view.stop]
    assert sum(len(trace["x"]) for trace in marks) == len(inside) > 0
    bars = charts.chart(reading, newest(0, reading.count), Wording())["data"][0]
    frame = reading.stretch.frame.iloc[reading.stretch.first :]
    assert len(bars["x"]) <= charts.MOST_BARS
    assert (max(bars["high"]), min(bars["low"])) == (frame["high"].max(), frame["low"].min())
    assert (bars["open"][0], bars["close"][-1]) == (frame["open"].iloc[0], frame["close"].iloc[-1])


@pytest.mark.parametrize(("choice", "changed", "sentence"), [
    (replace(CHOICE, pair="NOPE/USDT:USDT"), {}, "no 15m candles of NOPE"),
    (replace(CHOICE, last_day="2020-01-01"), {}, "no 15m candles .* up to 2020-01-01"),
    (replace(CHOICE, timeframe="4h"), {"trend_timeframe": "1h"}, "must not be shorter than a base candle"),
    (CHOICE, {"entry_threshold": 101.0}, "entry_threshold must be between 0 and 100, was 101.0"),
])  # fmt: skip
def test_what_cannot_be_shown_is_a_sentence(
    workbench: Workbench, choice: Choice, changed: dict[str, object], sentence: str
) -> None:
    with pytest.raises(LabError, match=sentence):
        read(workbench, choice=choice, **changed)


def test_folders_without_candles_are_a_sentence(setup: Setup, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=f"the folder {tmp_path / 'none'} is absent; download some with"):
        candles.available(replace(setup, datadir=tmp_path / "none"))
    with pytest.raises(LabError, match=r"^datadir must be a folder .*; download some with"):
        candles.available(replace(setup, datadir=tmp_path))
