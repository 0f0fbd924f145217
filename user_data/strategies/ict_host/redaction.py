"""Keep secrets out of every log, whatever library writes it and whichever handler takes it.

Freqtrade logs the addresses of failed webhook calls, token included. Every line of every logger is born
in logging's record factory, before any handler sees it: there the secrets are removed, from the message
and its arguments, from tracebacks and from stack texts.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from ict.desk.secrets import redacted

WITHHELD = "a log line was withheld: its secrets could not be removed (%s)"
_FORMATTER = logging.Formatter()


class RedactingFactory:
    """A factory of log records that removes secrets from what another factory makes.

    Parameters
    ----------
    inner : Callable
        The factory that makes the records.
    secrets : Sequence[str]
        What must not appear.
    """

    ict_redacts = True

    def __init__(self, inner: Callable[..., logging.LogRecord], secrets: Sequence[str]) -> None:
        self.inner = inner
        self.secrets = tuple(secrets)

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        """Make a record without secrets."""
        record = self.inner(*args, **kwargs)
        if not self.secrets:
            return record
        try:
            self._clean_message(record)
            self._clean_exception(record)
            if record.stack_info:
                record.stack_info = redacted(record.stack_info, self.secrets)
        except Exception as error:  # logging must continue, and must not leak the secret
            _withhold(record, error)
        return record

    def _clean_message(self, record: logging.LogRecord) -> None:
        parts = f"{record.msg} {record.args!r}"
        try:
            message = record.getMessage()
        except Exception:  # a wrong call of the logger; logging says so, with message and arguments
            message = parts
        clean = redacted(message, self.secrets)
        # Arguments are looked at as well: a handler may pass them on as they are.
        if clean != message or redacted(parts, self.secrets) != parts:
            record.msg, record.args = clean, None

    def _clean_exception(self, record: logging.LogRecord) -> None:
        if not record.exc_info or record.exc_info[0] is None:
            return
        text = _FORMATTER.formatException(record.exc_info)
        clean = redacted(text, self.secrets)
        if clean != text:
            # Formatters print exc_text as they would the traceback; the exception itself still has them.
            record.exc_info, record.exc_text = None, clean


def _withhold(record: logging.LogRecord, error: Exception) -> None:
    record.msg, record.args = WITHHELD, (type(error).__name__,)
    record.exc_info = record.exc_text = record.stack_info = None


def install(secrets: Sequence[str]) -> None:
    """Keep secrets out of every log line from now on; a further call replaces the secrets."""
    logging.setLogRecordFactory(RedactingFactory(_inner(), secrets))


def uninstall() -> None:
    """Log as before."""
    logging.setLogRecordFactory(_inner())


def _inner() -> Callable[..., logging.LogRecord]:
    # By its mark, not its class: Freqtrade may have imported this module more than once.
    factory: Callable[..., Any] = logging.getLogRecordFactory()
    while getattr(factory, "ict_redacts", False):
        factory = factory.inner  # type: ignore[attr-defined]
    return factory
