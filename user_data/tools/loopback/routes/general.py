"""General routes: time, contracts, leverage brackets."""

from typing import Any

from fastapi import APIRouter

from loopback import filters, parameters
from loopback.exchange import Exchange
from loopback.market.source import Kind
from loopback.routes.access import ExchangeGiven, SignedGiven
from loopback.settings import Settings
from loopback.symbols import QUOTE, Bracket, SymbolSpec

router = APIRouter()

# Binance's delivery date of a perpetual contract.
_NEVER_MS = 4_133_404_800_000
_ORDER_TYPES = [
    "LIMIT",
    "MARKET",
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
]


@router.get("/fapi/v1/ping")
async def ping() -> dict[str, Any]:
    """Answer that the exchange is there."""
    return {}


@router.get("/fapi/v1/time")
async def server_time(exchange: ExchangeGiven) -> dict[str, int]:
    """Answer the exchange's time in milliseconds UTC."""
    return {"serverTime": exchange.clock.now_ms() + exchange.shift_ms}


@router.get("/fapi/v1/exchangeInfo")
async def exchange_info(exchange: ExchangeGiven) -> dict[str, Any]:
    """Answer all contracts with their filters; like Binance's, it takes no notice of a symbol."""
    return {
        "timezone": "UTC",
        "serverTime": exchange.clock.now_ms() + exchange.shift_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": _rate_limits(exchange.settings),
        "exchangeFilters": [],
        "assets": [{"asset": QUOTE, "marginAvailable": True, "autoAssetExchange": "-10000"}],
        "symbols": [_contract(exchange, spec) for spec in exchange.specs.values()],
    }


@router.get("/fapi/v1/leverageBracket")
async def leverage_bracket(exchange: ExchangeGiven, query: SignedGiven) -> list[dict[str, Any]]:
    """Answer the leverage brackets of one contract or of all; a private route."""
    names = [parameters.symbol(query, exchange)] if "symbol" in query else list(exchange.specs)
    return [
        {"symbol": name, "notionalCoef": 1.0, "brackets": _brackets(exchange.specs[name])} for name in names
    ]


def _rate_limits(settings: Settings) -> list[dict[str, Any]]:
    rows = (
        ("REQUEST_WEIGHT", "MINUTE", 1, settings.weight_limit),
        ("ORDERS", "MINUTE", 1, settings.order_limit_1m),
        ("ORDERS", "SECOND", 10, settings.order_limit_10s),
    )
    names = ("rateLimitType", "interval", "intervalNum", "limit")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _contract(exchange: Exchange, spec: SymbolSpec) -> dict[str, Any]:
    candles = exchange.source.base(spec.symbol, Kind.LAST)
    return {
        "symbol": spec.symbol, "pair": spec.symbol, "contractType": "PERPETUAL", "deliveryDate": _NEVER_MS,
        "onboardDate": int(candles.open_ms[0]) if len(candles) else 0,
        "status": "TRADING" if exchange.market.has_started(spec.symbol) else "PENDING_TRADING",
        "baseAsset": spec.base, "quoteAsset": QUOTE, "marginAsset": QUOTE,
        "pricePrecision": spec.price_precision, "quantityPrecision": spec.quantity_precision,
        "baseAssetPrecision": 8, "quotePrecision": 8, "underlyingType": "COIN", "underlyingSubType": [],
        "maintMarginPercent": "2.5000", "requiredMarginPercent": "5.0000", "triggerProtect": "0.0500",
        "liquidationFee": "0.012500", "marketTakeBound": "0.05", "maxMoveOrderLimit": 10000,
        "filters": _filters(spec), "orderTypes": _ORDER_TYPES, "timeInForce": ["GTC", "IOC", "FOK", "GTX",
        "GTD"],
    }  # fmt: skip


def _filters(spec: SymbolSpec) -> list[dict[str, Any]]:
    lot = {"minQty": str(spec.step), "stepSize": str(spec.step)}
    prices = {"minPrice": str(spec.min_price), "maxPrice": str(spec.max_price), "tickSize": str(spec.tick)}
    deviation = {
        "multiplierUp": f"{filters.MULTIPLIER_UP:.4f}",
        "multiplierDown": f"{filters.MULTIPLIER_DOWN:.4f}",
        "multiplierDecimal": "4",
    }
    return [
        {"filterType": "PRICE_FILTER", **prices},
        {"filterType": "LOT_SIZE", **lot, "maxQty": str(spec.max_quantity)},
        {"filterType": "MARKET_LOT_SIZE", **lot, "maxQty": str(spec.max_market_quantity)},
        {"filterType": "MAX_NUM_ORDERS", "limit": filters.MAX_ORDERS},
        {"filterType": "MIN_NOTIONAL", "notional": str(spec.min_notional)},
        {"filterType": "PERCENT_PRICE", **deviation},
        {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": "NONE"},
    ]


def _brackets(spec: SymbolSpec) -> list[dict[str, Any]]:
    return [_bracket(number, bracket) for number, bracket in enumerate(spec.brackets, start=1)]


def _bracket(number: int, bracket: Bracket) -> dict[str, Any]:
    return {
        "bracket": number,
        "initialLeverage": bracket.leverage,
        "notionalFloor": int(bracket.notional_floor),
        "notionalCap": int(bracket.notional_cap),
        "maintMarginRatio": float(bracket.maintenance_ratio),
        "cum": float(bracket.maintenance_amount),
    }
