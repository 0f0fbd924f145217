"""A command that is forked from this process is what a new process would be."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots import forks

from tests.support.patience import PATIENCE


def own_line(folder: Path, *words: str, first: str = "") -> tuple[list[str], dict[str, str]]:
    """Make a command line of Freqtrade's, and an environment in which something comes first."""
    (folder / "sitecustomize.py").write_text(f"import os, sys, time\n{first}\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(folder), "OWN": "a variable", "COLUMNS": "400"}
    return [sys.executable, "-m", "freqtrade", *words], environment


@pytest.mark.process
@pytest.mark.parametrize("words", [["--version"], ["nonsense"], ["trade", "-c", "none.json"]])
def test_a_fork_is_what_a_new_process_would_be(words: list[str], tmp_path: Path) -> None:
    says = "print(os.getcwd(), os.environ['OWN'], sys.path[0], flush=True)"
    line, environment = own_line(tmp_path, *words, first=says)
    ways: list[Callable[..., Any]] = [forks.run, partial(subprocess.run, capture_output=True, text=True)]
    forked, usual = (way(line, cwd=tmp_path, env=environment, timeout=PATIENCE) for way in ways)
    assert (forked.returncode, forked.stdout) == (usual.returncode, usual.stdout)
    assert forked.stdout.startswith(f"{tmp_path} a variable {tmp_path}\n")
    ends = [said.splitlines()[-1:] if "trade" not in words else "" for said in (forked.stderr, usual.stderr)]
    assert ends[0] == ends[1]
    # Modules that were there already say nothing when they are imported.
    logged = [re.findall(r"(?m)^\S+ \S+( - freqtrade.*)$", said) for said in (forked.stderr, usual.stderr)]
    assert logged[0] == logged[1]
    assert bool(logged[0]) == ("trade" in words)


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_fork_ends_by_its_signal(number: int, tmp_path: Path) -> None:
    line, environment = own_line(tmp_path, first="print('there', flush=True); time.sleep(600)")
    with (tmp_path / "said").open("wb") as said:
        process = forks.popen(line, cwd=tmp_path, env=environment, stdout=said)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.2)
    assert process.poll() is None
    process.send_signal(number)
    assert (process.wait(PATIENCE), process.poll()) == (-number, -number)
