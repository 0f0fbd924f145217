"""Faults that a test orders: what goes wrong with the next calls of a route."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What goes wrong."""

    ANSWER = "answer"  # another answer is given, the exchange never gets the request
    DROP = "drop"  # the connection is cut before the exchange gets the request
    LOSE = "lose"  # the exchange does its work, but the connection is cut instead of an answer
    GARBLE = "garble"  # the exchange does its work, but something else is answered
    CUT = "cut"  # the exchange does its work, but only the first half of its answer's body is sent
    DELAY = "delay"  # the exchange gets the request only after a while
    LATE = "late"  # the exchange does its work at once, but its answer comes only after a while


AFTER_THE_WORK = frozenset({Kind.LOSE, Kind.GARBLE, Kind.CUT, Kind.LATE})
ANY = "*"


@dataclass
class Fault:
    """One order for trouble.

    Parameters
    ----------
    method, path
        Which calls, such as ``POST`` and ``/fapi/v1/order``; ``*`` for any.
    kind
        What goes wrong.
    times
        With how many calls, for ever if None.
    skip
        How many calls go well before.
    status, body
        The answer's HTTP status and JSON, or text, for `Kind.ANSWER` and `Kind.GARBLE`.
    headers
        Headers for that answer.
    seconds
        How long a call is delayed: before the exchange gets it, or between its work and the answer.
    where
        Parameters that a call must have been sent with, such as ``{"reduceOnly": "true"}``.
    hits
        How often it has struck.
    held
        How many calls it holds up now, those that the exchange has worked on already where it does.
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
    where: dict[str, str] = field(default_factory=dict)
    hits: int = 0
    held: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it will not strike again."""
        return self.times is not None and self.hits >= self.times

    def meets(self, method: str, path: str, sent: Mapping[str, str]) -> bool:
        """Whether the fault applies to a call."""
        return (
            self.method in (ANY, method)
            and self.path in (ANY, path)
            and all(sent.get(name) == value for name, value in self.where.items())
        )


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

    def strike(self, method: str, path: str, sent: Mapping[str, str]) -> Fault | None:
        """Return the fault for a call, counting it, or None if all goes well."""
        with self._lock:
            for fault in self._waiting:
                if fault.is_spent or not fault.meets(method, path, sent):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    return None
                fault.hits += 1
                return fault
        return None
