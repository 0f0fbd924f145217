"""The strategy's JSON file: faults are said, nothing is lost, and Freqtrade reads what was written."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from freqtrade.optimize.hyperopt_tools import HyperoptTools
from ict_lab import files
from ict_lab.errors import LabError
from ict_lab.tune.in_force import Source, changes, in_force, starting_values
from ict_lab.tune.page import change_table
from ict_lab.tune.setup import Setup
from ict_lab.tune.stored import Stored, read_stored, write
from ict_lab.tune.strategies import find_presets
from ict_lab.tune.workbench import Workbench
from ict_lab.words import Wording

from tests.strategy.host import load
from tests.strategy.support import ETH, STRATEGY
from tests.tune.conftest import PAIR, with_block

NOW = datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC)
CHANGES: dict[str, object] = {"min_body_ratio": 0.8, "htf_gate": False}
# As hyperopt leaves it, with spaces of Freqtrade's own, and a key of somebody else's.
HYPEROPTED: dict[str, Any] = {
    "strategy_name": STRATEGY,
    "params": {"roi": {"0": 0.1}, "stoploss": {"stoploss": -0.07}, "max_open_trades": {"max_open_trades": 3},
        "exits": {"risk_reward": 3.0, "stop_buffer": 0.004}, "patterns": {"min_body_ratio": 0.6}},
    "ft_stratparam_v": 1,
    "export_time": "2026-01-01 00:00:00+00:00",
    "note": "mine",
}  # fmt: skip


def put(folder: Path, content: object) -> Path:
    path = folder / f"{STRATEGY}.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def read(path: Path) -> Stored:
    return read_stored(path, STRATEGY)


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.backup.json"))


def test_a_first_file_is_read_by_freqtrade(strategies: Path) -> None:
    path = strategies / f"{STRATEGY}.json"
    assert write(read(path), CHANGES, NOW) is None
    strategy = load({}, folder=strategies)
    assert (strategy.min_body_ratio.value, strategy.htf_gate.value) == (0.8, False)
    assert strategy.risk_reward.value == 2.0
    assert backups(strategies) == []


def test_what_was_not_changed_stays(strategies: Path) -> None:
    path = put(strategies, HYPEROPTED)
    backup = write(read(path), CHANGES, NOW)
    now = HyperoptTools.load_params_from_file(path)
    assert now["params"] == HYPEROPTED["params"] | {
        "patterns": {"min_body_ratio": 0.8},
        "confluence": {"htf_gate": False},
    }
    assert (now["note"], now["export_time"]) == ("mine", "2026-11-22 14:05:09+00:00")
    assert backup is not None
    assert json.loads(backup.read_text(encoding="utf-8")) == HYPEROPTED
    strategy = load({}, folder=strategies)
    assert (strategy.risk_reward.value, strategy.stoploss, strategy.min_body_ratio.value) == (3.0, -0.07, 0.8)


def test_no_backup_takes_the_place_of_another_and_the_files_mode_stays(tmp_path: Path) -> None:
    path = put(tmp_path, HYPEROPTED)
    path.chmod(0o600)
    for value in (0.61, 0.62, 0.63):
        write(read(path), {"min_body_ratio": value}, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    kept = [json.loads(one.read_text(encoding="utf-8"))["params"]["patterns"] for one in backups(tmp_path)]
    assert sorted(one["min_body_ratio"] for one in kept) == [0.6, 0.61, 0.62]


def test_a_file_that_has_changed_since_is_not_written_over(tmp_path: Path) -> None:
    seen = read(put(tmp_path, HYPEROPTED))
    path = put(tmp_path, HYPEROPTED | {"note": "hyperopt was faster"})
    with pytest.raises(LabError, match="has changed since the page read it"):
        write(seen, CHANGES, NOW)
    assert json.loads(path.read_text(encoding="utf-8"))["note"] == "hyperopt was faster"


def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, HYPEROPTED)
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(LabError, match="No space left on device"):
        write(read(path), CHANGES, NOW)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(("content", "sentence"), [
    ({"strategy_name": "Other", "params": {}},
     "must belong to ICTObFvgStrategy, its strategy_name is 'Other'"),
    ({"strategy_name": STRATEGY}, "must hold a block 'params'"),
    ([1, 2], "must hold a block 'params'"),
    (HYPEROPTED | {"params": {"paterns": {}}}, "has a space 'paterns'"),
    (HYPEROPTED | {"params": {"patterns": {"risk_reward": 2.0}}},
     "risk_reward belongs in the space 'exits'"),
    (HYPEROPTED | {"params": {"patterns": {"min_body": 2.0}}}, "'min_body', which is not a setting of ict"),
    (HYPEROPTED | {"params": {"patterns": 3}}, "the space 'patterns' .* must be a block"),
])  # fmt: skip
def test_a_file_that_would_be_spoilt_is_not_written(tmp_path: Path, content: object, sentence: str) -> None:
    path = put(tmp_path, content)
    before = path.read_bytes()
    with pytest.raises(LabError, match=sentence):
        write(read(path), CHANGES, NOW)
    assert path.read_bytes() == before
    assert backups(tmp_path) == []


def test_an_unreadable_file_is_kept_as_a_backup(tmp_path: Path) -> None:
    path = put(tmp_path, '{"strategy_name": "ICTObFvgStrategy", "params": {')
    before = path.read_bytes()
    (fault,) = read(path).faults
    assert "no valid JSON" in fault
    assert "a bot does not start with it" in fault
    backup = write(read(path), CHANGES, NOW)
    assert backup is not None
    assert backup.read_bytes() == before
    assert read(path).values == CHANGES


def test_a_value_out_of_its_range_is_said_and_can_be_mended(tmp_path: Path, strategies: Path) -> None:
    path = put(tmp_path, HYPEROPTED | {"params": {"confluence": {"entry_threshold": 900.0}}})
    seen = read(path)
    assert seen.faults == (
        f"{path.name}: entry_threshold must be between 0 and 100, was 900.0. A bot would not start with it",
    )
    with pytest.raises(LabError, match="entry_threshold must be between 0 and 100"):
        write(seen, CHANGES, NOW)
    defaults = find_presets(strategies)[STRATEGY].defaults
    held = in_force(defaults, seen, {})
    page = starting_values(held, defaults)
    assert page["entry_threshold"] == 4.0
    assert [(one.name, one.now, one.page) for one in changes(held, page, defaults)] == [
        ("entry_threshold", 900.0, 4.0)
    ]
    write(seen, {"entry_threshold": 4.0}, NOW)
    assert read(path).faults == ()


def test_the_configuration_wins_over_the_file_over_the_preset(strategies: Path) -> None:
    """What it holds does not go into the file."""
    put(strategies, HYPEROPTED)
    block = {"min_body_ratio": 0.9}
    defaults = find_presets(strategies)[STRATEGY].defaults
    held = in_force(defaults, read(strategies / f"{STRATEGY}.json"), block)
    strategy = load(block, folder=strategies)
    in_strategy = {name: getattr(strategy, name).value for name in held}
    assert {name: one.value for name, one in held.items()} == in_strategy
    sources = [held[name].source for name in ("min_body_ratio", "risk_reward", "max_touches")]
    assert sources == [Source.CONFIG, Source.FILE, Source.STRATEGY]
    held = in_force(defaults, Stored(strategies / "none.json", STRATEGY), block)
    found = changes(held, defaults | {"min_body_ratio": 0.5, "max_touches": 2, "htf_gate": True}, defaults)
    assert [(one.name, one.now, one.page, one.goes_into_file) for one in found] == [
        ("min_body_ratio", 0.9, 0.5, False), ("max_touches", 3, 2, True),
    ]  # fmt: skip


def test_a_pair_has_the_settings_of_its_group(setup: Setup, tmp_path: Path) -> None:
    """RISK-1, TIME-1: `setup` and `pairs` of the configuration are in force as the bot has them."""
    block = {
        "setup": {"windows": ["london"]},
        "pairs": {"BTC/.*": {"risk_per_trade_percent": 0.5, "setup": {"threshold": 3}}},
    }
    bench = Workbench(with_block(setup, tmp_path, block))
    names = ("entry_windows", "risk_per_trade_percent", "entry_threshold")
    for pair, group, values in ((PAIR, "BTC/.*", [["london"], 0.5, 3]), (ETH, "", [["london"], 1.0, 4.0])):
        standing = bench.standing(STRATEGY, pair)
        assert (standing.group, standing.faults) == (group, ())
        assert [standing.held[name].value for name in names] == values
    page = bench.starting_values(STRATEGY, PAIR) | {"risk_per_trade_percent": 2.0, "max_touches": 2}
    changed = bench.changes(STRATEGY, page, PAIR)
    assert {one.name: one.source for one in changed} == {
        "max_touches": Source.STRATEGY,
        "risk_per_trade_percent": Source.GROUP,
    }
    table = str(change_table(changed, bench.standing(STRATEGY, PAIR), PAIR, Wording()))
    assert '"ict": {"pairs": {"BTC/.*": {"risk_per_trade_percent": 2.0}}}' in table
    bench.write(STRATEGY, page, "", PAIR)
    file = json.loads(bench.presets[STRATEGY].settings_file.read_text(encoding="utf-8"))
    assert file["params"] == {"patterns": {"max_touches": 2}}
    # A pair in two groups is a fault.
    wrong = Workbench(with_block(setup, tmp_path, {"pairs": {"BTC/.*": {}, ".*USDT": {}}}))
    (fault,) = wrong.standing(STRATEGY, PAIR).faults
    assert fault.startswith(f"ict in the configuration: pairs: {PAIR} must be in one group")


def test_what_could_never_enter_is_not_written(workbench: Workbench) -> None:
    page = workbench.starting_values(STRATEGY) | {"use_ob": "off", "entry_threshold": 5.5}
    with pytest.raises(LabError, match="entry_threshold must be at most 5, the points of all facts in use"):
        workbench.write(STRATEGY, page, "")
