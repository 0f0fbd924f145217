"""`python -m ict_lab.walkforward` with the real Freqtrade, from the shipped code."""

import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from ict_lab.available_market import RULES_ONLY
from ict_lab.hyperopt_runs import best_of, read_epochs
from ict_lab.runs.export import read_exports
from ict_lab.runs.run import BacktestRun
from ict_lab.trials import TrialLog

from tests.strategy.support import STRATEGY, Workplace, run_process
from tests.support.places import REPOSITORY, STRATEGIES


@pytest.fixture(scope="module")
def walked(workplaces: Callable[..., Workplace]) -> Path:
    """Run one window: five days, then two."""
    place = workplaces("walk")
    shipped = (REPOSITORY / "config.json", REPOSITORY / "user_data" / "config" / "public_data.json")
    line = [sys.executable, "-m", "ict_lab.walkforward", *(p for file in shipped for p in ("-c", str(file)))]
    line += ["--strategy-path", str(STRATEGIES), "--hyperopt-path", str(REPOSITORY / "user_data/hyperopts")]
    line += ["--datadir", str(place.datadir)]
    line += ["--timerange", "20240101-20240108", "--train-days", "5", "--test-days", "2", "--epochs", "3"]
    run = run_process([*line, "--workers", "1", "--folder", "run"], place.folder, STRATEGIES)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert RULES_ONLY in run.stdout
    assert "Report: run/report.md" in run.stdout
    return place.folder / "run"


def test_the_search_sees_no_candle_of_its_test(walked: Path) -> None:
    (results,) = walked.glob("windows/001/*.fthypt")
    for epoch in read_epochs(results):
        assert epoch.run.export.results["backtest_end"] == "2024-01-05 23:45:00"
    (export,) = walked.glob("windows/001/*.zip")
    backtest = BacktestRun.of(*read_exports(export))
    assert backtest.start == pd.Timestamp("2024-01-06", tz="UTC")
    assert backtest.end == pd.Timestamp("2024-01-07 23:45", tz="UTC")
    assert (backtest.trades["open_date"] >= backtest.start).all()


def test_the_test_used_what_the_search_chose(walked: Path) -> None:
    """Freqtrade keeps the parameters of a backtest in its export."""
    (window,) = json.loads((walked / "windows.json").read_text(encoding="utf-8"))["windows"]
    (results,) = walked.glob("windows/001/*.fthypt")
    best = best_of(read_epochs(results))
    assert best is not None
    assert window["loss"] == best.loss
    with zipfile.ZipFile(walked / window["export"]) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(f"_{STRATEGY}.json")]
        used = json.loads(archive.read(name))["params"]
    for space in ("patterns", "confluence", "exits"):
        assert used[space] == window["parameters"][space] == best.parameters[space]


def test_each_epoch_is_a_trial_and_nothing_is_left_behind(walked: Path) -> None:
    trials = TrialLog(walked / "trials.jsonl").read()
    assert [(one.timerange, len(one.daily_returns)) for one in trials] == [("20240101-20240106", 5)] * 3
    assert not (walked / "scratch").exists()
