"""How long a test waits before it gives up, in seconds."""

import time
from collections.abc import Callable
from typing import Any

# Nothing that works takes so long, on a machine that is busy with other things too; only what hangs does.
PATIENCE = 300.0


def wait_for(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{condition} did not come true in {PATIENCE} s")
        time.sleep(0.05)
    return found
