"""The laws of purity, length and groups: the same answer, for any index, and no trace on what was given."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.lib.array_utils import byte_bounds

from ict import Params, analyse
from ict.analysis import Analysis
from ict.candles import PRICES
from ict.catalogue.kinds import Kind
from ict.columns import GROUPS, MVP_GROUPS, Columns
from tests.support.compare import differences, kind_of, names_of
from tests.support.fast import EVERY_COLUMN
from tests.support.markets import synthetic

FRAME = synthetic(700, seed=31)
WHOLE = analyse(FRAME)
SHORTEST = (0, 1, 2, 3, 4, 6, 7, 13, 14, 15, 16, 17, 31)
INDEXES: dict[str, Callable[[int], pd.Index]] = {
    "offset": lambda n: pd.RangeIndex(1000, 1000 + n),
    "backwards": lambda n: pd.RangeIndex(n, 0, -1),
    "dates": lambda n: pd.date_range("2020-01-01", periods=n, freq="15min"),
    "words": lambda n: pd.Index([f"candle {i}" for i in range(n)]),
    "repeated": lambda n: pd.Index(np.arange(n) // 3),
    "floats": lambda n: pd.Index(np.linspace(0, 1, n)),
}


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Compare columns, their order and their values, to the bit."""
    assert names_of(left) == names_of(right)
    assert not differences(left, right, names_of(left))


def test_the_input_is_not_changed() -> None:
    """Values, types, names, order and index of the frames stay, whatever is done to the result."""
    frame, higher = FRAME.copy(), FRAME.iloc[::4].copy()
    result = analyse(frame, higher={"1h": higher})
    for name in result.columns:
        result.loc[result.index[5], name] = result[name].iloc[6]
    pd.testing.assert_frame_equal(frame, FRAME, check_exact=True, check_freq=True)
    pd.testing.assert_frame_equal(higher, FRAME.iloc[::4], check_exact=True, check_freq=True)
    assert frame.dtypes.equals(FRAME.dtypes)


@pytest.mark.parametrize("rows", [700, 9_000])
def test_no_column_is_in_the_memory_of_another(rows: int) -> None:
    """What a caller writes to one column is seen in no other, also where the frame took the arrays over."""
    columns = analyse(synthetic(rows, seed=31), Params(**EVERY_COLUMN))
    first, last = zip(*sorted(byte_bounds(columns[name].to_numpy()) for name in columns), strict=True)
    assert all(end <= start for end, start in zip(last, first[1:], strict=False))


def test_read_only_arrays_are_enough() -> None:
    """No column is written to, even for a moment."""
    arrays = {name: FRAME[name].to_numpy(copy=True) for name in (*PRICES, "volume")}
    for array in arrays.values():
        array.flags.writeable = False
    frame = pd.DataFrame({"date": FRAME["date"], **arrays}, copy=False)
    assert_same(analyse(frame), WHOLE)


def test_twice_and_in_between() -> None:
    """An analysis of another market, with other settings, changes nothing about the next one."""
    analyse(synthetic(300, seed=32), Params(swing_strength_candles=1))
    analyse(FRAME, Params(trend_timeframe="1d", mean_threshold=True))
    assert_same(analyse(FRAME), WHOLE)


@pytest.mark.parametrize("rows", SHORTEST)
@pytest.mark.parametrize("start", ["2024-01-03 00:00", "2024-01-03 00:15"])
def test_length(rows: int, start: str) -> None:
    """Any number of candles gives all columns, one value each, of the types of a long frame."""
    frame = synthetic(700, seed=31, start=start).iloc[:rows]
    params = Params(**EVERY_COLUMN)
    columns, long = analyse(frame, params), analyse(FRAME, params)
    assert len(columns) == rows
    assert names_of(columns) == names_of(long)
    # Without a row, pandas does not see that a column of words holds words.
    sure = [name for name in names_of(columns) if rows or kind_of(name) is not Kind.WORD]
    assert columns[sure].dtypes.equals(long[sure].dtypes)


@pytest.mark.parametrize("rows", [0, 1, 16, 700])
@pytest.mark.parametrize("index", INDEXES)
def test_index(index: str, rows: int) -> None:
    """The index is the caller's: kept as it is, and of no meaning."""
    frame = FRAME.iloc[:rows].set_axis(INDEXES[index](rows), axis=0)
    columns = analyse(frame)
    pd.testing.assert_index_equal(columns.index, frame.index, exact=True)
    assert_same(columns, analyse(FRAME.iloc[:rows]))


def test_other_columns_are_kept_and_those_of_an_earlier_analysis_replaced() -> None:
    """Ours are behind the others; what this analysis would not make is none of the past's either."""
    frame = FRAME.assign(rsi=1.5, enter_tag="x")
    frame.insert(0, "first", np.arange(len(frame)))
    columns = analyse(frame)
    pd.testing.assert_frame_equal(columns[frame.columns], frame, check_exact=True)
    assert list(columns.columns) == [*frame.columns, *names_of(columns)]
    earlier = analyse(FRAME.assign(ict_of_the_past=1.0), Params(trend_timeframe="1d"))
    again = analyse(earlier.assign(ict_of_the_past=1.0))
    assert list(again.columns) == list(WHOLE.columns)
    assert_same(again, WHOLE)


def test_sparse_columns_say_the_same_in_less_memory() -> None:
    sparse = analyse(FRAME, sparse=True)
    assert not differences(sparse, WHOLE, names_of(WHOLE))
    assert sparse.memory_usage().sum() < 0.6 * WHOLE.memory_usage().sum()
    assert_same(analyse(sparse), WHOLE)


def test_a_group_alone_is_its_part_of_all_and_all_of_them_are_all() -> None:
    """Every column is of exactly one group, and the MVP's groups are the start of the list."""
    found: list[str] = []
    for group in GROUPS:
        alone = analyse(FRAME, groups=[group])
        assert set() < set(names_of(alone)) < set(names_of(WHOLE))
        assert not differences(alone, WHOLE, names_of(alone))
        found += names_of(alone)
    assert sorted(found) == sorted(names_of(WHOLE))
    assert set(MVP_GROUPS) <= set(GROUPS)


def test_a_column_alone_is_the_one_of_all() -> None:
    """A live bot computes what its settings use: what is left out changes nothing."""
    named = list(Columns.named(Params()))
    assert {column[0] for column in named} == set(Columns.in_use(Params()))
    for column in named:
        assert not differences(Analysis(FRAME).columns().chosen([column]), WHOLE, [column[0]])
