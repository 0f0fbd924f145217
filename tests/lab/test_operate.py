"""`make watch`, `status`, `logs` and `stop`: a bot of this folder is found, and ended as Ctrl-C does."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD, without_pytest
from ict_lab.env_file import read_env, with_env
from ict_lab.errors import LabError
from ict_lab.operate import state
from ict_lab.operate.found import RunningBot, trade_words

from tests.support.patience import PATIENCE, wait_for
from tests.support.places import REPOSITORY


@pytest.mark.parametrize(("line", "words"), [
    (["/v/bin/python", "-m", "freqtrade", "trade", "-c", "a.json"], ["trade", "-c", "a.json"]),
    (["/v/bin/python3", "/v/bin/freqtrade", "trade"], ["trade"]),
    (["/v/bin/freqtrade", "trade", "-s", "X"], ["trade", "-s", "X"]),
    (["/v/bin/python", "-m", "freqtrade", "backtesting"], None),
    (["/v/bin/python", "-m", "ict_lab.operate", "trade"], None),
    (["vim", "freqtrade"], None),
    ([], None),
])  # fmt: skip
def test_a_bot_is_known_by_its_command_line(line: list[str], words: list[str] | None) -> None:
    assert trade_words(line) == words


@pytest.mark.parametrize(("line", "read"), [
    ("KEY=abc", {"KEY": "abc"}),
    ("KEY='a b#$c'", {"KEY": "a b#$c"}),
    ('export KEY="a b"', {"KEY": "a b"}),
    ("KEY=abc # the testnet's", {"KEY": "abc"}),
    ("KEY=", {"KEY": ""}),
    ("#KEY=abc", {}),
    ("  ", {}),
])  # fmt: skip
def test_a_line_of_the_environment(tmp_path: Path, line: str, read: dict[str, str]) -> None:
    (tmp_path / ".env").write_text(f"\ufeff{line}\n", encoding="utf-8")
    assert read_env(tmp_path / ".env") == read


@pytest.mark.parametrize("line", ["se cret", "KEY=se cret", "KEY='secret", "secret"])
def test_a_line_that_cannot_be_read_is_named_without_its_secret(tmp_path: Path, line: str) -> None:
    (tmp_path / ".env").write_text(f"A=1\n{line}\n", encoding="utf-8")
    with pytest.raises(LabError, match=r"\.env line 2 must be NAME=VALUE") as raised:
        read_env(tmp_path / ".env")
    assert "cret" not in str(raised.value)


def test_an_earlier_bots_error_is_not_this_ones(tmp_path: Path) -> None:
    bot = RunningBot(psutil.Process(), "X", {"logfile": str(tmp_path / "bot.log")})
    begun = bot.since.astimezone()
    lines = [
        f"{begun + timedelta(seconds=after):%Y-%m-%d %H:%M:%S},1 - x - ERROR - {after}" for after in (-9, 9)
    ]
    for count, last in ((1, ""), (2, lines[1])):
        (tmp_path / "bot.log").write_text("\n".join(lines[:count]), encoding="utf-8")
        assert bot.last_error == last


def test_what_is_set_already_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file\nC=\n", encoding="utf-8")
    assert with_env({"A": "shell"}, tmp_path / ".env") == {"A": "shell", "B": "file"}
    assert with_env({"A": "shell"}, tmp_path / "none") == {"A": "shell"}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a bot needs, so that nothing is written into this repository."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copy(REPOSITORY / "config.json", folder)
    for name in ("strategies", "tools", "config"):
        left_out = shutil.ignore_patterns("*.pyc.*", "*.local.*")
        shutil.copytree(REPOSITORY / "user_data" / name, folder / "user_data" / name, ignore=left_out)
    (folder / "logs").mkdir()
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(NETWORK_GUARD, encoding="utf-8")
    return folder


def line_and_environment(clone: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    """Return how a command is run in the clone, without a network."""
    paths = (clone / "guard", clone / "user_data/strategies", clone / "user_data/tools")
    kept = {name: value for name, value in without_pytest().items() if not name.startswith("FREQTRADE__")}
    environment = kept | {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    return [sys.executable, "-m", "ict_lab.operate", *words], environment


def said(clone: Path, *words: str) -> str:
    line, environment = line_and_environment(clone, *words)
    done = forks.run(line, cwd=clone, env=environment, timeout=PATIENCE)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def watching(clone: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `make watch` until its bot looks at the market."""
    line, environment = line_and_environment(clone, "watch")
    with subprocess.Popen(
        line, cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        log = clone / "logs" / "watch.log"
        looks = lambda: log.exists() and "Bot heartbeat" in log.read_text(encoding="utf-8")  # noqa: E731
        wait_for(lambda: looks() or process.poll() is not None)
        assert process.poll() is None, process.stdout and process.stdout.read()
        yield process
        if process.poll() is None:
            process.terminate()


def test_in_a_fresh_clone_nothing_runs_and_trading_needs_keys(clone: Path) -> None:
    assert said(clone, "stop") == "No bot of this folder runs: make trade or make watch starts one\n"
    assert "BOT must be one of those that run, none, was other" in said(clone, "logs", "--bot", "other")
    assert "The bot can't start: no API key: set FREQTRADE__EXCHANGE__KEY" in said(clone, "trade")


def test_a_backtest_s_log_is_no_bot_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "REPOSITORY", tmp_path)
    monkeypatch.setattr(state, "running_bots", list)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "research.log").touch()
    with pytest.raises(LabError, match="there is no log yet at"):
        state.follow_log("")


def test_a_bot_that_watches_is_found_and_stopped(clone: Path, watching: subprocess.Popen[str]) -> None:
    status = said(clone, "status")
    synthetic = "SYNTHETIC PRICES of a loopback exchange"
    assert status.startswith(
        f"ict-ob-fvg-watch: ICTObFvgStrategy with simulated orders, {synthetic}, since 20"
    )
    assert "logs/watch.log, last line" in status
    assert "ict-ob-fvg-watch already trades with this database, as process" in said(clone, "watch")
    # The same line typed by hand, without make.
    (bot,) = psutil.Process(watching.pid).children()
    by_hand = forks.run(bot.cmdline(), cwd=clone, env=bot.environ(), timeout=PATIENCE)
    assert by_hand.returncode != 0
    assert "tradesv3.watch.dryrun.sqlite is in use by another bot" in by_hand.stdout + by_hand.stderr
    assert "BOT must be one of those that run, ict-ob-fvg-watch, was other" in said(
        clone, "stop", "--bot", "other"
    )
    assert said(clone, "stop") == "ict-ob-fvg-watch has ended. Open trades: none\n"
    assert watching.wait(PATIENCE) == 0, "an end that was asked for is no failure"
    assert watching.stdout is not None
    assert "Binance cannot be reached from here: a loopback exchange" in watching.stdout.read()
