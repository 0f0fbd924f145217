"""A wire that ends in this process: it records each request of ccxt's two transports and answers it."""

import json
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import AsyncMock, Mock
from urllib.parse import urlsplit

import aiohttp
import pytest
import requests

NOW = 1790000000000
MARKET = {
    "symbol": "BTCUSDT", "status": "TRADING", "contractType": "PERPETUAL", "deliveryDate": 4133404800000,
    "baseAsset": "BTC", "quoteAsset": "USDT", "marginAsset": "USDT",
    "pricePrecision": 2, "quantityPrecision": 3, "baseAssetPrecision": 8, "quotePrecision": 8,
    "onboardDate": 1569398400000,
    "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET"],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.10", "maxPrice": "4529764", "tickSize": "0.10"},
        {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "1000", "stepSize": "0.001"},
        {"filterType": "MARKET_LOT_SIZE", "minQty": "0.001", "maxQty": "120", "stepSize": "0.001"},
        {"filterType": "MIN_NOTIONAL", "notional": "100"},
    ],
}  # fmt: skip
ORDER = {
    "orderId": 1, "symbol": "BTCUSDT", "status": "FILLED", "price": "0", "avgPrice": "50000",
    "origQty": "0.01", "executedQty": "0.01", "cumQuote": "500", "type": "MARKET",
    "side": "BUY", "positionSide": "BOTH", "time": NOW, "updateTime": NOW,
}  # fmt: skip
ALGO_ORDER = {
    "algoId": 4, "algoType": "CONDITIONAL", "orderType": "STOP_MARKET", "symbol": "BTCUSDT", "side": "SELL",
    "positionSide": "BOTH", "quantity": "0.01", "algoStatus": "NEW", "triggerPrice": "49000", "price": "0",
    "createTime": NOW, "updateTime": NOW,
}  # fmt: skip
BRACKET = {
    "bracket": 1, "initialLeverage": 125, "notionalCap": 50000, "notionalFloor": 0, "maintMarginRatio": 0.004,
    "cum": 0.0,
}  # fmt: skip
ASSET = {
    "asset": "USDT", "availableBalance": "1000", "initialMargin": "0", "marginBalance": "1000",
    "updateTime": NOW,
}  # fmt: skip

# The end of the path -> the answer. Whatever is not here is answered with an empty list.
ANSWERS: dict[str, Any] = {
    "/exchangeInfo": {"symbols": [MARKET]},
    "/time": {"serverTime": NOW},
    "/leverageBracket": [{"symbol": "BTCUSDT", "brackets": [BRACKET]}],
    "/positionSide/dual": {"dualSidePosition": False},
    "/multiAssetsMargin": {"multiAssetsMargin": False},
    "/account": {"assets": [ASSET]},
    "/depth": {"lastUpdateId": 1, "E": NOW, "T": NOW, "bids": [["49999.9", "5"]], "asks": [["50000.1", "5"]]},
    "/klines": [
        [NOW, "50000", "50020", "49980", "50005", "10", NOW + 899999, "500000", 10, "5", "250000", "0"]
    ],
    "/marginType": {"code": 200, "msg": "success"},
    "/leverage": {"leverage": 1, "maxNotionalValue": "1000000", "symbol": "BTCUSDT"},
    "/order": ORDER,
    "/algoOrder": ALGO_ORDER,
}


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    has_key: bool
    is_signed: bool
    is_async: bool

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


def async_answer(body: str) -> AsyncMock:
    """Make what ccxt's asynchronous half reads of an aiohttp response."""
    answer = AsyncMock(status=200, reason="OK", headers={"Content-Type": "application/json"})
    answer.release, answer.close = Mock(), Mock()
    answer.text.return_value, answer.__aenter__.return_value = body, answer
    return answer


@dataclass
class Wire:
    requests: list[Request] = field(default_factory=list)

    def answer(self, method: str, url: str, options: dict[str, Any], is_async: bool) -> str:
        sent = url + (options.get("data") or b"").decode()
        has_key = "X-MBX-APIKEY" in options["headers"]
        self.requests.append(Request(method.upper(), url, has_key, "signature=" in sent, is_async))
        path = urlsplit(url).path
        known = (found for end, found in ANSWERS.items() if path.endswith(end))
        return json.dumps(next(known, []))

    def hosts(self) -> set[str]:
        return {request.host for request in self.requests}

    def paths(self) -> set[str]:
        return {request.path for request in self.requests}


def splice(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Put a wire under requests (ccxt's synchronous half) and aiohttp (its asynchronous one)."""
    wire = Wire()

    def request(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/json"
        response._content = wire.answer(method, url, options, is_async=False).encode()
        return response

    async def request_async(session: Any, method: str, url: Any, **options: Any) -> AsyncMock:
        return async_answer(wire.answer(method, str(url), options, is_async=True))

    def refuse(*arguments: Any, **options: Any) -> None:
        raise AssertionError(f"a test tried to reach the network: {arguments[1:]}")

    monkeypatch.setattr(requests.Session, "request", request)
    monkeypatch.setattr(aiohttp.ClientSession, "_request", request_async)
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    return wire
