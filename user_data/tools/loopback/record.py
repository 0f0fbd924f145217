"""Requests and refusals of the exchange, for a test to read afterwards."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_ENTRIES = 100_000
# Status of a request whose answer was never sent.
NO_ANSWER = 0


@dataclass(frozen=True)
class Entry:
    """One request that reached the exchange.

    `parameters` come from query and form without the signature; `status` is the HTTP status answered, or
    `NO_ANSWER`.
    """

    host: str
    method: str
    path: str
    parameters: Mapping[str, str]
    status: int


class Reason(StrEnum):
    """Why a request was refused before any rule of the exchange."""

    HOST = "unknown host"
    ROUTE = "unknown route"
    MALFORMED = "not a CONNECT request"


@dataclass(frozen=True)
class Refusal:
    """One refused request; `target` is the host, or the method and the path."""

    reason: Reason
    target: str


class Record:
    """The newest requests and refusals, in order; safe to read from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self._refusals: deque[Refusal] = deque(maxlen=MAX_ENTRIES)

    def add(self, entry: Entry) -> None:
        """Record an answered request."""
        with self._lock:
            self._entries.append(entry)

    def refuse(self, reason: Reason, target: str) -> None:
        """Record a refusal."""
        with self._lock:
            self._refusals.append(Refusal(reason, target))

    @property
    def entries(self) -> list[Entry]:
        """A copy of the requests so far, oldest first."""
        with self._lock:
            return list(self._entries)

    @property
    def refusals(self) -> list[Refusal]:
        """A copy of the refusals so far, oldest first."""
        with self._lock:
            return list(self._refusals)

    def clear(self) -> None:
        """Remove all entries."""
        with self._lock:
            self._entries.clear()
            self._refusals.clear()
