"""Secrets of a configuration, and texts without them: log files are read, copied and sent to others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

HIDDEN = "REDACTED"
# Shorter ones would hide ordinary words; Freqtrade's own placeholders are as short.
LEAST_SECRET = 6
_SECRET_NAMES = frozenset(
    {
        "key", "apikey", "secret", "password", "uid", "login", "accountid", "walletaddress", "privatekey",
        "passphrase", "twofa", "token", "wstoken", "jwtsecretkey", "webhookurl", "chatid",
    }
)  # fmt: skip
_TOKEN_CHARACTERS, _LEAST_MIXED_TOKEN = 16, 8


def secrets_in(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Find what must not be shown: keys, passwords, tokens, webhook addresses and their telling parts.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration, all files and the environment merged.

    Returns
    -------
    tuple[str, ...]
        Each once, longest first; none shorter than `LEAST_SECRET` characters.
    """
    found = {part for secret in _values(config) for part in _parts(secret) if len(part) >= LEAST_SECRET}
    return tuple(sorted(found, key=lambda secret: (-len(secret), secret)))


def redacted(text: str, secrets: Sequence[str]) -> str:
    """Replace every secret in a text, also where it is percent-encoded or escaped."""
    pattern = _pattern(tuple(secrets))
    return pattern.sub(HIDDEN, text) if pattern else text


def _values(value: Any, name: str = "", block: str = "") -> Iterator[str]:
    """Secrets by their name, wherever they are, and passwords in the middle of an address."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, str(key), name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values(inner, name, block)
    elif _is_secret(name, block) and not isinstance(value, bool) and value is not None:
        yield str(value)
    elif isinstance(value, str) and "://" in value and "@" in value:
        yield _password(value)


def is_secret_name(name: str) -> bool:
    """Whether a setting of this name is a secret in whatever block it is."""
    return name.replace("_", "").lower() in _SECRET_NAMES


def _is_secret(name: str, block: str) -> bool:
    return is_secret_name(name) or (block, name) == ("webhook", "url")


def _parts(secret: str) -> Iterator[str]:
    yield secret.strip()
    if "://" in secret:
        yield from _parts_of_address(secret.strip())
    elif ":" in secret:
        # A Telegram token: the number of the bot is known to everyone, what follows is not.
        yield secret.strip().split(":", 1)[1]


def _parts_of_address(address: str) -> Iterator[str]:
    """Split into path and query as error texts show them, and the segments that look like tokens."""
    path, _, query = address.split("://", 1)[1].partition("/")[2].partition("?")
    yield f"/{path}?{query}" if query else f"/{path}"
    for part in path.split("/"):
        if _looks_like_token(part):
            yield from (part, unquote(part))
    for pair in query.split("&"):
        yield from (pair.partition("=")[2], unquote(pair.partition("=")[2]))
    yield _password(address)


def _looks_like_token(part: str) -> bool:
    mixed = any(letter.isdigit() or letter.isupper() for letter in part)
    return len(part) >= _TOKEN_CHARACTERS or (len(part) >= _LEAST_MIXED_TOKEN and mixed)


def _password(address: str) -> str:
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


@lru_cache(maxsize=8)
def _pattern(secrets: tuple[str, ...]) -> re.Pattern[str] | None:
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def _forms(secret: str) -> Iterator[str]:
    """Spell a secret as it is, and as addresses, JSON, Python and the messages of this desk do."""
    yield secret
    for encoded in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield from (encoded, re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded))
    marked = re.sub(r"([_*`\[])", r"\\\1", secret)
    for escaped in (marked, json.dumps(secret)[1:-1], repr(secret)[1:-1], ascii(secret)[1:-1]):
        yield from (escaped, escaped.replace("\\", "\\\\"))
    yield repr(secret.encode("utf-8", "surrogatepass"))[2:-1]
