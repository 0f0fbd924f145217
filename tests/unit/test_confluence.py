"""Entries from the columns (SIG-1, SIG-2, REV-1), worked by hand on single candles."""

from typing import Any

import numpy as np
import pytest

from ict import Params
from ict.columns import Columns
from ict.confluence import block_entries, evidence_in, reversal_entries

NAN = float("nan")
NOTHING: dict[str, Any] = {
    "ict_long_stop": NAN, "ict_short_stop": NAN, "ict_trend_4h": 0, "ict_trend_1d": 0,
    "ict_in_bull_fvg": False, "ict_in_bear_fvg": False, "ict_in_bull_ote": False, "ict_in_bear_ote": False,
    "ict_long_reversal": False, "ict_short_reversal": False, "ict_long_reversal_stop": NAN,
    "ict_short_reversal_stop": NAN, "ict_long_retest": False, "ict_short_retest": False,
    "ict_long_retest_stop": NAN, "ict_short_retest_stop": NAN, "ict_volatility_percentile_1d": NAN,
}  # fmt: skip
LONG = {"ict_long_stop": 99.0}
SHORT = {"ict_short_stop": 101.0}
ALL_BUT_THE_BLOCK = {"ict_trend_4h": 1, "ict_in_bull_fvg": True, "ict_in_bull_ote": True}
LOOSE = {"entry_threshold": 2.0, "htf_gate": False}


def candle(**facts: Any) -> Columns:
    """Columns of a single candle on which only the given facts hold."""
    return Columns.read({name: np.array([value]) for name, value in (NOTHING | facts).items()})


@pytest.mark.parametrize(
    ("facts", "settings", "direction", "tag"),
    [
        ({}, LOOSE, 0, None),
        (LONG, LOOSE, 1, "ob"),
        (SHORT, LOOSE, -1, "ob"),
        (LONG | SHORT, LOOSE, 0, None),  # SIG-1: both sides at once
        (LONG, {}, 0, None),  # 2.0 of 4.0
        (LONG | {"ict_trend_4h": 1}, {}, 1, "ob+htf"),  # 4.0 of 4.0
        (SHORT | {"ict_trend_4h": -1}, {}, -1, "ob+htf"),
        (LONG | {"ict_in_bull_fvg": True}, {}, 0, None),  # 3.5
        (LONG | {"ict_in_bull_fvg": True, "ict_in_bull_ote": True}, {}, 1, "ob+fvg+ote"),  # 5.0
        (LONG | {"ict_in_bear_fvg": True, "ict_in_bear_ote": True}, {}, 0, None),  # of the other side
        # The gate: 5.0 points, and still not against the higher trend.
        (LONG | {"ict_in_bull_fvg": True, "ict_in_bull_ote": True, "ict_trend_4h": -1}, {}, 0, None),
        (LONG | {"ict_trend_4h": -1}, LOOSE, 1, "ob"),
        (ALL_BUT_THE_BLOCK, {}, 0, None),  # 5.0, but no stop
        (LONG | ALL_BUT_THE_BLOCK, {"entry_threshold": 7.0}, 1, "ob+htf+fvg+ote"),
        (LONG, {"entry_threshold": 2.0}, 1, "ob"),  # no trend is not against it
        (LONG, {"entry_threshold": 2.0, "htf_must_agree": True}, 0, None),
        (LONG | {"ict_trend_4h": 1, "ict_trend_1d": -1}, {"second_trend_timeframe": "1d"}, 0, None),
        (LONG | {"ict_trend_4h": 1, "ict_trend_1d": 1}, {"second_trend_timeframe": "1d"}, 1, "ob+htf"),
        # VOL-1: above the rank, at it, and unknown.
        (LONG | {"ict_volatility_percentile_1d": 50.1}, LOOSE | {"max_volatility_percentile": 50.0}, 0, None),
        (LONG | {"ict_volatility_percentile_1d": 50.0}, LOOSE | {"max_volatility_percentile": 50.0}, 1, "ob"),
        (LONG, LOOSE | {"max_volatility_percentile": 50.0}, 0, None),
    ],
)  # fmt: skip
def test_block_entry(
    facts: dict[str, Any], settings: dict[str, Any], direction: int, tag: str | None
) -> None:
    entries = block_entries(candle(**facts), Params(**settings))
    assert (entries.direction[0], entries.tag[0]) == (direction, tag)
    expected = {1: 99.0, -1: 101.0, 0: NAN}[direction]
    assert entries.stop[0] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("facts", "score"),
    [
        ({}, 0.0),
        (LONG, 2.0),
        (LONG | SHORT, 0.0),
        ({"ict_trend_4h": 1}, 2.0),
        ({"ict_trend_4h": -1}, 0.0),
        ({"ict_in_bull_fvg": True}, 1.5),
        ({"ict_in_bull_ote": True}, 1.5),
        (LONG | {"ict_trend_4h": 1, "ict_in_bull_fvg": True, "ict_in_bull_ote": True}, 7.0),
    ],
)
def test_score(facts: dict[str, Any], score: float) -> None:
    """SIG-2: 2.0, 2.0, 1.5 and 1.5 points."""
    assert evidence_in(candle(**facts), 1, Params()).score[0] == score


@pytest.mark.parametrize(("event", "where"), [("reversal", "break"), ("retest", "gap")])
def test_reversal_entry(event: str, where: str) -> None:
    """REV-1: at the break or at the retest, as set; never both sides, never against the gate."""
    params = Params(reversal_at=where)
    up = {f"ict_long_{event}": True, f"ict_long_{event}_stop": 98.0}
    down = {f"ict_short_{event}": True, f"ict_short_{event}_stop": 102.0}
    cases = [
        (up, 1, 98.0),
        (down, -1, 102.0),
        (up | down, 0, NAN),
        (up | {"ict_trend_4h": -1}, 0, NAN),
        ({}, 0, NAN),
    ]
    for facts, direction, stop in cases:
        entries = reversal_entries(candle(**facts), params)
        assert entries.direction[0] == direction
        assert entries.stop[0] == pytest.approx(stop, nan_ok=True)
    other = reversal_entries(candle(**up), Params(reversal_at="gap" if where == "break" else "break"))
    assert other.direction[0] == 0
