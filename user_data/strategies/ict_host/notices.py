"""Freqtrade's messages, intercepted on their way to the channels and replaced by the strategy's own texts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from freqtrade.enums import RPCMessageType

from ict_host.seams.messages import SAID_BY_OURS

logger = logging.getLogger(__name__)

Message = Mapping[str, Any]


class Notices:
    """Listens to the messages of one bot.

    Parameters
    ----------
    bot
        Freqtrade's; its sender of messages is replaced.
    listeners : Mapping
        The listeners of a kind of message.
    """

    def __init__(self, bot: Any, listeners: Mapping[RPCMessageType, Callable[[Message], None]]) -> None:
        self._listeners = listeners
        bot.rpc.send_msg = partial(self._intercept, bot.rpc.send_msg)

    def _intercept(self, send: Callable[[Message], None], message: Message) -> None:
        listener = self._listeners.get(message["type"])
        if listener is not None:
            try:
                listener(message)
            except Exception:
                logger.exception("A message of Freqtrade could not be put into the strategy's words")
        if not str(message.get("status", "")).endswith(SAID_BY_OURS):
            send(message)
