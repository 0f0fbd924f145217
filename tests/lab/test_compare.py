"""Two backtests side by side: the difference a trade, with its interval."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.compare import main
from ict_lab.statistics.difference import difference_of

from tests.report.exports import STRATEGY, many, result, write

MONDAY = pd.Timestamp("2024-01-01", tz="UTC")


def results(*weeks: list[float]) -> "pd.Series[float]":
    """Return trades, the weeks' in order: each an hour after the one before."""
    closed = [
        MONDAY + pd.Timedelta(weeks=at, hours=n) for at, week in enumerate(weeks) for n in range(len(week))
    ]
    return pd.Series([value for week in weeks for value in week], index=pd.DatetimeIndex(closed))


def test_an_interval_by_hand() -> None:
    """Weekly shares in the difference are 1/3, 0 and -1/3: error sqrt(3/2 x 2/9), t of 2 degrees 4.3027."""
    found = difference_of(results([1.0] * 4, [0.0] * 4, [-1.0] * 4), results([0.0] * 4, [0.0] * 4, [0.0] * 4))
    assert (found.mean, found.weeks) == (0.0, 3)
    assert (found.low, found.high) == (pytest.approx(-2.48416, abs=1e-4), pytest.approx(2.48416, abs=1e-4))
    assert not found.is_shown


def test_what_the_market_gave_to_both_cancels() -> None:
    """One makes half an R more in each trade, whatever the week was like."""
    weeks = [list(np.random.default_rng(n).normal(3 * (-1) ** n, 1, 5)) for n in range(6)]
    found = difference_of(results(*([r + 0.5 for r in week] for week in weeks)), results(*weeks))
    assert found.mean == pytest.approx(0.5)
    assert found.high - found.low < 1e-9
    assert found.is_shown


def test_too_little_has_no_interval() -> None:
    nine, three = results([1.0] * 3, [1.0] * 3, [0.5] * 3), results([0.0] * 4, [0.1] * 4, [0.0] * 4)
    assert np.isnan(difference_of(nine, three).low)
    assert not difference_of(nine, three).is_shown
    none = pd.Series([], index=pd.DatetimeIndex([], tz="UTC"), dtype=float)
    assert np.isnan(difference_of(none, three).mean)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Weeks that both share, fat tails, no difference: of 400 pairs 95 % hold zero, 3 sigma around it."""
    random, held = np.random.default_rng(7), 0
    for _ in range(400):
        weeks = random.normal(0, 0.5, 30)
        one, other = ([list(week + random.standard_t(4, 4)) for week in weeks] for _ in range(2))
        held += not difference_of(results(*one), results(*other)).is_shown
    assert 367 <= held <= 393


@pytest.mark.parametrize("files", [["a.zip"], ["a.zip", "b.zip", "c.zip"]])
def test_two_files_are_named(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(files) == 2
    assert "name two backtests, A and B, or none for the newest two" in capsys.readouterr().err


def test_two_backtests_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """60 trades and the first 12 of them: the 12 are in both, and a mean of 12 says little."""
    file = str(write(tmp_path, {STRATEGY: result(many(60)), "Other": result(many(12))}))
    assert main([f"{file}:{STRATEGY}", f"{file}:Other"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"trades +│ 60 +│ 12 ", shown)
    assert "In both, by pair, side and candle: 12 trades." in shown
    assert not re.search(r"-\d+\.", shown), "one minus, the true one"
    assert main([file, file]) == 2
    assert f"must be followed by a colon and one of {STRATEGY}, Other, was none" in capsys.readouterr().err
