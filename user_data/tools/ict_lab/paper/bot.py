"""The bot of ``make paper``: ``freqtrade trade`` as a process of its own, in a temporary folder."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from ict_lab.paper.settings import Options
from ict_lab.places import CONFIG, REPOSITORY, STRATEGIES
from loopback.server import LoopbackServer

ADDRESS, USUAL_PORT = "127.0.0.1", 8080
USER = "freqtrader"
_STOP_SECONDS = 120.0
_TAIL = 4_000


@dataclass(frozen=True)
class Login:
    """Where the bot's API answers, and who may ask."""

    port: int
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def url(self) -> str:
        """Address of the API, and of FreqUI."""
        return f"http://{ADDRESS}:{self.port}"


class PaperBot:
    """One run of the bot; a context manager, whose end leaves no process.

    Parameters
    ----------
    options
        What trades.
    server
        The exchange.
    webhook
        Address of the webhook that takes its messages.
    folder
        An empty folder for everything that it writes.
    """

    def __init__(self, options: Options, server: LoopbackServer, webhook: str, folder: Path) -> None:
        self.login = Login(free_port())
        self.output = folder / "output.log"
        self._folder, self._server, self._webhook = folder, server, webhook
        self._line = self._prepare(options)

    def __enter__(self) -> Self:
        with self.output.open("wb") as output:
            # In a session of its own: Ctrl-C on the terminal reaches this program alone, which passes it on.
            self._process = subprocess.Popen(
                self._line, cwd=self._folder, env=self._environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def user_data(self) -> Path:
        """Where the bot writes what it would do now."""
        return self._folder / "user_data"

    @property
    def process_id(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs."""
        return self._process.poll()

    def last_words(self) -> str:
        """Return the end of what it has printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")[-_TAIL:]

    def _prepare(self, options: Options) -> list[str]:
        user, overlay, last = self.user_data, self._folder / "loopback.json", self._folder / "last.json"
        (user / "data").mkdir(parents=True)
        self._server.write_overlay(overlay)
        written = {
            "bot_name": "ict-ob-fvg-paper",
            "timeframe": options.timeframe,
            "db_url": f"sqlite:///{self._folder / 'trades.sqlite'}",
            "logfile": str(self._folder / "trader.log"),
            "api_server": {"enabled": True, "listen_ip_address": ADDRESS, "listen_port": self.login.port},
        }
        last.write_text(json.dumps(written), encoding="utf-8")
        shipped = (REPOSITORY / "config.json", CONFIG / "discord.json")
        configs = [word for path in (*shipped, overlay, last) for word in ("-c", str(path))]
        line = [sys.executable, "-m", "freqtrade", "trade", *configs, "--userdir", str(user)]
        return [*line, "--strategy-path", str(STRATEGIES), "--strategy", options.strategy]

    def _environment(self) -> dict[str, str]:
        """Return this environment without a user's own settings, and with what only this run may know."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FREQTRADE__")}
        paths = (str(STRATEGIES), *filter(None, [kept.get("PYTHONPATH")]))
        account = self._server.exchange.settings
        return kept | {
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
            "FREQTRADE__EXCHANGE__KEY": account.key,
            "FREQTRADE__EXCHANGE__SECRET": account.secret,
            "FREQTRADE__DISCORD__WEBHOOK_URL": self._webhook,
            "FREQTRADE__API_SERVER__USERNAME": USER,
            "FREQTRADE__API_SERVER__PASSWORD": self.login.password,
            "FREQTRADE__API_SERVER__JWT_SECRET_KEY": secrets.token_hex(32),
        }


def free_port() -> int:
    """Return the usual port of Freqtrade's API, another one if somebody has that."""
    for port in (USUAL_PORT, 0):
        try:
            with socket.create_server((ADDRESS, port)) as listener:
                return int(listener.getsockname()[1])
        except OSError:
            continue
    raise OSError(f"no port is free on {ADDRESS}")
