"""Where the rules of a backtest come from: the export's settings, over the preset's."""

import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ict_lab.chance.rules import ExitRule, exit_rule, ict_rules, read_export, target_of, variant_of
from ict_lab.errors import LabError
from ict_lab.trades import Backtest
from ict_lab.trials import parameters_hash

AT = pd.Timestamp("2024-01-01", tz="UTC")


def exported(
    folder: Path,
    strategy: str = "ICTObFvgStrategy",
    *,
    block: Any = None,
    hyper: dict[str, Any] | None = None,
    trades: pd.DataFrame | None = None,
) -> Backtest:
    """Write what Freqtrade puts beside the results of a backtest."""
    path = folder / "result.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("result_config.json", json.dumps({"trading_mode": "futures", "ict": block or {}}))
        archive.writestr(f"result_{strategy}.py", "class Strategy: ...")
        if hyper is not None:
            archive.writestr(f"result_{strategy}.json", json.dumps({"params": hyper}))
    none = pd.DataFrame({"exit_reason": [], "close_rate": [], "open_rate": [], "first_stop": []}, dtype=float)
    return Backtest(
        strategy, "15m", ("A", "B"), AT, AT, 1.0, "USDT", none if trades is None else trades, path
    )


def rules_of(backtest: Backtest):  # type: ignore[no-untyped-def]
    return ict_rules(backtest, read_export(backtest))


def test_the_configuration_wins_over_the_json_file_and_that_over_the_preset(tmp_path: Path) -> None:
    hyper = {"exits": {"risk_reward": 3.0, "stop_buffer": 0.004}, "roi": {"0": 1}}
    rules = rules_of(exported(tmp_path, "ICTObTrendStrategy", block={"risk_reward": 5.0}, hyper=hyper))
    assert (rules.params.risk_reward, rules.params.stop_buffer) == (5.0, 0.004)
    assert rules.params.trail_timeframe == "4h"
    assert rules.params.entry_threshold == 2.0


def test_entries_at_sweeps_have_no_placebo_zones(tmp_path: Path) -> None:
    assert not rules_of(exported(tmp_path, "ICTSweepReversalStrategy")).enters_at_zones
    assert rules_of(exported(tmp_path)).enters_at_zones


def test_a_setting_out_of_its_range_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        LabError, match=r"settings of ICTObFvgStrategy: stop_buffer must be between 0 and 0\.1"
    ):
        rules_of(exported(tmp_path, block={"stop_buffer": 7}))


@pytest.mark.parametrize("name", ["NoSuchStrategy", "json", "ict"])
def test_a_strategy_of_another_house_has_no_rules_of_ours(tmp_path: Path, name: str) -> None:
    backtest = exported(tmp_path, name)
    assert rules_of(backtest) is None
    assert exit_rule(backtest, None) == ExitRule(held=True)


def test_another_houses_target_is_read_off_its_exits(tmp_path: Path) -> None:
    trades = pd.DataFrame({"exit_reason": ["roi"] * 5, "open_rate": 100.0, "first_stop": 99.0})
    backtest = exported(tmp_path, "Other", trades=trades.assign(close_rate=103.0))
    assert exit_rule(backtest, None) == ExitRule(target_r=pytest.approx(3.0))


def test_the_target_is_where_the_exits_at_one_were() -> None:
    """Stops 2 away; three targets 4 away, one filled late at 5, and a stop."""
    reasons = ["roi", "roi", "roi", "roi", "roi", "stop_loss"]
    prices = [104.0, 104.0, 96.0, 104.0, 105.0, 98.0]
    stops = [98.0, 98.0, 102.0, 98.0, 98.0, 98.0]
    trades = pd.DataFrame(
        {"exit_reason": reasons, "close_rate": prices, "open_rate": 100.0, "first_stop": stops}
    )
    assert target_of(trades) == pytest.approx(2.0)
    assert math.isnan(target_of(trades.iloc[1:]))


def test_any_other_setting_makes_another_variant_and_the_wallet_does_not(tmp_path: Path) -> None:
    def variant(**given: Any) -> str:
        backtest = exported(tmp_path, **given)
        export = read_export(backtest)
        return parameters_hash(variant_of(backtest, export, ict_rules(backtest, export)))

    assert variant() == variant(block={"risk_reward": 2.0})
    assert (
        len({variant(), variant(block={"risk_reward": 2.5}), variant(hyper={"exits": {"stop_buffer": 0.01}})})
        == 3
    )


def test_exits_are_told_in_words() -> None:
    assert str(ExitRule(target_r=2.0)) == "target 2 R"
    assert str(ExitRule(target_r=2.0, part_at_r=1.0, part=0.5)) == "target 2 R, 50% closed from 1 R"
    assert str(ExitRule(trails=True, break_even_at_r=1.0)) == (
        "no target, stop trailed behind swings, stop at the entry from 1 R"
    )
