"""Clocks of positions without a stop, beside the loop: that may hang in a call or in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from threading import Timer

from ict_host.intents import Intent, Purpose, State

logger = logging.getLogger(__name__)

# Half of the ten seconds within which it has to be reported.
OVERDUE_SECONDS = 5.0


class Overdue:
    """One clock for each pair, from an order that leaves a position without a stop to the one that ends that.

    Parameters
    ----------
    report : Callable
        Takes a pair whose clock has run out, in a thread of its own.
    seconds : float
        How long a clock runs.
    """

    def __init__(self, report: Callable[[str], None], seconds: float = OVERDUE_SECONDS) -> None:
        self._report, self.seconds = report, seconds
        self._clocks: dict[str, Timer] = {}

    @property
    def is_counting(self) -> bool:
        """Whether a clock runs."""
        return any(clock.is_alive() for clock in list(self._clocks.values()))

    def begin(self, pair: str) -> None:
        """Start a pair's clock, unless it runs."""
        if pair in self._clocks:
            return
        clock = self._clocks[pair] = Timer(self.seconds, self._run_out, [pair])
        clock.daemon = True
        clock.start()

    def end(self, pair: str) -> None:
        """Stop a pair's clock: its position has a stop, or there is none."""
        if (clock := self._clocks.pop(pair, None)) is not None:
            clock.cancel()

    def end_all_but(self, pairs: Collection[str | None]) -> None:
        """Stop the clocks of all other pairs."""
        for pair in [pair for pair in self._clocks if pair not in pairs]:
            self.end(pair)

    def sent(self, intent: Intent) -> None:
        """Count from an entry that fills at once."""
        if intent.purpose is Purpose.ENTRY and intent.order_type == "market":
            self.begin(intent.pair)

    def answered(self, intent: Intent, state: State) -> None:
        """Count no longer once a stop or an exit is accepted, or an entry is refused."""
        if (intent.purpose is Purpose.ENTRY) is (state is State.REFUSED):
            self.end(intent.pair)

    def _run_out(self, pair: str) -> None:
        try:
            self._report(pair)
        except Exception:
            logger.exception("%s: a late stop could not be reported", pair)
