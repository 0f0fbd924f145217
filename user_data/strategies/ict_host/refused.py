"""Failures that Freqtrade only logs, reported to the trader: once an hour, not once a loop."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Hashable

from ict_host.seams.log_lines import LINES, STOP_IS_GONE, WORKER

NUMBER = re.compile(r"\d[\d.,]*")
AGAIN_SECONDS = 3600.0
# An exchange with a different text for each refusal does not cause a message for each.
MOST_AN_HOUR = 5
# The gate's text for a post-only entry that the exchange refused: that is no failure (LIM-2).
NOT_A_MAKER = "post-only, and the market is already at its price"


class Hourly:
    """Selects the failures to report: each once an hour, and at most a few of one kind."""

    def __init__(self) -> None:
        # When each failure was reported, by its kind.
        self._reported: dict[Hashable, dict[str, float]] = {}

    def is_due(self, kind: Hashable, text: str, now: float) -> bool:
        """Whether a failure was not reported within the hour; `now` in seconds."""
        reported = {
            failure: at for failure, at in self._reported.get(kind, {}).items() if now - at < AGAIN_SECONDS
        }
        # Amounts and rates follow the price from loop to loop; it is the same failure.
        failure = NUMBER.sub("#", text)
        is_due = failure not in reported and len(reported) < MOST_AN_HOUR
        self._reported[kind] = {failure: now, **reported} if is_due else reported
        return is_due


class FailureReporter(logging.Handler):
    """Pass the failures that Freqtrade logs to a function that reports them.

    Parameters
    ----------
    report : Callable
        Takes the text.
    loop_failed : Callable
        Called when Freqtrade gave a loop up: what would be done at its end has to be done now.
    """

    def __init__(self, report: Callable[[str], None], loop_failed: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._report, self._loop_failed = report, loop_failed
        self._hourly = Hourly()

    def emit(self, record: logging.LogRecord) -> None:
        """Report a failure that was not reported within the hour."""
        text = record.getMessage()
        lines = _LINES_OF.get(record.name, [])
        line = next((line for line in lines if _BEGINNING[line].match(text)), None)
        if any(words in text for words in (NOT_A_MAKER, STOP_IS_GONE.text)):
            return
        if line is not None and self._hourly.is_due(line, text, record.created):
            self._report(text)
        if record.name == WORKER:
            self._loop_failed()


def _beginning(text: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(part) for part in text.split("{}")), re.DOTALL)


_BEGINNING = {line: _beginning(line.text) for line in LINES}
_LINES_OF = {name: [line for line in LINES if line.logger == name] for name in {one.logger for one in LINES}}


def listen(report: Callable[[str], None], loop_failed: Callable[[], None]) -> None:
    """Report failures from now on; a listener of an earlier strategy in this process is replaced."""
    reporter = FailureReporter(report, loop_failed)
    for log in map(logging.getLogger, _LINES_OF):
        for handler in [handler for handler in log.handlers if isinstance(handler, FailureReporter)]:
            log.removeHandler(handler)
        log.addHandler(reporter)
