"""The edge: what is no candle is refused with its column and its row, and never becomes a number."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import CandleError, analyse
from ict.candles import PRICES, Candles
from tests.support.compare import differences, names_of
from tests.support.markets import candle_frame, synthetic

FRAME = synthetic(40, seed=51)
WHOLE = analyse(FRAME)


def with_value(column: str, row: int, value: Any) -> pd.DataFrame:
    frame = FRAME.astype({column: object})
    frame.loc[row, column] = value
    return frame


def assert_same(frame: pd.DataFrame, exact: pd.DataFrame = FRAME) -> None:
    """Compare what is found with what is found in the exact candles."""
    columns = analyse(frame)
    assert not differences(columns, WHOLE if exact is FRAME else analyse(exact), names_of(columns))


def refused(frame: Any, sentence: str) -> CandleError:
    with pytest.raises(CandleError, match=sentence) as error:
        analyse(frame)
    return error.value


def test_missing_column() -> None:
    """But for the volume, which is not needed."""
    for column in ("date", *PRICES):
        refused(FRAME.drop(columns=column), f"need a column '{column}'")
    assert len(analyse(FRAME.drop(columns="volume"))) == len(FRAME)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0, None])
def test_a_price_that_is_none(value: float) -> None:
    """The first bad row is named, and has a time."""
    for column in PRICES:
        frame = with_value(column, 17, value)
        frame.loc[30, column] = value
        error = refused(frame, rf"'{column}' must hold positive prices, was .* in row 17$")
        assert error.at == FRAME["date"][17]


@pytest.mark.parametrize("value", ["", "much", "1,5", pd.NA, pd.Timestamp("2024-01-01"), [1.0], 1j])
def test_what_is_no_number(value: object) -> None:
    for column in PRICES:
        prices = pd.Series([*FRAME[column][:-1], value], dtype=object)
        refused(FRAME.assign(**{column: prices}), f"'{column}' must hold numbers")


def test_numbers_as_text_mean_what_they_say_or_nothing() -> None:
    """Text is either refused or read as the number it spells; another number is never made of it."""
    with suppress(CandleError):
        assert_same(FRAME.astype(dict.fromkeys(PRICES, str)))


@pytest.mark.parametrize(("column", "value"), [
    ("high", 1.0), ("low", 1e6), ("open", 1e6), ("open", 1.0), ("close", 1e6), ("close", 1.0),
])  # fmt: skip
def test_an_impossible_candle(column: str, value: float) -> None:
    """High below low, open or close outside of them; on its edges they are possible."""
    sentence = r"candle in row 23 is impossible: open .*, high .*, low .*, close "
    refused(with_value(column, 23, value), sentence)
    assert len(analyse(FRAME.assign(open=FRAME["low"], close=FRAME["high"]))) == len(FRAME)


@pytest.mark.parametrize("column", ["high", "low"])
@pytest.mark.parametrize("relative", [1e-9, 1e-12, 2e-16])
def test_a_float_s_error_is_no_impossible_candle(column: str, relative: float) -> None:
    """High or low misses open or close by a float's error: the analysis is that of the exact candle."""
    up = 1 if column == "low" else -1
    for row in (0, 23, 39):
        exact = FRAME.copy()
        held = exact.loc[row, ["open", "close"]].astype(float)
        exact.loc[row, column] = held.max() if column == "high" else held.min()
        missed = exact.copy()
        missed.loc[row, column] *= 1 + up * relative
        assert_same(missed, exact)
        assert analyse(missed)[column][row] == missed[column][row]


def test_a_high_that_a_float_put_below_its_close() -> None:
    """Candles of BTC: the second one's high was to be 66816.8, as its close."""
    rows = [
        (66400.0, 66550.0, 66390.0, 66518.9),
        (66518.9, 66816.799999999, 66518.9, 66816.8),
        (66816.8, 66900.0, 66700.0, 66750.0),
    ]
    assert Candles.from_frame(candle_frame(rows)).high.tolist() == [66550.0, 66816.8, 66900.0]


@pytest.mark.parametrize(("column", "factor"), [("high", 1 - 1e-7), ("low", 1 + 1e-7)])
def test_a_tenth_of_a_millionth_is_no_float_s_error(column: str, factor: float) -> None:
    frame = FRAME.copy()
    frame.loc[5, column] = frame.loc[5, "close"] * factor
    frame.loc[5, "open"] = frame.loc[5, "close"]
    assert refused(frame, "candle in row 5 is impossible").at == frame["date"][5]


def test_a_column_that_is_there_twice() -> None:
    """Of ours, for others may be."""
    for name in ("date", "close"):
        twice = pd.concat([FRAME, FRAME[[name]]], axis=1)
        refused(twice, f"^candles need one column '{name}', found 2 of that name$")
    assert len(analyse(pd.concat([FRAME, FRAME[["volume"]]], axis=1))) == len(FRAME)


@pytest.mark.parametrize("frame", [None, [], {"close": [1.0]}, FRAME["close"], FRAME.to_numpy()])
def test_what_is_no_frame(frame: Any) -> None:
    refused(frame, "must be a pandas DataFrame")
    with pytest.raises(CandleError, match=r"^4h candles: .*must be a pandas DataFrame"):
        analyse(FRAME, higher={"4h": frame})


