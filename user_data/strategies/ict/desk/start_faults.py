"""Why an exchange rejected a bot at its start, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from ict.desk.secrets import is_secret_name

KEY, SECRET = "FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET"
# Binance's own coins, which replace others in some modes of an account.
PROXY_COINS = ("BNFCR", "BFUSD")
# Characters that a copy or an editor of Windows brings along; the first three belong nowhere.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "\r": "a Windows line ending",
        "\n": "a line ending",
        "\ufeff": "a byte order mark",
        " ": "a blank",
        "\t": "a tab",
        "\u00a0": "a no-break space",
        '"': "a quote",
        "'": "a quote",
        "`": "a quote",
        "\u201c": "a quote",
        "\u201d": "a quote",
    }
)
_NOWHERE = frozenset("\r\n\ufeff")
# Letters to Unicode, and nothing on a screen: fillers, joiners and the empty Braille pattern.
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Where any text may be, such as a message's layout; its addresses and tokens are checked. Freqtrade keeps a
# copy of the whole configuration beside it.
_LAYOUTS = frozenset({"discord", "telegram", "webhook", "ict_messages", "bot_name", "original_config"})
_PREFIX = "FREQTRADE__"
# Errors of the exchange, ccxt or Freqtrade, and their meaning; {host} is where the orders would go.
_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "Hedge Mode is not supported": (
            "the account is in hedge mode: set its position mode to one-way at {host}, with no position open"
        ),
        "Multi-Asset Mode is not supported": (
            "the account is in multi-assets mode: set its asset mode to single-asset at {host}, with no "
            "position open"
        ),
        # Freqtrade then goes on with a class that knows no stop on any exchange.
        "On exchange stoploss is not supported": (
            "the exchange's answer about the account's mode could not be read: try again"
        ),
        '"code":-2014': f"the API key does not look like one: {KEY} must be the key alone, as it was shown",
        '"code":-2015': (
            f"the API key is refused: {KEY} must be a key of {{host}} that may trade futures from this "
            "computer's address"
        ),
        '"code":-1022': (
            f"the API secret does not belong to the key: {SECRET} must be the one that was shown with it"
        ),
        '"code":-1021': (
            "this computer's clock is wrong: it must be within a second of the exchange's, so synchronise it "
            "by NTP (timedatectl set-ntp true)"
        ),
        "Could not load markets": (
            "no answer from {host}: is there a network, is it up, and does Binance serve your country?"
        ),
    }
)


def key_faults(config: Mapping[str, Any]) -> list[str]:
    """Return the faults of key and secret where orders are sent; their values are never shown.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration, all files and the environment merged.
    """
    if config.get("dry_run", True):
        return []
    exchange = config.get("exchange") or {}
    given = {KEY: exchange.get("api_key") or exchange.get("key"), SECRET: exchange.get("secret")}
    missing = [name for name, value in given.items() if not value]
    if missing:
        return [
            f"no API key: set {' and '.join(missing)} in .env, and load it with: set -a; . ./.env; set +a"
        ]
    found = {name: _strange(str(value), within=True) for name, value in given.items()}
    return [_unseen(name, strange) for name, strange in found.items() if strange]


def unseen_characters(environment: Mapping[str, str]) -> list[str]:
    """Return which of Freqtrade's variables begin or end with an invisible character, or contain one.

    Parameters
    ----------
    environment : Mapping
        Variables by name.
    """
    ours = {name: value for name, value in environment.items() if _PREFIX in name}
    # A file's first name takes its byte order mark along. A producer's list is JSON, with blanks and quotes
    # inside; line ends are a wrong file's everywhere.
    found = {
        name: _strange(name, within=True) or _strange(value, within=name in (KEY, SECRET))
        for name, value in ours.items()
    }
    return [_unseen(_shown(name), strange) for name, strange in found.items() if strange]


def unseen_settings(config: Mapping[str, Any]) -> list[str]:
    """Return which settings, or their names, have a character that nobody sees; layouts of messages may.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration, all files and the environment merged.
    """
    found = [(_shown(path), _invisible(text)) for path, text in _texts(config)]
    return [*dict.fromkeys(f"{path} contains {strange}: type it anew" for path, strange in found if strange)]


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Names and texts of a block, each with its place; of layouts the secrets alone."""
    head, _, name = path.partition(".")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else str(key)
            if head not in _LAYOUTS:
                yield place, str(key)
            yield from _texts(inner, place)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, path)
    elif isinstance(value, str) and (head not in _LAYOUTS or is_secret_name(name)):
        yield path, value


def _invisible(text: str) -> str:
    letter = next((one for one in text if one in _EMPTY or not (one.isprintable() or one in "\n\t")), "")
    return letter and _named(letter)


def _named(letter: str) -> str:
    return _NAMES.get(letter) or f"the character U+{ord(letter):04X}"


def _shown(name: str) -> str:
    """Leave out of a name what nobody sees."""
    return "".join(letter for letter in name if letter.isprintable() and letter not in _EMPTY).strip()


def _strange(value: str, *, within: bool) -> str:
    """Name the first character that does not belong there."""
    ends = value[:1] + value[-1:]
    for letter in value:
        if letter in _NAMES and (within or letter in _NOWHERE or letter in ends):
            return _named(letter)
        if letter in _EMPTY or not letter.isprintable() or (within and not letter.isascii()):
            return _named(letter)
    return ""


def _unseen(name: str, strange: str) -> str:
    return f"{name} contains {strange}: put the value alone into .env, and save it with Unix line endings"


def meaning(error: str, config: Mapping[str, Any]) -> str:
    """Explain an error of the exchange at the start, and what to do; an unknown one is returned as it is.

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


def no_money(held: Callable[[str], float], currency: str) -> str | None:
    """Say that an account has nothing to trade with; None where it has.

    Parameters
    ----------
    held : Callable
        From a coin to how much of it is in the futures wallet.
    currency : str
        The stake currency.
    """
    if held(currency) > 0:
        return None
    others = [coin for coin in PROXY_COINS if held(coin) > 0]
    beside = f"; its {' and '.join(others)} can't be traded with isolated margin" if others else ""
    return f"the account must hold {currency} in its futures wallet, it holds {held(currency):g}" + beside


def empty_wallet(config: Mapping[str, Any]) -> str | None:
    """Say that a simulation has nothing to trade with, by which Freqtrade would divide; None where it has.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration.
    """
    wallet = config.get("dry_run_wallet", 1)
    held = wallet.get(config["stake_currency"], 0) if isinstance(wallet, Mapping) else wallet
    if not config.get("dry_run") or held > 0:
        return None
    return f"dry_run_wallet must be above 0, was {json.dumps(wallet)}"


def _host(config: Mapping[str, Any]) -> str:
    client = (config.get("exchange") or {}).get("ccxt_config") or {}
    url = str(client.get("urls", {}).get("api", {}).get("fapiPrivate", ""))
    # The page for keys has the host's name without what makes it an interface.
    return (urlsplit(url).hostname or "binance.com").replace("fapi.", "").replace("demo-", "demo.")
