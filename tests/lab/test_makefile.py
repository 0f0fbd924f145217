"""What `make demo` was given holds for the tools that come after it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.support.places import REPOSITORY

MAKEFILE = REPOSITORY / "Makefile"


def made(folder: Path, *words: str) -> str:
    """Run make as a shell would: these tests may have been started by make themselves."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"
    }
    done = subprocess.run(["make", *words], cwd=folder, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def said(folder: Path, *words: str) -> str:
    return made(folder, "-n", *words)


def test_the_demos_candles_are_the_reports(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("requirements.txt", "requirements-lab.txt", "requirements-dev.txt", "constraints.txt"):
        (tmp_path / name).touch()
    assert "--datadir" not in said(tmp_path, "report")
    demo = said(tmp_path, "demo", "DATADIR=/somewhere/binance")
    assert '--datadir "/somewhere/binance"' in demo
    kept = next(line for line in demo.splitlines() if "/.datadir" in line)
    subprocess.run(kept, shell=True, cwd=tmp_path, check=True)
    assert '--datadir "/somewhere/binance"' in said(tmp_path, "report")
    assert '--datadir "/other"' in said(tmp_path, "verdict", "DATADIR=/other")
    assert "--datadir" not in said(tmp_path, "demo")


def test_a_backtests_first_day_is_no_folder_of_candles() -> None:
    told = said(REPOSITORY, "backtest", "FROM=20240101", "PAIRS=A/USDT:USDT B/USDT:USDT", "STRATEGY=X")
    assert "--pairs A/USDT:USDT B/USDT:USDT --from 20240101  --strategy X" in told
    assert said(REPOSITORY, "report", "FROM=20240101") == said(REPOSITORY, "report")


def test_help_says_each_command_under_its_group() -> None:
    groups = [block.splitlines() for block in made(REPOSITORY, "help").strip().split("\n\n")]
    assert [groups[0][0], groups[-1][0]] == ["First steps", "Development"]
    named = {line.split()[1] for group in groups for line in group[1:]}
    assert named == {*re.findall(r"(?m)^([a-z]+):", MAKEFILE.read_text(encoding="utf-8"))} - {"help"}
