"""The law of the window: a live bot, which sees the last candles only, sees what a backtest saw."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import Params, analyse
from ict.columns import Columns
from ict.memory import memory_candles
from tests.support import markets
from tests.support.compare import as_arrays, equal
from tests.support.fast import EVERY_COLUMN
from tests.support.folders import PAIRS
from tests.support.markets import DAY, and_real, calm, candle_frame, resampled, stretch, synthetic, traded

SHORT = Params(ob_max_age_candles=30, fvg_max_age_candles=40, pool_max_age_candles=1, sweep_memory_candles=0)
# Groups that look at zones alone; with no week to look back on, their memory is the zones' own.
ZONE_GROUPS = ("order_blocks", "gaps", "entry", "later_zones")


def changed_in_windows(
    frame: pd.DataFrame, ends: list[int], candles: int, params: Params, groups: tuple[str, ...] | None = None
) -> dict[str, int]:
    """Columns whose last value in the window before some end is not that of the whole history."""
    only = {"groups": groups} if groups else {}
    # Weeks and months are made of daily candles.
    higher = {name: resampled(frame, name) for name in {*params.higher_timeframes, "1d"}}
    full = as_arrays(analyse(frame, params, higher, **only))
    changed: dict[str, int] = {}
    for end in ends:
        window = stretch(frame, end + 1 - candles, end + 1)
        assert len(window) == candles
        seen = {name: closed(given, name, window).tail(candles) for name, given in higher.items()}
        for name, values in as_arrays(analyse(window, params, seen, **only).tail(1)).items():
            if not equal(values, full[name][end : end + 1]).all():
                changed.setdefault(name, end)
    # Some values hang on something any number of candles ago, and their declarations say on what.
    bounded = {name for name, declared in Columns.in_use(params).items() if not declared.remembers}
    return {name: end for name, end in changed.items() if name in bounded}


def closed(higher: pd.DataFrame, timeframe: str, window: pd.DataFrame) -> pd.DataFrame:
    """Candles of a higher timeframe that have closed with the last one of a window, as a bot gets them."""
    until = window["date"].iloc[-1] + window["date"].diff().min() - markets.LENGTHS[timeframe]
    return higher[higher["date"] <= until]


def random_ends(frame: pd.DataFrame, candles: int, count: int) -> list[int]:
    ends: list[int] = np.random.default_rng(41).integers(candles, len(frame), count).tolist()
    return ends


@pytest.mark.parametrize("market", [*and_real(*PAIRS), "odd"])
def test_default_window(market: str) -> None:
    """The window that the strategy asks Freqtrade for is long enough, at many random ends."""
    frame = synthetic(8000, seed=41) if market == "odd" else traded(market)
    candles = memory_candles(Params(), 7 * DAY)
    ends = random_ends(frame, candles, 120)
    assert not changed_in_windows(frame, ends, candles, Params(**EVERY_COLUMN))


@pytest.mark.parametrize("market", [*and_real("BTC"), "odd"])
def test_shortest_window_of_the_zones(market: str) -> None:
    frame = synthetic(6000, seed=42) if market == "odd" else stretch(traded(market), 0, 20_000)
    candles = memory_candles(SHORT, 0)
    assert candles < 90
    ends = random_ends(frame, candles, 300)
    assert not changed_in_windows(frame, ends, candles, SHORT, ZONE_GROUPS)


def test_a_window_that_is_too_short_is_found() -> None:
    """The law can fail: half of the memory is not enough for breakers."""
    frame = synthetic(6000, seed=42)
    candles = memory_candles(SHORT, 0) // 2
    assert changed_in_windows(frame, random_ends(frame, candles, 300), candles, SHORT, ZONE_GROUPS)


@pytest.mark.parametrize(("step", "candles_a_week"), [("1h", 168), ("4h", 42)])
def test_a_group_of_equal_highs_is_within_memory(step: str, candles_a_week: int) -> None:
    """EQ-1, POOL-1: a group lives a whole age after its newest swing, and its oldest may be as old again.

    Highs of 102.05 (candle 50) and 102.00 (430) are equal; the group's level is 102.05. Candle 820 goes to
    102.10 and closes at 102.02: a sweep of the group, though the newer high by itself is broken.
    """
    rows = calm(821)
    rows[50], rows[430] = (100.0, 102.05, 99.5, 100.0), (100.0, 102.0, 99.5, 100.0)
    rows[820] = (100.0, 102.1, 99.5, 102.02)
    frame = candle_frame(rows, step=step)
    full = analyse(frame)
    assert (full["ict_equal_highs"][433], full["ict_sweep"][820]) == (102.05, -1)
    candles = memory_candles(Params(), candles_a_week)
    assert analyse(stretch(frame, 821 - min(candles, 821), 821))["ict_sweep"].iloc[-1] == -1


@pytest.mark.parametrize(("given", "further"), [
    ({}, 0),
    ({"entry_events": ("gap",)}, 51),  # REV-1: lives 50 candles, may be a candle younger than the break
    ({"use_unicorn": "points"}, 52),  # UNI-1: known up to a candle after its breaker, lives 50
    ({"entry_zones": ("ob", "rejection")}, 101),  # REJ-1: lives 100
    ({"use_true_breaker": "required"}, 203),  # MIT-1: swept at the origin of its block, both live 100
    ({"use_mss": "points"}, 16),  # MSS-1, SIG-3: may itself be 16 candles ago
])  # fmt: skip
def test_what_follows_a_sweep_looks_back_further(given: dict[str, Any], further: int) -> None:
    assert memory_candles(Params(**given), 7 * DAY) == 16 + 400 + 672 + further
    assert memory_candles(Params(**given), 7 * 288) == min(16 + 400 + 2016 + further, 5 * 499 - 1)
