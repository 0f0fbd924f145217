"""The real bot with everything that ships: configuration, Discord overlay and strategy."""

import json
import re
from pathlib import Path
from types import TracebackType
from typing import Any

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.process import PATIENCE_SECONDS, LiveBot
from ict_lab.places import REPOSITORY, STRATEGIES
from loopback.server import LoopbackServer

SHIPPED = "ICTObFvgStrategy"
# The order block alone is enough for an entry.
BLOCK_ALONE = {"entry_threshold": 2.0, "htf_gate": False}

# ccxt's own pauses between requests have nothing to protect here, and take most of a start.
_QUICK = {"exchange": {"ccxt_config": {"enableRateLimit": False}}}

KEY, SECRET = "FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET"

# What a control changes in the shipped strategy, as the text of a strategy file. A slow machine may start
# too late for the signal that its test is about.
_CONTROL = """
import sys

sys.path.insert(0, {strategies!r})
from ICTObFvgStrategy import ICTObFvgStrategy as Shipped


class {name}(Shipped):
    ignore_buying_expired_candle_after = 36_000
{body}
"""


def control(name: str, body: str) -> str:
    """Return the text of a strategy file: the shipped strategy without one of its guards."""
    return _CONTROL.format(strategies=str(STRATEGIES), name=name, body=body)


class ShippedBot(LiveBot):
    """`LiveBot` with the shipped strategy, or one in a text, and the Discord overlay.

    The same object can be started again after it has stopped: folder and database stay.

    Parameters
    ----------
    server, discord
        The exchange on which it trades, and the Discord to which it reports.
    folder
        An empty folder for everything that the bot writes.
    ict
        The `ict` block of the configuration, on top of `BLOCK_ALONE`.
    extra
        Configuration on top of everything else.
    strategy, source
        Another strategy's class and text.
    environment
        Variables that differ from what they should be.
    verbosity
        How much is logged; secrets are looked for in it.
    is_patient
        Whether the shipped strategy enters long after its signal's candle, too.
    """

    def __init__(
        self,
        server: LoopbackServer,
        discord: LoopbackDiscord,
        folder: Path,
        *,
        ict: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        strategy: str = SHIPPED,
        source: str | None = None,
        environment: dict[str, str] | None = None,
        verbosity: str = "-vv",
        is_patient: bool = True,
    ) -> None:
        self._own_environment = {"FREQTRADE__DISCORD__WEBHOOK_URL": discord.url, **(environment or {})}
        self.discord = discord
        overlay = REPOSITORY / "user_data" / "config" / "discord.json"
        settings = {"ict": {**BLOCK_ALONE, **(ict or {})}, **(extra or {})}
        quick = folder / "quick.json"
        quick.write_text(json.dumps(_QUICK), encoding="utf-8")
        # A test's own settings once more, so that they can change the Discord overlay too.
        files = [word for file in (overlay, quick, folder / "last.json") for word in ("-c", str(file))]
        waits = is_patient and strategy == SHIPPED
        place = () if waits else ("--strategy-path", str(STRATEGIES))
        super().__init__(server, folder, strategy, source, settings, (*files, *place, verbosity))
        if waits:
            patient = folder / "user_data" / "strategies" / "Patient.py"
            patient.write_text(control(strategy, ""), encoding="utf-8")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, at)
        if kind is None:
            self.check_secrets()
            assert (self.refused_hosts, self.server.exchange.record.refusals) == ([], [])

    def _environment(self) -> dict[str, str]:
        # No user's own settings. Lines are not wrapped.
        ours = (KEY, SECRET)
        kept = {
            name: text
            for name, text in super()._environment().items()
            if not name.startswith("FREQTRADE__") or name in ours
        }
        return kept | {"COLUMNS": "10000"} | self._own_environment

    def check_secrets(self) -> None:
        """Require that nothing which the bot wrote has a key or the webhook's address in it."""
        texts = {"log": self.file_log(), "console": re.sub(r"\s", "", self.log_text())}
        texts["messages"] = "".join(map(text_of, self.discord.messages))
        webhook = self._own_environment["FREQTRADE__DISCORD__WEBHOOK_URL"].rsplit("/", 1)[-1]
        settings = self.server.exchange.settings
        for secret in (webhook, settings.key, settings.secret):
            found = [name for name, text in texts.items() if secret in text]
            assert not found, f"a secret that begins with {secret[:4]} is in: {found}"
        # Nothing would be proven by a log without the details.
        assert not texts["log"] or " - DEBUG - " in texts["log"]

    def ended(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait until the bot ends by itself and return its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def told(self, *parts: str) -> list[str]:
        """Return the messages on Discord that have every one of these texts in them, in order."""
        texts = [text_of(message) for message in list(self.discord.messages)]
        return [text for text in texts if all(part in text for part in parts)]

    def wait_told(self, *parts: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Wait for a message on Discord with every one of these texts and return it."""
        found: list[str] = self.wait_for(f"a message with {parts}", lambda: self.told(*parts), seconds)
        return found[0]

    def trades(self, where: str = "1 = 1") -> list[dict[str, Any]]:
        """Return rows of the table of trades."""
        return self.rows(f"select * from trades where {where} order by id")

    def levels(self) -> dict[int, str]:
        """Return each trade's record of stop and target as it is stored."""
        rows = self.rows("select * from trade_custom_data where cd_key = 'ict_levels'")
        return {row["ft_trade_id"]: row["cd_value"] for row in rows}


def text_of(message: dict[str, Any]) -> str:
    """Return all of a Discord message's text."""
    lines = [str(message.get("content", ""))]
    for embed in message.get("embeds", []):
        lines.append(str(embed.get("title", "")))
        lines += [f"{field['name']}: {field['value']}" for field in embed.get("fields", [])]
    return "\n".join(lines)
