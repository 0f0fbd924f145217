"""Trouble with the next calls of a route, for `Operator`.

Every method takes the calls by method and path, such as ``POST`` and ``/fapi/v1/order``, each ``*`` for any;
`times`, how many calls, all to come if None; `skip`, how many calls go well before; and `where`, parameters
that a call must have been sent with, such as ``{"reduceOnly": "true"}``.
"""

from typing import Any

from loopback.faults import Fault, Faults, Kind


class Trouble:
    """Orders faults.

    Parameters
    ----------
    faults
        Where they wait for their calls.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def fail_next(
        self, method: str, path: str, status: int, body: Any, times: int | None = 1, skip: int = 0,
        where: dict[str, str] | None = None,
    ) -> Fault:  # fmt: skip
        """Answer a status and a body (JSON, or text) of the test's; the exchange never gets the call."""
        return self._faults.add(
            Fault(method, path, Kind.ANSWER, times, skip, status, body, where=where or {})
        )

    def drop_next(
        self, method: str, path: str, times: int | None = 1, skip: int = 0, seconds: float = 0.0,
        where: dict[str, str] | None = None,
    ) -> Fault:  # fmt: skip
        """Wait some seconds and cut the connection; the exchange never gets the call."""
        return self._faults.add(
            Fault(method, path, Kind.DROP, times, skip, seconds=seconds, where=where or {})
        )

    def lose_next(
        self, method: str, path: str, times: int | None = 1, skip: int = 0, seconds: float = 0.0,
        where: dict[str, str] | None = None,
    ) -> Fault:  # fmt: skip
        """Do what is asked, wait some seconds, and cut the connection."""
        return self._faults.add(
            Fault(method, path, Kind.LOSE, times, skip, seconds=seconds, where=where or {})
        )

    def garble_next(
        self, method: str, path: str, body: Any, status: int = 200, times: int | None = 1, skip: int = 0,
        where: dict[str, str] | None = None,
    ) -> Fault:  # fmt: skip
        """Do what is asked, but answer a status and a body (JSON, or text) of the test's."""
        return self._faults.add(
            Fault(method, path, Kind.GARBLE, times, skip, status, body, where=where or {})
        )

    def cut_next(
        self, method: str, path: str, times: int | None = 1, skip: int = 0,
        where: dict[str, str] | None = None,
    ) -> Fault:  # fmt: skip
        """Do what is asked, but send only the first half of the answer's body, as if that was all."""
        return self._faults.add(Fault(method, path, Kind.CUT, times, skip, where=where or {}))

    def delay_next(
        self, method: str, path: str, seconds: float, times: int | None = 1, skip: int = 0,
        after: bool = False, where: dict[str, str] | None = None,
    ) -> Fault:  # fmt: skip
        """Delay calls for some seconds, before the exchange gets them or after it has done its work."""
        kind = Kind.LATE if after else Kind.DELAY
        return self._faults.add(Fault(method, path, kind, times, skip, seconds=seconds, where=where or {}))

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._faults.clear()
