"""The running bot, over Freqtrade's REST API by Freqtrade's own client."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from freqtrade_client.ft_rest_client import FtRestClient
from requests.exceptions import RequestException

from ict_lab.errors import LabError
from ict_lab.tune.setup import BotAccess

# A reload cleans up, reads everything again and reconnects to the exchange.
BACK_WITHIN_SECONDS = 90.0
LOOK_EVERY_SECONDS = 1.0
LOG_LINES = 500
LOADED = "Strategy Parameter: "


@dataclass(frozen=True, slots=True)
class BotFacts:
    """What a trader needs to know about a bot before it is changed."""

    name: str
    strategy: str
    state: str
    dry_run: bool
    open_trades: int

    def sentence(self) -> str:
        """Say it."""
        money = "simulated orders" if self.dry_run else "orders that are sent to its exchange"
        return (
            f"{self.name} runs {self.strategy} with {money}, is {self.state} and has "
            f"{self.open_trades} open trade{'' if self.open_trades == 1 else 's'}."
        )


class Bot:
    """A bot that serves its API.

    Parameters
    ----------
    access : BotAccess
        Where, and as whom.
    """

    def __init__(self, access: BotAccess) -> None:
        self._address = access.address
        self._client = FtRestClient(access.address, access.username, access.password)

    def facts(self) -> BotFacts:
        """Ask what runs there.

        Raises
        ------
        LabError
            When nothing answers, the login is refused, or it is no Freqtrade that trades.
        """
        shown, count = self._ask(self._client.show_config), self._ask(self._client.count)
        return BotFacts(
            name=str(shown.get("bot_name", "freqtrade")),
            strategy=str(shown.get("strategy", "")),
            state=str(shown.get("state", "")),
            dry_run=bool(shown.get("dry_run", False)),
            open_trades=int(count.get("current", 0)),
        )

    def reload(self, strategy: str, expected: Mapping[str, object]) -> str:
        """Have the bot reload its configuration and the strategy's file, and wait until it has.

        Parameters
        ----------
        strategy : str
            What it must run; else nothing is reloaded.
        expected : Mapping[str, object]
            Values of the strategy's file, by name, that its log must contain afterwards.

        Returns
        -------
        str
            What happened, in a sentence.

        Raises
        ------
        LabError
            When it runs another strategy, refuses, does not come back, or did not read the values.
        """
        facts = self.facts()
        if facts.strategy != strategy:
            raise LabError(f"the bot must run {strategy}, it runs {facts.strategy}: nothing was reloaded")
        since = max((row[1] for row in self._log_rows()), default=0.0)
        self._ask(self._client.reload_config)
        rows = self._wait(lambda: self._reloaded(since))
        shown = _values_of(rows)
        missed = [name for name, value in expected.items() if shown.get(name) != str(value)]
        if missed:
            raise LabError(
                f"the bot reloaded, but its log does not mention: {', '.join(missed)}. "
                "Does it read its strategy from this folder?"
            )
        values = ", ".join(f"{name} = {value}" for name, value in expected.items()) or "the same settings"
        return f"{facts.name} reloaded and is {self.facts().state}. It read {values}."

    def _reloaded(self, since: float) -> list[Any]:
        """Return the log since the reload once the new bot runs, nothing before."""
        rows = [row for row in self._log_rows() if row[1] > since]
        ready = any("Changing state from RELOAD_CONFIG" in str(row[4]) for row in rows)
        return rows if ready else []

    def _log_rows(self) -> list[Any]:
        return list(self._ask(lambda: self._client.logs(LOG_LINES)).get("logs", []))

    def _wait(self, look: Callable[[], list[Any]]) -> list[Any]:
        end = time.monotonic() + BACK_WITHIN_SECONDS
        last = "it did not say that it runs again"
        while time.monotonic() < end:
            time.sleep(LOOK_EVERY_SECONDS)
            try:
                if rows := look():
                    return rows
            except LabError as error:
                # Its API is closed for a moment while it reloads.
                last = str(error)
        raise LabError(
            f"the bot did not come back within {BACK_WITHIN_SECONDS:.0f} seconds ({last}): check its log"
        )

    def _ask(self, call: Callable[[], Any]) -> dict[str, Any]:
        try:
            answer = call()
        except ValueError as error:
            raise LabError(f"what answers at {self._address} is no Freqtrade API") from error
        except RequestException as error:
            raise LabError(f"the bot at {self._address} did not answer: {type(error).__name__}") from error
        if answer is None:
            raise LabError(f"no bot answers at {self._address}: does it run, and is its api_server enabled?")
        if not isinstance(answer, dict) or "error" in answer:
            raise LabError(f"the bot at {self._address} refused: {answer}")
        if "detail" in answer:
            if answer["detail"] == "Unauthorized":
                raise LabError(f"the bot at {self._address} refused this user name and password")
            raise LabError(f"the bot at {self._address} refused: {answer['detail']}")
        return answer


def _values_of(rows: list[Any]) -> dict[str, str]:
    """Read the values in a bot's log, by name."""
    texts = [str(row[4]).removeprefix(LOADED) for row in rows if str(row[4]).startswith(LOADED)]
    return {name: value for name, _, value in (text.partition(" = ") for text in texts)}
