"""The log of trials: it counts every variant, and a log that is not whole is refused."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from ict_lab.errors import LabError
from ict_lab.trials import Trial, TrialLog, parameters_hash, tries
from joblib import Parallel, delayed


def trial(number: int, strategy: str = "ICTObFvgStrategy", **other: object) -> Trial:
    values = {
        "time": "2024-05-01T12:00:00+00:00", "strategy": strategy,
        "parameters": parameters_hash({"n": number}), "timerange": "20240101-20240401", "trades": 10,
        "net_profit": 0.01, "expectancy_r": 0.1, "sharpe": 0.02, "start": "2024-01-01",
        "daily_returns": (0.01, -0.02, 0.0),
    }  # fmt: skip
    return Trial(**{**values, **other})  # type: ignore[arg-type]


@pytest.fixture
def log(tmp_path: Path) -> TrialLog:
    made = TrialLog(tmp_path / "trials.jsonl")
    made.append([trial(1), trial(2)])
    made.append([trial(3)])
    return made


def lines_of(log: TrialLog) -> list[str]:
    return log.path.read_text(encoding="utf-8").splitlines(keepends=True)


def test_what_was_appended_is_read_again(log: TrialLog, tmp_path: Path) -> None:
    """What is not known stays so."""
    assert log.read() == [trial(1), trial(2), trial(3)]
    other = TrialLog(tmp_path / "other.jsonl")
    other.append([trial(1, sharpe=math.nan, expectancy_r=math.nan)])
    assert math.isnan(other.read()[0].sharpe)
    assert json.loads(other.path.read_text(encoding="utf-8"))["expectancy_r"] is None


def test_a_variant_counts_once_for_each_stretch_of_candles() -> None:
    """The best of twenty stretches is chosen as well: each look is another chance to be lucky."""
    stretch, other = trial(1, timerange="20240401-20240701"), trial(1, "ICTObTrendStrategy")
    assert tries([trial(1), trial(1), stretch, trial(2), other]) == 4
    # The order of settings makes no variant.
    assert parameters_hash({"a": 1, "b": 2}) == parameters_hash({"b": 2, "a": 1})
    assert parameters_hash({"a": 1}) != parameters_hash({"a": 1.5})


def test_what_the_log_has_is_not_added_again(log: TrialLog) -> None:
    assert log.add_new([trial(2), trial(4), trial(4)]) == 1
    assert tries(log.read()) == 4
    assert log.add_new([]) == 0


@pytest.mark.parametrize(("spoiled", "said"), [
    (lambda lines, other: lines[0] + lines[2], "2 of 3 trials are left"),
    (lambda lines, other: lines[0] + lines[2] * 2, "line 2 was edited, or lines around"),
    (lambda lines, other: lines[0] + other[1] + lines[2], "line 2 was edited, or lines around"),
    (lambda lines, other: "".join(lines).replace('"sharpe":0.02', '"sharpe":0.03', 1), "line 1 was edited"),
    (lambda lines, other: "".join(lines)[:-20], "cut short"),
], ids=["a line removed", "one twice", "one of another log", "a number edited", "cut"])  # fmt: skip
def test_a_change_is_noticed(
    log: TrialLog, tmp_path: Path, spoiled: Callable[[list[str], list[str]], str], said: str
) -> None:
    other = TrialLog(tmp_path / "other.jsonl")
    other.append([trial(7), trial(8), trial(9)])
    log.path.write_text(spoiled(lines_of(log), lines_of(other)), encoding="utf-8")
    with pytest.raises(LabError, match=said):
        log.read()


def test_a_lost_log_is_refused_and_not_begun_again(log: TrialLog, tmp_path: Path) -> None:
    """As is one without its count."""
    log.path.unlink()
    for use in (log.read, lambda: log.append([trial(4)])):
        with pytest.raises(LabError, match="it is missing, and had 3 trials"):
            use()
    with pytest.raises(LabError, match="is missing; without it nobody knows"):
        TrialLog(tmp_path / "none.jsonl").read()
    other = TrialLog(tmp_path / "other.jsonl")
    other.append([trial(1)])
    other.head_path.unlink()
    with pytest.raises(LabError, match=r"other\.jsonl\.head, which counts its trials, is missing"):
        other.read()


def test_an_older_copy_of_the_log_is_noticed(log: TrialLog) -> None:
    """A whole log of fewer trials: its chain is intact, its count is not."""
    before = log.path.read_text(encoding="utf-8")
    log.append([trial(4)])
    log.path.write_text(before, encoding="utf-8")
    with pytest.raises(LabError, match="3 of 4 trials are left"):
        log.read()


def test_an_append_that_was_killed_loses_no_trial(log: TrialLog) -> None:
    """After its line; and half a line is dropped."""
    head = log.head_path.read_text(encoding="utf-8")
    log.append([trial(4)])
    log.head_path.write_text(head, encoding="utf-8")
    assert len(log.read()) == 4
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"number":5,"time":"20')
    assert len(log.read()) == 4
    log.append([trial(5)])
    assert [one.parameters for one in log.read()[-2:]] == [trial(4).parameters, trial(5).parameters]


def test_processes_append_to_one_log_without_losing_a_trial(tmp_path: Path) -> None:
    log = TrialLog(tmp_path / "trials.jsonl")
    Parallel(n_jobs=4, backend="threading")(delayed(log.append)([trial(number)]) for number in range(40))
    assert tries(log.read()) == 40
