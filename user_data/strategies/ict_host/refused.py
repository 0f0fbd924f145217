"""Failures that Freqtrade only logs, told to the trader: once, not once a loop."""

import logging
import re
from collections.abc import Callable

FREQTRADE_BOT = "freqtrade.freqtradebot"
# How Freqtrade begins the lines that say an order was refused or could not be placed.
FAILURES = (
    "Unable to create trade",
    "Unable to exit trade",
    "Unable to place",
    "Unable to handle stoploss",
    "Unable to emergency exit",
    "Could not create trailing stoploss",
)
NUMBER = re.compile(r"\d[\d.,]*")
# The same failure is told again after it has been quiet this long.
QUIET_SECONDS = 3600.0


class FailureTeller(logging.Handler):
    """Hand the failures that Freqtrade logs to a function that tells the trader.

    Parameters
    ----------
    tell : Callable
        Takes the text.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell
        self._last_seen: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a failure that has not been seen lately."""
        text = record.getMessage()
        if not text.startswith(FAILURES):
            return
        # Amounts and rates follow the price from loop to loop; it is the same failure.
        failure = NUMBER.sub("#", text)
        before = self._last_seen.get(failure)
        self._last_seen[failure] = record.created
        if before is None or record.created - before > QUIET_SECONDS:
            self._tell(text)


def listen(tell: Callable[[str], None]) -> None:
    """Tell of failures from now on; a listener of an earlier strategy in this process is replaced."""
    bot = logging.getLogger(FREQTRADE_BOT)
    for handler in [handler for handler in bot.handlers if isinstance(handler, FailureTeller)]:
        bot.removeHandler(handler)
    bot.addHandler(FailureTeller(tell))
