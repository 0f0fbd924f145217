"""Trouble with the next calls of a route, for `Operator`.

Every method takes the calls by method and path, such as ``POST`` and ``/fapi/v1/order``, each ``*`` for any,
and more about them as in `Calls`.
"""

from typing import Any, TypedDict, Unpack

from loopback.faults import Fault, Faults, Kind


class Calls(TypedDict, total=False):
    """Which calls of a route.

    Attributes
    ----------
    times
        How many, 1 without; all to come if None.
    skip
        How many go well before.
    where
        Parameters that a call must have been sent with, such as ``{"reduceOnly": "true"}``.
    """

    times: int | None
    skip: int
    where: dict[str, str]


class Trouble:
    """Orders faults.

    Parameters
    ----------
    faults
        Where they wait for their calls.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def fail_next(self, method: str, path: str, status: int, body: Any, **calls: Unpack[Calls]) -> Fault:
        """Answer a status and a body (JSON, or text) of the test's; the exchange never gets the call."""
        return self._faults.add(Fault(method, path, Kind.ANSWER, status=status, body=body, **calls))

    def drop_next(self, method: str, path: str, seconds: float = 0.0, **calls: Unpack[Calls]) -> Fault:
        """Wait some seconds and cut the connection; the exchange never gets the call."""
        return self._faults.add(Fault(method, path, Kind.DROP, seconds=seconds, **calls))

    def lose_next(self, method: str, path: str, seconds: float = 0.0, **calls: Unpack[Calls]) -> Fault:
        """Do what is asked, wait some seconds, and cut the connection."""
        return self._faults.add(Fault(method, path, Kind.LOSE, seconds=seconds, **calls))

    def garble_next(
        self, method: str, path: str, body: Any, status: int = 200, **calls: Unpack[Calls]
    ) -> Fault:
        """Do what is asked, but answer a status and a body (JSON, or text) of the test's."""
        return self._faults.add(Fault(method, path, Kind.GARBLE, status=status, body=body, **calls))

    def cut_next(self, method: str, path: str, **calls: Unpack[Calls]) -> Fault:
        """Do what is asked, but send only the first half of the answer's body, as if that was all."""
        return self._faults.add(Fault(method, path, Kind.CUT, **calls))

    def delay_next(
        self, method: str, path: str, seconds: float, after: bool = False, **calls: Unpack[Calls]
    ) -> Fault:
        """Delay calls for some seconds, before the exchange gets them or after it has done its work."""
        kind = Kind.LATE if after else Kind.DELAY
        return self._faults.add(Fault(method, path, kind, seconds=seconds, **calls))

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._faults.clear()
