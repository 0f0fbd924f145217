"""Run a bot's process in its exchange's time, by replacing the clocks that it reads.

At real speed `time-machine` shifts Python's clocks. A faster clock needs libfaketime (the package `faketime`
on Debian and Ubuntu), because sleeps and timeouts must get shorter too.
"""

import time
from datetime import UTC, datetime
from pathlib import Path

import time_machine

from loopback.clock import Clock, RunningClock

_LIBRARY = "libfaketimeMT.so.1"
_PLACES = ("lib/*/faketime", "lib/faketime", "lib64/faketime", "local/lib/faketime")
# Python imports this before anything else, before any code reads a clock.
_SHIFT = """
import time
import time_machine
traveller = time_machine.travel(time.time() + ({seconds!r}), tick=True).start()
time.time()  # time-machine's clocks begin to run when somebody looks at one
"""
# Run after that, so that the clock follows a number of seconds in a file, forwards and back, like a
# computer's clock that is set. Python's clocks for durations are not affected.
_FOLLOW = """
import threading


def follow(path):
    seen = 0.0
    while True:
        time.sleep(0.02)
        try:
            with open(path) as file:
                wanted = float(file.read())
        except (OSError, ValueError):
            continue
        traveller.shift(wanted - seen)
        seen = wanted


threading.Thread(target=follow, args=({path!r},), daemon=True).start()
"""


def faketime_library() -> Path | None:
    """Return the path of libfaketime; None if it is not installed."""
    found = (path for place in _PLACES for path in Path("/usr").glob(f"{place}/{_LIBRARY}"))
    return next(found, None)


def preamble(clock: Clock) -> str:
    """Return the code that a process runs first to use a clock; empty for the wall clock."""
    if not isinstance(clock, RunningClock) or clock.speed != 1.0:
        return ""
    return _SHIFT.format(seconds=clock.now_ms() / 1000 - time.time())


def following(file: Path) -> str:
    """Return the code after `preamble` that lets a file with seconds shift the process's clock."""
    return _FOLLOW.format(path=str(file))


def shifted_clocks(clock: RunningClock) -> time_machine.travel:
    """Shift this process's clocks to a clock at real speed, within a context."""
    return time_machine.travel(clock.now_ms() / 1000, tick=True)


def environment(clock: Clock) -> dict[str, str]:
    """Return the environment of a process that uses a faster clock, from now on.

    Raises
    ------
    FileNotFoundError
        If libfaketime is not installed.
    """
    if not isinstance(clock, RunningClock) or clock.speed == 1.0:
        return {}
    library = faketime_library()
    if library is None:
        raise FileNotFoundError(f"{_LIBRARY} must be installed for a faster time: apt-get install faketime")
    # libfaketime reads whole seconds, so the bot is a little behind; its stamps may be behind, not ahead.
    start = datetime.fromtimestamp(clock.now_ms() // 1000, UTC)
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"@{start:%Y-%m-%d %H:%M:%S} x{clock.speed:g}",
        "TZ": "UTC",
    }
