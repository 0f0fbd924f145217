"""The product against the oracle: every column and every zone, candle by candle."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import Params, analyse
from ict.market.volatility import volatility_percentile
from tests.oracle import Zone, market_of, oracle_answers, oracle_columns, oracle_zones
from tests.oracle.candles import Settings, read_candles
from tests.oracle.higher import higher_columns, rank_among_latest
from tests.support.compare import differences, names_of
from tests.support.fast import EVERY_COLUMN, fast_columns, fast_zones, ict_columns, zone_frame
from tests.support.folders import PAIRS
from tests.support.markets import and_real, resampled, stretch, synthetic, traded

# Prices that are sums of prices may be rounded otherwise; everything else is equal to the bit.
ROUNDED = 1e-12

SETTINGS: list[dict[str, Any]] = [
    {"min_body_ratio": 0.5, "max_touches": 1, "ob_max_age_candles": 20},
    {"mean_threshold": True, "max_touches": 6, "ob_max_age_candles": 200},
    {"min_gap_percent": 0.0, "fvg_max_age_candles": 8, "stop_buffer": 0.01},
    {"swing_strength_candles": 1, "equal_tolerance_atr": 1.0, "pool_max_age_candles": 30},
    {"swing_strength_candles": 7, "sweep_memory_candles": 100, "pool_max_age_candles": 1000},
    {"pool_swing_strength_candles": 8, "major_swing_strength_candles": 6, "displacement_factor": 1.0},
    {"month_pools": True, "session_pools": True, "draw_kinds": ("month", "session"), "smt_window_candles": 0},
    {"bpr_memory_candles": 30, "unicorn_memory_candles": 30, "propulsion_memory_candles": 2},
    {"rejection_wick_ratio": 0.2, "displacement_body_ratio": 0.9, "min_gap_percent": 0.02},
    {"higher_timeframes": ("1h", "4h", "1d"), "trend_timeframe": "1h", "sweep_memory_candles": 0},
]


@pytest.mark.parametrize("pair", and_real(*PAIRS))
def test_every_column_and_zone_of_a_traded_market(pair: str) -> None:
    """All candles of a market, a stretch of the others: columns; edges, birth, end and fill of zones."""
    frame = traded(pair)
    assert len(frame) > 40_000
    assert_agrees(frame if "BTC" in pair else stretch(frame, 15_000, 27_000))


@pytest.mark.parametrize("given", SETTINGS, ids=lambda given: "-".join(given))
@pytest.mark.parametrize("market", [*and_real("BTC"), "odd"])
def test_other_settings(market: str, given: dict[str, Any]) -> None:
    frame = synthetic(3000, seed=5) if market == "odd" else stretch(traded(market), 20_011, 23_011)
    assert_agrees(frame, **given)


@pytest.mark.parametrize("seed", range(3))
def test_synthetic_market(seed: int) -> None:
    """Ties, jumps, candles without height and missing hours, with the default settings."""
    frame = synthetic(4000, seed)
    assert_agrees(frame)
    assert_agrees(frame, min_gap_percent=0.0)


@pytest.mark.parametrize("start", [0, 961, 20_011])
@pytest.mark.parametrize("market", and_real("BTC"))
def test_days_from_before_the_frame(market: str, start: int) -> None:
    """LEVEL-1, POOL-1: weeks and months that were over, and perhaps taken, before the first candle."""
    frame, days = stretch(traded(market), start, start + 1500), resampled(traded(market), "1d")
    asked = {"month_pools": True, "session_pools": True, "pool_max_age_candles": 2000, "higher": {"1d": days}}
    assert_columns_agree(fast_columns(frame, **asked), oracle_columns(frame, **asked))


@pytest.mark.parametrize("market", and_real("LTC"))
def test_a_second_market(market: str) -> None:
    """SMT-1: the other market's candles are some of them missing, and begin and end later."""
    other = (
        traded(market.replace("LTC", "BTC")).drop(index=range(7000, 7030)).drop(index=range(9000, 12_000, 9))
    )
    asked = {"reference": other.iloc[6000:].reset_index(drop=True)}
    frame = stretch(traded(market), 5000, 11_000)
    fast, slow = fast_columns(frame, **asked), oracle_columns(frame, **asked)
    assert set(slow["ict_smt"]) == {-1, 0, 1}
    assert_columns_agree(fast, slow)


@pytest.mark.parametrize("timeframe", ["1h", "4h", "1d"])
@pytest.mark.parametrize("market", [*and_real("BTC"), 3, 4])
def test_what_higher_timeframes_show(market: str | int, timeframe: str) -> None:
    """HTF-1, VOL-1: trends, swings, ranges and ranks, of markets that are long enough to rank days."""
    frame = synthetic(9000, market) if isinstance(market, int) else stretch(traded(market), 7003, 23_003)
    asked = {"trend_timeframe": timeframe, "trail_timeframe": timeframe, "min_stop_atr": 1.0}
    asked |= {"max_volatility_percentile": 50.0, "higher_timeframes": (timeframe,)}
    slow = higher_columns(market_of(frame), Settings(**asked))
    assert min(np.isfinite(values).sum() for values in slow.values()) > 100
    assert not differences(fast_columns(frame, **asked), slow, [*slow], relative=ROUNDED)


@pytest.mark.parametrize("market", and_real("BTC", "LTC"))
def test_hundreds_of_ranks(market: str) -> None:
    """VOL-1 on the candles of 4h, by themselves."""
    higher = read_candles(traded(market, "4h"))
    relative = np.array(higher.atr) / higher.close
    np.testing.assert_allclose(volatility_percentile(relative), rank_among_latest([*relative]), rtol=ROUNDED)


def test_every_column_has_an_answer() -> None:
    frame = synthetic(200, seed=1)
    columns = names_of(analyse(frame, Params(**EVERY_COLUMN)))
    assert {*columns} <= {*oracle_columns(frame, **EVERY_COLUMN)}


def test_a_wrong_value_is_found() -> None:
    frame = synthetic(300, seed=1)
    slow, fast = oracle_columns(frame), ict_columns(analyse(frame))
    for name, values in slow.items():
        wrong = "x" if isinstance(values[100], str) else 7.5
        with pytest.raises(AssertionError, match=name):
            assert_columns_agree({**fast, name: [*values[:100], wrong, *values[101:]]}, slow)
    with pytest.raises(AssertionError, match="touches"):
        assert_zones_agree(frame, [replace(zone, touches=9) for zone in oracle_zones(frame)])


def assert_columns_agree(fast: dict[str, list[Any]], slow: dict[str, list[Any]]) -> None:
    assert set(slow) <= set(fast)
    wrong = differences(fast, slow, sorted(slow), relative=ROUNDED)
    assert not wrong, f"column: (candle, fast, oracle) {wrong}"


def assert_zones_agree(frame: pd.DataFrame, slow: list[Zone], **given: Any) -> None:
    one, other = zone_frame(fast_zones(frame, **given)), zone_frame(slow)
    assert len(other) > 10
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=ROUNDED, atol=0)


def assert_agrees(frame: pd.DataFrame, **given: Any) -> None:
    columns, zones = oracle_answers(frame, **given)
    assert_columns_agree(fast_columns(frame, **given), columns)
    assert_zones_agree(frame, zones, **given)


def test_the_default_settings_are_the_same() -> None:
    slow, fast = Settings(), Params()
    names = [name for name in Settings.__dataclass_fields__ if name != "higher_timeframes"]
    assert [getattr(fast, name) for name in names] == [getattr(slow, name) for name in names]
