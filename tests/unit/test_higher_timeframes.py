"""Higher timeframes (HTF-1), candle by candle against closing times, and TA-Lib's ATR as it is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import talib

from ict import Params, analyse
from ict.analysis import Analysis
from ict.candles import Candles
from ict.columns import GROUPS
from ict.market.chart import Chart
from ict.market.higher import TIMEFRAMES, last_closed
from ict.market.higher_candles import aggregated
from ict.market.volatility import average_true_range
from tests.support.compare import equal
from tests.support.markets import calm, candle_frame, resampled, synthetic

ONE = Params(swing_strength_candles=1, trend_timeframe="1h", trail_timeframe="1h")


def hours_with_a_break() -> pd.DataFrame:
    """Hourly candles from 10:00: a swing high of 105 at 11:00, and a close of 106 in the hour from 14:00."""
    rows = calm(6)
    rows[1] = (100.0, 105.0, 99.5, 100.0)
    rows[4] = (100.0, 106.5, 99.5, 106.0)
    return candle_frame(rows, start="2024-01-03 10:00", step="1h")


def test_what_an_hour_shows_is_seen_when_it_closes() -> None:
    """The hour from 14:00 closes with the quarter from 14:45, which is the first that sees its break.

    The high of the hour from 11:00 is a swing when that from 12:00 has closed, the next one, 106.5, at 15:00.
    """
    frame = candle_frame(calm(24), start="2024-01-03 10:00")
    columns = analyse(frame, ONE, higher={"1h": hours_with_a_break()}).set_index("date")
    trend, swing = columns["ict_trend_1h"], columns["ict_swing_high_1h"]
    assert trend.tolist() == [0] * 19 + [1] * 5
    assert swing.first_valid_index() == pd.Timestamp("2024-01-03 12:45", tz="UTC")
    assert swing["2024-01-03 12:45":"2024-01-03 15:30"].unique().tolist() == [105.0]
    assert swing.iloc[-1] == 106.5


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
@pytest.mark.parametrize("minutes", [5, 15, 60])
def test_only_what_has_closed_is_seen(timeframe: str, minutes: int) -> None:
    """For each base candle: the newest higher candle whose closing time is not after its own."""
    frame = candle_frame(calm(700), start="2024-01-03 05:00", step=f"{minutes}min")
    # Beside a hole, too, a candle is no longer than any other.
    frame = frame.drop(index=[1, 2, 3, 50]).reset_index(drop=True)
    higher = candle_frame(calm(60), start="2024-01-02", step=timeframe.replace("d", "D"))
    seen = last_closed(Candles.from_frame(frame), Candles.from_frame(higher), TIMEFRAMES[timeframe])
    ends = [opens + pd.Timedelta(TIMEFRAMES[timeframe], unit="ns") for opens in higher["date"]]
    closes = [date + pd.Timedelta(minutes=minutes) for date in frame["date"]]
    assert seen.tolist() == [sum(end <= closed for end in ends) - 1 for closed in closes]


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
@pytest.mark.parametrize("start", ["2024-03-07 00:00", "2024-03-07 21:30"])
def test_given_or_aggregated(timeframe: str, start: str) -> None:
    frame = synthetic(2500, seed=61, start=start)
    params = Params(trend_timeframe=timeframe, trail_timeframe=timeframe, min_stop_atr=1.0)
    given = analyse(frame, params, higher={timeframe: resampled(frame, timeframe)})
    made = analyse(frame, params)
    for name in [name for name in made if name.endswith(f"_{timeframe}")]:
        assert equal(given[name].to_numpy(), made[name].to_numpy()).all(), name


def test_aggregation_by_hand() -> None:
    """Seven quarters from 10:30: the hour of 10:00 is not complete at its start and left out."""
    rows = [
        (10.0, 11.0, 9.0, 10.5), (10.5, 12.0, 10.0, 11.0), (20.0, 21.0, 19.0, 20.5), (20.5, 25.0, 18.0, 19.0),
        (19.0, 20.0, 17.0, 18.0), (18.0, 19.0, 16.5, 17.5), (30.0, 31.0, 29.0, 30.5),
    ]  # fmt: skip
    hours = aggregated(Candles.from_frame(candle_frame(rows, start="2024-01-03 10:30")), TIMEFRAMES["1h"])
    assert pd.to_datetime(hours.time).hour.tolist() == [11, 12]
    assert (hours.open[0], hours.high[0], hours.low[0], hours.close[0]) == (20.0, 25.0, 16.5, 17.5)


def test_what_was_found_before_counts_on_the_same_candles_alone() -> None:
    """Three candles in a row: the same hours, an hour whose high was corrected, and then other settings."""
    frame = synthetic(800, seed=62, start="2024-01-03 00:00")
    hours = resampled(frame, "1h").iloc[:190]
    corrected = hours.assign(high=hours["high"].where(hours.index != 150, hours["high"] * 1.2))
    other = replace(ONE, swing_strength_candles=2)
    charts: list[Chart] = []
    for until, given, params in (
        (790, hours, ONE),
        (791, hours, ONE),
        (792, corrected, ONE),
        (793, hours, other),
    ):
        analysis = Analysis(frame.iloc[:until], params, {"1h": given})
        columns = analysis.columns(charts[-1] if charts else None)
        charts.append(columns.chart)
        found, anew = columns.arrays(GROUPS), analysis.columns().arrays(GROUPS)
        assert all(equal(found[name], values).all() for name, values in anew.items())
    first, same, high, settings = (chart.seen("1h").patterns for chart in charts)
    assert first is same
    assert len({id(one) for one in (same, high, settings)}) == 3


def test_a_given_timeframe_gets_its_columns() -> None:
    frame = synthetic(300, seed=62)
    columns = analyse(frame, higher={"1h": resampled(frame, "1h"), "1d": frame.iloc[:0]})
    assert {"ict_trend_1h", "ict_trend_4h"} <= set(columns)


def test_average_true_range_is_talibs() -> None:
    """Wilder's ATR over 14 candles, to the bit; nothing in the first 14."""
    frame = synthetic(500, seed=63)
    expected = talib.ATR(*(frame[name].to_numpy() for name in ("high", "low", "close")), timeperiod=14)
    atr = average_true_range(Candles.from_frame(frame))
    assert equal(atr, expected).all()
    assert np.flatnonzero(np.isfinite(atr))[0] == 14


def test_average_true_range_by_hand() -> None:
    """14 candles of height 1 make an average of 1; one of height 15 then adds (15 - 1) / 14."""
    candles = Candles.from_frame(candle_frame([*calm(15), (100.0, 107.5, 92.5, 100.0)]))
    assert average_true_range(candles)[14:].tolist() == pytest.approx([1.0, 2.0])
    for count in (0, 1, 13, 14):
        atr = average_true_range(Candles.from_frame(synthetic(20, seed=64).iloc[:count]))
        assert (len(atr), np.isnan(atr).all()) == (count, True)
