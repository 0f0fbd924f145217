"""The strategy's JSON file: one that Freqtrade would skip, or take for something else, stops the start."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from freqtrade.exceptions import OperationalException
from freqtrade.strategy.hyper import HyperStrategyMixin

from tests.strategy.host import load
from tests.strategy.support import STRATEGY
from tests.support.places import STRATEGIES

GOOD: dict[str, Any] = {
    "strategy_name": STRATEGY,
    "params": {"risk": {"risk_per_trade_percent": 0.25}},
    "ft_stratparam_v": 1,
    "export_time": "2026-01-01 00:00:00+00:00",
}
TEXT = json.dumps(GOOD)


def params(**blocks: Any) -> str:
    return json.dumps({**GOOD, "params": blocks})


SKIPPED: dict[str, tuple[str | bytes, str]] = {
    "byte order mark": (b"\xef\xbb\xbf" + TEXT.encode(), "must be UTF-8 without a byte order mark"),
    "UTF-16": (TEXT.encode("utf-16"), "must be UTF-8, its byte 0 is not"),
    "Latin-1": (TEXT.replace("2026", "\xe92026").encode("latin-1"), "must be UTF-8, its byte "),
    "comment": ("// mine\n" + TEXT, "without comments and trailing commas: Expecting value in line 1"),
    "trailing comma": ('{\n"params": {},\n}', "without comments and trailing commas"),
    "cut": (TEXT[:40], "without comments and trailing commas"),
    "empty": ("", "without comments and trailing commas: Expecting value in line 1"),
    "a block twice": ('{"params": {"risk": {}, "risk": {}}}', "'risk' appears twice in one block"),
    "a list": ("[]", "must hold a block 'params'"),
    "a number": ("3", "must hold a block 'params'"),
    "no params": (json.dumps({"strategy_name": STRATEGY}), "must hold a block 'params'"),
    "params are a list": (json.dumps({**GOOD, "params": []}), "must hold a block 'params'"),
    "a setting beside params": (json.dumps({**GOOD, "risk_reward": 3}), "has 'risk_reward' beside 'params'"),
    "a space beside params": (json.dumps({**GOOD, "risk": {}}), "has 'risk' beside 'params'"),
    "another strategy's": (
        json.dumps({**GOOD, "strategy_name": "Other"}), "must be 'ICTObFvgStrategy', was 'Other'",
    ),
    "nobody's": (json.dumps({"params": {}}), "must be 'ICTObFvgStrategy', was None"),
    "a space is a number": (params(risk=3), "'risk' in "),
    "stoploss is a number": (params(stoploss=-0.1), "'stoploss' in "),
    "stoploss is a word": (params(stoploss={"stoploss": "deep"}), "must be a number, was 'deep'"),
    "roi by name": (params(roi={"first": 0.1}), "must be minutes, such as '60', was 'first'"),
    "roi is a word": (params(roi={"0": "much"}), "must be a number, was 'much'"),
    "open trades is true": (params(max_open_trades={"max_open_trades": True}), "must be a number, was True"),
    "trailing is a list": (params(trailing=[]), "'trailing' in "),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with the strategy's file alone; its packages come from the repository."""
    shutil.copy(STRATEGIES / f"{STRATEGY}.py", tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", SKIPPED)
def test_a_file_that_can_not_be_used_stops_the_start(folder: Path, case: str) -> None:
    content, sentence = SKIPPED[case]
    file = folder / f"{STRATEGY}.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(OperationalException) as caught:
        load({}, folder=folder)
    assert sentence in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", [
    lambda file: file.mkdir(), lambda file: file.symlink_to(file.with_name("gone.json")),
], ids=["folder", "broken link"])  # fmt: skip
def test_what_is_no_file_stops_the_start(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder / f"{STRATEGY}.json")
    with pytest.raises(OperationalException, match=r"ICTObFvgStrategy\.json can't be read: "):
        load({}, folder=folder)


def test_a_file_that_a_later_freqtrade_does_not_read_stops_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / f"{STRATEGY}.json").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(HyperStrategyMixin, "load_params_from_file", lambda strategy: {})
    with pytest.raises(OperationalException, match="did not read the strategy's JSON file as it is written"):
        load({}, folder=folder)


def test_settings_that_were_never_applied_are_not_traded(folder: Path) -> None:
    """Under another name the hook would not be called, and 1 % would be risked where 0.25 % was set."""
    text = json.dumps({**GOOD, "note": "a word of one's own"})
    (folder / f"{STRATEGY}.json").write_text(text, encoding="utf-8")
    strategy = load({}, folder=folder)
    assert strategy.params().risk_per_trade_percent == 0.25
    strategy._are_applied = False
    with pytest.raises(OperationalException, match="the settings were not applied"):
        strategy.params()
