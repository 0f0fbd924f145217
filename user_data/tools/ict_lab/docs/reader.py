"""A reader who types the commands of the pages, on a machine on which Binance is a loopback exchange."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ict_lab.bots.isolation import without_pytest
from ict_lab.bots.process import PATIENCE_SECONDS
from ict_lab.places import REPOSITORY
from loopback.clock import WallClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET

# What a line sets in its shell holds for the lines after it.
_SETS = re.compile(r"(\.|export|set|cd)\s|[A-Z]+=")
# Python's children inherit that Ctrl-C is ignored where this run is a background job.
_HEARS_CTRL_C = "import os, signal, sys; signal.signal(2, signal.SIG_DFL); os.execvp('bash', sys.argv[1:])"
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "tests", "images", "*.pyc.*", ".*_cache", "data", "plot", "backtest_results",
    "*.local.*", ".env", "*.sqlite*", "*.jsonl", "logs", "site", "dist", "build",
)  # fmt: skip
# The exchange has neither spot nor wallet.
_OWN_CONFIG: dict[str, Any] = {
    "max_open_trades": 3, "stake_currency": "USDT", "stake_amount": "unlimited", "dry_run": True,
    "dry_run_wallet": 10_000, "trading_mode": "futures", "margin_mode": "isolated",
    "pairlists": [{"method": "StaticPairList"}],
    "exchange": {"name": "binance", "pair_whitelist": ["BTC/USDT:USDT"], "ccxt_config": {
        "options": {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]}},
    }},
}  # fmt: skip


class Reader:
    """Types one command after another, as on the pages.

    Parameters
    ----------
    home : Path
        An empty folder: the reader's home, with this repository and a Freqtrade of the reader's own.
    server : LoopbackServer
        What answers for Binance, and refuses every other host.
    patience : float
        How long a command may take, in seconds.
    """

    def __init__(self, home: Path, server: LoopbackServer, patience: float = PATIENCE_SECONDS) -> None:
        self.clone, self.own = home / "clone", home / "freqtrade"
        self._server, self._home, self._patience = server, home, patience
        self._set: list[str] = []
        self._bot: Foreground | None = None
        self._count = 0
        shutil.copytree(REPOSITORY, self.clone, ignore=_LEFT_OUT)
        (self.own / "user_data" / "strategies").mkdir(parents=True)
        (self.own / "config.json").write_text(json.dumps(_OWN_CONFIG), encoding="utf-8")
        self._install()
        self._lead_to_the_exchange()

    def opens_a_page(self) -> None:
        """Begin a page in a new shell; what ran in the old ones is ended."""
        self._set.clear()
        self.ends_the_bot()

    def opens_a_section(self, lines: list[str]) -> Callable[[], None]:
        """Begin a section, and give what ends it: one about another Freqtrade has a shell of its own."""
        before = [*self._set]

        def ends() -> None:
            if lines[0].startswith("FT="):
                self._set[:] = before

        return ends

    def sets(self, line: str) -> bool:
        """Whether a line changes the shell for those after it."""
        return _SETS.match(line) is not None

    def types(self, line: str, folder: Path | None = None) -> str:
        """Type a command, wait for its end and give what it said; it must succeed."""
        if self.sets(line):
            self._set.append(line)
            return ""
        with self.starts(line, folder) as running:
            code, said = running.ends(), running.said()
            assert code == 0, f"$ {line}\nended with exit code {code}\n{said[-6000:]}"
            return said

    def types_until(self, line: str, sign: str, folder: Path | None = None) -> None:
        """Type a command that runs until Ctrl-C, wait for a sign of it and end it."""
        with self.starts(line, folder) as running:
            running.waits_for(sign)
            running.ctrl_c()

    def types_and_leaves(self, line: str, sign: str, folder: Path | None = None) -> None:
        """Type a command that runs until Ctrl-C, wait for a sign of it and leave it running."""
        self.ends_the_bot()
        self._bot = self.starts(line, folder)
        self._bot.waits_for(sign)

    def ends_the_bot(self) -> None:
        """End what was left running."""
        if self._bot is not None:
            with self._bot:
                self._bot.ctrl_c()
        self._bot = None

    def fills_in_the_key(self) -> None:
        """Write the exchange's key into .env, and the address of a channel."""
        values = {"EXCHANGE__KEY": TEST_KEY, "EXCHANGE__SECRET": TEST_SECRET}
        values["DISCORD__WEBHOOK_URL"] = "https://discord.com/api/webhooks/1/secret"
        with (self.clone / ".env").open("a", encoding="utf-8") as file:
            file.writelines(f"FREQTRADE__{name}='{value}'\n" for name, value in values.items())

    def starts(self, line: str, folder: Path | None = None) -> "Foreground":
        """Start a command in the shell as it is now."""
        self._count += 1
        output = self._home / f"{self._count:03}.txt"
        there = [f"cd {folder}"] if folder else []
        words = [sys.executable, "-c", _HEARS_CTRL_C, "bash", "-ec", "\n".join([*self._set, *there, line])]
        with output.open("wb") as file:
            process = subprocess.Popen(
                words, cwd=self.clone, env=self._environment(), stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        return Foreground(line, process, output, self._patience)

    def _install(self) -> None:
        """Give the clone the environment that runs this: what installing it would take is the network."""
        (self.clone / ".venv").mkdir()
        for path in Path(sys.prefix).iterdir():
            if path.name != ".installed":
                (self.clone / ".venv" / path.name).symlink_to(path)
        (self.clone / ".venv" / ".installed").touch()

    def _lead_to_the_exchange(self) -> None:
        """Have both configurations ask by the proxy, as on a machine that has no other way out."""
        authority = self._home / "authority.pem"
        authority.write_bytes(self._server.authority_pem)
        way = f'"httpsProxy": "{self._server.proxy_url}", "enableRateLimit": false, '
        way += f'"validateServerSsl": "{authority}", "cafile": "{authority}"'
        for folder in (self.clone, self.own):
            text = (folder / "config.json").read_text(encoding="utf-8")
            led = text.replace('"ccxt_config": {', f'"ccxt_config": {{{way},', 1)
            (folder / "config.json").write_text(led, encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        foreign = ("FREQTRADE__", "MAKE", "MFLAGS", "PYTHONPATH")
        kept = {name: value for name, value in without_pytest().items() if not name.startswith(foreign)}
        return kept | {
            "HOME": str(self._home),
            "HTTP_PROXY": self._server.proxy_url,
            "HTTPS_PROXY": self._server.proxy_url,
            "NO_PROXY": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": str(self._home / "authority.pem"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }


class Foreground:
    """A command that runs in a terminal of its own; a context manager that leaves nothing running."""

    def __init__(self, line: str, process: subprocess.Popen[bytes], output: Path, patience: float) -> None:
        self._line, self.process, self._output, self._patience = line, process, output, patience

    def __enter__(self) -> "Foreground":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def said(self) -> str:
        """Read what it has written so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def ends(self) -> int:
        """Wait for its end and return its exit code."""
        try:
            return self.process.wait(self._patience)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"$ {self._line}\nnever ended\n{self.said()[-6000:]}") from None

    def waits_for(self, sign: str) -> None:
        """Wait until it has written a text."""
        late = time.monotonic() + self._patience
        while sign not in self.said():
            gone = self.process.poll() is not None or time.monotonic() > late
            assert not gone, f"$ {self._line}\nnever said {sign!r}\n{self.said()[-6000:]}"
            time.sleep(0.2)

    def ctrl_c(self) -> None:
        """End it as a person does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        self.ends()


@contextmanager
def binance(days: int) -> Iterator[LoopbackServer]:
    """Serve a synthetic market of the last days in the time that it is."""
    today = time.time_ns() // 1_000_000 // DAY_MS * DAY_MS
    market = SyntheticMarket(today - days * DAY_MS, today + 2 * DAY_MS, seed=1)
    with LoopbackServer(Exchange(market, WallClock())) as server:
        yield server
