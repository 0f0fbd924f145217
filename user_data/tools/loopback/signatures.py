"""Authentication of private routes: key, time stamp and signature."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from loopback import errors, parameters
from loopback.settings import Settings

_KEY = re.compile("[A-Za-z0-9]{1,128}")
_SIGNATURE = re.compile("(^|&)signature=[^&]*")
_DEFAULT_WINDOW_MS = 5_000
_LONGEST_WINDOW_MS = 60_000
_AHEAD_MS = 1_000


def sign(secret: str, query: str, body: str) -> str:
    """Return the signature of a request in hexadecimal digits.

    Parameters
    ----------
    secret
        The secret of the key.
    query, body
        Query string and form as sent, without their signature; concatenated.
    """
    payload = _SIGNATURE.sub("", query).lstrip("&") + _SIGNATURE.sub("", body).lstrip("&")
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def check(
    settings: Settings, key: str, sent: Mapping[str, str], raw: tuple[str, str], server_ms: int
) -> None:
    """Require a private request to be the account owner's.

    Parameters
    ----------
    settings
        The accepted keys.
    key
        The header's key.
    sent
        Query and form parameters.
    raw
        Query string and form as received.
    server_ms
        Time with which stamps are compared, in milliseconds UTC.

    Raises
    ------
    BinanceError
        -2014, -2015 for the key, -1102 for a missing parameter, -1021, -1131 for the stamp, -1022 for the
        signature.
    """
    if not _KEY.fullmatch(key):
        raise errors.missing_api_key()
    for name in ("timestamp", "signature"):
        parameters.required(sent, name)
    _check_stamp(sent, server_ms)
    if key != settings.key:
        raise errors.unknown_key()
    if not hmac.compare_digest(sign(settings.secret, *raw), sent["signature"]):
        raise errors.wrong_signature()


def _check_stamp(sent: Mapping[str, str], server_ms: int) -> None:
    stamp = parameters.whole_number(sent, "timestamp") or 0
    window = parameters.whole_number(sent, "recvWindow")
    window = _DEFAULT_WINDOW_MS if window is None else window
    if window > _LONGEST_WINDOW_MS:
        raise errors.window_too_long()
    if stamp < server_ms - window:
        raise errors.too_old()
    if stamp > server_ms + _AHEAD_MS:
        raise errors.too_early()
