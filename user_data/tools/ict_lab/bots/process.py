"""The real ``freqtrade trade`` as a process that trades on a loopback exchange."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD, without_pytest
from ict_lab.places import REPOSITORY
from loopback import bot_time
from loopback.clock import RunningClock
from loopback.server import LoopbackServer

# Freqtrade's exit code after it was interrupted and has put everything away.
INTERRUPTED = 130
_STOP_SECONDS = 120.0
# Long enough for a machine that is busy with other things; only a failure waits as long.
PATIENCE_SECONDS = 480.0
_POLL_SECONDS = 0.2
_LOG_TAIL = 6_000

# Enters in its first loop and sets its stop at a fixed distance from the entry.
PROBE = """
from freqtrade.strategy import IStrategy, stoploss_from_absolute


class Probe(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    can_short = True
    minimal_roi = {}
    stoploss = -0.5
    use_custom_stoploss = True
    process_only_new_candles = True
    startup_candle_count = 5

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_{side}"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage, **kwargs):
        return 3.0

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, after_fill, **kwargs):
        level = trade.open_rate * (1.02 if trade.is_short else 0.98)
        return stoploss_from_absolute(level, current_rate, is_short=trade.is_short, leverage=trade.leverage)
"""


class LiveBot:
    """One run of ``freqtrade trade`` with the shipped configuration, an exchange's overlay and a strategy.

    Use it as a context manager: it stops the bot with Ctrl-C, and kills it if that does not help.

    Parameters
    ----------
    server
        The exchange. Where its clock runs, the bot lives in its time.
    folder
        An empty folder for everything that the bot writes.
    strategy
        Name of the strategy's class.
    source
        Text of a strategy file to put into the bot's folder; none if None.
    extra
        Configuration on top of everything else.
    arguments
        Further words of the command line.
    """

    def __init__(
        self,
        server: LoopbackServer,
        folder: Path,
        strategy: str,
        source: str | None = None,
        extra: dict[str, Any] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.server = server
        self.folder = folder
        self.database = folder / "trades.sqlite"
        self.log = folder / "bot.log"
        self._line = self._prepare(strategy, source, extra or {}, arguments)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Start the bot; once it has stopped, it may be started again on the same folder and database."""
        environment = self._environment()
        with self.log.open("ab") as log:
            self._process = forks.popen(
                self._line, cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def refused_hosts(self) -> list[str]:
        """Hosts beyond this machine that the bot tried to reach."""
        file = self.folder / "guard" / "sitecustomize.py.refused"
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    def log_text(self) -> str:
        """Return what the bot has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def file_log(self) -> str:
        """Return the log file of the configuration."""
        file = self.folder / "logs" / "trader.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query on the bot's database, none while there is no such table."""
        if not self.database.exists():
            return []
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()

    def wait_for(self, what: str, condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait until a condition gives something true, and return that.

        Raises
        ------
        AssertionError
            If it does not in time, or the bot ends before; with the end of its log.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(_POLL_SECONDS)
        raise AssertionError(f"the bot did not get to: {what}\n{self.log_text()[-_LOG_TAIL:]}")

    def wait_for_loops(self, count: int = 4) -> None:
        """Wait until the running bot has gone through its loop so many times more."""
        word = "Throttling with '_process_running()'"
        seen = self.file_log().count(word)
        self.wait_for(f"{count} further loops", lambda: self.file_log().count(word) >= seen + count)

    @property
    def words(self) -> list[str]:
        """The words of the command line that Freqtrade gets, `trade` first."""
        return self._line[3:]

    def run_instead(self, line: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        """Run another program where and as the bot would run, with some variables more."""
        environment = self._environment() | more
        return forks.run(line, cwd=self.folder, env=environment, timeout=PATIENCE_SECONDS)

    def in_its_time(self) -> AbstractContextManager[object]:
        """Let this process live in the exchange's time for a while, as a bot of its own would."""
        clock = self.server.exchange.clock
        assert isinstance(clock, RunningClock), "the exchange's clock is stopped"
        return bot_time.shifted_clocks(clock)

    @property
    def process_id(self) -> int | None:
        """The running process's number, None before the first start and after the end."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def crash(self) -> None:
        """End the bot at once, without a chance to put anything away, and wait until it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Stop the bot as Ctrl-C does and return its exit code; a second call does nothing more."""
        assert self._process is not None
        if self._process.poll() is None:
            # Freqtrade takes it as it takes Ctrl-C, and a shell's background jobs are deaf to Ctrl-C.
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._process.wait()

    def _environment(self) -> dict[str, str]:
        """Return the variables of a process that starts now, in the exchange's time, without a network."""
        clock = self.server.exchange.clock
        guard = self.folder / "guard" / "sitecustomize.py"
        guard.write_text(NETWORK_GUARD + bot_time.preamble(clock), encoding="utf-8")
        return {
            **without_pytest(),
            **bot_time.environment(clock),
            "PYTHONPATH": str(guard.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
            "FREQTRADE__EXCHANGE__KEY": self.server.exchange.settings.key,
            "FREQTRADE__EXCHANGE__SECRET": self.server.exchange.settings.secret,
        }

    def _prepare(
        self, strategy: str, source: str | None, extra: dict[str, Any], arguments: tuple[str, ...]
    ) -> list[str]:
        """Write everything that the bot reads and return its command line."""
        user = self.folder / "user_data"
        for name in ("guard", "user_data/data", "user_data/strategies", "logs"):
            (self.folder / name).mkdir(parents=True)
        if source is not None:
            (user / "strategies" / f"{strategy}.py").write_text(source, encoding="utf-8")
        overlay, last = self.folder / "loopback.json", self.folder / "last.json"
        self.server.write_overlay(overlay)
        written = {
            "db_url": f"sqlite:///{self.database}",
            "logfile": str(self.folder / "logs" / "trader.log"),
        }
        quick = {"internals": {"process_throttle_secs": 1}}
        last.write_text(json.dumps({**quick, **written, **extra}), encoding="utf-8")
        configs = [word for path in (REPOSITORY / "config.json", overlay, last) for word in ("-c", str(path))]
        line = [sys.executable, "-m", "freqtrade", "trade", *configs, "--userdir", str(user)]
        return [*line, "--strategy", strategy, *arguments]
