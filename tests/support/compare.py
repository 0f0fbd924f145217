"""What each column is made of, and where two sets of columns differ."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.catalogue.kinds import Kind
from ict.catalogue.table import Declared
from ict.columns import Columns

# What stands in a name for its side and its timeframe.
_WORDS = {
    "side": "(bull|bear)", "trade": "(long|short)", "extreme": "(high|low)", "pool": "(buy|sell)",
    "timeframe": "(1h|4h|1d)",
}  # fmt: skip


@cache
def declaration_of(column: str) -> Declared[Any]:
    """Find the declaration of a column, whatever the settings; what it holds decides what laws ask of it."""
    found = [one for one in Columns.declared() if re.fullmatch(one.pattern.format(**_WORDS), column)]
    assert len(found) == 1, f"{column} must be declared once in ict/catalogue, is {len(found)} times"
    return found[0]


def kind_of(column: str) -> Kind:
    return declaration_of(column).kind


def names_of(frame: pd.DataFrame | Mapping[str, Any]) -> list[str]:
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
