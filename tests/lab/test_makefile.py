"""What `make demo` was given holds for the tools that come after it."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ict_lab.available_market import AvailableMarket
from ict_lab.demo import __main__ as demo

from loopback.market.synthetic import SyntheticMarket
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


def test_the_demos_candles_are_the_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("requirements.txt", "requirements-lab.txt", "requirements-dev.txt", "constraints.txt"):
        (tmp_path / name).touch()
    assert "--datadir" not in said(tmp_path, "report")
    assert '--datadir "/somewhere/binance"' in said(tmp_path, "demo", "DATADIR=/somewhere/binance")
    kept = tmp_path / demo.REMEMBERED.relative_to(REPOSITORY)
    monkeypatch.setattr(demo, "REMEMBERED", kept)
    folder, end = tmp_path / "candles of mine", datetime(2024, 5, 1, tzinfo=UTC)
    served = SyntheticMarket(0, 86_400_000, 1)
    demo.remember(AvailableMarket("", folder, end, download=False, served=served))
    assert f'--datadir "{folder}"' in said(tmp_path, "report")
    assert '--datadir "/other"' in said(tmp_path, "verdict", "DATADIR=/other")
    assert "--datadir" not in said(tmp_path, "demo")
    demo.remember(AvailableMarket("", folder, end, download=True, served=None))
    assert "--datadir" not in said(tmp_path, "report")


def test_a_backtests_first_day_is_no_folder_of_candles() -> None:
    told = said(REPOSITORY, "backtest", "FROM=20240101", "PAIRS=A/USDT:USDT B/USDT:USDT", "STRATEGY=X")
    assert "--pairs A/USDT:USDT B/USDT:USDT --from 20240101  --strategy X" in told
    assert said(REPOSITORY, "report", "FROM=20240101") == said(REPOSITORY, "report")


def test_help_says_each_command_under_its_group() -> None:
    groups = [block.splitlines() for block in made(REPOSITORY, "help").strip().split("\n\n")]
    assert [groups[0][0], groups[-1][0]] == ["First steps", "Development"]
    named = {line.split()[1] for group in groups for line in group[1:]}
    assert named == {*re.findall(r"(?m)^([a-z]+):", MAKEFILE.read_text(encoding="utf-8"))} - {"help"}
