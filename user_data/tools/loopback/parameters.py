"""Binance's checks of request parameters."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from loopback import errors
from loopback.exchange import Exchange
from loopback.market.intervals import LENGTH_MS
from loopback.market.view import Window
from loopback.symbols import SymbolSpec

Query = Mapping[str, str]
E = TypeVar("E", bound=StrEnum)

_WHOLE_NUMBER = "^[0-9]{1,20}$"
_DECIMAL = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
_CLIENT_ID = r"[.A-Z:/a-z0-9_-]{1,36}"


def required(query: Query, name: str) -> str:
    """Return a mandatory parameter, or raise -1102 if it is absent or empty."""
    value = query.get(name, "")
    if not value:
        raise errors.missing_parameter(name)
    return value


def symbol(query: Query, exchange: Exchange) -> str:
    """Return the mandatory contract in capitals, or raise -1102 or -1121."""
    name = required(query, "symbol").upper()
    if name not in exchange.specs:
        raise errors.invalid_symbol()
    return name


def optional_symbol(query: Query, exchange: Exchange) -> str | None:
    """Return the contract, None if it is not sent or empty, or raise -1121."""
    return symbol(query, exchange) if query.get("symbol") else None


def trading_specs(query: Query, exchange: Exchange) -> list[SymbolSpec]:
    """Return the requested contract, or all that trade without one; raise -1121 or -1122."""
    if "symbol" not in query:
        return exchange.trading_specs()
    return [exchange.trading_spec(symbol(query, exchange))]


def interval(query: Query) -> str:
    """Return the mandatory candle interval, or raise -1102 or -1120."""
    value = required(query, "interval")
    if value not in LENGTH_MS:
        raise errors.invalid_interval()
    return value


def whole_number(query: Query, name: str) -> int | None:
    """Return a number from 0 up, None if it is not sent, or raise -1100."""
    if name not in query:
        return None
    if not re.fullmatch(_WHOLE_NUMBER, query[name]):
        raise errors.illegal_characters(name, _WHOLE_NUMBER)
    return int(query[name])


def decimal(query: Query, name: str) -> Decimal | None:
    """Return a number from 0 up, None if it is not sent or empty, or raise -1100."""
    text = query.get(name, "")
    if not text:
        return None
    if not re.fullmatch(_DECIMAL, text):
        raise errors.illegal_characters(name, _DECIMAL)
    return Decimal(text)


def required_decimal(query: Query, name: str) -> Decimal:
    """Return a mandatory number from 0 up, or raise -1100 or -1102."""
    value = decimal(query, name)
    if value is None:
        raise errors.missing_parameter(name)
    return value


def flag(query: Query, name: str) -> bool:
    """Return a boolean, false if it is not sent, or raise -1130."""
    text = query.get(name, "false").lower()
    if text not in ("true", "false"):
        raise errors.out_of_range(name)
    return text == "true"


def required_flag(query: Query, name: str) -> bool:
    """Return a mandatory boolean, or raise -1102 or -1130."""
    required(query, name)
    return flag(query, name)


def choice(query: Query, name: str, words: type[E], default: E | None = None) -> E:
    """Return one of an enumeration's words, the default if it is not sent; raise -1102 or the word's code."""
    text = query.get(name, "") or (default or "")
    if not text:
        raise errors.missing_parameter(name)
    try:
        return words(text)
    except ValueError:
        raise errors.invalid_choice(name) from None


def client_id(query: Query, name: str, default: str) -> str:
    """Return the client's own id for an order, or the default; raise -4015 if it has the wrong form."""
    text = query.get(name, "") or default
    if not re.fullmatch(_CLIENT_ID, text):
        raise errors.invalid_client_id()
    return text


def order_ids(query: Query, number: str, text: str) -> tuple[int | None, str | None]:
    """Return id and client id of the requested order, at least one of them, or raise -1102."""
    wanted, client = whole_number(query, number) if query.get(number) else None, query.get(text) or None
    if wanted is None and client is None:
        raise errors.missing_both(text, number)
    return wanted, client


def limit(query: Query, default: int, highest: int) -> int:
    """Return the requested number of rows, or raise -1100 or -1130."""
    value = whole_number(query, "limit")
    if value is None:
        return default
    if not 1 <= value <= highest:
        raise errors.out_of_range("limit")
    return value


def window(query: Query, default: int, highest: int) -> Window:
    """Return the window (`startTime`, `endTime` and `limit`), or raise -1023, -1100 or -1130."""
    start_ms, end_ms = whole_number(query, "startTime"), whole_number(query, "endTime")
    if start_ms is not None and end_ms is not None and start_ms > end_ms:
        raise errors.start_after_end()
    return Window(start_ms, end_ms, limit(query, default, highest))
