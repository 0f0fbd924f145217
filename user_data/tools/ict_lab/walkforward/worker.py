"""What a dask worker does for one window: unpack, run, bring back the files.

This module is sent to the worker by value, with `ict_lab.processes`; so they import the standard library
and `distributed` alone: the worker's own machine need not have this project. All that has to do with it runs
as a process of the code that was shipped, in a folder of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import IO, Any

from distributed import Worker, get_worker

from ict_lab.processes import research_environment

POLL_SECONDS = 0.25
LAST_CHARACTERS = 2000
PROGRESS_TOPIC = "ict-walkforward"
# What is brought back: results, parameters, and what the processes said.
BROUGHT_BACK = (
    "outcome.json",
    "hyperopt.log",
    "backtest.log",
    "strategies/*.json",
    "user_data/hyperopt_results/*.fthypt",
    "user_data/backtest_results/*.zip",
)


def run_window(task: dict[str, Any], bundle: str) -> dict[str, bytes]:
    """Run a window's search and test; return the files that they wrote, by their names.

    Parameters
    ----------
    task : dict
        What `ict_lab.walkforward.window` reads from task.json.
    bundle : str
        Name of the archive in the worker's own folder.
    """
    worker = get_worker()
    base = Path(worker.local_directory).resolve()
    folder = Path(tempfile.mkdtemp(prefix=f"window-{task['number']}-", dir=base))
    try:
        with zipfile.ZipFile(base / bundle) as archive:
            archive.extractall(folder)
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        _run(worker, folder, task["number"])
        found = [path for pattern in BROUGHT_BACK for path in sorted(folder.glob(pattern))]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(worker: Worker, folder: Path, number: int) -> None:
    """Run the window's process to its end, telling how far it is."""
    log = folder / "window.log"
    with log.open("wb") as said, _process(folder, said) as process:
        sent = -1
        while process.poll() is None:
            time.sleep(POLL_SECONDS)
            if (epochs := _epochs(folder)) != sent:
                worker.log_event(PROGRESS_TOPIC, {"window": number, "epochs": epochs})
                sent = epochs
            if _cancelled(worker) and process.stdin:
                process.stdin.close()
    if process.returncode:
        words = log.read_text(encoding="utf-8", errors="replace")[-LAST_CHARACTERS:]
        raise RuntimeError(f"window {number} ended with exit code {process.returncode}: {words}")


def _process(folder: Path, said: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the window. Its standard input is a lifeline: when this worker ends, so does the window."""
    return subprocess.Popen(
        [sys.executable, "-m", "ict_lab.walkforward.window", "task.json"],
        cwd=folder,
        env=research_environment(folder / "strategies", folder / "tools"),
        stdin=subprocess.PIPE,
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _cancelled(worker: Worker) -> bool:
    """Whether no one waits for this task any more."""
    task = worker.state.tasks.get(worker.get_current_task())
    return task is None or task.state == "cancelled"


def _epochs(folder: Path) -> int:
    files = (folder / "user_data" / "hyperopt_results").glob("*.fthypt")
    return sum(path.read_bytes().count(b"\n") for path in files)
