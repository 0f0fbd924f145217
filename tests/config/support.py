"""The committed configurations, loaded by Freqtrade's own code in a scratch folder."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import ccxt.pro
from freqtrade.configuration import Configuration, validate_config_consistency
from freqtrade.configuration.load_config import load_config_file
from freqtrade.enums import RunMode

from tests.support.places import CONFIG, REPOSITORY

BASE = REPOSITORY / "config.json"

# What Freqtrade takes from the strategy before it validates a configuration for trading.
FROM_STRATEGY = {"timeframe": "15m", "stoploss": -0.1, "minimal_roi": {"0": 1.0}, "startup_candle_count": 200}
FAKE_KEYS = {"FREQTRADE__EXCHANGE__KEY": "fake-key", "FREQTRADE__EXCHANGE__SECRET": "fake-secret"}
API_SECRETS = {
    "FREQTRADE__API_SERVER__ENABLED": "true",
    "FREQTRADE__API_SERVER__PASSWORD": "a-long-enough-password",
    "FREQTRADE__API_SERVER__JWT_SECRET_KEY": "0123456789abcdef-0123456789abcdef",
}


def overlay(name: str) -> Path:
    return CONFIG / f"{name}.json"


def read(path: Path) -> dict[str, Any]:
    """One file alone, read as Freqtrade reads it: with comments."""
    return load_config_file(str(path))


def pro_urls(settings: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """Return the addresses of ccxt's client with websockets; without a loop of its own it leaves one open."""
    with asyncio.Runner() as runner:
        urls: dict[str, Any] = ccxt.pro.binance({**settings, "asyncio_loop": runner.get_loop()}).urls
    return urls


def load(*overlays: str, user_data: Path, runmode: RunMode | None = None) -> dict[str, Any]:
    """config.json and overlays, merged with the environment; without a runmode as `freqtrade trade` does."""
    files = [str(BASE), *(str(overlay(name)) for name in overlays)]
    arguments = {"config": files, "user_data_dir": str(user_data), "command": "trade"}
    return Configuration(arguments, runmode).get_config()


def validated(settings: dict[str, Any]) -> dict[str, Any]:
    """Validate a configuration for trading, and give it back."""
    validate_config_consistency(settings | FROM_STRATEGY)
    return settings
