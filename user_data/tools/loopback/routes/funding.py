"""Mark price and funding."""

from operator import itemgetter
from typing import Any

from fastapi import APIRouter

from loopback import parameters
from loopback.exchange import Exchange
from loopback.market.intervals import HOUR_MS
from loopback.market.view import Window
from loopback.routes.access import ExchangeGiven, QueryGiven

router = APIRouter()

_DEFAULT_LIMIT = 100
_HIGHEST_LIMIT = 1000
_FUNDING_HOURS = 8
_FUNDING_MS = _FUNDING_HOURS * HOUR_MS


@router.get("/fapi/v1/premiumIndex")
async def premium_index(exchange: ExchangeGiven, query: QueryGiven) -> dict[str, Any] | list[dict[str, Any]]:
    """Answer mark price and funding of one contract or of all."""
    rows = [_premium(exchange, spec.symbol) for spec in parameters.trading_specs(query, exchange)]
    return rows[0] if "symbol" in query else rows


@router.get("/fapi/v1/fundingRate")
async def funding_rate(exchange: ExchangeGiven, query: QueryGiven) -> list[dict[str, Any]]:
    """Answer the funding rates that have been due, of one contract or of all, oldest first."""
    window = parameters.window(query, _DEFAULT_LIMIT, _HIGHEST_LIMIT)
    names = [parameters.symbol(query, exchange)] if "symbol" in query else list(exchange.source.symbols)
    rows = [row for name in names for row in _rates(exchange, name, window)]
    rows.sort(key=itemgetter("fundingTime"))
    return rows[-window.limit :] if window.start_ms is None else rows[: window.limit]


@router.get("/fapi/v1/fundingInfo")
async def funding_info(exchange: ExchangeGiven) -> list[dict[str, Any]]:
    """Answer how often each contract's funding is due, and its bounds."""
    bounds = {"adjustedFundingRateCap": "0.02000000", "adjustedFundingRateFloor": "-0.02000000"}
    terms = {**bounds, "fundingIntervalHours": _FUNDING_HOURS, "disclaimer": False}
    return [{"symbol": name, **terms} for name in exchange.specs]


def _premium(exchange: Exchange, symbol: str) -> dict[str, Any]:
    """Return one contract's row; its rate is the last one due, where Binance estimates the next."""
    now = exchange.clock.now_ms()
    mark = f"{exchange.market.mark_price(symbol):.8f}"
    newest = exchange.market.funding(symbol, Window(None, None, 1)).rate
    return {
        "symbol": symbol,
        "markPrice": mark,
        "indexPrice": mark,
        "estimatedSettlePrice": mark,
        "lastFundingRate": f"{newest[0] if len(newest) else 0:.8f}",
        "interestRate": "0.00010000",
        "nextFundingTime": (now // _FUNDING_MS + 1) * _FUNDING_MS,
        "time": now,
    }


def _rates(exchange: Exchange, symbol: str, window: Window) -> list[dict[str, Any]]:
    due = exchange.market.funding(symbol, window)
    return [
        {
            "symbol": symbol,
            "fundingTime": int(time_ms),
            "fundingRate": f"{rate:.8f}",
            "markPrice": _mark_text(exchange, symbol, int(time_ms)),
        }
        for time_ms, rate in zip(due.time_ms, due.rate, strict=True)
    ]


def _mark_text(exchange: Exchange, symbol: str, time_ms: int) -> str:
    """Return the mark price at a funding time; empty, like Binance's, where it is not known."""
    price = exchange.market.mark_price_at(symbol, time_ms)
    return "" if price is None else str(price)
