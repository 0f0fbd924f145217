"""Windows: worked by hand, and what does not fit is refused."""

import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.walkforward.windows import rolling_windows

START, END = pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-31", tz="UTC")


def test_each_test_follows_its_search_and_none_overlaps_another() -> None:
    windows = rolling_windows(START, END, 14, 7)
    assert [(w.number, w.train, w.test) for w in windows] == [
        (1, "20240101-20240115", "20240115-20240122"),
        (2, "20240108-20240122", "20240122-20240129"),
    ]


def test_freqtrade_is_given_no_candle_twice() -> None:
    """Its end is included, so it must be a second before the next stretch."""
    (window, _) = rolling_windows(START, END, 14, 7)
    assert window.train_timerange == "1704067200-1705276799"
    assert window.test_timerange == "1705276800-1705881599"


def test_a_window_may_fit_exactly() -> None:
    assert len(rolling_windows(START, END, 20, 10)) == 1
    assert len(rolling_windows(START, END, 20, 5)) == 2


@pytest.mark.parametrize(("train", "test", "sentence"), [
    (0, 7, "train_days must be 1 or more, was 0"),
    (7, -1, "test_days must be 1 or more, was -1"),
    (20, 11, "train_days and test_days together must be between 2 and the 30 days of 20240101-20240131, "
     "were 20 + 11 = 31"),
])  # fmt: skip
def test_lengths_that_do_not_fit_are_refused(train: int, test: int, sentence: str) -> None:
    with pytest.raises(LabError) as caught:
        rolling_windows(START, END, train, test)
    assert str(caught.value) == sentence
