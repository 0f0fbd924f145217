"""Current prices: order book and tickers."""

from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from loopback import errors, parameters
from loopback.exchange import Exchange
from loopback.market.book import Book, book
from loopback.market.intervals import DAY_MS
from loopback.routes.access import ExchangeGiven, QueryGiven
from loopback.symbols import SymbolSpec

router = APIRouter()

_DEPTHS = (5, 10, 20, 50, 100, 500, 1000)
_DEFAULT_DEPTH = 500

Answer = dict[str, Any] | list[dict[str, Any]]


@router.get("/fapi/v1/depth")
async def depth(exchange: ExchangeGiven, query: QueryGiven) -> dict[str, Any]:
    """Answer the order book of one contract."""
    spec = exchange.trading_spec(parameters.symbol(query, exchange))
    levels = parameters.limit(query, _DEFAULT_DEPTH, max(_DEPTHS))
    if levels not in _DEPTHS:
        raise errors.invalid_depth_limit(levels)
    now = exchange.clock.now_ms()
    sides = _book(exchange, spec, levels)
    bids, asks = ([_level(spec, *level) for level in side] for side in sides)
    return {"lastUpdateId": now, "E": now, "T": now, "bids": bids, "asks": asks}


@router.get("/fapi/v1/ticker/24hr")
async def day_ticker(exchange: ExchangeGiven, query: QueryGiven) -> Answer:
    """Answer the last 24 hours of one contract or of all."""
    return _one_or_all(query, [_day(exchange, spec) for spec in parameters.trading_specs(query, exchange)])


@router.get("/fapi/v1/ticker/bookTicker")
async def book_ticker(exchange: ExchangeGiven, query: QueryGiven) -> Answer:
    """Answer the best bid and ask of one contract or of all."""
    return _one_or_all(query, [_best(exchange, spec) for spec in parameters.trading_specs(query, exchange)])


@router.get("/fapi/v1/ticker/price")
@router.get("/fapi/v2/ticker/price")
async def price_ticker(exchange: ExchangeGiven, query: QueryGiven) -> Answer:
    """Answer the last price of one contract or of all."""
    return _one_or_all(query, [_price(exchange, spec) for spec in parameters.trading_specs(query, exchange)])


def _one_or_all(query: dict[str, str], rows: list[dict[str, Any]]) -> Answer:
    """Answer an object for one requested contract, else a list, as Binance does."""
    return rows[0] if "symbol" in query else rows


def _book(exchange: Exchange, spec: SymbolSpec, levels: int) -> Book:
    return book(spec, exchange.market.last_price(spec.symbol), levels)


def _level(spec: SymbolSpec, price: Decimal, quantity: Decimal) -> list[str]:
    return [spec.price_text(price), spec.quantity_text(quantity)]


def _day(exchange: Exchange, spec: SymbolSpec) -> dict[str, Any]:
    now = exchange.clock.now_ms()
    day = exchange.market.day(spec.symbol)
    change = day.close - day.open
    mean = (day.open + day.high + day.low + day.close) / 4
    return {
        "symbol": spec.symbol,
        "priceChange": spec.price_text(change),
        "priceChangePercent": f"{100 * change / day.open:.3f}",
        "weightedAvgPrice": spec.price_text(mean),
        "lastPrice": spec.price_text(day.close),
        "lastQty": spec.quantity_text(spec.step),
        "openPrice": spec.price_text(day.open),
        "highPrice": spec.price_text(day.high),
        "lowPrice": spec.price_text(day.low),
        "volume": spec.quantity_text(day.volume),
        "quoteVolume": f"{day.volume * mean:.2f}",
        "openTime": now - DAY_MS,
        "closeTime": now,
        "firstId": 1,
        "lastId": 1,
        "count": 1,
    }


def _best(exchange: Exchange, spec: SymbolSpec) -> dict[str, Any]:
    now = exchange.clock.now_ms()
    sides = _book(exchange, spec, 1)
    (bid, bid_quantity), (ask, ask_quantity) = (_level(spec, *side[0]) for side in sides)
    prices = {"bidPrice": bid, "bidQty": bid_quantity, "askPrice": ask, "askQty": ask_quantity}
    return {"symbol": spec.symbol, **prices, "time": now, "lastUpdateId": now}


def _price(exchange: Exchange, spec: SymbolSpec) -> dict[str, Any]:
    price = spec.price_text(exchange.market.last_price(spec.symbol))
    return {"symbol": spec.symbol, "price": price, "time": exchange.clock.now_ms()}
