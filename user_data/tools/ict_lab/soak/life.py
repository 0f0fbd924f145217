"""The bot, the exchange and the Discord of a run, on their own fast clock."""

import json
import time
from pathlib import Path
from typing import Any

import psutil

from ict_lab.bots.agreement import Books, disagreements
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.shipped import ShippedBot
from ict_lab.soak.figures import Figures
from loopback.faults import Fault
from loopback.server import LoopbackServer

LOOP_WORDS = "Throttling with '_process_running()'"
# Real seconds until no order may be pending.
PATIENCE_SECONDS = 300.0
_POLL_SECONDS = 0.1


class Life:
    """A run of the bot through stops and starts.

    Parameters
    ----------
    server, discord
        The exchange on which it trades, and the Discord to which it reports.
    bot
        The bot.
    folder
        Where it writes.

    Attributes
    ----------
    figures
        Counts so far.
    complaints
        Checks that failed, a sentence each.
    cuts
        Scheduled faults.
    patience
        Real seconds to wait for an event.
    """

    patience = PATIENCE_SECONDS

    def __init__(self, server: LoopbackServer, discord: LoopbackDiscord, bot: ShippedBot) -> None:
        self.server, self.discord, self.bot = server, discord, bot
        self.figures = Figures()
        self.complaints: list[str] = []
        self.cuts: list[Fault] = []
        self._log_at = 0

    def now_ms(self) -> int:
        """Return the simulated time in milliseconds UTC."""
        return self.server.exchange.clock.now_ms()

    def wait_until(self, at_ms: int) -> None:
        """Wait for a simulated time."""
        while self.now_ms() < at_ms:
            time.sleep(_POLL_SECONDS)

    def start(self) -> None:
        """Start the bot, wait for its first loops and require both sides to agree."""
        self.bot.start()
        self.figures.starts += 1
        self.look()
        seen = self.figures.loops
        self.bot.wait_for("its loops", lambda: self.look() >= seen + 3, self.patience)
        self.agree("after a start")

    def stop(self) -> None:
        """Stop the bot as Ctrl-C does."""
        self.bot.stop()

    def crash(self) -> None:
        """Kill the bot."""
        self.bot.crash()
        self.figures.crashes += 1

    def look(self) -> int:
        """Count what was logged since the last call, and return the loops so far."""
        with self.bot.log.open("rb") as log:
            log.seek(self._log_at)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._log_at += len(whole)
        self.figures.loops += whole.count(LOOP_WORDS.encode())
        if number := self.bot.process_id:
            size = psutil.Process(number).memory_info().rss
            self.figures.memory.add(number, self.now_ms(), size)
        return self.figures.loops

    def books(self) -> Books:
        """Return both sides as they are."""
        state = self.server.operator.state()
        return Books(state, self.bot.trades(), self.bot.rows("select * from orders"))

    def agree(self, when: str) -> None:
        """Require both sides to agree once no order is pending."""
        deadline = time.monotonic() + self.patience
        while (wrong := disagreements(self.books())) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        self.complaints += [f"{when}: {sentence}" for sentence in wrong]

    def target_of(self, trade: dict[str, Any]) -> float:
        """Return a trade's target in USDT, from its own record."""
        return float(json.loads(self.bot.levels()[trade["id"]])["target"])

    def log_lines(self) -> list[str]:
        """Return the lines of the log files, the oldest first."""
        files = sorted(
            Path(self.bot.folder / "logs").glob("trader.log*"), key=lambda path: path.stat().st_mtime
        )
        return [line for path in files for line in path.read_text("utf-8", "replace").splitlines()]
