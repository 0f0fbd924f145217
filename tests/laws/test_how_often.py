"""The law of speech: every column says each of its words on a share of candles; a dead one is found."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd
import pytest

from ict import Params, analyse
from ict.catalogue.kinds import Kind
from tests.support.compare import declaration_of, kind_of, names_of
from tests.support.fast import EVERY_COLUMN
from tests.support.markets import second_market, synthetic

# 125 days, so that a rank of days is among what speaks.
CANDLES = 12_000
# Rarer than once in 500 candles, no law would meet a wrong value of it.
LEAST_PERCENT = 0.2
# A flag that is nearly always true says as little.
MOST_PERCENT = {Kind.FLAG: 50.0}
WORDS: dict[Kind, tuple[Any, ...]] = {Kind.DIRECTION: (1, -1), Kind.FLAG: (True,)}


@cache
def analysed() -> pd.DataFrame:
    frame = synthetic(CANDLES, seed=7)
    return analyse(frame, Params(**EVERY_COLUMN), reference=second_market(frame))


def percents(frame: pd.DataFrame) -> Iterator[tuple[str, Any, float]]:
    """Column, word and on what percentage of the candles it says that; a number says that it is there."""
    for name in names_of(frame):
        words = declaration_of(name).words or WORDS.get(kind_of(name))
        if words is None:
            yield name, "there", 100 * float((frame[name].notna() & ~frame[name].isin([0, ""])).mean())
        for word in words or ():
            yield name, word, 100 * float((frame[name] == word).mean())


def dead(frame: pd.DataFrame) -> list[str]:
    """Columns that say a word too seldom, or nothing else."""
    return [
        f"{name} is {word} on {percent:.2f} % of the candles"
        for name, word, percent in percents(frame)
        if not LEAST_PERCENT <= percent <= MOST_PERCENT.get(kind_of(name), 100.0)
    ]


def test_every_column_speaks() -> None:
    """Each direction, flag, label and word, and each number; run with -s to see how often."""
    for name, word, percent in percents(analysed()):
        print(f"{name:32} {word!s:10} {percent:6.2f} %")
    assert not dead(analysed())


@pytest.mark.parametrize(("column", "values"), [
    ("ict_ob_left_gap", 0),
    ("ict_ob_left_gap", 1),
    ("ict_in_bull_ote", False),
    ("ict_in_bull_ote", True),
    ("ict_long_stop", float("nan")),
    ("ict_kill_zone", "asia"),
])  # fmt: skip
def test_a_dead_column_is_found(column: str, values: object) -> None:
    """One that is silent, of one side alone, always true or of one word alone."""
    found = dead(analysed().assign(**{column: values}))
    assert found
    assert all(text.startswith(column) for text in found)
