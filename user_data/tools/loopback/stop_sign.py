"""How a thread ends an event loop that runs in another one: nobody looks for it many times a second."""

import asyncio
from contextlib import suppress


class StopSign:
    """A sign that any thread sets and an event loop waits for."""

    def __init__(self) -> None:
        self._is_set = False
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def set(self) -> None:
        """Set it, also before the loop runs or after its end."""
        self._is_set = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, *tasks: asyncio.Task[None]) -> None:
        """Wait until it is set, or one of the tasks has ended."""
        self._loop = asyncio.get_running_loop()
        # Whoever set it before did not see the loop.
        if self._is_set:
            self._event.set()
        sign = asyncio.create_task(self._event.wait())
        await asyncio.wait((sign, *tasks), return_when=asyncio.FIRST_COMPLETED)
        sign.cancel()
