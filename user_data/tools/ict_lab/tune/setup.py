"""What the page is started with: configuration files, candles' folder, strategies and the bot's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from freqtrade.configuration.environment_vars import environment_vars_to_dict
from freqtrade.configuration.load_config import load_from_files
from freqtrade.exceptions import OperationalException
from freqtrade.misc import deep_merge_dicts

from ict.errors import ParameterError
from ict.words.settings import SETTINGS_KEY as MESSAGES_KEY
from ict.words.settings import MessageSettings
from ict_lab.errors import LabError
from ict_lab.words import LANGUAGES


@dataclass(frozen=True)
class Setup:
    """Places and settings that hold as long as the page runs.

    Attributes
    ----------
    configs : tuple[Path, ...]
        Freqtrade's configuration files, a later one over those before it.
    strategies, datadir : Path
        Folders of the strategies and of the candles.
    trials : Path
        Log of what is tried.
    user_data : Path
        Freqtrade's folder, where files that settings name are.
    language : str
        Of the page.
    """

    configs: tuple[Path, ...]
    strategies: Path
    datadir: Path
    trials: Path
    user_data: Path = Path("user_data")
    language: str = "en"

    def block(self) -> dict[str, Any]:
        """Read the `ict` block of the configuration as it is now.

        Raises
        ------
        LabError
            When a file can't be read, or the block is none.
        """
        block = read_configuration(self.configs).get("ict", {})
        if not isinstance(block, dict):
            raise LabError(f"ict in the configuration must be a block of settings, was {block!r}")
        return block


@dataclass(frozen=True)
class BotAccess:
    """Where a bot's API is and who asks; the password never leaves this process."""

    address: str
    username: str
    password: str


def make_setup(
    configs: Sequence[Path],
    strategies: Path,
    datadir: Path | None,
    trials: Path | None = None,
    language: str | None = None,
) -> Setup:
    """Read the configuration and fill in what was not given.

    Raises
    ------
    LabError
        When a configuration file can't be read.
    """
    config = read_configuration(configs)
    exchange = config.get("exchange", {}).get("name", "binance")
    places = Path(config.get("user_data_dir", "user_data")), config.get("datadir")
    folder = datadir or (Path(places[1]) if places[1] else places[0] / "data" / exchange)
    return Setup(
        tuple(configs), strategies, folder, trials or places[0] / "trials.jsonl", places[0],
        language or _language(config),
    )  # fmt: skip


def _language(config: Mapping[str, Any]) -> str:
    """Language of the strategy's messages, where that is right."""
    with suppress(ParameterError):
        language = MessageSettings.parse(config.get(MESSAGES_KEY)).language
        return language if language in LANGUAGES else "en"
    return "en"


def bot_access(configs: Sequence[Path]) -> BotAccess:
    """Read where the bot's API is from the configuration, as the bot itself does."""
    api = read_configuration(configs).get("api_server", {})
    host = api.get("listen_ip_address", "127.0.0.1")
    # A bot that listens on every address answers on this machine's own.
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    address = f"http://{host}:{api.get('listen_port', 8080)}"
    return BotAccess(address, str(api.get("username", "")), str(api.get("password", "")))


def read_configuration(configs: Sequence[Path]) -> Mapping[str, Any]:
    """Merge configuration files and the environment's FREQTRADE__ variables, as Freqtrade does.

    Raises
    ------
    LabError
        When a file is absent or no valid JSON.
    """
    try:
        config = load_from_files([str(path) for path in configs])
    except (OperationalException, OSError) as error:
        raise LabError(str(error)) from error
    merged: dict[str, Any] = deep_merge_dicts(environment_vars_to_dict(), config)
    return merged
