"""One entry a trade: with partial exits on, Freqtrade would let a forced one grow an open trade."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from freqtrade.exceptions import InvalidOrderException
from freqtrade.rpc import RPCException


class AdditionalEntryError(InvalidOrderException, RPCException):
    """A further entry into an open trade; Freqtrade's API shows the message."""


def refuse_further_entries(exchange: Any) -> None:
    """Refuse each order of an exchange of Freqtrade's that would add to an open trade, also a simulated one.

    Raises
    ------
    AdditionalEntryError
        By the exchange's `create_order`, from now on.
    """
    exchange.create_order = partial(_order, exchange.create_order)


def _order(call: Callable[..., Any], **given: Any) -> Any:
    if not given.get("reduceOnly", False) and not given.get("initial_order", True):
        raise AdditionalEntryError(
            f"{given['pair']}: a trade is open; another entry would bypass its size and the caps"
        )
    return call(**given)
