"""Freqtrade as processes that begin with it imported: most of a start is that, and the tests make hundreds.

Each of pytest's workers keeps one process that imports Freqtrade and nothing of ours. Each ``python -m`` that
a test runs is a fork of it, with arguments, environment, folder and output of its own; `sitecustomize` comes
first, as in any Python. Where that can't be had (no fork, a clock that must be there before Python is), it is
a process as usual.
"""

import atexit
import gc
import importlib
import importlib.util
import logging
import os
import pickle
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

IMPORTED = (
    "freqtrade.main", "freqtrade.worker", "freqtrade.rpc.api_server.webserver", "freqtrade.rpc.discord",
    "freqtrade.optimize.backtesting", "freqtrade.resolvers.strategy_resolver", "talib", "time_machine",
)  # fmt: skip
_LOOK_SECONDS = 0.05


class Forked:
    """A process that was forked, as `subprocess.Popen` shows one."""

    def __init__(self, report: int) -> None:
        self._report = report
        self.returncode: int | None = None
        self.pid = int(_line(report))

    def poll(self) -> int | None:
        """Return its exit code, less than 0 for a signal; None while it runs."""
        if self.returncode is None and select.select([self._report], [], [], 0)[0]:
            self.returncode = int(_line(self._report) or -signal.SIGKILL)
            os.close(self._report)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("freqtrade", timeout or 0.0)
            select.select([self._report], [], [], _LOOK_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _line(report: int) -> str:
    text = b""
    while not text.endswith(b"\n") and (byte := os.read(report, 1)):
        text += byte
    return text.decode().strip()


def popen(
    line: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: Any, stderr: Any = subprocess.STDOUT
) -> Any:
    """Start a module's command line, given as for `subprocess.Popen`."""
    if list(line[:2]) != [sys.executable, "-m"] or "LD_PRELOAD" in env or not _can_fork():
        return subprocess.Popen(line, cwd=cwd, env=env, stdout=stdout, stderr=stderr)
    reader, report = os.pipe()
    outputs = [stdout.fileno(), stdout.fileno() if stderr is subprocess.STDOUT else stderr.fileno()]
    asked = pickle.dumps((list(line[2:]), str(cwd), dict(env)))
    socket.send_fds(_parent(), [asked], [*outputs, report])
    os.close(report)
    return Forked(reader)


def run(
    line: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a module's command line and return what it said."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = popen(line, cwd=cwd, env=env, stdout=out, stderr=err)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode(errors="replace"))
    return subprocess.CompletedProcess(line, code, *said)


def _can_fork() -> bool:
    return sys.platform == "linux"


@cache
def _parent() -> socket.socket:
    """Start the process that is forked, once in a worker."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    # rich takes its width when it is imported: no line of a fork is to be broken.
    clean["COLUMNS"] = "400"
    process = subprocess.Popen(
        [sys.executable, __file__, str(theirs.fileno())],
        env=clean, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
    )  # fmt: skip
    theirs.close()

    @atexit.register
    def end() -> None:
        ours.close()
        process.wait()

    return ours


def _serve(asking: socket.socket) -> list[str]:
    """Fork for each request and report each end; in a fork, return its module and words."""
    reports: dict[int, int] = {}
    while True:
        if select.select([asking], [], [], _LOOK_SECONDS if reports else None)[0]:
            asked, given, *_ = socket.recv_fds(asking, 1 << 20, 3)
            if not asked:
                raise SystemExit
            number = os.fork()
            if number == 0:
                asking.close()
                for other in reports.values():
                    os.close(other)
                words: list[str]
                words, folder, environment = pickle.loads(asked)
                _become(folder, environment, given)
                return words
            for descriptor in given[:2]:
                os.close(descriptor)
            reports[number] = given[2]
            os.write(given[2], f"{number}\n".encode())
        while reports and (ended := os.waitpid(-1, os.WNOHANG))[0]:
            report = reports.pop(ended[0])
            os.write(report, f"{os.waitstatus_to_exitcode(ended[1])}\n".encode())
            os.close(report)


def _log_plainly(handler: Any, record: logging.LogRecord) -> None:
    """Write the line that Freqtrade's handler writes, without rich, which takes a fifth of a bot's time."""
    try:
        at = datetime.fromtimestamp(record.created)
        time = f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03}"
        line = " - ".join((time, record.name, record.levelname, handler.format(record)))
        handler._console.file.write(f"{line}\n")
    except Exception:
        handler.handleError(record)


def _become(folder: str, environment: dict[str, str], given: list[int]) -> None:
    """Be what a new Python would be there."""
    for number, descriptor in enumerate(given[:2], 1):
        os.dup2(descriptor, number)
    for descriptor in given:
        os.close(descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in environment
    sys.stdout.reconfigure(write_through="PYTHONUNBUFFERED" in environment)  # type: ignore[union-attr]
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    np.random.seed()
    tempfile.tempdir = None
    sys.modules.pop("sitecustomize", None)
    if importlib.util.find_spec("sitecustomize"):
        importlib.import_module("sitecustomize")
    sys.path.insert(0, folder)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    del sys.path[0]
    for name in IMPORTED:
        importlib.import_module(name)
    sys.modules["freqtrade.loggers.ft_rich_handler"].FtRichHandler.emit = _log_plainly
    gc.freeze()
    sys.argv = _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