@pytest.mark.parametrize("kind", [
    "bool", "boolean", "bool[pyarrow]", "timedelta64[ns]", "datetime64[ns]", "complex128", "str", "category",
])  # fmt: skip
def test_columns_of_no_numbers(kind: str) -> None:
    """Of a type that NumPy would turn into numbers: none of them is a price."""
    first = {"category": str}.get(kind, bool if kind.startswith("bool") else "int64")
    for column in PRICES:
        wrong = FRAME[column].astype("int64").astype(first).astype(kind)
        refused(FRAME.assign(**{column: wrong}), f"^column '{column}' must hold numbers")


@pytest.mark.parametrize("value", [
    True, np.True_, np.timedelta64(1000, "ns"), pd.Timedelta(1000), 10**400, b"1000", "1000", np.complex64(1),
])  # fmt: skip
def test_a_cell_that_numpy_would_take_for_a_number(value: object) -> None:
    refused(with_value("close", 3, value), "'close' must hold numbers")


@pytest.mark.parametrize("kind", [
    "Float64", "Int64", "float32", "uint16", "double[pyarrow]", "Sparse[float64]",
])  # fmt: skip
def test_numbers_of_any_type(kind: str) -> None:
    assert_same(FRAME.astype(dict.fromkeys(PRICES, kind)))
    if kind in ("Float64", "double[pyarrow]"):
        missing = FRAME.astype({"low": kind})
        missing.loc[4, "low"] = pd.NA
        refused(missing, "'low' must hold")


@pytest.mark.parametrize("make", [Decimal, Fraction, np.float64, np.int32])
def test_numbers_as_objects(make: Callable[[int], object]) -> None:
    objects = {name: pd.Series([make(int(price)) for price in FRAME[name]], dtype=object) for name in PRICES}
    assert_same(FRAME.assign(**objects))


def test_times_of_arrow() -> None:
    assert_same(FRAME.assign(date=FRAME["date"].astype("timestamp[us, UTC][pyarrow]")))


def test_dates_that_do_not_rise_or_are_missing() -> None:
    repeated, swapped, missing = FRAME.copy(), FRAME.copy(), FRAME.copy()
    repeated.loc[8, "date"] = repeated["date"][7]
    swapped.loc[[20, 21], "date"] = swapped.loc[[21, 20], "date"].to_numpy()
    missing.loc[12, "date"] = pd.NaT
    for frame, row in ((repeated, 8), (swapped, 21), (FRAME.iloc[::-1], 1)):
        error = refused(frame, rf"'date' must increase from row to row, did not at row {row}$")
        assert error.at == frame["date"].iloc[row]
    refused(missing, "'date' has no time in row 12")


@pytest.mark.parametrize("kind", ["int64", "float64", "str", "object"])
def test_dates_that_are_no_times(kind: str) -> None:
    dates = FRAME["date"].astype("int64") if kind in {"int64", "float64"} else FRAME["date"]
    refused(FRAME.assign(date=dates.astype(kind)), "'date' must hold times, was of type")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York", None])
def test_any_unit_and_zone_of_dates(zone: str | None) -> None:
    """The same moments in another unit or zone are the same candles; dates without a zone are UTC."""
    for unit in ("s", "ms", "us", "ns"):
        dates = FRAME["date"].dt.as_unit(unit)
        shifted = FRAME.assign(date=dates.dt.tz_convert(zone) if zone else dates.dt.tz_localize(None))
        assert_same(shifted)
        assert Candles.from_frame(shifted).time[0] == FRAME["date"][0].as_unit("ns").value


@pytest.mark.parametrize("year", [1600, 3000])
def test_a_time_beyond_nanoseconds(year: int) -> None:
    """A date that 64 bits of nanoseconds cannot hold is refused; it never wraps around to another day."""
    dates = pd.date_range(f"{year}-01-01", periods=len(FRAME), freq="15min", tz="UTC", unit="s")
    refused(FRAME.assign(date=dates), "date")


def test_what_is_checked_is_read_only() -> None:
    candles = Candles.from_frame(FRAME)
    for name in ("time", *PRICES):
        with pytest.raises(ValueError, match="read-only"):
            getattr(candles, name)[0] = 1


def test_no_candles_give_columns_without_rows() -> None:
    of_no_type = pd.DataFrame({"date": [], **{name: [] for name in PRICES}})
    for frame in (FRAME.iloc[:0], FRAME.iloc[:0].astype({"close": "object"}), of_no_type):
        assert len(analyse(frame)) == 0
        assert names_of(analyse(frame)) == names_of(WHOLE)


def test_a_higher_frame_is_checked_too() -> None:
    with pytest.raises(CandleError, match=r"'close' .* row 3"):
        analyse(FRAME, higher={"4h": with_value("close", 3, np.nan)})
    assert len(analyse(FRAME, higher={"4h": FRAME.iloc[:0]})) == len(FRAME)
