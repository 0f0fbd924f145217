"""`python -m ict_lab.hyperopt`: the real search, its export in the next backtest, and its log of trials."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ict_lab.available_market import RULES_ONLY
from ict_lab.defaults import CONFIGS
from ict_lab.errors import LabError
from ict_lab.hyperopt import main
from ict_lab.hyperopt_runs import Search, log_epochs, read_epochs
from ict_lab.runs.run import read_runs
from ict_lab.trials import TrialLog, tries
from ICTNetExpectancyLoss import r_multiples

from tests.strategy.support import STRATEGY, Workplace, copied_strategies, run_process
from tests.support.places import REPOSITORY

TIMERANGE = "20240101-20240108"
EPOCHS = 4


def run_search(place: Workplace, *options: str) -> subprocess.CompletedProcess[str]:
    """Search as `make hyperopt` does, in a scratch folder, where no exchange can be reached."""
    configs = [REPOSITORY / name for name in CONFIGS]
    line = [sys.executable, "-m", "ict_lab.hyperopt"]
    line += [part for path in configs for part in ("-c", str(path))]
    line += ["--strategy-path", str(place.strategies), "--datadir", str(place.datadir)]
    line += ["--hyperopt-path", str(REPOSITORY / "user_data" / "hyperopts"), "--timerange", TIMERANGE]
    line += ["--epochs", str(EPOCHS), "--jobs", "2", "--spaces", "patterns", "confluence", "exits", "risk"]
    return run_process([*line, *options], place.folder, place.strategies)


@pytest.fixture(scope="module")
def searched(workplaces: Callable[..., Workplace], tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    place = workplaces("search", copied_strategies(tmp_path_factory.mktemp("code") / "strategies"))
    run = run_search(place)
    assert run.returncode == 0, run.stderr[-3000:]
    assert RULES_ONLY in run.stdout
    assert f"{EPOCHS} epochs were added to user_data/trials.jsonl, which now counts {EPOCHS}" in run.stdout
    return place


def results_of(place: Workplace) -> Path:
    (results,) = (place.folder / "user_data" / "hyperopt_results").glob("*.fthypt")
    return results


def test_every_space_is_searched_by_two_workers(searched: Workplace) -> None:
    lines = results_of(searched).read_text(encoding="utf-8").splitlines()
    found = [json.loads(line)["params_details"] for line in lines]
    assert len(found) == EPOCHS
    assert all(set(spaces) == {"patterns", "confluence", "exits", "risk"} for spaces in found)
    assert len({spaces["patterns"]["min_body_ratio"] for spaces in found}) == EPOCHS


def test_the_next_backtest_uses_the_best_epoch(searched: Workplace) -> None:
    """Same candles, same parameters: the same trades, to the last cent."""
    epochs = read_epochs(results_of(searched))
    best = min(epochs, key=lambda epoch: epoch.loss)
    run = searched.analyse(
        "backtesting", TIMERANGE, "--export", "trades", "--cache", "none", config={"ict": {}}
    )
    assert run.returncode == 0, run.stderr[-3000:]
    (backtest,) = read_runs(searched.folder / "user_data" / "backtest_results")
    columns = ["open_date", "close_date", "open_rate", "close_rate", "profit_abs"]
    assert backtest.trades[columns].equals(best.run.trades[columns])


def test_the_log_tells_every_epoch_once(searched: Workplace) -> None:
    epochs = read_epochs(results_of(searched))
    log = TrialLog(searched.folder / "user_data" / "trials.jsonl")
    trials = log.read()
    assert tries(trials) == EPOCHS
    results = [epoch.run.export.results for epoch in epochs]
    assert [trial.trades for trial in trials] == [found["total_trades"] for found in results]
    for trial, found in zip(trials, results, strict=True):
        earned = sum(trial.daily_returns) * 10_000
        assert earned == pytest.approx(found["profit_total_abs"], abs=1e-4)
        assert (trial.start, trial.timerange) == ("2024-01-01", TIMERANGE)
    assert log_epochs(log, epochs, TIMERANGE) == 0
    assert log_epochs(log, epochs, "20240108-20240115") == EPOCHS


def test_the_loss_and_the_lab_mean_the_same_r(searched: Workplace) -> None:
    """Two ways to the same figure: from Freqtrade's trades in the search, and from its export."""
    compared = 0
    for epoch in read_epochs(results_of(searched)):
        if epoch.run.trades.empty:
            continue
        trades = epoch.run.trades
        known = trades["r_multiple"].notna().to_numpy()
        assert r_multiples(trades)[known] == pytest.approx(trades["r_multiple"][known].to_numpy(), rel=1e-6)
        compared += int(known.sum())
    assert compared > 2


