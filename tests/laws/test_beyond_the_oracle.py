"""Columns that the oracle does not have, each against an answer of its own."""

import numpy as np
import pandas as pd
import pytest
import talib

from ict import Params, analyse
from ict.market.volatility import volatility_percentile
from tests.oracle.candles import read_candles
from tests.oracle.dealing_range import legs
from tests.oracle.structure import find_breaks, find_swings
from tests.support.compare import equal
from tests.support.markets import LENGTHS, and_real, resampled, stretch, synthetic, traded

STEP = pd.Timedelta("15min")


# Traded markets and two odd ones, of some thousand candles.
MARKETS = [*and_real("BTC"), 3, 4]
every_market = pytest.mark.parametrize("name", MARKETS)


def market(name: str | int) -> pd.DataFrame:
    return synthetic(9000, name) if isinstance(name, int) else stretch(traded(name), 7003, 23_003)


@every_market
def test_ote_edges(name: str | int) -> None:
    """OTE-1: 62 and 79 percent back from the extreme of the running leg; nothing without one."""
    frame = market(name)
    candles = read_candles(frame)
    expected = {side: np.full((2, len(frame)), np.nan) for side in (1, -1)}
    for i, leg in enumerate(
        legs(candles, find_breaks(candles.close, find_swings(candles.high, candles.low, 3)))
    ):
        if leg is not None:
            expected[leg.direction][:, i] = leg.band
    columns = analyse(frame)
    for side, word in ((1, "bull"), (-1, "bear")):
        bottom, top = expected[side]
        assert np.isfinite(top).sum() > 1000
        np.testing.assert_allclose(columns[f"ict_{word}_ote_bottom"], bottom, rtol=1e-12)
        np.testing.assert_allclose(columns[f"ict_{word}_ote_top"], top, rtol=1e-12)


@every_market
def test_the_ote_flag_is_its_band(name: str | int) -> None:
    """OTE-1: the flag says whether the close lies in the band, edges included."""
    columns = analyse(market(name))
    for word in ("bull", "bear"):
        inside = columns["close"].between(columns[f"ict_{word}_ote_bottom"], columns[f"ict_{word}_ote_top"])
        assert inside.any()
        pd.testing.assert_series_equal(columns[f"ict_in_{word}_ote"], inside, check_names=False)


def last_closed(frame: pd.DataFrame, higher: pd.DataFrame, values: list[float], timeframe: str) -> np.ndarray:
    """HTF-1 by an as-of join: the value of the last higher candle that had closed when a candle did."""
    closes = (higher["date"] + LENGTHS[timeframe]).astype("datetime64[ns, UTC]")
    ours = (frame["date"] + STEP).astype("datetime64[ns, UTC]")
    known = pd.DataFrame({"at": closes, "value": np.asarray(values, float)})
    return pd.merge_asof(pd.DataFrame({"at": ours}), known, on="at")["value"].to_numpy()


@pytest.mark.parametrize("timeframe", ["1h", "4h", "1d"])
@every_market
def test_higher_average_true_range(name: str | int, timeframe: str) -> None:
    """HTF-1: TA-Lib's ATR over the higher timeframe's own candles."""
    frame = market(name)
    higher = resampled(frame, timeframe)
    atr = talib.ATR(*(higher[price].to_numpy() for price in ("high", "low", "close")), 14)
    expected = last_closed(frame, higher, list(atr), timeframe)
    params = Params(trend_timeframe=timeframe, min_stop_atr=1.0)
    column = analyse(frame, params)[f"ict_atr_{timeframe}"]
    assert np.isfinite(expected).sum() > 100
    np.testing.assert_allclose(column, expected, rtol=1e-12)


@pytest.mark.parametrize("timeframe", ["1h", "4h", "1d"])
@every_market
def test_higher_swings(name: str | int, timeframe: str) -> None:
    """HTF-1, SWING-1: the last confirmed swings of the higher timeframe."""
    frame = market(name)
    higher = resampled(frame, timeframe)
    columns = analyse(frame, Params(trail_timeframe=timeframe))
    swings = find_swings(list(higher["high"]), list(higher["low"]), 3)
    for side, word in ((1, "high"), (-1, "low")):
        last = np.full(len(higher), np.nan)
        for swing in swings:
            if swing.side == side:
                last[swing.confirmed_at :] = swing.price
        expected = last_closed(frame, higher, list(last), timeframe)
        assert np.isfinite(expected).sum() > 100
        assert equal(columns[f"ict_swing_{word}_{timeframe}"].to_numpy(), expected).all()


def rank_among_latest(values: list[float]) -> list[float]:
    """VOL-1 in plain words: the share of the known among the latest 90 that are not above this one."""
    ranks = []
    for i, value in enumerate(values):
        latest = [other for other in values[max(0, i - 89) : i + 1] if not np.isnan(other)]
        not_above = [other for other in latest if other <= value]
        known = len(latest) >= 30 and not np.isnan(value)
        ranks.append(100 * len(not_above) / len(latest) if known else np.nan)
    return ranks


@every_market
def test_volatility_percentile(name: str | int) -> None:
    """VOL-1: where the relative range of the last closed day ranks among the latest 90."""
    frame = market(name)
    days = resampled(frame, "1d")
    atr = talib.ATR(*(days[price].to_numpy() for price in ("high", "low", "close")), 14)
    ranks = rank_among_latest(list(atr / days["close"].to_numpy()))
    column = analyse(frame, Params(max_volatility_percentile=50.0))["ict_volatility_percentile_1d"]
    assert np.isfinite(ranks).sum() > 30
    np.testing.assert_allclose(column, last_closed(frame, days, ranks, "1d"), rtol=1e-12)


@pytest.mark.parametrize("name", and_real("BTC", "LTC"))
def test_volatility_percentile_of_other_candles(name: str) -> None:
    """VOL-1 on hundreds of ranks at once: the candles of 4h, by themselves."""
    higher = traded(name, "4h")
    atr = talib.ATR(*(higher[price].to_numpy() for price in ("high", "low", "close")), 14)
    relative = atr / higher["close"].to_numpy()
    np.testing.assert_allclose(volatility_percentile(relative), rank_among_latest(list(relative)), rtol=1e-12)
