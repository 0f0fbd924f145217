"""The bots of this folder that run, found by their processes: also those that were started without make."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from freqtrade.commands import Arguments
from freqtrade.configuration.load_config import load_from_files
from freqtrade.exceptions import FreqtradeException

from ict_lab.places import REPOSITORY

_SQLITE = "sqlite:///"
_TAIL_BYTES = 200_000


@dataclass(frozen=True)
class RunningBot:
    """A process of `freqtrade trade`, and the configuration that it was started with.

    Attributes
    ----------
    process : psutil.Process
        The bot itself.
    strategy : str
        Name of its class.
    config : dict
        Its files, merged; without what its environment sets.
    """

    process: psutil.Process
    strategy: str
    config: dict[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The configuration's bot_name."""
        return str(self.config.get("bot_name", "freqtrade"))

    @property
    def since(self) -> datetime:
        """When it was started."""
        return datetime.fromtimestamp(self.process.create_time(), UTC)

    @property
    def log(self) -> Path | None:
        """Its log file, if it has one."""
        name = self.config.get("logfile")
        return REPOSITORY / name if name else None

    @property
    def log_age(self) -> float | None:
        """Seconds since its last line; a bot writes one a minute at least."""
        return time.time() - self.log.stat().st_mtime if self.log and self.log.exists() else None

    @property
    def last_error(self) -> str:
        """The newest error of the log's end since its start; empty where there is none."""
        if not self.log or not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
        # A log goes on where an earlier bot's ended; it has the time of this machine.
        begun = f"{self.since.astimezone():%Y-%m-%d %H:%M:%S}"
        return next((line for line in reversed(lines) if " - ERROR - " in line and line >= begun), "")

    def trades(self, query: str, *values: object) -> list[Any]:
        """Return rows of the trades in its database; none where it can't be read from here."""
        url = str(self.config.get("db_url", ""))
        file = REPOSITORY / url.removeprefix(_SQLITE)
        if not url.startswith(_SQLITE) or not file.is_file():
            return []
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
                return connection.execute(f"SELECT {query}", values).fetchall()
        except sqlite3.Error:
            return []


def running_bots() -> list[RunningBot]:
    """Return this folder's bots, the oldest first."""
    found = [bot for process in psutil.process_iter() if (bot := _bot_of(process))]
    return sorted(found, key=lambda bot: bot.since)


def _bot_of(process: psutil.Process) -> RunningBot | None:
    try:
        words = trade_words(process.cmdline())
        if words is None or Path(process.cwd()) != REPOSITORY:
            return None
        return RunningBot(process, *started_with(words))
    except (psutil.Error, FreqtradeException, OSError, SystemExit):
        return None


def started_with(words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Return the strategy and the configuration that `freqtrade trade` gets by its words.

    Raises
    ------
    freqtrade.exceptions.FreqtradeException
        When a file is absent or wrong.
    SystemExit
        When an option is.
    """
    arguments = Arguments([*words]).get_parsed_arg()
    config = load_from_files(arguments["config"], REPOSITORY)
    config |= {name: arguments[name] for name in ("logfile", "db_url") if arguments.get(name)}
    return str(arguments.get("strategy") or config.get("strategy")), config


def trade_words(line: Sequence[str]) -> list[str] | None:
    """Return what Freqtrade was given, where a command line is one of `freqtrade trade`; None elsewhere."""
    # The interpreter, perhaps -m, and Freqtrade itself.
    for at, word in enumerate(line[:3]):
        if Path(word).name == "freqtrade" and line[at + 1 : at + 2] == ["trade"]:
            return [*line[at + 1 :]]
    return None
