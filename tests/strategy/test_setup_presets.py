"""The presets of ICT's models: each trades its hand-made chart, and not without one of its facts."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from ict_host.signals import Signals

from ict import Params
from ict.candles import Candles, Direction
from ict.columns import Columns
from ict.desk.grid import Grid
from ict.facts import FACTS
from ict.market.chart import Chart
from ict.setups.entries import find_entries
from ict.setups.standing import standing_at_close, standing_of_resting
from ict.setups.windows import EntryTimes
from tests.oracle.table import Row
from tests.strategy.host import load
from tests.strategy.preset_charts import CHARTS, PresetChart, changed

QUARTER, TICK = 15 * 60_000_000_000, 0.01
# The rulebook's prices, before the pair's grid.
GRID = Grid(1e-9, 0.001)
every_chart = pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.preset)
both_sides = pytest.mark.parametrize("side", [1, -1], ids=["long", "short"])


@cache
def preset(name: str) -> Params:
    return load({}, name=f"ICT{name}Strategy").params()


def signals_of(chart: PresetChart) -> Signals:
    params, frame = preset(chart.preset), chart.frame()
    candles = Candles.from_frame(frame)
    higher = {name: Candles.from_frame(rows) for name, rows in chart.higher_frames().items()}
    times, coming = EntryTimes.of(params), candles.time + QUARTER
    in_time = (
        times.allow_candles(coming, QUARTER) if params.entry_at == "zone" else times.allow_moments(coming)
    )
    columns, tick = Columns(Chart(candles, params, higher)), np.full(len(candles), TICK)
    return Signals.find(pd.DatetimeIndex(frame["date"]), columns, in_time, tick, find_entries)


@every_chart
@both_sides
def test_a_preset_trades_its_chart(chart: PresetChart, side: Direction) -> None:
    """At these closes and no others: side, tag, price, stop and target."""
    chart = chart if side > 0 else chart.turned()
    signals = signals_of(chart)
    assert signals.direction.nonzero()[0].tolist() == list(chart.expected)
    for i, expected in chart.expected.items():
        assert (signals.direction[i], signals.tag[i]) == (expected.side, expected.tag)
        signal = signals.at(i, side)
        assert signal is not None
        levels = signal.levels_from(signal.limit or signal.close, signal.stop, GRID, preset(chart.preset))
        found = [levels.entry, levels.stop, levels.target]
        assert found == pytest.approx([expected.price, expected.stop, expected.target], rel=1e-9)


@every_chart
@both_sides
def test_without_one_of_its_facts_it_stays_out(chart: PresetChart, side: Direction) -> None:
    """A candle or two differ: the trigger is there as before, and the fact is all that is missing."""
    facts = {fact for fact in FACTS if preset(chart.preset).use(fact) == "required"}
    assert facts == {*chart.without, *chart.without_higher}
    for fact in facts:
        lacking = chart.lacking(fact)
        signals = signals_of(lacking if side > 0 else lacking.turned())
        assert not signals.direction.any()
        asked = signals.columns, chart.last + len(lacking.rows) - len(chart.rows)
        rests = signals.entries is None
        standing = (standing_of_resting(*asked, signals.tick) if rests else standing_at_close(*asked))[side]
        assert (standing.trigger, standing.unmet) == (chart.expected[chart.last].trigger, (("fact", fact),))


@pytest.mark.parametrize(("name", "others", "start"), [
    # The second low is 101: 36 takes two swings, no equal lows.
    ("TurtleSoup", {30: (102, 102.5, 101, 101.5), 31: (101.5, 102.5, 101, 102)}, "08:00"),
    ("JudasSwing", {}, "00:00"),  # delivery changes before London
    ("SilverBullet", {}, "08:30"),  # 34 opens at 12:00 in New York
])  # fmt: skip
def test_the_pool_and_the_hour_count_too(name: str, others: dict[int, Row], start: str) -> None:
    """SWEEP-2, TIME-1: without them there is no trigger, or no time."""
    chart = next(chart for chart in CHARTS if chart.preset == name)
    other = replace(chart, rows=changed(chart.rows, others), start=f"2024-01-03 {start}")
    assert not signals_of(other).direction.any()
