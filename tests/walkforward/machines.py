"""A dask scheduler and workers on loopback: processes with a clean environment, as on other machines."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.patience import wait_for


class Machines:
    """A scheduler and as many workers as a test starts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._running: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Machines":
        self._folder.mkdir()
        self._start("scheduler", "--port", "0", "--scheduler-file", str(self._file))
        wait_for(self._file.exists)
        return self

    def __exit__(self, *_: object) -> None:
        # A worker that is asked to end looks for its scheduler first.
        for process in self._running:
            process.kill()
            process.wait()

    @property
    def address(self) -> str:
        words = self._file.read_text(encoding="utf-8").split('"')
        return words[words.index("address") + 2]

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker of one thread that nobody restarts."""
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder))
        self.workers.append(self._start("worker", self.address, *options))
        return self.workers[-1]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with (self._folder / f"{what}-{len(self._running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", "--dashboard-address",
                 "127.0.0.1:0", *options], cwd=self._folder, env=kept, stdout=log, stderr=log,
            )  # fmt: skip
        self._running.append(process)
        return process
