"""Real bots with the shipped overlays for one that analyses and others that trade."""

import json
import socket
from pathlib import Path
from typing import Any

from ict_lab.bots.process import LiveBot

from loopback.server import LoopbackServer
from tests.config.support import overlay
from tests.strategy.support import MVP
from tests.support.places import STRATEGIES

PASSWORD, JWT_SECRET = "password-of-the-producers-api", "jwt-secret-0123456789-0123456789-0123456789"
TOKEN = "token-of-the-producer-0123456789-0123456789"
_API = {"PASSWORD": PASSWORD, "JWT_SECRET_KEY": JWT_SECRET, "WS_TOKEN": TOKEN}
# ccxt's own pauses between requests have nothing to protect here, and take most of a start.
_QUICK = {"exchange": {"ccxt_config": {"enableRateLimit": False}}}


class OverlaidBot(LiveBot):
    """`LiveBot` with the shipped strategies, overlays of user_data/config, and configuration on top of all.

    `environment` has variables besides the exchange's keys; `source` is the text of a strategy of its own.
    """

    def __init__(
        self,
        server: LoopbackServer,
        folder: Path,
        strategy: str,
        overlays: tuple[str, ...] = (),
        extra: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
        source: str | None = None,
    ) -> None:
        folder.mkdir()
        self._own_environment = environment or {}
        quick = folder / "quick.json"
        quick.write_text(json.dumps(_QUICK), encoding="utf-8")
        files = (*map(overlay, overlays), quick, folder / "last.json")
        words = [word for file in files for word in ("-c", str(file))]
        where = ("--strategy-path", str(STRATEGIES), "-vv")
        super().__init__(server, folder, strategy, source, {"ict": MVP, **(extra or {})}, (*words, *where))

    def _environment(self) -> dict[str, str]:
        path = {"PYTHONPATH": f"{self.folder / 'guard'}:{STRATEGIES}"}
        return super()._environment() | path | {"COLUMNS": "10000"} | self._own_environment

    def said(self, *parts: str) -> list[str]:
        return [line for line in self.file_log().splitlines() if all(part in line for part in parts)]

    def trades(self) -> dict[str, dict[str, Any]]:
        rows = self.rows("select * from trades order by id")
        assert len(rows) == len({row["pair"] for row in rows})
        return {row["pair"]: row for row in rows}


def producer(server: LoopbackServer, folder: Path, port: int, *pairs: str) -> OverlaidBot:
    extra = {"api_server": {"listen_port": port}, "exchange": {"pair_whitelist": list(pairs)}}
    variables = {f"FREQTRADE__API_SERVER__{name}": text for name, text in _API.items()}
    return OverlaidBot(server, folder, "ICTObFvgStrategy", ("producer",), extra, variables)


def consumer(
    server: LoopbackServer, folder: Path, port: int, strategy: str, source: str, extra: dict[str, Any]
) -> OverlaidBot:
    at = [{"name": "default", "host": "127.0.0.1", "port": port, "ws_token": TOKEN}]
    variables = {"FREQTRADE__EXTERNAL_MESSAGE_CONSUMER__PRODUCERS": json.dumps(at)}
    quick = {"external_message_consumer": {"sleep_time": 1}}
    return OverlaidBot(server, folder, strategy, ("consumer",), {**quick, **extra}, variables, source)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
