"""docs/columns.md has every column that `analyse` returns, in its group, with its unit."""

import re

import numpy as np
import pandas as pd
import pytest

from ict import Params, analyse
from ict.columns import GROUPS
from tests.docs.markdown import ROOT, read, table_with
from tests.support.fast import EVERY_COLUMN
from tests.support.markets import synthetic

ROWS = table_with(read(ROOT / "docs" / "columns.md"), "column", "group", "unit")
# The score is made of the columns of these.
NEEDED = {"score": ("entry", "gaps", "dealing_range", "trend", "score")}
KINDS = {
    "price": "f",
    "ratio": "f",
    "ATR": "f",
    "percent": "f",
    "points": "f",
    "direction": "i",
    "flag": "b",
    "word": "O",
}
RANGES = {"direction": (-1, 1), "percent": (0, 100), "points": (0, 7)}


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return synthetic(4500, seed=71)  # 46 days: volatility needs 30 candles of a day


@pytest.fixture(scope="module")
def analysed(candles: pd.DataFrame) -> pd.DataFrame:
    return analyse(candles, Params(**EVERY_COLUMN))


def general(name: str) -> str:
    """Name a column as the page does, whatever its timeframe."""
    return re.sub(r"_(1h|4h|1d)$", "_<timeframe>", name)


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_has_its_columns(group: str, candles: pd.DataFrame) -> None:
    part = analyse(candles[:300], Params(**EVERY_COLUMN), groups=NEEDED.get(group, (group,)))
    names = {general(name) for name in part if name.startswith("ict_")}
    written = {row[0].strip("`") for row in ROWS if row[1] == group}
    others = {row[0].strip("`") for row in ROWS if row[1] in NEEDED.get(group, ()) and row[1] != group}
    assert names - others == written


def test_no_column_stands_there_twice() -> None:
    names = [row[0] for row in ROWS]
    assert len(names) == len(set(names))
    assert {row[1] for row in ROWS} == set(GROUPS)


@pytest.mark.parametrize(("name", "unit"), [(row[0].strip("`"), row[2]) for row in ROWS])
def test_each_column_has_its_unit(name: str, unit: str, analysed: pd.DataFrame) -> None:
    values = next(analysed[column] for column in analysed if general(column) == name)
    assert values.dtype.kind == KINDS[unit]
    known = values[values != ""] if unit == "word" else values[values.notna()]
    assert len(known), "these candles say nothing of it"
    if unit in RANGES:
        low, high = RANGES[unit]
        assert known.between(low, high).all()
    if unit == "price" and "_atr_" not in name:
        # A price near those of the candles, not a distance, an index or a percentage.
        assert known.between(0.5 * analysed["low"].min(), 2 * analysed["high"].max()).all()
    if unit == "word":
        assert all(isinstance(word, str) for word in values)


def test_a_direction_is_never_a_price(analysed: pd.DataFrame) -> None:
    for name in (row[0].strip("`") for row in ROWS if row[2] == "direction"):
        column = next(analysed[given] for given in analysed if general(given) == name)
        assert set(np.unique(column)) <= {-1, 0, 1}
