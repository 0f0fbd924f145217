"""The price of an exit while there is no order book: target and stop watch continue without it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import ccxt  # type: ignore[import-untyped]
from freqtrade.exceptions import DependencyException

from ict_host.seams.access import ccxt_of

logger = logging.getLogger(__name__)

Rate = Callable[..., float]
Rates = Callable[..., tuple[float, float]]


def guard_exit_prices(exchange: Any) -> None:
    """Have an exchange of Freqtrade's price exits by other means where its order book can't be had.

    An entry is not made at such a price.
    """
    exchange.get_rate = partial(_rate, exchange, exchange.get_rate)
    exchange.get_rates = partial(_rates, exchange, exchange.get_rates)


def _rate(
    exchange: Any, inner: Rate, pair: str, refresh: bool, side: str, is_short: bool, **book: Any
) -> float:
    try:
        return inner(pair, refresh=refresh, side=side, is_short=is_short, **book)
    except DependencyException as error:
        if side != "exit":
            raise
        return _instead(exchange, pair, is_short, error)


def _rates(exchange: Any, inner: Rates, pair: str, refresh: bool, is_short: bool) -> tuple[float, float]:
    """Price both sides: Freqtrade asks for that where a part of an open trade may be closed."""
    try:
        return inner(pair, refresh, is_short)
    except DependencyException as error:
        rate = _instead(exchange, pair, is_short, error)
        return rate, rate


def _instead(exchange: Any, pair: str, is_short: bool, error: DependencyException) -> float:
    for price in _prices(ccxt_of(exchange), pair, is_short):
        logger.warning("%s: no order book (%s), the exit is priced at %s", pair, error, price)
        return price
    raise error


def _prices(client: Any, pair: str, is_short: bool) -> Iterator[float]:
    """Ask for the best price that closes the position, then for the mark price."""
    asked = {"symbol": client.market_id(pair)}
    sources = (
        (client.fapiPublicGetTickerBookTicker, "askPrice" if is_short else "bidPrice"),
        (client.fapiPublicGetPremiumIndex, "markPrice"),
    )
    for call, name in sources:
        try:
            price = float(call(asked)[name])
        except (ccxt.BaseError, KeyError, TypeError, ValueError) as failed:
            logger.warning("%s: no price by %s either: %s", pair, name, failed)
            continue
        if price > 0:
            yield price
