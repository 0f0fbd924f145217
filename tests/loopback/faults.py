"""Faults that a test orders: what goes wrong with the next calls of a route."""

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What goes wrong."""

    ANSWER = "answer"  # another answer is given, the exchange never hears of the request
    DROP = "drop"  # the connection is cut before the exchange hears of the request
    LOSE = "lose"  # the exchange does its work, but the connection is cut instead of an answer
    DELAY = "delay"  # the exchange hears of the request only after a while


@dataclass
class Fault:
    """One order for trouble.

    Parameters
    ----------
    method, path
        Which calls, such as ``POST`` and ``/fapi/v1/order``.
    kind
        What goes wrong.
    times
        With how many calls, for ever if None.
    skip
        How many calls go well before.
    status, body
        The answer's HTTP status and JSON, or text, for `Kind.ANSWER`.
    headers
        Headers for that answer.
    seconds
        How long a call is held up; for `Kind.LOSE` before the connection is cut.
    hits
        How often it has struck.
    """

    method: str
    path: str
    kind: Kind
    times: int | None = 1
    skip: int = 0
    status: int = 503
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    hits: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it will not strike again."""
        return self.times is not None and self.hits >= self.times


class Faults:
    """The faults that wait for their calls; safe to change from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Let a fault wait for its calls."""
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> list[Fault]:
        """The faults that may still strike, oldest first."""
        with self._lock:
            return [fault for fault in self._waiting if not fault.is_spent]

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the fault for a call, counting it, or None if all goes well."""
        with self._lock:
            for fault in self._waiting:
                if (fault.method, fault.path) != (method, path) or fault.is_spent:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    return None
                fault.hits += 1
                return fault
        return None
