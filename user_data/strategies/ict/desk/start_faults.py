"""Why an exchange turned a bot away at its start, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

KEY, SECRET = "FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET"
# What the exchange, ccxt or Freqtrade say, and what it means; {host} is where the orders would go.
_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "Hedge Mode is not supported": (
            "the account is in hedge mode: set its position mode to one-way at {host}, with no position open"
        ),
        "Multi-Asset Mode is not supported": (
            "the account is in multi-assets mode: set its asset mode to single-asset at {host}, with no "
            "position open"
        ),
        '"code":-2014': f"the API key has not the form of one: {KEY} must be the key alone, as it was shown",
        '"code":-2015': (
            f"the API key is refused: {KEY} must be a key of {{host}} that may trade futures from this "
            "computer's address"
        ),
        '"code":-1022': (
            f"the API secret does not belong to the key: {SECRET} must be the one that was shown with it"
        ),
        '"code":-1021': (
            "this computer's clock is wrong: it must be within a second of the exchange's, so have it set by "
            "the network (timedatectl set-ntp true)"
        ),
    }
)


def missing_keys(config: Mapping[str, Any]) -> str | None:
    """Say which of key and secret are missing where orders are to go out; None where nothing is.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration, all files and the environment merged.
    """
    if config.get("dry_run", True):
        return None
    exchange = config.get("exchange") or {}
    missing = [name for name, part in ((KEY, "key"), (SECRET, "secret")) if not exchange.get(part)]
    if not missing:
        return None
    return f"no API key: set {' and '.join(missing)} in .env, and load it with: set -a; . ./.env; set +a"


def meaning(error: str, config: Mapping[str, Any]) -> str:
    """Say what an error of the exchange at the start means, and what to do; an unknown one in its own words.

    Parameters
    ----------
    error : str
        Text of the error.
    config : Mapping
        Freqtrade's configuration.
    """
    host = _host(config)
    found = [words.format(host=host) for said, words in _MEANINGS.items() if said in error]
    return "; ".join(found) or " ".join(error.split())


def _host(config: Mapping[str, Any]) -> str:
    client = (config.get("exchange") or {}).get("ccxt_config") or {}
    url = str(client.get("urls", {}).get("api", {}).get("fapiPrivate", ""))
    # The page for keys has the host's name without what makes it an interface.
    return (urlsplit(url).hostname or "binance.com").replace("fapi.", "").replace("demo-", "demo.")
