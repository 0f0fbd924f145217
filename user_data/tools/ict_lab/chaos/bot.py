"""The shipped bot for a scenario: its clock can be set, and it is restarted as Compose would."""

from pathlib import Path
from typing import Any

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.shipped import ShippedBot
from loopback import bot_time
from loopback.server import LoopbackServer

LOOP_WORDS = b"Throttling with '_process_running()'"


class SteeredBot(ShippedBot):
    """`ShippedBot` whose clock follows a file while it runs, and whose loops are counted.

    Parameters
    ----------
    server, discord, folder
        As of `ShippedBot`.
    more
        Its other arguments.
    """

    def __init__(self, server: LoopbackServer, discord: LoopbackDiscord, folder: Path, **more: Any) -> None:
        super().__init__(server, discord, folder, **more)
        self._clock = folder / "guard" / "clock"
        self._ahead = 0.0
        self._read_to = 0
        self._loops = 0

    def start(self) -> None:
        """Start it in the exchange's time."""
        self.set_clock(-self._ahead)
        super().start()

    def set_clock(self, by_seconds: float) -> None:
        """Set the running bot's clock forwards, or back by a negative number."""
        self._ahead += by_seconds
        part = self._clock.with_suffix(".part")
        part.write_text(repr(self._ahead), encoding="utf-8")
        part.replace(self._clock)

    def loops(self) -> int:
        """Return how many loops its processes have finished so far."""
        file = self.folder / "logs" / "trader.log"
        if not file.exists():
            return 0
        with file.open("rb") as log:
            log.seek(self._read_to)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read_to += len(whole)
        self._loops += whole.count(LOOP_WORDS)
        return self._loops

    def _environment(self) -> dict[str, str]:
        environment = super()._environment()
        guard = self.folder / "guard" / "sitecustomize.py"
        guard.write_text(guard.read_text("utf-8") + bot_time.following(self._clock), encoding="utf-8")
        return environment
