"""The law of time: no value at a candle ever changes when later candles come."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import pytest

from ict import Params, analyse
from ict.candles import Candles
from ict.catalogue.kinds import ZoneKind
from ict.catalogue.table import Arrays
from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.columns import GROUPS, Columns
from ict.market.chart import Chart
from tests.support.compare import equal
from tests.support.fast import EVERY_COLUMN
from tests.support.folders import needs_real
from tests.support.markets import and_real, resampled, second_market, stretch, synthetic, traded

STRETCHES = {
    "BTC": lambda: stretch(traded("BTC"), 5001, 5601),
    "LTC": lambda: stretch(traded("LTC"), 30_007, 30_607),
    "real BTC": lambda: stretch(traded("real BTC"), 5001, 5601),
    "odd": lambda: synthetic(600, seed=100),
    "hourly": lambda: synthetic(600, seed=101).assign(
        date=pd.date_range("2024-02-26 13:00", periods=600, freq="1h", tz="UTC")
    ),
}
DEFAULT = Params(**EVERY_COLUMN)
EAGER = Params(
    min_gap_percent=0.0, swing_strength_candles=1, equal_tolerance_atr=1.0, trend_timeframe="1h",
    ob_max_age_candles=15, fvg_max_age_candles=9, pool_max_age_candles=40, mean_threshold=True,
    trail_timeframe="1h", min_stop_atr=1.0, max_volatility_percentile=50.0, month_pools=True,
    session_pools=True, rejection_wick_ratio=0.1, sweep_memory_candles=50, unicorn_memory_candles=30,
    major_swing_strength_candles=5,
)  # fmt: skip


def columns_at(
    frame: pd.DataFrame, params: Params | None, higher: Mapping[str, pd.DataFrame] | None,
    second: pd.DataFrame | None = None,
) -> Arrays:  # fmt: skip
    """Give the columns of an analysis without the frame around them, which takes longer than they do."""
    others = {name: Candles.from_frame(other) for name, other in (higher or {}).items()}
    reference = None if second is None else Candles.from_frame(second)
    return Columns(Chart(Candles.from_frame(frame), params or Params(), others, reference)).arrays(GROUPS)


def changed_columns(
    frame: pd.DataFrame, cuts: Iterable[int], params: Params | None = None,
    higher: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, tuple[int, int]]:  # fmt: skip
    """Columns with a value that later candles change: the cut that shows it, and the candle."""
    # The second market's candles of the future may be there; they change nothing either.
    second = second_market(frame)
    whole = columns_at(frame, params, higher, second)
    changed: dict[str, tuple[int, int]] = {}
    for cut in cuts:
        for name, part in columns_at(frame.iloc[:cut], params, higher, second).items():
            same = equal(part, whole[name][:cut])
            if not same.all():
                changed.setdefault(name, (cut, int(np.argmin(same))))
    return changed


@pytest.mark.parametrize(("market", "params", "step"), [
    ("BTC", DEFAULT, 4),
    pytest.param("real BTC", DEFAULT, 4, marks=needs_real),
    ("odd", DEFAULT, 1),
    ("LTC", EAGER, 4),
    ("hourly", EAGER, 4),
])  # fmt: skip
def test_every_cut_of_a_stretch(market: str, params: Params, step: int) -> None:
    """Each of 600 cuts, every column; where another market or other settings do, each fourth."""
    frame = STRETCHES[market]()
    assert not changed_columns(frame, range(1, len(frame), step), params)


@pytest.mark.parametrize("market", [*and_real("BTC", "LTC"), "odd"])
def test_random_cuts_of_a_long_market(market: str) -> None:
    frame = synthetic(12_000, seed=13) if market == "odd" else stretch(traded(market), 3, 24_003)
    cuts = np.random.default_rng(len(market)).integers(1, len(frame), 60)
    assert not changed_columns(frame, cuts.tolist(), DEFAULT)


def test_the_frame_keeps_the_law() -> None:
    frame = synthetic(400, seed=15)
    columns, analysed = columns_at(frame, None, None), analyse(frame)
    assert sorted(columns) == sorted(name for name in analysed if name.startswith("ict_"))
    assert all(equal(values, analysed[name].to_numpy()).all() for name, values in columns.items())


@pytest.mark.parametrize("market", [*and_real("BTC"), "odd"])
def test_given_higher_candles_are_not_looked_at_early(market: str) -> None:
    """HTF-1: higher candles of the future may be in the frame; they change nothing before they close."""
    history = synthetic(11_001, seed=14) if market == "odd" else stretch(traded(market), 0, 11_001)
    frame = stretch(history, 8001, 11_001)
    higher = {timeframe: resampled(frame, timeframe) for timeframe in ("1h", "4h")}
    # Weeks and months that were over before the first candle.
    higher["1d"] = resampled(history, "1d")
    cuts = [*range(1, 60), *range(100, 3000, 171)]
    assert not changed_columns(frame, cuts, EAGER, higher)


def test_the_first_candle_knows_what_it_will_know() -> None:
    """HTF-1: a lone first candle sees the higher candles that have closed, as it will with a second one."""
    frame = stretch(traded("BTC"), 8003, 8005)
    assert frame["date"][0].minute == 45
    history = traded("BTC", "1h")
    assert not changed_columns(
        frame, [1], Params(trend_timeframe="1h", trail_timeframe="1h", min_stop_atr=1.0), {"1h": history}
    )


@pytest.mark.parametrize("kind", ZONE_KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("market", [*and_real("BTC"), "odd"])
def test_zones_only_grow_older(market: str, kind: ZoneKind) -> None:
    """The zones of a prefix are the first zones of the whole, and one that had ended ended so."""
    frame = STRETCHES[market]()
    whole = kind.find(Chart(Candles.from_frame(frame), EAGER))
    assert len(whole) > 5
    for cut in range(10, 600, 7):
        part = kind.find(Chart(Candles.from_frame(frame.iloc[:cut]), EAGER))
        then = whole[whole.known_at < cut]
        ended = (then.ended_at >= 0) & (then.ended_at < cut)
        for name in ("direction", "top", "bottom", "origin_at", "known_at"):
            assert (getattr(part, name) == getattr(then, name)).all()
        assert (part.ended_at == np.where(ended, then.ended_at, -1)).all()
        assert (part.reason == np.where(ended, then.reason, 0)).all()
        assert (part.touches <= then.touches).all()
        assert (part.touches == then.touches)[ended].all()


def test_a_look_into_the_future_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law is no dead letter: a column that looks one candle ahead breaks it."""
    monkeypatch.setattr(
        "tests.laws.test_prefix.columns_at",
        lambda frame, *_: {"ict_peek": frame["close"].shift(-1).to_numpy()},
    )
    assert changed_columns(synthetic(50, seed=1), [20]) == {"ict_peek": (20, 19)}


def test_every_column_says_something_in_the_stretches() -> None:
    said: dict[str, bool] = {}
    for name in ("BTC", "LTC", "odd", "hourly"):
        frame = STRETCHES[name]()
        columns = columns_at(frame, EAGER, None, second_market(frame))
        for name, values in columns.items():
            empty = [value in (0, "") or value != value for value in values.tolist()]
            said[name] = said.get(name, False) or not all(empty)
    # Days are too few for a rank, for a month, and for blocks of both sides; the long markets have enough.
    silent = {name for name, says in said.items() if not says}
    months = {"ict_prev_month_high", "ict_prev_month_low"}
    assert silent <= months | {"ict_volatility_percentile_1d", "ict_in_bull_ob_1d"}
