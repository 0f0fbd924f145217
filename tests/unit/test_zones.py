"""Zones as a table: what is there has a date, also where that is the first candle; what is not has none."""

import pandas as pd

from ict import Params
from ict.candles import Candles
from ict.market.chart import Chart
from tests.support.markets import candle_frame

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
