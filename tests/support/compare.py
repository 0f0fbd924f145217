"""What each column is made of, and where two sets of columns differ."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# What a column holds decides what becomes of it in a market upside down, or at another scale.
KINDS = {
    "price": r"_(top|bottom|stop)$|^ict_swing_(high|low)(_\w+)?$|^ict_equal_(highs|lows)$",
    "height": r"^ict_atr_\w+$",
    "direction": r"^ict_(ob|fvg)_direction$|^ict_(trend\w*|bos|choch|displacement|sweep|ob_left_gap)$",
    "label": r"^ict_swing_label$",
    "word": r"^ict_kill_zone$",
    "flag": r"^ict_in_|^ict_ob_(broke_structure|swept_first)$|_(reversal|retest)$",
    "score": r"_score$",
    "ratio": r"^ict_ob_displacement$",
    "position": r"^ict_range_position$",
    "rank": r"^ict_volatility_percentile_\w+$",
}


def kind_of(column: str) -> str:
    """Say what a column holds; a new column must find its place here before the laws can hold for it."""
    kinds = [kind for kind, pattern in KINDS.items() if re.search(pattern, column)]
    assert len(kinds) == 1, f"{column} must be of one kind in tests/support/compare.py, is of {kinds}"
    return kinds[0]


def names_of(frame: pd.DataFrame | Mapping[str, Any]) -> list[str]:
    """Names of the `ict_` columns."""
    return [name for name in frame if str(name).startswith("ict_")]


def as_arrays(frame: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """`ict_` columns as arrays, for many fast comparisons."""
    return {name: frame[name].to_numpy() for name in names_of(frame)}


def equal(left: Any, right: Any) -> npt.NDArray[np.bool_]:
    """Where two arrays are exactly equal; NaN equals NaN."""
    both: npt.NDArray[np.bool_] = (left == right) | ((left != left) & (right != right))
    return both


def differences(
    left: Mapping[str, Any], right: Mapping[str, Any], names: list[str], relative: float = 0.0
) -> dict[str, tuple[int, Any, Any]]:
    """First candle at which each column differs, with both values; empty where none does."""
    found = {}
    for name in names:
        one, other = np.asarray(left[name]), np.asarray(right[name])
        assert one.shape == other.shape, f"{name}: {one.shape} against {other.shape} candles"
        same = equal(one, other)
        if relative and one.dtype.kind == "f":
            same |= np.isclose(one, other, rtol=relative, atol=0)
        if not same.all():
            at = int(np.flatnonzero(~same)[0])
            found[name] = (at, one[at], other[at])
    return found
