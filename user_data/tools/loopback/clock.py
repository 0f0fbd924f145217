"""The exchange's time: the only source of "now", so that nothing later is ever served."""

import time
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the exchange's time."""

    def now_ms(self) -> int:
        """Return the exchange's time in milliseconds since 1970-01-01 UTC."""
        ...


class WallClock:
    """The computer's own time."""

    def now_ms(self) -> int:
        """Return the computer's time in milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000


class FixedClock:
    """A clock that is stopped until it is moved, for repeatable answers.

    Parameters
    ----------
    now_ms
        Time to show, milliseconds since 1970-01-01 UTC.
    """

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Return the time last set, in milliseconds since 1970-01-01 UTC."""
        return self._now_ms

    def move_to(self, now_ms: int) -> None:
        """Set a later time; an exchange's time never runs backwards.

        Raises
        ------
        ValueError
            If `now_ms` is before the time shown.
        """
        if now_ms < self._now_ms:
            raise ValueError(f"now_ms must not be before {self._now_ms}, was {now_ms}")
        self._now_ms = now_ms


class RunningClock:
    """A clock that starts at any moment and runs at a multiple of real time.

    Parameters
    ----------
    start_ms
        Initial time, milliseconds since 1970-01-01 UTC.
    speed
        Seconds of exchange time per second of real time, above 0.

    Raises
    ------
    ValueError
        If `speed` is not above 0.
    """

    def __init__(self, start_ms: int, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be above 0, was {speed}")
        self._start_ms = start_ms
        self._speed = speed
        self._started = time.monotonic()

    @property
    def speed(self) -> float:
        """Seconds of exchange time per second of real time."""
        return self._speed

    def jump_to(self, now_ms: int) -> None:
        """Continue from a later time; call it only while no process uses the clock.

        Raises
        ------
        ValueError
            If `now_ms` is before the time shown.
        """
        ahead = now_ms - self.now_ms()
        if ahead < 0:
            raise ValueError(f"now_ms must not be before {self.now_ms()}, was {now_ms}")
        self._start_ms += ahead

    def now_ms(self) -> int:
        """Return the running time in milliseconds since 1970-01-01 UTC."""
        return self._start_ms + int((time.monotonic() - self._started) * 1000 * self._speed)
