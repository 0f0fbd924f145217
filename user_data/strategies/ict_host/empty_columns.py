"""The columns of an analysis that says nothing, for candles that must not be traded on."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from pandas import DataFrame, DatetimeIndex, Series

from ict import Params, analyse
from ict.analysis import columns_in
from ict.columns import Columns

# Absence has one spelling a kind of column.
ABSENT: dict[str, Any] = {"f": np.nan, "i": 0, "b": False, "O": ""}


@cache
def expected_columns(params: Params) -> dict[str, np.dtype[Any]]:
    """Columns that an analysis with these settings has, with their kinds."""
    none: dict[str, Any] = dict.fromkeys(("open", "high", "low", "close", "volume"), np.empty(0))
    analysed = analyse(DataFrame({"date": DatetimeIndex([], tz="UTC"), **none}), params)
    return {name: values.dtype for name, values in columns_in(analysed).items()}


def nothing(candles: DataFrame, params: Params) -> Columns:
    """Columns without a value, for candles that nobody has analysed."""
    kinds = expected_columns(params)
    return {name: np.full(len(candles), ABSENT[kind.kind], kind) for name, kind in kinds.items()}


def with_columns(candles: DataFrame, columns: Columns) -> DataFrame:
    """Give the candles with the columns behind them; words stay plain objects."""
    added = {
        name: Series(values, index=candles.index, dtype=object if values.dtype == object else None)
        for name, values in columns.items()
    }
    own = candles[[name for name in candles if name not in added]]
    return own.join(DataFrame(added, index=candles.index))
