"""What must be right before the bot may trade: pure checks of a Freqtrade configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

Money = Literal["real_money", "play_money", "simulated"]
# Hosts on which no real money is.
PLAY_MONEY_HOSTS = frozenset({"demo-fapi.binance.com", "testnet.binancefuture.com"})
ACCEPT_KEY = "ict_mainnet"
ACCEPT_SENTENCE = "I accept that real money is at risk"
# What the exchange's prices are; a loopback exchange's overlay says so.
PRICES_KEY = "ict_prices"
PRICES = ("market", "synthetic", "recorded")
# Every address that a futures bot's requests can go to: without one, ccxt's own is production's.
REQUIRED_URLS = (
    "fapiPublic",
    "fapiPublicV2",
    "fapiPublicV3",
    "fapiPrivate",
    "fapiPrivateV2",
    "fapiPrivateV3",
)
# Which markets an address of Binance's futures belongs to; the two testnets share their streams.
_REST: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "demo-fapi.binance.com": ("Demo Trading",),
        "testnet.binancefuture.com": ("Futures Testnet",),
        "fapi.binance.com": ("production",),
    }
)
_TESTNETS = ("Demo Trading", "Futures Testnet")
_STREAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fstream.binancefuture.com": _TESTNETS,
        "stream.binancefuture.com": _TESTNETS,
        "testnet.binancefuture.com": _TESTNETS,
        "fstream.binance.com": ("production",),
        "ws-fapi.binance.com": ("production",),
    }
)
_STREAM_NAMES = ("linear", "future")
_ENCRYPTED = ("https", "wss")
_URLS = "exchange.ccxt_config.urls.api"
# Options without which ccxt asks other hosts than the market's own, signed.
_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]}}
)
# What sends ccxt to a portfolio margin account, at production's address alone.
_PORTFOLIO = ("portfolioMargin", "papi")
# Of both of ccxt's clients, of the synchronous and of the asynchronous one: the later wins.
_CLIENTS = ("ccxt_config", "ccxt_sync_config", "ccxt_async_config")
_MEMORY = frozenset({"sqlite://", "sqlite:///", "sqlite:///:memory:"})
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


def money_of(config: Mapping[str, Any]) -> Money:
    """Name whose money orders move: nobody's in a dry run."""
    if config.get("dry_run", True):
        return "simulated"
    return "real_money" if trades_real_money(config) else "play_money"


def _urls(exchange: Mapping[str, Any], block: str) -> dict[str, Any]:
    api = (exchange.get(block) or {}).get("urls", {}).get("api", {})
    return dict(api) if isinstance(api, Mapping) else {}


def refusals(config: Mapping[str, Any]) -> list[str]:
    """Return what forbids a start with this configuration, a sentence each; none where it may start.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration, all files and the environment merged.
    """
    return [*_mainnet(config), *_options(config), *_database(config), *_api_server(config)]


def address_faults(api: Mapping[str, Any]) -> list[str]:
    """Say which addresses of futures are not of the market that orders go to, a sentence each.

    Parameters
    ----------
    api : Mapping
        ccxt's own `urls.api`, its defaults and the configuration merged; streams are in nested blocks.
    """
    addresses = dict(_flat(api))
    market = _REST.get(_host(addresses.get("fapiPrivate")))
    if market is None:
        return [
            f"{_URLS}.fapiPrivate must be an address of Binance's futures, was {addresses.get('fapiPrivate')}"
        ]
    faults = []
    for name, address in addresses.items():
        known = _STREAMS if name.endswith(_STREAM_NAMES) else _REST if name.startswith("fapi") else None
        if known is None:
            continue
        if market[0] not in known.get(_host(address), ()):
            faults.append(
                f"{_URLS}.{name} must be an address of {market[0]}, as fapiPrivate is, was {address}"
            )
        elif urlsplit(str(address)).scheme not in _ENCRYPTED:
            faults.append(f"{_URLS}.{name} must be encrypted, was {address}")
    return faults


def market_of(api: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Name the market that a book belongs to.

    Parameters
    ----------
    api : Mapping
        ccxt's `urls.api`.
    config : Mapping
        Freqtrade's configuration: whether orders are simulated, and whose the prices are.
    """
    orders = f"{'simulated orders' if config['dry_run'] else 'orders'} at {_host(api.get('fapiPrivate'))}"
    # A loopback exchange answers in the place of that host.
    prices = prices_of(config)
    return orders if prices == PRICES[0] else f"{orders} with {prices} prices"


def host_of(config: Mapping[str, Any]) -> str:
    """Name the host that a configuration's orders go to."""
    return _host(_urls(config.get("exchange", {}), "ccxt_config").get("fapiPrivate")) or "fapi.binance.com"


def prices_of(config: Mapping[str, Any]) -> str:
    """Name what the exchange's prices are, one of `PRICES`: a market's own where nothing says otherwise."""
    named = config.get(PRICES_KEY)
    return named if named in PRICES else PRICES[0]


def _flat(block: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in block.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _host(address: Any) -> str:
    return urlsplit(str(address or "")).hostname or ""


def unlisted_pairs(config: Mapping[str, Any], is_listed: Callable[[str], bool]) -> str | None:
    """Return pairs of the whitelist that the exchange does not list: Freqtrade would run without them.

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


def _options(config: Mapping[str, Any]) -> Iterator[str]:
    if config.get("dry_run", True):
        return
    for client in _CLIENTS:
        options = (config.get("exchange", {}).get(client) or {}).get("options") or {}
        block = f"exchange.{client}.options"
        yield from _portfolio_margin(block, options)
        # The clients of their own inherit what is shared.
        required = {name: _OPTIONS[name] for name in _OPTIONS if client == _CLIENTS[0] or name in options}
        if not trades_real_money(config):
            yield from _strange_hosts(block, options, required)


def _portfolio_margin(block: str, options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in _flat(options):
        if name.rpartition(".")[2] in _PORTFOLIO and value:
            yield (
                f"{block}.{name} must be left out, was {json.dumps(value)}: "
                "in a portfolio margin account each position risks all of it"
            )


def _strange_hosts(block: str, options: Mapping[str, Any], required: Mapping[str, Any]) -> Iterator[str]:
    for name, value in required.items():
        if options.get(name) != value:
            yield (
                f"{block}.{name} must be {json.dumps(value)}, was {json.dumps(options.get(name))}: "
                "otherwise the testnet's key is sent to production"
            )


def _database(config: Mapping[str, Any]) -> list[str]:
    if config.get("db_url") in _MEMORY and not config.get("dry_run", True):
        return [f"db_url must be a file, was {config['db_url']}: open trades would be forgotten at a restart"]
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
