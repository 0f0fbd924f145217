"""Faults that a test schedules for the next calls of a route."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What goes wrong."""

    ANSWER = "answer"  # another answer is given, the exchange never gets the request
    DROP = "drop"  # the connection is cut before the exchange gets the request
    LOSE = "lose"  # the exchange handles the request, but the connection is cut instead of an answer
    GARBLE = "garble"  # the exchange handles the request, but something else is answered
    CUT = "cut"  # the exchange handles the request, but only the first half of its answer's body is sent
    DELAY = "delay"  # the exchange gets the request after a delay
    LATE = "late"  # the exchange handles the request at once, but answers after a delay


AFTER_THE_WORK = frozenset({Kind.LOSE, Kind.GARBLE, Kind.CUT, Kind.LATE})
ANY = "*"


@dataclass
class Fault:
    """A fault for the next calls of a route.

    Parameters
    ----------
    method, path
        Which calls, such as ``POST`` and ``/fapi/v1/order``; ``*`` for any.
    kind
        What goes wrong.
    times
        How many calls fail; all if None.
    skip
        How many calls succeed before.
    status, body
        The answer's HTTP status and JSON, or text, for `Kind.ANSWER` and `Kind.GARBLE`.
    headers
        Headers for that answer.
    seconds
        Delay of a call: before the exchange gets it, or between its work and the answer.
    where
        Parameters that a call must have been sent with, such as ``{"reduceOnly": "true"}``.
    hits
        How often it has happened.
    held
        Calls that it holds up now; for a late answer, those that the exchange has handled.
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
        """Whether it is used up."""
        return self.times is not None and self.hits >= self.times

    def meets(self, method: str, path: str, sent: Mapping[str, str]) -> bool:
        """Whether the fault applies to a call."""
        return (
            self.method in (ANY, method)
            and self.path in (ANY, path)
            and all(sent.get(name) == value for name, value in self.where.items())
        )


class Faults:
    """Scheduled faults; safe to change from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Schedule a fault."""
        with self._lock:
            self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._waiting.clear()

    @property
    def waiting(self) -> list[Fault]:
        """Faults that are not used up, oldest first."""
        with self._lock:
            return [fault for fault in self._waiting if not fault.is_spent]

    def strike(self, method: str, path: str, sent: Mapping[str, str]) -> Fault | None:
        """Return the fault for a call and count it; None for none."""
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
