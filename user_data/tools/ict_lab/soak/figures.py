"""The figures of a run."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

MEBIBYTE = 1024 * 1024
# The first minutes of a process fill caches; growth is measured from then on.
SETTLED_MS = 30 * 60_000
_COMPLAINT = re.compile(r" - (?P<logger>[\w.]+) - (?P<level>WARNING|ERROR|CRITICAL) - (?P<text>.*)")
# Parts that differ between lines of the same kind.
_VARYING = re.compile(r"[A-Z]{3,}/USDT:USDT|[A-Z]{3,}USDT\b|\d[\d.,:]*")
_KIND_CHARACTERS = 110


@dataclass
class Memory:
    """Memory of the bot's processes in bytes, by simulated time (milliseconds UTC)."""

    lives: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, process: int, time_ms: int, size: int) -> None:
        """Note the size of a process."""
        self.lives.setdefault(process, []).append((time_ms, size))

    @property
    def longest(self) -> list[tuple[int, int]]:
        """Measurements of the process that ran longest, without its first half hour."""
        lives = [
            [(at, size) for at, size in life if at - life[0][0] >= SETTLED_MS] for life in self.lives.values()
        ]
        return max(lives, key=lambda life: life[-1][0] - life[0][0] if life else 0, default=[])

    def text(self) -> str:
        """Return its growth and the time that it took, as text."""
        if len(self.longest) < 2:
            return "no process ran long enough to measure"
        (start_ms, start), (end_ms, end) = self.longest[0], self.longest[-1]
        hours = (end_ms - start_ms) / 3_600_000
        return f"{start / MEBIBYTE:.0f} to {end / MEBIBYTE:.0f} MB in {hours:.1f} simulated hours"


@dataclass
class Figures:
    """Counts of one run."""

    simulated_hours: float = 0.0
    real_minutes: float = 0.0
    loops: int = 0
    starts: int = 0
    crashes: int = 0
    requests: int = 0
    refused_requests: int = 0
    orders: int = 0
    stops: int = 0
    entries: int = 0
    exits: dict[str, int] = field(default_factory=dict)
    profit_usdt: float = 0.0
    cuts: int = 0
    messages: int = 0
    log: Counter[str] = field(default_factory=Counter)
    memory: Memory = field(default_factory=Memory)

    def rows(self) -> dict[str, str]:
        """Return the figures as text, in order."""
        exits = ", ".join(f"{count} by {reason}" for reason, count in sorted(self.exits.items()))
        return {
            "simulated time": f"{self.simulated_hours:.1f} h in {self.real_minutes:.1f} min",
            "bot's loops": f"{self.loops:,}",
            "starts": f"{self.starts}, {self.crashes} of them after a crash",
            "requests": f"{self.requests:,}, {self.refused_requests} of them refused",
            "orders that filled": str(self.orders),
            "stops placed": str(self.stops),
            "trades": f"{self.entries} opened, closed: {exits or 'none'}",
            "profit": f"{self.profit_usdt:+.2f} USDT, the same on the exchange and in the bot's book",
            "calls cut or failed on purpose": str(self.cuts),
            "messages on Discord": str(self.messages),
            "the bot's memory": self.memory.text(),
            "log": f"{self._lines('WARNING')} warnings, {self._lines('ERROR')} errors",
        }

    def read_log(self, lines: Iterable[str]) -> None:
        """Count warnings and errors by kind."""
        for line in lines:
            if found := _COMPLAINT.search(line):
                level, logger, text = found["level"], found["logger"].rpartition(".")[2], found["text"]
                self.log[f"{level} {logger}: {_VARYING.sub('#', text)[:_KIND_CHARACTERS]}"] += 1

    def _lines(self, level: str) -> int:
        return sum(count for kind, count in self.log.items() if kind.startswith(level))
