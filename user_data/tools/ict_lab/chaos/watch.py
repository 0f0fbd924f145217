"""What must hold throughout a scenario: no position is long without a stop and unreported."""

import threading
import time
from decimal import Decimal
from typing import Any, Protocol

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.shipped import text_of
from loopback.symbols import SPECS

# No position of the bot may be without a stop for longer than this, unless that was reported.
NAKED_SECONDS = 10.0
_LOOK_SECONDS = 0.25
# A report has one of these phrases, and names the pair or the whole account.
_PHRASES = (
    "Error", "No stop on the exchange", "Position without a trade", "Trade without a position",
    "Sizes differ", "can't be asked", "can't be looked up", "not known", "Hedge mode", "Two stops",
    "No stop yet",
)  # fmt: skip


class Watched(Protocol):
    """What is watched: an exchange, the manual orders on it, and where complaints go."""

    discord: LoopbackDiscord
    foreign: dict[str, Decimal]
    complaints: list[str]

    def state(self) -> dict[str, Any]:
        """Return the exchange's account."""
        ...


class Watch:
    """Checks the exchange several times a second, from another thread, for the length of a scenario.

    Parameters
    ----------
    world
        What is watched.

    Attributes
    ----------
    is_meant_to_run, is_ready
        Whether the bot should be running, and whether it has finished a loop since its start.
    """

    def __init__(self, world: Watched) -> None:
        self._world = world
        self._quiet_since = time.monotonic()
        self._naked: dict[str, tuple[float, int]] = {}
        self.is_ready = False
        self.is_meant_to_run = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chaos-watch", daemon=True)
        self._thread.start()

    def starting(self) -> None:
        """Note that the bot is starting."""
        self.is_ready, self.is_meant_to_run = False, True

    def ready(self) -> None:
        """Note that the bot has finished a loop."""
        self.is_ready = True
        self.healed()

    def down(self) -> None:
        """Note that the bot is being stopped."""
        self.is_ready = self.is_meant_to_run = False

    def healed(self) -> None:
        """Restart the count of time without a stop: the bot could do nothing about it before now."""
        self._quiet_since = time.monotonic()

    def stop(self) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self._look(time.monotonic())

    def _look(self, now: float) -> None:
        world = self._world
        state = world.state()
        if any(fault["held"] for fault in state["faults"]):
            self.healed()  # it waits for an answer
        naked = bare(state, world.foreign)
        for symbol in [symbol for symbol in self._naked if symbol not in naked]:
            del self._naked[symbol]
        for symbol in naked:
            since, seen = self._naked.setdefault(symbol, (now, len(world.discord.messages)))
            if not self.is_ready or now - max(since, self._quiet_since) < NAKED_SECONDS:
                continue
            if not self._was_reported(symbol, seen):
                world.complaints.append(f"{symbol}: {NAKED_SECONDS:g} s without a stop, and no report")
                self._naked[symbol] = (now + 3_600, seen)

    def _was_reported(self, symbol: str, seen: int) -> bool:
        if self._world.discord.is_down:
            return True
        texts = map(text_of, list(self._world.discord.messages)[max(0, seen - 2) :])
        return any(
            any(words in text for words in _PHRASES) and (SPECS[symbol].pair in text or "Pair" not in text)
            for text in texts
        )


def bare(state: dict[str, Any], foreign: dict[str, Any]) -> list[str]:
    """Return the contracts whose position is not covered by resting stops."""
    found = []
    for row in state["positions"]:
        amount = float(row["positionAmt"]) - float(foreign.get(row["symbol"], 0))
        side = "SELL" if amount > 0 else "BUY"
        covered = sum(
            float(stop["quantity"])
            for stop in state["algo_orders"]
            if stop["algoStatus"] == "NEW" and (stop["symbol"], stop["side"]) == (row["symbol"], side)
        )
        if covered < abs(amount) * (1 - 1e-6):
            found.append(row["symbol"])
    return found
