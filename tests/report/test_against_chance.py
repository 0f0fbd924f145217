"""Random entries in the report: the verdict's own, and not where the simulation is of something else."""

from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ict_lab.chance.random_entries import enter_at_random
from ict_lab.chance.traced import trace
from ict_lab.errors import LabError
from ict_lab.report.against_chance import DRAWS, AgainstChance, against_chance
from ict_lab.report.contents import contents_of
from ict_lab.report.rendering import render
from ict_lab.runs.run import BacktestRun, read_runs
from ict_lab.statistics.null_distribution import SEED
from ict_lab.verdict.track_record import TrackRecord
from rich.console import Console

from tests.report.exports import STRATEGY, candles_of, many, random_walk, result, trade, write, write_candles

# Freqtrade's own loading of candles still uses what pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")

SILENT = Console(quiet=True)


def backtest_of(folder: Path, rows: list[dict[str, Any]], strategy: str = STRATEGY) -> BacktestRun:
    return read_runs(write(folder, {strategy: result(rows)}))[0]


def compared(
    folder: Path, rows: list[dict[str, Any]], datadir: Path, strategy: str = STRATEGY
) -> AgainstChance:
    return against_chance(trace(backtest_of(folder, rows, strategy), datadir), SILENT)


def test_trades_that_happened_are_compared(tmp_path: Path, made_datadir: Path) -> None:
    """24 of 60 trades win 2 R, 36 lose one, less fees: 0.05 % of both prices over a risk of 2.

    The draws are the verdict's.
    """
    rows = many(60)
    found = compared(tmp_path, rows, made_datadir)
    fees = 0.0005 * sum(100 + row["close_rate"] for row in rows) / 2
    assert (found.agreement, found.exits) == (1.0, "target 2 R")
    assert (found.draws.trades, len(found.draws.net_r)) == (60.0, DRAWS)
    assert found.draws.actual == pytest.approx((24 * 2 - 36 - fees) / 60)
    assert found.draws.net_r.std() > 0
    traced = trace(backtest_of(tmp_path, rows), made_datadir)
    again = enter_at_random([traced], DRAWS, np.random.default_rng(SEED), lambda made: None)
    assert list(found.draws.net_r) == list(again.net_r)


def test_a_simulation_that_ends_other_trades_compares_nothing(tmp_path: Path) -> None:
    """Three of 60 trades did not happen in these candles: 95 %; a fourth is one too many."""
    rows = many(60)
    datadir = write_candles(tmp_path / "most", candles_of(rows[3:], random_walk(2700, 3)))
    assert compared(tmp_path, rows, datadir).agreement == pytest.approx(57 / 60)
    datadir = write_candles(tmp_path / "fewer", candles_of(rows[4:], random_walk(2700, 3)))
    with pytest.raises(LabError, match=r"ends only 93\.3% of the trades as Freqtrade did, of 95% that"):
        compared(tmp_path, rows, datadir)


def test_what_can_not_be_compared_is_refused(tmp_path: Path, made_datadir: Path) -> None:
    with pytest.raises(LabError, match=r"must cover .+, are none"):
        compared(tmp_path, many(30), tmp_path / "nowhere")
    moved = trade(100.0, [(1.0, 104.0)], (100.0, 0.029126))
    with pytest.raises(LabError, match="the first stop of 1 of 31 trades is not known"):
        compared(tmp_path, [*many(30), moved], made_datadir, "Another")


def test_the_page_says_what_is_compared(tmp_path: Path, made_datadir: Path) -> None:
    backtest = backtest_of(tmp_path, many(60))
    contents = contents_of(backtest, made_datadir, 1, SILENT)
    assert contents.random is not None
    page = " ".join(unescape(render([contents], [])).split())
    assert f"In each of {DRAWS} draws, all 60 entries were moved by one random time" in page
    assert "by the strategy's rule (target 2 R)" in page
    assert "The simulation ends 100.0 % of the backtest's own trades as Freqtrade did." in page
    share = 100 * contents.random.draws.p_value
    assert f"{share:.1f} % of the draws did at least as well" in page


def test_the_page_says_of_another_houses_strategy_what_is_not_known(tmp_path: Path) -> None:
    """All of its trades met their stops: when its own exits would have come, nobody knows."""
    rows = [row for row in many(60) if row["exit_reason"] == "stop_loss"]
    datadir = write_candles(tmp_path / "data", candles_of(rows, random_walk(2700, 3)))
    contents = contents_of(backtest_of(tmp_path, rows, "Another"), datadir, 1, SILENT)
    assert contents.random is None
    assert contents.random_absent.startswith("only 0 trades ended by the strategy's own exits")


def test_the_verdicts_mean_is_the_reports_where_parts_were_closed(tmp_path: Path, made_datadir: Path) -> None:
    """Half of a risk of two gains 2, half loses 2: nothing but the fees of 0.05 % on 100, 102 and 98."""
    opened = many(60)[-1]["open_date"]
    parted = trade(100.0, [(0.5, 102.0), (0.5, 98.0)], (98.0, 0.02), opened=opened, reason="stop_loss")
    backtest = backtest_of(tmp_path, [*many(59), parted])
    judged = TrackRecord(STRATEGY, [trace(backtest, made_datadir)], unseen=False)
    assert len(judged.trades) == 60
    assert judged.trades["r_multiple"].mean() == backtest.trades["r_multiple"].mean()
    assert judged.trades["r_multiple"].iloc[-1] == pytest.approx(-0.0005 * 200 / 2)
