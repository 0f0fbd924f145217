"""Candles of higher timeframes: of the length that their name says, and whole (HTF-1)."""

from collections.abc import Collection

import numpy as np
import pandas as pd
import pytest

from ict import CandleError, ParameterError, Params, analyse
from ict.analysis import Analysis
from tests.support.compare import differences, names_of
from tests.support.markets import candle_frame, resampled

EVERYTHING = Params(trail_timeframe="4h", min_stop_atr=1.0)
FLAT = ["open", "high", "low", "close"]


def walk(days: int, start: str = "2024-01-01", seed: int = 1) -> pd.DataFrame:
    close = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.002, 96 * days)))
    opened = np.append(100.0, close[:-1])
    high, low = np.maximum(opened, close) * 1.0005, np.minimum(opened, close) * 0.9995
    return candle_frame(list(zip(opened, high, low, close, strict=True)), start)


BASE = walk(60)
FOUR, DAILY, HOURLY = (resampled(BASE, name) for name in ("4h", "1d", "1h"))
ONE_TOO_MANY = pd.concat([FOUR.iloc[:9], HOURLY.iloc[33:34], FOUR.iloc[9:]])
JANUARY = FOUR[FOUR["date"] < "2024-01-11"]
HOLE = FOUR[(FOUR["date"] < "2024-01-11") | (FOUR["date"] >= "2024-01-31")]


def filled_by_the_host(frame: pd.DataFrame) -> pd.DataFrame:
    """Fill holes as Freqtrade does: candles without height at the last close."""
    whole = frame.set_index("date").resample("4h").agg(dict.fromkeys(FLAT, "first"))
    whole["close"] = whole["close"].ffill()
    return whole.apply(lambda column: column.fillna(whole["close"])).assign(volume=0.0).reset_index()


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return analyse(BASE, EVERYTHING, {"4h": FOUR})


@pytest.mark.parametrize(
    "given",
    [JANUARY, HOLE, FOUR[FOUR["date"] >= "2024-02-01"], FOUR.drop(FOUR.index[::3]), filled_by_the_host(HOLE)],
    ids=["ends early", "hole", "begins late", "every third", "filled by the host"],
)
def test_what_is_missing_is_made_from_base_candles(given: pd.DataFrame, whole: pd.DataFrame) -> None:
    """With holes or whole, the columns are the same: no trend, range or swing is older than it should be."""
    part = analyse(BASE, EVERYTHING, {"4h": given})
    assert not differences(part, whole, names_of(whole))


def test_what_leads_up_to_the_first_base_candle_counts_and_what_ended_before_it_says_nothing() -> None:
    """Candles that end where base candles begin are their history; the trend of January is not March's."""
    march = BASE[BASE["date"] >= "2024-02-20 10:30"].reset_index(drop=True)
    before = FOUR[FOUR["date"] < "2024-02-20 12:00"]
    part, whole, stale = (analyse(march, EVERYTHING, {"4h": given}) for given in (before, FOUR, JANUARY))
    assert not differences(part, whole, names_of(whole))
    assert not differences(stale, analyse(march, EVERYTHING), names_of(stale))
    assert (whole["ict_trend_4h"].iloc[0] != 0, stale["ict_trend_4h"].iloc[0]) == (True, 0)


def test_later_candles_change_nothing() -> None:
    for given in (JANUARY, HOLE, filled_by_the_host(HOLE)):
        whole = analyse(BASE, EVERYTHING, {"4h": given})
        for cut in (96 * 5, 96 * 11 + 3, 96 * 31 + 1):
            part = analyse(BASE.iloc[:cut], EVERYTHING, {"4h": given})
            assert not differences(part, whole.iloc[:cut], names_of(whole))


@pytest.mark.parametrize(("given", "count", "first", "last"), [
    (FOUR, 0, "", ""),
    # Until a candle is late by its own length, it may still come.
    (FOUR.iloc[:-2], 0, "", ""),
    (FOUR.iloc[:-3], 1, "2024-02-29 12:00", "2024-02-29 12:00"),
    (HOLE, 120, "2024-01-11 00:00", "2024-01-30 20:00"),
    (filled_by_the_host(HOLE), 120, "2024-01-11 00:00", "2024-01-30 20:00"),
    (FOUR[FOUR["date"] >= "2024-02-01"], 0, "", ""),
    (FOUR.iloc[:0], 0, "", ""),
], ids=["whole", "newest", "late", "hole", "filled by the host", "begins late", "none"])  # fmt: skip
def test_what_is_missing_is_listed(given: pd.DataFrame, count: int, first: str, last: str) -> None:
    missing = Analysis(BASE, EVERYTHING, {"4h": given}).missing()
    opens = missing.get("4h", pd.DatetimeIndex([]))
    assert len(opens) == count
    if count:
        assert (f"{opens[0]:%Y-%m-%d %H:%M}", f"{opens[-1]:%Y-%m-%d %H:%M}") == (first, last)


