"""The pair's grid: Freqtrade's own rounding, and Freqtrade's own ticks of a history."""

import random

import numpy as np
import pandas as pd
import pytest
from ccxt import TICK_SIZE
from freqtrade.data.btanalysis import get_tick_size_over_time
from freqtrade.exchange import ROUND_DOWN, ROUND_UP, amount_to_precision, price_to_precision
from ict_host.contracts import Ticks

from ict.desk.grid import Grid, GridError, ticks_of_months

TICKS = (10.0, 1.0, 0.5, 0.3, 0.25, 0.1, 0.05, 0.01, 0.001, 0.00025, 1e-5, 1e-6, 1e-7, 1e-8)


@pytest.mark.parametrize(("price", "tick", "long", "short"), [
    (59_400.03, 0.1, 59_400.1, 59_400.0),
    (59_400.1, 0.1, 59_400.1, 59_400.1),  # on the grid it stays
    (0.02994, 0.0001, 0.03, 0.0299),  # faults/coarse_tick.py: a long's stop lands on its entry
    (0.3, 0.1, 0.3, 0.3),  # a float's remainder of 0.3 by 0.1 is 0.09999999999999998
    (101.0, 5.0, 105.0, 100.0),
    (1.35 * (1 - 0.002), 0.0001, 1.3473, 1.3473),  # 1.3473000000000002 by floats
])  # fmt: skip
def test_a_level_is_rounded_with_its_side(price: float, tick: float, long: float, short: float) -> None:
    """Up for a long, down for a short: so Freqtrade rounds the order of a stop."""
    grid = Grid(tick, 1.0)
    assert (grid.level(price, 1), grid.level(price, -1)) == (long, short)


@pytest.mark.parametrize("tick", TICKS)
def test_freqtrade_rounds_alike(tick: float) -> None:
    """`create_stoploss` and `adjust_stop_loss` round by price_to_precision; a float's error apart."""
    draw = random.Random(tick)
    steps = [draw.randint(1, 10 ** draw.randint(1, 7)) for _ in range(400)]
    prices = [step * tick for step in steps] + [step * tick * (1 + draw.random() / 100) for step in steps]
    for price in prices:
        for side, mode in ((1, ROUND_UP), (-1, ROUND_DOWN)):
            placed = price_to_precision(float(f"{price:.12g}"), tick, TICK_SIZE, rounding_mode=mode)
            level = Grid(tick, 1.0).level(price, side)
            assert level == placed
            assert Grid(tick, 1.0).level(level, side) == level
        assert Grid(1.0, tick).amount(price) == amount_to_precision(price, tick, TICK_SIZE)


@pytest.mark.parametrize("step", [0.0, -0.1, float("nan"), float("inf"), None, "0.1"])
@pytest.mark.parametrize("name", ["tick", "lot"])
def test_a_step_that_is_none(name: str, step: object) -> None:
    steps: dict[str, object] = {"tick": 0.1, "lot": 0.001, name: step}
    with pytest.raises(GridError, match=f"^{name} must be above 0, was {step}$"):
        Grid(**steps)  # type: ignore[arg-type]


def test_ticks_are_counted_without_a_floats_remainder() -> None:
    assert Grid(0.1, 1.0).ticks(60_000.3 - 60_000.0) == 3.0
    assert Grid(0.0001, 1.0).ticks(0.0301 - 0.0299) == 2.0


def test_a_months_tick_is_freqtrades() -> None:
    """In a backtest Freqtrade takes the tick from the candles of each month."""
    dates = pd.date_range("2024-01-20", periods=90, freq="1D", tz="UTC")
    draw = np.random.default_rng(5)
    decimals = np.where(dates.month == 2, 3, np.where(dates.month == 3, 1, 5))
    columns = [
        [round(price, int(n)) for price, n in zip(draw.uniform(1, 9, 90), decimals, strict=True)]
        for _ in "ohlc"
    ]
    frame = pd.DataFrame(dict(zip(("open", "high", "low", "close"), columns, strict=True))).assign(date=dates)
    frame.loc[dates.month == 4, ["open", "high", "low", "close"]] = 7.0  # whole prices say nothing
    ours, theirs = ticks_of_months(frame), get_tick_size_over_time(frame.copy())
    assert ours.tolist()[:3] == [1e-05, 0.001, 0.1]
    np.testing.assert_array_equal(ours.to_numpy(), theirs.to_numpy())
    assert list(ours.index) == list(theirs.index)


# A pair's tick at a time of a backtest

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
