"""Freqtrade's messages: its queue, its channels, and what they say of a failure."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import get_ident, local
from typing import Any

# Ends of Freqtrade's warnings that the messages "Bot started" and "Bot stopped" say as well.
SAID_BY_OURS = ("are simulated.", "trades gracefully. \n", "(dry run).")


def dress_discord(module: Any, look_of: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """Give the messages of Freqtrade's Discord another title or colour: its own title is the type's name.

    Parameters
    ----------
    module
        Freqtrade's Discord.
    look_of : Callable
        From a message to what its embed gets, such as ``{"title": "Error"}``.
    """
    send, post = module.send_msg, module._send_msg
    # Of the message that this thread sends.
    current = local()

    def send_dressed(message: dict[str, Any]) -> None:
        current.look = look_of(message)
        send(message)

    def post_dressed(payload: dict[str, Any]) -> None:
        post({"embeds": [{**embed, **current.look} for embed in payload["embeds"]]})

    module.send_msg, module._send_msg = send_dressed, post_dressed


def message_queue(bot: Any) -> deque[str]:
    """Return the texts that the strategy has given to Freqtrade and that are not sent yet."""
    queue: deque[str] = bot.dataprovider._msg_queue
    return queue


WEBHOOK, WEBHOOK_FAILED = "freqtrade.rpc.webhook", "Could not call webhook url"
_STATUS = re.compile(r"Exception: (\d{3}) ")


def webhook_failures(module: Any, message: Mapping[str, Any]) -> list[int | None]:
    """Send a message over one of Freqtrade's channels and say why it was not taken.

    Freqtrade's own call says nothing: Discord and webhook log each attempt that failed, as often as they
    try. Telegram sends in a thread of its own; what becomes of it there is not known here.

    Returns
    -------
    list[int or None]
        HTTP status of each attempt, None where there was no answer; empty where it was taken.
    """
    with _warnings_of(WEBHOOK) as lines:
        module.send_msg(dict(message))
    failed = [line for line in lines if line.startswith(WEBHOOK_FAILED)]
    if len(failed) <= getattr(module, "_retries", 0):
        return []
    found = [_STATUS.search(line) for line in failed]
    return [int(status[1]) if status else None for status in found]


class _Lines(logging.Handler):
    """Collects the warnings of the thread that made it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._thread = get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.lines.append(record.getMessage())


@contextmanager
def _warnings_of(name: str) -> Iterator[list[str]]:
    log, handler = logging.getLogger(name), _Lines()
    log.addHandler(handler)
    try:
        yield handler.lines
    finally:
        log.removeHandler(handler)
