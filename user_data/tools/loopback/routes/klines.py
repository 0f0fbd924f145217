"""Candles of the last price and of the mark price."""

from typing import Any

from fastapi import APIRouter

from loopback import parameters
from loopback.exchange import Exchange
from loopback.market.candles import Candle, Candles
from loopback.market.intervals import next_open
from loopback.market.source import Kind
from loopback.routes.access import ExchangeGiven, QueryGiven
from loopback.symbols import SymbolSpec

router = APIRouter()

_DEFAULT_LIMIT = 500
_HIGHEST_LIMIT = 1500
_MARK_PRICE_DIGITS = 8
_USDT_PER_TRADE = 5_000


@router.get("/fapi/v1/klines")
async def klines(exchange: ExchangeGiven, query: QueryGiven) -> list[list[Any]]:
    """Answer candles of the last price, oldest first."""
    spec, candles = _wanted(exchange, query, Kind.LAST)
    return [_last_row(spec, candle, close_ms) for candle, close_ms in _rows(candles)]


@router.get("/fapi/v1/markPriceKlines")
async def mark_price_klines(exchange: ExchangeGiven, query: QueryGiven) -> list[list[Any]]:
    """Answer candles of the mark price, oldest first."""
    _, candles = _wanted(exchange, query, Kind.MARK)
    return [_mark_row(candle, close_ms) for candle, close_ms in _rows(candles)]


def _wanted(exchange: Exchange, query: dict[str, str], kind: Kind) -> tuple[SymbolSpec, Candles]:
    symbol = parameters.symbol(query, exchange)
    interval = parameters.interval(query)
    window = parameters.window(query, _DEFAULT_LIMIT, _HIGHEST_LIMIT)
    return exchange.specs[symbol], exchange.market.candles(symbol, kind, interval, window)


def _rows(candles: Candles) -> list[tuple[Candle, int]]:
    """Return each candle with its last millisecond."""
    closes = next_open(candles.open_ms, candles.interval) - 1
    return [(candles[row], int(closes[row])) for row in range(len(candles))]


def _last_row(spec: SymbolSpec, candle: Candle, close_ms: int) -> list[Any]:
    """Return Binance's twelve fields.

    Candles lack the number of trades, the USDT volume and the takers' side: the USDT volume is taken at the
    candle's mean price, with one trade for each fixed amount of it, and half of it bought by takers.
    """
    quote = candle.volume * (candle.open + candle.high + candle.low + candle.close) / 4
    prices = [spec.price_text(price) for price in (candle.open, candle.high, candle.low, candle.close)]
    volume = [spec.quantity_text(candle.volume), close_ms, spec.quote_text(quote)]
    taken = [spec.quantity_text(candle.volume / 2), spec.quote_text(quote / 2)]
    return [candle.open_ms, *prices, *volume, int(quote // _USDT_PER_TRADE) + (quote > 0), *taken, "0"]


def _mark_row(candle: Candle, close_ms: int) -> list[Any]:
    prices = [
        f"{price:.{_MARK_PRICE_DIGITS}f}" for price in (candle.open, candle.high, candle.low, candle.close)
    ]
    return [
        candle.open_ms,
        *prices,
        "0",
        close_ms,
        "0",
        (close_ms + 1 - candle.open_ms) // 1000,
        "0",
        "0",
        "0",
    ]