def test_a_half_written_last_epoch_is_left_out(searched: Workplace, tmp_path: Path) -> None:
    text = results_of(searched).read_text(encoding="utf-8")
    cut = tmp_path / "cut.fthypt"
    cut.write_text(text[:-30], encoding="utf-8")
    assert len(read_epochs(cut)) == EPOCHS - 1
    cut.write_text("{}\n" + text, encoding="utf-8")
    with pytest.raises(LabError, match=r"cut\.fthypt must be a results file of `freqtrade hyperopt`"):
        read_epochs(cut)


def test_a_bad_value_is_refused(tmp_path: Path, datadir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "trials.jsonl"
    log.write_text("{}\n", encoding="utf-8")
    for options, sentence in (
        (["2024"], "timerange must be two days such as 20230101-20240101, was 2024"),
        (["20240201-20240101"], "timerange must end after it begins, was 20240201-20240101"),
        ([TIMERANGE, "--epochs", "0"], "epochs must be 1 or more, was 0"),
        ([TIMERANGE, "--jobs", "0"], "jobs must be 1 or more, was 0"),
        ([TIMERANGE, "--strategy", "Nope"], "ICTUnicornStrategy, was Nope"),
        ([TIMERANGE], "datadir must be a folder with candles of contracts, was /none/there"),
        ([TIMERANGE, "--trials", str(log), "--datadir", str(datadir)], "is not whole and cannot be ignored"),
        (["20200101-20200201", "--datadir", str(datadir)], "timerange must lie in the candles of 2023"),
    ):
        assert main(["--datadir", "/none/there", "--timerange", *options]) == 2
        assert sentence in capsys.readouterr().err
    for field, value in {"epochs": 0, "seed": -1, "pairs": (), "spaces": ()}.items():
        with pytest.raises(LabError, match=f"^{field} must"):
            Search(**{field: value})
    assert Search().strategy == STRATEGY


def test_a_search_that_did_not_begin_is_no_success(searched: Workplace) -> None:
    """Freqtrade's own exit code is 0 there; what it refuses stands in its words, and the log as it was."""
    before = (searched.folder / "user_data" / "trials.jsonl").read_bytes()
    run = run_search(searched, "--", "--no-such-option")
    assert run.returncode == 2
    assert "unrecognized arguments: --no-such-option" in run.stderr
    assert "nothing was searched; Freqtrade says above why" in run.stderr
    assert (searched.folder / "user_data" / "trials.jsonl").read_bytes() == before


def test_the_replay_finds_the_losses_that_freqtrade_finds(
    searched: Workplace, workplaces: Callable[..., Workplace], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Same variants, same losses, same trades, same best; and the base variant was traded by both."""
    place = workplaces("fast", copied_strategies(tmp_path_factory.mktemp("code") / "strategies"))
    run = run_search(place, "--fast")
    assert run.returncode == 0, run.stderr[-3000:]
    fast, slow = (read_epochs(results_of(one)) for one in (place, searched))
    assert [one.parameters for one in fast] == [one.parameters for one in slow]
    assert [one.loss for one in fast] == pytest.approx([one.loss for one in slow])
    for ours, theirs in zip(fast, slow, strict=True):
        assert list(ours.run.trades["close_date"]) == list(theirs.run.trades["close_date"])
        assert list(ours.run.trades["r_multiple"]) == pytest.approx(list(theirs.run.trades["r_multiple"]))
    assert sum(len(one.run.trades) for one in fast) > 2
