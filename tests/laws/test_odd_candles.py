"""The laws on odd candles: flat, without height, equal, with jumps, huge and tiny, many ties."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ict import analyse
from ict.candles import Candles
from ict.market.chart import Chart
from tests.oracle import oracle_answers, oracle_columns
from tests.support.compare import differences
from tests.support.fast import fast_columns, fast_zones, ict_columns, product_params, zone_frame
from tests.support.markets import PRICES, calm, candle_frame

LEVEL = 40  # ticks; moves are small beside it, so prices stay above zero
UNITS = (1.0, 0.1, 1e12, 1e-9, 2.0**-40)
STARTS = ("2024-01-03 00:00", "2024-03-09 22:15", "2023-12-31 19:45")

many = settings(max_examples=120, suppress_health_check=list(HealthCheck))

# Moves of open, close, and the wicks, in ticks: small numbers, so that ties are common.
moves = st.tuples(st.integers(-3, 3), st.integers(-5, 5), st.integers(0, 3), st.integers(0, 3))
shapes = st.one_of(
    st.lists(moves, max_size=70),
    st.lists(st.just((0, 0, 0, 0)), min_size=14, max_size=40),
    st.lists(st.sampled_from([(0, 5, 0, 0), (0, -5, 0, 0), (3, 0, 1, 1), (0, 0, 0, 0)]), max_size=70),
)
eager = st.fixed_dictionaries(
    {"min_gap_percent": st.sampled_from([0.0, 1.0]), "swing_strength_candles": st.integers(1, 3),
     "pool_swing_strength_candles": st.integers(1, 3), "max_touches": st.integers(1, 2),
     "ob_max_age_candles": st.integers(1, 20), "fvg_max_age_candles": st.integers(1, 10),
     "mean_threshold": st.booleans(), "equal_tolerance_atr": st.sampled_from([0.0, 0.5, 10.0]),
     "pool_max_age_candles": st.integers(1, 30), "sweep_memory_candles": st.integers(0, 5),
     "trend_timeframe": st.sampled_from(["1h", "4h"])},
)  # fmt: skip


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    unit, close, rows = draw(st.sampled_from(UNITS)), LEVEL, []
    for jump, body, above, below in draw(shapes):
        opened = close + jump
        # Reflected at ten and at ninety ticks, so that no price comes near zero.
        close = opened + (abs(body) if opened < 10 else -abs(body) if opened > 90 else body)
        high, low = max(opened, close) + above, min(opened, close) - below
        rows.append((opened, high, max(low, 1), close))
        close = min(max(close, 5), 95)
    frame = candle_frame(rows, start=draw(st.sampled_from(STARTS)))
    return frame.assign(**{name: frame[name] * unit for name in PRICES})


@many
@given(frames(), eager)
def test_the_oracle_agrees(frame: pd.DataFrame, given_settings: dict[str, Any]) -> None:
    """Every column of the oracle and every zone with its life, on candles that no market would show."""
    # The product shows the trend's timeframe by itself.
    shown = {"higher_timeframes": (given_settings["trend_timeframe"],)}
    slow, zones = oracle_answers(frame, **given_settings | shown)
    wrong = differences(fast_columns(frame, **given_settings), slow, sorted(slow), relative=1e-12)
    assert not wrong, f"column: (candle, fast, oracle) {wrong}"
    one, other = zone_frame(fast_zones(frame, **given_settings)), zone_frame(zones)
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-12, atol=0)


@many
@given(frames(), eager)
def test_a_pool_is_swept_or_broken_never_both(frame: pd.DataFrame, given_settings: dict[str, Any]) -> None:
    """SWEEP-1: the candle that takes a pool goes beyond it; it closes back, or beyond, or on the level."""
    chart = Chart(Candles.from_frame(frame), product_params(**given_settings))
    for side, pools in chart.liquidity.pools.items():
        taken = pools.taken_at < len(frame)
        at, level = pools.taken_at[taken], side * pools.level[taken]
        wick = side * (frame["high"] if side > 0 else frame["low"]).to_numpy()[at]
        close = side * frame["close"].to_numpy()[at]
        assert (wick > level).all()
        assert ((close < level) == pools.swept[taken]).all()
        assert not (pools.swept[taken] & (close > level)).any()
        assert (at > pools.known_at[taken]).all()


@many
@given(frames(), eager, st.integers(0, 69))
def test_touches_never_decrease(frame: pd.DataFrame, given_settings: dict[str, Any], cut: int) -> None:
    """ZONE-1: with more candles a zone has as many touches as before, or more; FVG-2: likewise its fill."""
    part, whole = fast_zones(frame.iloc[:cut], **given_settings), fast_zones(frame, **given_settings)
    later = {(zone.kind, zone.direction, zone.known_at, zone.origin_at): zone for zone in whole}
    for zone in part:
        same = later[(zone.kind, zone.direction, zone.known_at, zone.origin_at)]
        assert (zone.top, zone.bottom) == (same.top, same.bottom)
        assert zone.touches <= same.touches
        assert not zone.filled_percent > same.filled_percent
        assert zone.end_reason in ("", same.end_reason)


@pytest.mark.parametrize("price", [1e-9, 1.0, 1e12])
def test_a_market_that_stands_still(price: float) -> None:
    """Candles without any height, as an illiquid pair has them for hours: no pattern, no complaint."""
    for count in (15, 40, 200):
        frame = candle_frame([(price, price, price, price)] * count)
        columns, slow = analyse(frame), oracle_columns(frame)
        assert not differences(ict_columns(columns), slow, sorted(slow))
        assert (columns["ict_ob_direction"] == 0).all()
        assert columns["ict_ob_displacement"].isna().all()


def test_calm_candles_make_nothing() -> None:
    """The calm rows that hand-made tests stand on are no pattern themselves."""
    columns = analyse(candle_frame(calm(300)))
    for name in ("ict_ob_direction", "ict_fvg_direction", "ict_trend", "ict_sweep"):
        assert (columns[name] == 0).all()
    assert columns["ict_swing_high"].isna().all()
