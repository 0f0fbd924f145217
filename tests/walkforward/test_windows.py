"""Windows: worked by hand, and what does not fit is refused."""

from pathlib import Path

import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.hyperopt_runs import Search
from ict_lab.walkforward.bundle import bundled_files
from ict_lab.walkforward.runner import WalkForwardSpec
from ict_lab.walkforward.window import why
from ict_lab.walkforward.windows import rolling_windows

from tests.support.markets import synthetic

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


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_candles_that_only_warm_the_first_search_up_are_refused(tmp_path: Path) -> None:
    """Four days of 96 candles, one to search on; the last pool of a week ago is 1,088 candles back."""
    (tmp_path / "futures").mkdir()
    candles = synthetic(4 * 96, seed=3, start="2024-01-01")
    candles.to_feather(tmp_path / "futures" / "BTC_USDT_USDT-15m-futures.feather")
    with pytest.raises(LabError) as caught:
        WalkForwardSpec.make(
            Search(), None, 1, 1, datadir=tmp_path, strategies=tmp_path, hyperopts=tmp_path, configs=()
        )
    assert str(caught.value) == (
        "ICTObFvgStrategy looks back on 1,088 15m candles or more, 11.3 days, before its first signal; up to "
        "the end of the first search there are 96: more candles or more --train-days are needed"
    )


LOG = """\
2026-01-05 14:37:40,461 - freqtrade - INFO - Starting
Traceback (most recent call last):
  File "exchange.py", line 738, in _api_reload_markets
    raise TemporaryError(
freqtrade.exceptions.TemporaryError: Error in reload_markets. Message: no answer
2026-01-05 14:37:40,462 - freqtrade - ERROR - Could not load markets, therefore cannot start.
"""


@pytest.mark.parametrize(("log", "said"), [
    (LOG, "Error in reload_markets. Message: no answer; Could not load markets, therefore cannot start."),
    ("ValueError: no\nthe end\n", "no"),
    ("one\ntwo\n\n", "two"),
    ("", "it printed nothing"),
])  # fmt: skip
def test_why_a_window_failed_is_a_sentence(log: str, said: str) -> None:
    assert why(log) == said


def test_a_configuration_takes_along_what_it_adds(tmp_path: Path) -> None:
    """As what `make setup` writes adds the file of its messages."""
    for name, text in {
        "my.json": '{"add_config_files": ["more/a.json"]}',
        "more/a.json": "{} // words",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = bundled_files(tmp_path, tmp_path, [tmp_path / "my.json"])
    assert [name for name in found if name.startswith("config/")] == [
        "config/00-my.json",
        "config/more/a.json",
    ]
