"""The live bot's loop: it does not end during an order, oversleep, or crash on a locked database."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

from freqtrade.exceptions import (
    FreqtradeException,
    InvalidOrderException,
    OperationalException,
    TemporaryError,
)
from freqtrade.persistence import Trade
from sqlalchemy.exc import SQLAlchemyError

from ict_host.seams.access import replace_sleep

logger = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Freqtrade waits up to a second longer than its throttle, for the next candle.
CANDLE_OFFSET_SECONDS = 1.0
# After an entry the next loop, which places the stop, comes at once; so many times at most.
HURRIED_LOOPS, HURRIED_SECONDS = 5, 0.2
# Freqtrade's work on one pair, on one trade's stop and on its exit.
OF_ONE = ("create_trade", "handle_stoploss_on_exchange", "handle_trade")


class Loop:
    """Guards one live bot's loop; installed once a start, it replaces the one of an earlier bot.

    Parameters
    ----------
    bot
        Freqtrade's bot.
    throttle_seconds : float
        Longest wait between two loops.
    unprotected : Callable
        Whether an open position still waits for its stop.
    report : Callable
        Takes the kind of a trouble and a sentence.
    """

    def __init__(
        self,
        bot: Any,
        throttle_seconds: float,
        unprotected: Callable[[], bool],
        report: Callable[[str, str], None],
    ) -> None:
        self._longest = throttle_seconds + CANDLE_OFFSET_SECONDS
        self._unprotected = unprotected
        self._report = report
        self._calls = 0
        self._lock = threading.Lock()
        self._dirty = False
        self._waiting: int | None = None
        self._hurried = 0
        self._install(bot)

    def _install(self, bot: Any) -> None:
        bot.process = partial(self._process, bot.process)
        for name in OF_ONE:
            setattr(bot, name, partial(_apart, getattr(bot, name)))
        replace_sleep(self._sleep)
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                signal.signal(number, self._on_signal)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Defer stop signals until the end of a call, and of the loop that books its result."""
        with self._lock:
            self._calls += 1
            self._dirty = True
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._dirty:  # which it is from a call's begin on
            raise KeyboardInterrupt
        self._waiting = number
        logger.info("Stop signal received: an order is in progress, the bot stops after this loop")

    def _process(self, inner: Callable[[], None]) -> None:
        """Run a loop; an error that Freqtrade does not catch must not end a bot with an open trade."""
        try:
            inner()
        except (TemporaryError, OperationalException):
            raise
        except Exception as error:
            logger.exception("The loop failed; it is tried again")
            Trade.rollback()
            self._report("loop", f"{type(error).__name__}: {error}")

    def _sleep(self, seconds: float) -> None:
        """Wait between two loops, by the monotonic clock and never longer than the throttle."""
        hurried = self._hurry()
        if self._waiting is not None and not hurried:
            self._waiting = None
            raise KeyboardInterrupt
        if seconds > self._longest:
            self._report("clock_jumped", f"{seconds - self._longest:.0f}")
        wait = HURRIED_SECONDS if hurried else self._longest
        time.sleep(min(seconds, wait))

    def _hurry(self) -> bool:
        """Whether the next loop has to come at once: a position has no stop yet."""
        if not self._dirty or self._calls:
            return bool(self._calls)
        try:
            open_end = self._unprotected()
        except Exception:
            logger.exception("Whether a stop rests could not be checked")
            open_end = False
        self._hurried = self._hurried + 1 if open_end else 0
        self._dirty = 0 < self._hurried <= HURRIED_LOOPS
        if not self._dirty:
            self._hurried = 0
        return self._dirty


def _apart(call: Callable[[Any], bool], of: Any) -> bool:
    """Let an error that Freqtrade does not expect end the work on this pair or trade alone."""
    try:
        return call(of)
    except (FreqtradeException, SQLAlchemyError):
        raise
    except Exception as error:
        logger.exception("%s failed; the others continue", of)
        Trade.rollback()
        raise InvalidOrderException(f"{type(error).__name__}: {error}") from error
