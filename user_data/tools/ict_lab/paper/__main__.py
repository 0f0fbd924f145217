"""Trade play money on this machine, as a user would see it: ``python -m ict_lab.paper``.

A loopback exchange on the wall clock, ``freqtrade trade`` with the shipped configuration, its API for FreqUI,
and a Discord whose messages appear on the terminal. Nothing leaves this machine, and Ctrl-C ends all of it.
"""

import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from freqtrade.rpc import api_server
from rich.markup import escape

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.candles import check_stored, folder_market
from ict_lab.command_line import USAGE_EXIT
from ict_lab.errors import LabError
from ict_lab.paper.bot import USER, PaperBot
from ict_lab.paper.forecast import Signal, next_signal
from ict_lab.paper.settings import PAIR, SYMBOL, Options, parse
from ict_lab.terminal import console, say
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.shifted import shifted_to
from loopback.market.source import Market
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer

HISTORY_DAYS, FUTURE_DAYS = 400, 60
# Without --seed, the one of these whose market has the earliest signal to come.
SEEDS = range(1, 7)
# A signal sooner than this could pass before the bot looks.
READY_MS = 60_000
WEBHOOK_ID, WEBHOOK_TOKEN = "1234567890123456789", "loopback_Token-" + "0" * 53
_LOOK_SECONDS = 0.2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything until Ctrl-C, SIGTERM or the given minutes; return the exit code.

    Parameters
    ----------
    arguments
        Command line without the program's name; the process's own if None.

    Returns
    -------
    int
        0 after it was asked to stop, 1 if the bot ended by itself, 2 if an option can't be followed.
    """
    options = parse(arguments)
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    try:
        market, signal_to_come = _choose_market(options)
    except LabError as error:
        print(f"make paper: {error}", file=sys.stderr)
        return USAGE_EXIT
    with (
        tempfile.TemporaryDirectory(prefix="ict-paper-") as folder,
        LoopbackDiscord(WEBHOOK_ID, WEBHOOK_TOKEN) as discord,
        LoopbackServer(Exchange(market)) as server,
    ):
        terminal = Terminal(discord)
        with PaperBot(options, server, discord.url, Path(folder)) as bot:
            _introduce(options, server, bot, signal_to_come)
            code = _watch(bot, terminal, asked_to_stop, options.minutes)
            say("Stopping the bot")
        terminal.show()
    console.print("Stopped: no process, port or file is left.")
    return code


def _choose_market(options: Options) -> tuple[Market, Signal | None]:
    """Return the market and its first signal to come."""
    now = time.time_ns() // 1_000_000
    if options.datadir is not None:
        check_stored(options.datadir, [PAIR])
        market: Market = shifted_to(folder_market(options.datadir, [SYMBOL]), now)
        return market, next_signal(market, options, now + READY_MS)
    today = now // DAY_MS * DAY_MS
    start, end = today - HISTORY_DAYS * DAY_MS, today + FUTURE_DAYS * DAY_MS
    seeds = SEEDS if options.seed is None else [options.seed]
    markets = [SyntheticMarket(start, end, seed, [SYMBOL]) for seed in seeds]
    found = [(market, next_signal(market, options, now + READY_MS)) for market in markets]
    return min(found, key=lambda pair: pair[1].time_ms if pair[1] else end)


def _introduce(options: Options, server: LoopbackServer, bot: PaperBot, coming: Signal | None) -> None:
    say(f"{options.strategy} trades {PAIR} on {options.timeframe} candles with 10,000 USDT of play money")
    rows = {
        "Exchange": f"loopback, {server.exchange.source.describe()}",
        "FreqUI": f"{bot.login.url}   user {USER}, password {bot.login.password}",
        "Control": f"{server.control_url}   (/, /state, POST /do/set_price, ...)",
        "Bot's log": f"{bot.output}   (process {bot.process_id}; deleted at the end)",
        "What now": f'make now NOW="--user-data {bot.user_data}"',
        "Signal": _expectation(coming),
    }
    for name, text in rows.items():
        console.print(f"  [bold]{name:<10}[/bold] {escape(text)}")
    if not _has_freq_ui():
        console.print(
            "  FreqUI itself is not installed: `freqtrade install-ui` fetches it; the API works.",
            soft_wrap=True,
        )
    say("Ctrl-C ends it. What the bot writes to Discord appears below.")


def _expectation(coming: Signal | None) -> str:
    if coming is None:
        return "none in the next two days; another --seed, --strategy or --timeframe may bring one"
    at = datetime.fromtimestamp(coming.time_ms / 1000, UTC)
    minutes = max(1, round(coming.time_ms / 60_000 - time.time() / 60))
    return (
        f"the next one comes at {at:%Y-%m-%d %H:%M} UTC, in about {minutes} min: {coming.side} ({coming.tag})"
    )


def _has_freq_ui() -> bool:
    return (Path(api_server.__file__).parent / "ui" / "installed" / "index.html").exists()


def _watch(bot: PaperBot, terminal: "Terminal", asked_to_stop: threading.Event, minutes: float | None) -> int:
    """Show messages until it is time to stop; return the exit code."""
    deadline = time.monotonic() + (minutes * 60 if minutes else float("inf"))
    while not asked_to_stop.wait(_LOOK_SECONDS) and time.monotonic() < deadline:
        terminal.show()
        if bot.exit_code is not None:
            sentence = f"make paper: the bot ended by itself with exit code {bot.exit_code}"
            print(f"{bot.last_words()}\n{sentence}", file=sys.stderr)
            return 1
    return 0


class Terminal:
    """Shows each message of a Discord once.

    Parameters
    ----------
    discord
        Where the messages arrive.
    """

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._discord = discord
        self._shown = 0

    def show(self) -> None:
        """Print what has arrived since the last time."""
        for message in self._discord.messages[self._shown :]:
            self._shown += 1
            for line in _lines(message):
                console.print(f"[cyan]{datetime.now(UTC):%H:%M:%S}[/cyan] {escape(line)}")


def _lines(message: dict[str, Any]) -> list[str]:
    """Turn a message into lines: its text, its titles, and its fields."""
    lines = [message["content"]] if message.get("content") else []
    for embed in message.get("embeds", []):
        if embed.get("title"):
            lines.append(embed["title"])
        for field in embed.get("fields", []):
            first, *more = f"{field['name']}: {field['value']}".splitlines()
            lines += [f"  {first}", *(f"    {line}" for line in more)]
    return lines


if __name__ == "__main__":
    sys.exit(main())