@pytest.mark.parametrize(("name", "given", "length", "found"), [
    ("4h", DAILY, "0 days 04:00:00", "1 days 00:00:00"),
    ("4h", HOURLY, "0 days 04:00:00", "0 days 01:00:00"),
    ("4h", BASE, "0 days 04:00:00", "0 days 00:15:00"),
    ("1h", FOUR, "0 days 01:00:00", "0 days 04:00:00"),
    ("1d", FOUR, "1 days 00:00:00", "0 days 04:00:00"),
    ("1d", HOURLY, "1 days 00:00:00", "0 days 01:00:00"),
    # Four candles of 4h, then days: mostly of another length.
    ("4h", pd.concat([FOUR.iloc[:6], DAILY.iloc[1:]]), "0 days 04:00:00", "1 days 00:00:00"),
    # One candle too many between two.
    ("4h", ONE_TOO_MANY, "0 days 04:00:00", "0 days 01:00:00"),
    ("4h", DAILY.iloc[:2], "0 days 04:00:00", "1 days 00:00:00"),
])  # fmt: skip
def test_candles_of_another_length(name: str, given: pd.DataFrame, length: str, found: str) -> None:
    """Taken for what they are not, they would be seen before they have closed."""
    with pytest.raises(CandleError, match=f"^{name} candles must be {length} apart, are {found} apart"):
        analyse(BASE, higher={name: given})


@pytest.mark.parametrize("name", ["1h", "4h", "1d"])
def test_candles_of_their_own_length(name: str) -> None:
    given = resampled(BASE, name)
    for part in (given, given.iloc[:1], given.iloc[:2], given.iloc[[0, 1, 3]], given.drop(given.index[3:9])):
        assert f"ict_trend_{name}" in analyse(BASE, higher={name: part})


@pytest.mark.parametrize(("name", "given"), [("4h", DAILY), ("1d", HOURLY), ("4h", FOUR)])
@pytest.mark.parametrize("row", [3, 30, -1])
def test_a_single_candle_has_no_length(name: str, given: pd.DataFrame, row: int) -> None:
    """A day taken for four hours would be seen 20 hours early: one row says nothing (HTF-1)."""
    one, none = (analyse(BASE, EVERYTHING, higher) for higher in ({name: given.iloc[[row]]}, None))
    assert not differences(one, none, names_of(none))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_week_that_was_past_waits_from_the_first_candle_on(count: int) -> None:
    """POOL-3: over, not taken and young at the first candle, too, where given days tell it."""
    days = candle_frame([(10, 15, 5, 10)] * 7, "2024-01-01", "1D")
    columns = analyse(candle_frame([(10, 11, 9, 10)] * count, "2024-01-08 06:00"), higher={"1d": days})
    assert columns["ict_buy_side"].tolist() == [15] * count
    assert columns["ict_sell_side"].tolist() == [5] * count
    assert columns["ict_buy_side_kind"].tolist() == ["week"] * count


def test_a_bad_higher_frame_is_named() -> None:
    repeated = pd.concat([FOUR.iloc[:3], FOUR.iloc[2:]])
    with pytest.raises(CandleError, match=r"^4h candles: column 'date' must increase") as error:
        analyse(BASE, higher={"4h": repeated})
    assert error.value.at == FOUR["date"][2]
    with pytest.raises(CandleError, match=r"^1d candles: candles need a column 'close'"):
        analyse(BASE, higher={"1d": DAILY.drop(columns="close")})
    with pytest.raises(ParameterError, match="must not be shorter than a base candle, was 4h"):
        analyse(DAILY, higher={"4h": FOUR})


@pytest.mark.parametrize("groups", [["score"], {"score", "entry"}, ("trend", "score"), {"score": 1}.keys()])
def test_the_score_alone(groups: Collection[str]) -> None:
    """A group needs no other one to be named."""
    part, whole = analyse(BASE, groups=groups), analyse(BASE)
    assert {"ict_long_score", "ict_short_score"} <= set(names_of(part))
    assert ("ict_long_stop" in part) == ("entry" in groups)
    assert not differences(part, whole, names_of(part))
