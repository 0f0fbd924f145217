"""On what the real Freqtrade exported: our simulation ends trades as it did, and the command judges them."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from ict_lab.agreement import agreement_of
from ict_lab.replay.engine import as_trades
from ict_lab.runs.run import read_runs
from ict_lab.trials import TrialLog
from ict_lab.verdict.__main__ import main
from ict_lab.verdict.comparisons import overlap_of, placebo_of
from ict_lab.verdict.track_record import TrackRecord, records_of_exports

# Freqtrade's own loading of candles still uses what pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture(scope="module")
def records(export: Path, candles_folder: Path) -> list[TrackRecord]:
    return records_of_exports([export], candles_folder, lambda what: None)


def judge(export: Path, candles: Path, folder: Path, *more: str) -> int:
    options = ["--datadir", str(candles), "--trials", str(folder / "trials.jsonl"), "--draws", "100"]
    return main([str(export), *options, "--placebo-draws", "5", *more])


def test_every_own_trade_ends_in_the_same_candle_with_the_same_result(records: Sequence[TrackRecord]) -> None:
    for record in records:
        (traced,) = record.runs
        assert len(traced.own.trades) == len(traced.run.trades) > 10
        assert record.agreement >= 0.999, record.name
        ours = traced.own.results.funding * traced.own.amounts
        assert np.abs(ours).max() > 0
        assert ours == pytest.approx(traced.own.trades["funding_fees"].to_numpy(float), abs=1e-9)


def test_the_replay_trades_what_freqtrade_traded(records: Sequence[TrackRecord]) -> None:
    """Pair, side, entry, exit, reason, amount and profit of every trade, by settings and candles alone."""
    for record in records:
        (traced,) = record.runs
        real = placebo_of(traced).real()
        ours, theirs = (
            trades.sort_values(["open_date", "pair"], ignore_index=True)
            for trades in (as_trades(real, traced.tape), traced.run.trades)
        )
        assert traced.run.account.slots == 2
        assert len(ours) == len(theirs)
        assert overlap_of(real, traced) == 1.0
        for name in ("pair", "is_short", "open_date", "close_date", "exit_reason", "enter_tag"):
            assert list(ours[name]) == list(theirs[name]), (record.name, name)
        for name in ("open_rate", "close_rate", "entered", "leverage", "profit_abs"):
            assert ours[name].to_numpy() == pytest.approx(theirs[name].to_numpy(float), abs=1e-6), name


@pytest.mark.parametrize("name", ["export_of_others", "further_export"])
def test_the_replay_trades_every_kind_of_entry_target_and_part(
    name: str, request: pytest.FixtureRequest, candles_folder: Path
) -> None:
    runs = read_runs(request.getfixturevalue(name))
    found = {run.strategy: agreement_of(run, candles_folder) for run in runs}
    assert sum(one.trades for one in found.values()) > 100
    for name, one in found.items():
        assert one.share >= 0.995, (name, dict(one.causes))


def test_the_replay_knows_what_is_too_small_for_the_exchange(
    small_export: Path, candles_folder: Path
) -> None:
    (run,) = read_runs(small_export)
    found = agreement_of(run, candles_folder)
    assert run.journal is not None
    assert any("below the exchange's minimum" in reason for _, reason, _ in run.journal.reasons)
    assert found.same == found.trades >= 5, dict(found.causes)


def test_settings_come_from_the_export(records: Sequence[TrackRecord]) -> None:
    product, trend = (record.runs[0].run.setup for record in records)
    assert product is not None
    assert trend is not None
    assert product.params.risk_per_trade_percent == trend.params.risk_per_trade_percent == 0.5
    assert (product.params.risk_reward, trend.params.risk_reward) == (2.0, 0.0)


def test_the_command_gives_its_verdict(
    export: Path, candles_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / f"verdict{ending}" for ending in (".md", ".json", ".html")]
    outs = [word for file in files for word in ("--out", str(file))]
    assert judge(export, candles_folder, tmp_path, *outs) == 0
    said = capsys.readouterr().out
    first = "No evidence of an edge in any of 2 strategies; 502 variants tried."
    assert said.splitlines()[0] == first
    markdown, content, page = (file.read_text(encoding="utf-8") for file in files)
    assert markdown.startswith(f"**{first}**")
    assert first in page
    found = {row["strategy"]: row for row in json.loads(content)["strategies"]}
    for run in read_runs(export):
        row = found[run.strategy]
        assert row["trades"] == len(run.trades)
        assert row["holding"]["strategy"] == pytest.approx(run.trades["profit_abs"].sum() / 10_000)
        assert sum(part["total"] for part in row["pairs"]) == pytest.approx(run.trades["profit_abs"].sum())
        assert row["random_entries"]["draws"] == 100
        assert row["placebo_zones"]["trades"] > 0


def test_a_variant_that_is_judged_again_is_not_counted_again(
    export: Path, candles_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert (
            judge(export, candles_folder, tmp_path, "--placebo-draws", "0", "--tried-elsewhere", "500") == 0
        )
    assert "1002 variants tried" in capsys.readouterr().out.splitlines()[0]
    assert len(TrialLog(tmp_path / "trials.jsonl").read()) == 2


def test_a_log_that_was_cut_stops_the_verdict(
    records: Sequence[TrackRecord], export: Path, candles_folder: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    log = tmp_path / "trials.jsonl"
    TrialLog(log).append([record.trial() for record in records])
    log.write_text(log.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert judge(export, candles_folder, tmp_path) == 2
    said = capsys.readouterr()
    assert "was cut short: 1 of 2 trials are left" in said.err
    assert said.out == ""


def test_a_walk_forwards_tests_are_judged_together(
    records: Sequence[TrackRecord], export: Path, candles_folder: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    only = tmp_path / "only.zip"
    with zipfile.ZipFile(export) as whole, zipfile.ZipFile(only, "w") as part:
        for name in whole.namelist():
            content = whole.read(name)
            if name == f"{export.stem}.json":
                results = json.loads(content)
                results["strategy"].pop("ICTObTrendStrategy")
                content = json.dumps(results).encode()
            part.writestr(name.replace(export.stem, only.stem), content)
    window = {"number": 1, "export": "only.zip", "tested": {"trades": 9}}
    waiting = {"number": 2, "export": "", "tested": {"trades": 0}}
    (tmp_path / "windows.json").write_text(json.dumps({"windows": [window, waiting]}), encoding="utf-8")
    options = ["--datadir", str(candles_folder), "--trials", str(tmp_path / "all.jsonl"), "--draws", "100"]
    walk = ["--walkforward", str(tmp_path), *options, "--placebo-draws", "0"]
    assert main(walk) == 2
    assert "trials.jsonl is missing" in capsys.readouterr().err
    log = TrialLog(tmp_path / "trials.jsonl")
    log.append([record.trial() for record in records])
    assert main(walk) == 0
    said = capsys.readouterr().out
    assert said.startswith("No evidence of an edge")
    assert "2 variants tried inside the walk-forward" in said.replace("\n", " ")
    assert "1 of 2 windows are left out" in said
    assert "only a walk-forward's are unseen" not in said


@pytest.mark.parametrize(("arguments", "said"), [
    ([], "name a backtest export, or --walkforward and its folder"),
    (["none.zip"], "no backtest export at none.zip"),
    (["EXPORT", "--out", "verdict.pdf"], "--out must end with one of .md, .html, .json, was verdict.pdf"),
    (["EXPORT", "--draws", "5"], "draws must be between 100 and 100000, was 5"),
    (["EXPORT", "--slippage-bp", "nan"], "slippage_bp must be between 0 and 100000, was nan"),
    (["EXPORT", "--datadir", "nowhere"], "candles of BTC/USDT:USDT in nowhere must cover"),
    (["--walkforward", "."], "the log of trials trials.jsonl is missing"),
])  # fmt: skip
def test_bad_input_is_told_and_changes_nothing(
    arguments: list[str], said: str, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main([str(export) if word == "EXPORT" else word for word in arguments]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.jsonl"))
