"""``make paper`` as a user runs it: it says how to look, the bot runs, Ctrl-C leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil
import pytest
import requests
from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD, without_pytest
from ict_lab.paper.bot import ADDRESS, USUAL_PORT, free_port
from ict_lab.paper.settings import parse

from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY, SHIPPED

READY_SECONDS = STOP_SECONDS = PATIENCE
# It would stop by itself long after a test that hangs was given up.
MINUTES = "10"


class Paper:
    """One run of ``make paper`` in an empty folder and what it prints; a context manager."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._line = [sys.executable, "-m", "ict_lab.paper", *options]
        self._said = folder / "said"

    def __enter__(self) -> Self:
        guard = self.folder / "guard" / "sitecustomize.py"
        guard.parent.mkdir()
        guard.write_text(NETWORK_GUARD, encoding="utf-8")
        (self.folder / "tmp").mkdir()
        paths = os.pathsep.join((str(guard.parent), os.environ.get("PYTHONPATH", ""), SHIPPED))
        added = {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(self.folder / "tmp")}
        environment = without_pytest() | added | {"NO_COLOR": "1"}
        with self._said.open("wb") as said:
            self.process = forks.popen(self._line, cwd=REPOSITORY, env=environment, stdout=said)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return self._said.read_text(encoding="utf-8")

    @property
    def refused_hosts(self) -> list[str]:
        """Hosts beyond this machine that were tried."""
        file = self.folder / "guard" / "sitecustomize.py.refused"
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    def wait_for(self, what: str, condition: Callable[[], Any]) -> Any:
        """Wait until a condition gives something true, and return that."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := condition():
                return found
            time.sleep(0.1)
        raise AssertionError(f"did not get to: {what}\n{self.text}")

    def stop(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        try:
            return int(self.process.wait(STOP_SECONDS))
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture
def web() -> Iterator[requests.Session]:
    """Give an HTTP client without the machine's own proxy settings."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


def test_runs_tells_and_leaves_nothing(tmp_path: Path, web: requests.Session) -> None:
    with Paper(tmp_path, "--seed", "3", "--minutes", MINUTES) as paper:
        told = paper.wait_for("how to log in", lambda: _login(paper.text))
        paper.wait_for("the start's message", lambda: "Strategy: ICTOrderBlockStrategy" in paper.text)
        check_api(web, told)
        assert "the next one comes at" in paper.text or "none in the next two days" in paper.text
        assert "would not start" not in paper.text, "what looks for the signal is no bot"
        family = psutil.Process(paper.process.pid).children(recursive=True)
        assert any("freqtrade" in process.cmdline() for process in family)
        assert paper.stop(signal.SIGINT) == 0
        assert not [process for process in family if process.is_running()]
    assert paper.text.rstrip().endswith("Stopped: no process, port or file is left.")
    assert list((tmp_path / "tmp").iterdir()) == []
    assert paper.refused_hosts == []
    for port in {int(found) for found in re.findall(r"http://127\.0\.0\.1:(\d+)", paper.text)}:
        socket.create_server(("127.0.0.1", port)).close()


def _login(text: str) -> re.Match[str] | None:
    return re.search(
        r"FreqUI\s+(?P<url>http://127\.0\.0\.1:\d+)\s+user (?P<user>\w+), password (?P<word>\S+)", text
    )


def check_api(web: requests.Session, told: re.Match[str]) -> None:
    """Require the API to answer, to let the printed password in and no other, and to show the bot running."""
    url, name, word = told["url"], told["user"], told["word"]
    assert web.get(f"{url}/api/v1/ping", timeout=PATIENCE).json() == {"status": "pong"}
    assert web.post(f"{url}/api/v1/token/login", auth=(name, f"{word}x"), timeout=PATIENCE).status_code == 401
    answer = web.post(f"{url}/api/v1/token/login", auth=(name, word), timeout=PATIENCE)
    header = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    shown = web.get(f"{url}/api/v1/show_config", headers=header, timeout=PATIENCE).json()
    found = [shown[name] for name in ("state", "strategy", "timeframe", "dry_run")]
    assert found == ["running", "ICTOrderBlockStrategy", "5m", False]
    balance = web.get(f"{url}/api/v1/balance", headers=header, timeout=PATIENCE).json()
    assert balance["total"] == pytest.approx(10_000, rel=0.01)


@pytest.mark.parametrize(("options", "sentence"), [
    (["--timeframe", "1m"], "argument --timeframe: invalid choice: '1m'"),
    (["--minutes", "0"], "--minutes must be above 0, was 0"),
    (["--minutes", "nan"], "--minutes must be above 0, was nan"),
    (["--seed", "-1"], "--seed must be 0 or above, and goes without --datadir"),
    (["--seed", "1", "--datadir", "."], "--seed must be 0 or above, and goes without --datadir"),
])  # fmt: skip
def test_wrong_option_is_answered_with_a_sentence(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(options)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"make paper: {sentence}")


def test_folder_without_candles_is_answered_with_a_sentence(tmp_path: Path) -> None:
    with Paper(tmp_path, "--datadir", "tests/paper") as paper:
        assert paper.process.wait(READY_SECONDS) == 2
    assert paper.text.startswith("make paper: datadir must be a folder with candles of contracts")
    assert "Traceback" not in paper.text


def test_stops_by_itself(tmp_path: Path) -> None:
    with Paper(tmp_path, "--seed", "3", "--minutes", "0.05") as paper:
        assert paper.process.wait(READY_SECONDS) == 0
    assert "Stopping the bot" in paper.text
    assert list((tmp_path / "tmp").iterdir()) == []


def test_bot_that_ends_by_itself_is_a_failure(tmp_path: Path) -> None:
    with Paper(tmp_path, "--seed", "3", "--minutes", MINUTES) as paper:
        number = paper.wait_for("the bot's process", lambda: re.search(r"\(process (\d+);", paper.text))
        psutil.Process(int(number[1])).kill()
        assert paper.process.wait(STOP_SECONDS) == 1
    assert "make paper: the bot ended by itself with exit code -9" in paper.text


def test_candles_of_a_folder_are_moved_to_now_and_sigterm_ends_it(
    tmp_path: Path, datadirs: Callable[[str], Path]
) -> None:
    folder = datadirs("synthetic")
    with Paper(tmp_path, "--datadir", str(folder), "--timeframe", "15m", "--minutes", MINUTES) as paper:
        paper.wait_for("the start's message", lambda: "Bot started" in paper.text)
        assert re.search(r"Exchange\s+loopback, candles of BTCUSDT from .*, moved by \d+ weeks", paper.text)
        assert paper.stop(signal.SIGTERM) == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_another_port_where_the_usual_one_is_taken() -> None:
    with suppress(OSError), socket.create_server((ADDRESS, USUAL_PORT)):
        assert free_port() != USUAL_PORT
