"""What must be right before the bot may trade: pure checks of a Freqtrade configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

# Hosts on which no real money is.
PLAY_MONEY_HOSTS = frozenset({"demo-fapi.binance.com", "testnet.binancefuture.com"})
ACCEPT_KEY = "ict_mainnet"
ACCEPT_SENTENCE = "I accept that real money is at risk"
# Every address that a futures bot's requests can go to: without one, ccxt's own is production's.
REQUIRED_URLS = (
    "fapiPublic",
    "fapiPublicV2",
    "fapiPublicV3",
    "fapiPrivate",
    "fapiPrivateV2",
    "fapiPrivateV3",
)
LEAST_PASSWORD, LEAST_SECRET = 8, 32
# A pair, not a pattern of pairs: that may well match nothing today.
_PAIR = re.compile(r"[A-Z0-9]+/[A-Z0-9]+(:[A-Z0-9]+)?")


def trades_real_money(config: Mapping[str, Any]) -> bool:
    """Whether orders would go to a host that is not known to be a testnet."""
    if config.get("dry_run", True):
        return False
    exchange = config.get("exchange", {})
    shared = _urls(exchange, "ccxt_config")
    clients = [shared | _urls(exchange, name) for name in ("ccxt_sync_config", "ccxt_async_config")]
    return any(
        urlsplit(str(urls.get(name, ""))).hostname not in PLAY_MONEY_HOSTS
        for urls in clients
        for name in REQUIRED_URLS
    )


def _urls(exchange: Mapping[str, Any], block: str) -> dict[str, Any]:
    api = (exchange.get(block) or {}).get("urls", {}).get("api", {})
    return dict(api) if isinstance(api, Mapping) else {}


def refusals(config: Mapping[str, Any]) -> list[str]:
    """Say what forbids a start with this configuration, a sentence each; none where it may start.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration, all files and the environment merged.
    """
    return [*_mainnet(config), *_database(config), *_api_server(config)]


def unlisted_pairs(config: Mapping[str, Any], is_listed: Callable[[str], bool]) -> str | None:
    """Say which pairs of the whitelist the exchange does not list: Freqtrade would run on without them.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration.
    is_listed : Callable
        Whether the exchange lists a pair.
    """
    pairs = config["exchange"].get("pair_whitelist", [])
    unknown = ", ".join(pair for pair in pairs if _PAIR.fullmatch(pair) and not is_listed(pair))
    if not unknown:
        return None
    return f"pair_whitelist must name futures that the exchange lists, such as BTC/USDT:USDT, was {unknown}"


def _mainnet(config: Mapping[str, Any]) -> list[str]:
    if trades_real_money(config) and config.get(ACCEPT_KEY) != ACCEPT_SENTENCE:
        return [
            "the exchange's addresses are not a testnet's, so real money would be at risk: add "
            f'-c user_data/config/mainnet.json if you want that ({ACCEPT_KEY} must be "{ACCEPT_SENTENCE}")'
        ]
    return []


def _database(config: Mapping[str, Any]) -> list[str]:
    simulated = "dryrun" in str(config.get("db_url", "")).replace("_", "").replace("-", "").lower()
    if config.get("db_url") and simulated and not config.get("dry_run", True):
        return [f"db_url {config['db_url']} is a dry run's, but dry_run is false: trades would mix"]
    return []


def _api_server(config: Mapping[str, Any]) -> list[str]:
    server = config.get("api_server") or {}
    if not server.get("enabled"):
        return []
    password, secret = str(server.get("password", "")), str(server.get("jwt_secret_key", ""))
    faults = []
    if len(password) < LEAST_PASSWORD or not password.isascii():
        faults.append(
            f"api_server.password must be {LEAST_PASSWORD} or more ASCII characters: "
            "set FREQTRADE__API_SERVER__PASSWORD"
        )
    if len(secret) < LEAST_SECRET or secret.startswith("ssh-rsa"):
        faults.append(
            f"api_server.jwt_secret_key must be {LEAST_SECRET} or more characters: "
            "set FREQTRADE__API_SERVER__JWT_SECRET_KEY"
        )
    return faults
