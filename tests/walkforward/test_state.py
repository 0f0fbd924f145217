"""The folder of a walk-forward: what was begun with other settings is refused, what is there is whole."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.trials import TrialLog
from ict_lab.walkforward.report import in_words, totals_of, write_report
from ict_lab.walkforward.state import Record, Result, RunFolder, locked
from ict_lab.walkforward.windows import Window, rolling_windows

SETTINGS: dict[str, Any] = {
    "strategy": "S", "pairs": ("A",), "timeframe": "15m", "timerange": "20240101-20240113", "epochs": 5,
    "train_days": 4, "test_days": 4, "loss": "L", "spaces": ("exits",), "code": "c", "candles": "d",
}  # fmt: skip


def windows() -> list[Window]:
    return rolling_windows(pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-13", tz="UTC"), 4, 4)


def opened(path: Path, **other: object) -> RunFolder:
    return RunFolder(path, {**SETTINGS, **other}, windows(), TrialLog(path.parent / "trials.jsonl"))


def begun(path: Path) -> RunFolder:
    """Make a folder whose first window is done."""
    path.mkdir(exist_ok=True)
    folder = opened(path)
    folder.records[0] = Record(
        1, "20240101-20240105", "20240105-20240109", "done", epochs=5, loss=-0.5,
        parameters={"exits": {"risk_reward": 2.5}},
        searched=Result(10, 5.0, 0.5, 0, 3.0), tested=Result(4, -2.0, -0.5, 0, -1.0),
    )  # fmt: skip
    folder.save()
    return folder


def test_a_folder_is_read_as_it_was_written(tmp_path: Path) -> None:
    """A window whose export is lost runs again; settings may change as long as nothing is finished."""
    (tmp_path / "new").mkdir()
    opened(tmp_path / "new").save()
    assert len(opened(tmp_path / "new", epochs=6).waiting) == 2
    written = begun(tmp_path)
    read = opened(tmp_path)
    assert read.records == written.records
    assert [window.number for window in read.waiting] == [2]
    written.records[0].export = "windows/001/lost.zip"
    written.save()
    assert len(opened(tmp_path).waiting) == 2


@pytest.mark.parametrize("name", SETTINGS)
def test_other_settings_are_refused(tmp_path: Path, name: str) -> None:
    begun(tmp_path)
    with pytest.raises(
        LabError, match=rf"^{name}.* must be as .* was started with, .*, was other: continue with"
    ):
        opened(tmp_path, **{name: "other"})


@pytest.mark.parametrize("text", ["", "{}", '{"windows": [1]}', '{"windows": [{"state": "done"}]}'])
def test_a_broken_file_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "windows.json").write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=r"windows\.json cannot be read: .*; name another folder"):
        opened(tmp_path)


def test_two_runs_in_one_folder_are_refused(tmp_path: Path) -> None:
    refused = pytest.raises(LabError, match="another walk-forward is running in")
    with locked(tmp_path), refused, locked(tmp_path):
        pass


def test_totals_count_the_tests_alone() -> None:
    one, other = Result(10, 8.0, 0.8, 0, 9.0), Result(30, 2.0, 0.1, 10, 9.0)
    tested, others = Result(4, -2.0, -0.5, 0, -1), Result(6, 5.0, 1.0, 1, 2)
    totals = totals_of([
        Record(1, "a", "b", "done", epochs=5, searched=one, tested=tested),
        Record(2, "a", "b", "done", epochs=5, searched=other, tested=others),
        Record(3, "a", "b", "no_result", "nothing", 5), Record(4, "a", "b", "failed", "broken", 2),
    ])  # fmt: skip
    assert (totals.windows, totals.done, totals.no_result, totals.failed, totals.gained) == (4, 2, 1, 1, 1)
    assert (totals.trades, totals.epochs, totals.total_r, totals.unknown_r) == (10, 17, 3.0, 1)
    # 3 R from the 9 trades whose risk is known; the searches had 10 R from 30.
    assert totals.expectancy_r == pytest.approx(3 / 9)
    assert totals.searched_expectancy_r == pytest.approx(10 / 30)
    words = " ".join(in_words(totals))
    assert "10 trades in 2 test windows: 0.33 R a trade" in words
    assert "1 windows FAILED" in words
    # The mean of all tests has the report's interval, by calendar week.
    shown = Expectancy(-0.1, 0.02, 0.99, -0.14, -0.06, 120, 40, 80, 30)
    said = "It lost, and not only by bad luck: -0.10 R a trade, 95 % interval -0.14 to -0.06 R."
    assert in_words(totals, shown)[1].translate({0x2212: "-", 0xA0: " "}) == said
    # A sum of many years stays readable.
    assert "1234 R in all" in " ".join(in_words(replace(totals, total_r=1234.4)))
    # Without a trade there is no figure.
    without = totals_of([Record(1, "a", "b", "done")])
    assert (without.expectancy_r, without.trades) == (None, 0)
    assert "0 trades in 1 test windows: – R a trade" in in_words(without)[0]


def test_the_report_says_what_windows_json_says(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    write_report(folder)
    stored = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert stored["windows"] == json.loads((tmp_path / "windows.json").read_text(encoding="utf-8"))["windows"]
    assert stored["totals"]["total_r"] == -2.0
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| 1 | 20240105-20240109 | 4 | -0.50 | -2.00 | -1.00 | 0.50 | 5 | 20240101-20240105 |" in text
    assert "1 of 2 windows are finished" in text
