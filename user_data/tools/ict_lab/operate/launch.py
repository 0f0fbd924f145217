"""Start a bot in the foreground: `make trade` with orders, `make watch` with simulated ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from freqtrade.exceptions import FreqtradeException

from ict_lab.available_market import UNREACHABLE, binance_answers, live_synthetic, reached
from ict_lab.defaults import STRATEGY, own_configs, own_overlay
from ict_lab.env_file import with_env
from ict_lab.errors import LabError
from ict_lab.operate.found import running_bots, started_with
from ict_lab.places import PYTHON_PATH, REPOSITORY
from ict_lab.terminal import say
from loopback.clock import WallClock

# Freqtrade's own after SIGINT: a requested end.
INTERRUPTED = 130


def trade(words: Sequence[str]) -> int:
    """Check the start, then trade until Ctrl-C; return the exit code.

    Parameters
    ----------
    words : Sequence[str]
        What `freqtrade trade` takes besides.
    """
    line = _line(["config.json", *map(str, own_overlay())], words)
    _refuse_a_second(line)
    environment = _environment()
    checked = subprocess.run(
        [sys.executable, "-m", "ict_host.check", *line], cwd=REPOSITORY, env=environment, check=False
    )
    return checked.returncode or _run(line, environment)


def watch(words: Sequence[str]) -> int:
    """Simulate on production's prices until Ctrl-C; return the exit code.

    Where Binance does not answer, on the loopback exchange. No key is used and no order leaves.
    """
    files = [*map(str, own_configs()), "user_data/config/watch.json"]
    _refuse_a_second(_line(files, words))
    answers = binance_answers()
    if not answers:
        say(UNREACHABLE)
    with reached(None if answers else live_synthetic(), WallClock()) as overlay:
        say("Watching with simulated orders; Ctrl-C ends it. From another terminal: make status, make logs")
        return _run(_line([*files, *overlay], words), _environment())


def _line(files: Sequence[str], words: Sequence[str]) -> list[str]:
    configs = [word for file in files for word in ("-c", file)]
    chosen = [] if {"-s", "--strategy"} & {*words} else ["--strategy", STRATEGY]
    return [*configs, *words, *chosen]


def _refuse_a_second(line: Sequence[str]) -> None:
    """Two bots on one database would count, and close, each other's trades."""
    try:
        _, config = started_with(["trade", *line])
    except FreqtradeException as error:
        raise LabError(str(error)) from error
    for bot in running_bots():
        if bot.config.get("db_url") == config.get("db_url"):
            raise LabError(
                f"{bot.name} already trades with this database, as process {bot.process.pid}: "
                f"make stop BOT={bot.name} ends it"
            )


def _environment() -> dict[str, str]:
    return with_env(os.environ) | {"PYTHONPATH": PYTHON_PATH}


def _run(line: Sequence[str], environment: dict[str, str]) -> int:
    """Run the bot as a child that is asked to end once, however this process is; that end is no failure."""
    bot: subprocess.Popen[bytes] | None = None

    def ask(*_: object) -> None:
        if bot:
            bot.send_signal(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    call = [sys.executable, "-m", "freqtrade", "trade", *line]
    # In a session of its own: Ctrl-C on the terminal would reach it twice, and cut its cleaning up short.
    bot = subprocess.Popen(call, cwd=REPOSITORY, env=environment, start_new_session=True)
    code = bot.wait()
    return 0 if code in (INTERRUPTED, -signal.SIGINT) else code
