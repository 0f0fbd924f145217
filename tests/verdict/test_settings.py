"""Where the rules of a backtest come from: the export's settings, over the preset's."""

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.runs.export import read_exports
from ict_lab.runs.run import BacktestRun
from ict_lab.runs.settings import enters_at_zones, target_of, variants_tried

from ict import Params
from ict.exits.engine import Exits
from ict.exits.target import Target

RESULT = {
    "trades": [], "pairlist": ["A", "B"], "timeframe": "15m", "backtest_start_ts": 0, "backtest_end_ts": 1,
    "starting_balance": 1.0,
}  # fmt: skip


def exported(
    folder: Path, strategy: str = "ICTObFvgStrategy", *, block: Any = None,
    hyper: dict[str, Any] | None = None,
) -> BacktestRun:  # fmt: skip
    """Write what Freqtrade puts beside the results of a backtest, and read it."""
    path = folder / "result.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("result.json", json.dumps({"strategy": {strategy: RESULT}}))
        archive.writestr("result_config.json", json.dumps({"trading_mode": "futures", "ict": block or {}}))
        archive.writestr(f"result_{strategy}.py", "class Strategy: ...")
        if hyper is not None:
            archive.writestr(f"result_{strategy}.json", json.dumps({"params": hyper}))
    return BacktestRun.of(*read_exports(path))


def params_of(run: BacktestRun) -> Params:
    assert run.setup is not None
    return run.setup.params


def test_the_configuration_wins_over_the_json_file_and_that_over_the_preset(tmp_path: Path) -> None:
    hyper = {"exits": {"risk_reward": 3.0, "stop_buffer": 0.004}, "roi": {"0": 1}}
    params = params_of(exported(tmp_path, "ICTObTrendStrategy", block={"risk_reward": 5.0}, hyper=hyper))
    assert (params.risk_reward, params.stop_buffer) == (5.0, 0.004)
    assert params.trail_timeframe == "4h"
    assert params.entry_threshold == 2.0


def test_a_setting_out_of_its_range_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        LabError, match=r"settings of ICTObFvgStrategy: stop_buffer must be between 0 and 0\.1"
    ):
        params_of(exported(tmp_path, block={"stop_buffer": 7}))


@pytest.mark.parametrize(("name", "zones", "tried"), [
    ("ICTSweepReversalStrategy", False, None), ("ICTBreakerStrategy", True, None),
    ("ICTObFvgStrategy", True, 0), ("ICTObTrendStrategy", True, 500),
])  # fmt: skip
def test_a_preset_says_where_it_enters_and_among_how_many_it_was_chosen(
    name: str, zones: bool, tried: int | None, tmp_path: Path
) -> None:
    """Entries at sweeps have no placebo zones."""
    assert enters_at_zones(exported(tmp_path, name).own_setup) == zones
    assert tried is None or variants_tried(name) == tried


@pytest.mark.parametrize("name", ["NoSuchStrategy", "json", "ict"])
def test_a_strategy_of_another_house_has_no_rules_of_ours(tmp_path: Path, name: str) -> None:
    """Its target is read off its exits."""
    run = exported(tmp_path, name)
    assert (run.setup, run.exits, run.has_exits_of_its_own) == (None, Exits(), True)
    assert variants_tried(name) == 0
    trades = pd.DataFrame({"exit_reason": ["roi"] * 5, "open_rate": 100.0, "first_stop": 99.0})
    run = BacktestRun(run.export, trades.assign(close_rate=103.0))
    assert (run.exits, run.has_exits_of_its_own) == (Exits(Target(pytest.approx(3.0))), False)


def test_the_target_is_where_the_exits_at_one_were() -> None:
    """Stops 2 away; three targets 4 away, one filled late at 5, and a stop."""
    rows = [("roi", 104.0, 98.0), ("roi", 104.0, 98.0), ("roi", 96.0, 102.0), ("roi", 104.0, 98.0),
            ("roi", 105.0, 98.0), ("stop_loss", 98.0, 98.0)]  # fmt: skip
    trades = pd.DataFrame(rows, columns=["exit_reason", "close_rate", "first_stop"]).assign(open_rate=100.0)
    assert target_of(trades) == pytest.approx(2.0)
    assert math.isnan(target_of(trades.iloc[1:]))


def test_any_other_setting_makes_another_variant_and_the_wallet_does_not(tmp_path: Path) -> None:
    """Groups of pairs are followed by nobody, and each is one."""
    groups = [
        exported(tmp_path, block={"pairs": {"BTC/.*": {"risk_reward": reward}}}) for reward in (2.0, 3.0)
    ]
    assert [run.setup for run in groups] == [None, None]
    hyper = {"exits": {"stop_buffer": 0.01}}
    others = [exported(tmp_path, block={"risk_reward": 2.5}), exported(tmp_path, hyper=hyper)]
    usual = exported(tmp_path).variant
    assert usual == exported(tmp_path, block={"risk_reward": 2.0}).variant
    assert len({usual, *(run.variant for run in (*groups, *others))}) == 5
