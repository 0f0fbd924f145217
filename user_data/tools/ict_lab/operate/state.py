"""What the bots of this folder do: `make status`, `make logs` and `make stop`."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.markup import escape

from ict.desk.safety import money_of, prices_of
from ict.words.formatting import prices_said
from ict.words.languages import WORDS
from ict_lab.errors import LabError
from ict_lab.formatting import counted, signed
from ict_lab.operate.found import RunningBot, running_bots
from ict_lab.places import REPOSITORY
from ict_lab.terminal import console

NONE_RUNS = "No bot of this folder runs: make trade or make watch starts one"
USUAL_LOG = REPOSITORY / "logs/trader.log"
# Backtests and downloads write it, no bot.
RESEARCH_LOG = "research.log"
LOG_LINES = "50"
# An order in flight and its clean-up may wait for the exchange.
STOP_SECONDS = 120.0


def show_status() -> None:
    """Print a paragraph a bot."""
    bots = running_bots()
    if not bots:
        console.print(NONE_RUNS)
    for bot in bots:
        console.print(f"[bold]{escape(bot.name)}[/bold]: {escape(summary(bot))}")
        for name, text in details(bot).items():
            console.print(f"  {name:<14}{escape(text)}")


def summary(bot: RunningBot) -> str:
    """Say what runs, since when, and whose money it is."""
    return (
        f"{bot.strategy} with {_money(bot)}, since {bot.since:%Y-%m-%d %H:%M} UTC, process {bot.process.pid}"
    )


def details(bot: RunningBot) -> dict[str, str]:
    """Return what it holds and how it is, by name."""
    server = bot.config.get("api_server", {})
    shown = {"open": _open(bot), "closed today": _closed(bot), "log": _log(bot)}
    if bot.last_error:
        shown["last error"] = bot.last_error
    return shown | {"FreqUI": f"http://127.0.0.1:{server.get('listen_port', 8080)}, where .env turns it on"}


def follow_log(name: str) -> None:
    """Become `tail -F` on a bot's log; on the newest one where none runs.

    Raises
    ------
    LabError
        When there is no log.
    """
    bots = running_bots()
    file = _chosen(bots, name).log if bots or name else _newest()
    if file is None or not file.exists():
        raise LabError(f"there is no log yet at {file or USUAL_LOG}")
    console.print(f"{file}, until Ctrl-C")
    os.execvp("tail", ["tail", "-n", LOG_LINES, "-F", str(file)])


def stop(name: str) -> None:
    """Ask a bot to end as Ctrl-C does, and wait for it.

    Raises
    ------
    LabError
        When several run and none was named, or it does not end.
    """
    bots = running_bots()
    if not bots:
        console.print(NONE_RUNS)
        return
    bot = _chosen(bots, name)
    left = _open(bot)
    bot.process.send_signal(signal.SIGINT)
    try:
        bot.process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        raise LabError(
            f"{bot.name} has not ended within {STOP_SECONDS:.0f} s: make logs says what it waits for"
        ) from None
    rests = (
        "" if bot.config.get("dry_run") or left.startswith("none") else "; their stops rest on the exchange"
    )
    console.print(f"{escape(bot.name)} has ended. Open trades: {escape(left)}{rests}")


def _chosen(bots: Sequence[RunningBot], name: str) -> RunningBot:
    fitting = [bot for bot in bots if name in ("", bot.name)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(bot.name for bot in bots) or "none"
    raise LabError(f"BOT must be one of those that run, {names}, was {name or 'not given'}")


def _newest() -> Path | None:
    logs = [path for path in (REPOSITORY / "logs").glob("*.log") if path.name != RESEARCH_LOG]
    return max(logs, key=lambda path: path.stat().st_mtime, default=None)


def _money(bot: RunningBot) -> str:
    words = WORDS["en"]
    return ", ".join([words[money_of(bot.config)], *prices_said(prices_of(bot.config), words)])


def _open(bot: RunningBot) -> str:
    rows = bot.trades("pair, is_short, open_date FROM trades WHERE is_open = 1 ORDER BY id")
    trades = [
        f"{pair} {'short' if short else 'long'} since {opened[:16]} UTC" for pair, short, opened in rows
    ]
    return ", ".join(trades) or "none"


def _closed(bot: RunningBot) -> str:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    rows = bot.trades("close_profit_abs FROM trades WHERE is_open = 0 AND close_date >= ?", today)
    return f"{counted(len(rows), 'trade')}, {signed(sum(row[0] or 0.0 for row in rows))} USDT"


def _log(bot: RunningBot) -> str:
    if bot.log is None or bot.log_age is None:
        return "none yet"
    late = "; a running bot writes each minute, so look at it" if bot.log_age > 300 else ""
    return f"{bot.log}, last line {bot.log_age:.0f} s ago{late}"
