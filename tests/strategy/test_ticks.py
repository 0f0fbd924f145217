"""A pair's tick at a time of a backtest: Freqtrade's own, by looking its months up as it does."""

import numpy as np
import pandas as pd
from freqtrade.data.btanalysis.historic_precision import get_tick_size_over_time
from ict_host.contracts import Ticks

PAIR, TODAY = "BTC/USDT:USDT", 0.5
# Steps of 0.1, whole prices alone, steps of 0.01; before them a month of whole prices.
PRICES = {1: 7.0, 2: 7.1, 3: 7.0, 4: 7.25}


def test_the_tick_at_a_time_is_freqtrades() -> None:
    dates = pd.date_range("2024-01-05", "2024-04-20", freq="1D", tz="UTC")
    price = dates.month.map(PRICES).to_numpy(float)
    frame = pd.DataFrame({"date": dates, "open": price, "high": price, "low": price, "close": price})
    ticks = Ticks()
    assert ticks.at(PAIR, dates[0]) is None
    ticks.learn(PAIR, frame)
    theirs = [get_tick_size_over_time(frame.copy()).asof(date) for date in dates]
    ours = [ticks.at(PAIR, date) for date in dates]
    assert ours == [None if np.isnan(tick) else tick for tick in theirs]
    assert [*dict.fromkeys(ours)] == [None, 0.1, 0.01]
    assert ticks.of_candles(PAIR, dates, TODAY).tolist() == [tick or TODAY for tick in ours]
    assert ticks.at(PAIR, pd.Timestamp("2023-12-31", tz="UTC")) is None
