"""What the private routes refuse, with Binance's codes and texts."""

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from loopback import filters, signatures
from loopback.api import Api
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET, Settings
from tests.loopback.conftest import NOW_MS
from tests.support.patience import PATIENCE

SYMBOL = "BTCUSDT"
MARKET = {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": "0.010"}
LIMIT = {**MARKET, "type": "LIMIT", "price": "40000", "timeInForce": "GTC"}
STOP = {
    "algoType": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET",
    "quantity": "0.010", "triggerPrice": "39000", "reduceOnly": "true",
}  # fmt: skip
ORDER, ALGO = "/fapi/v1/order", "/fapi/v1/algoOrder"
LEVERAGE, MARGIN_TYPE = "/fapi/v1/leverage", "/fapi/v1/marginType"
POSITION_MODE, ASSET_MODE = "/fapi/v1/positionSide/dual", "/fapi/v1/multiAssetsMargin"
PRECISION = "Precision is over the maximum defined for this asset."
MISSING = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."


@pytest.fixture(scope="module")
def server(market: SyntheticMarket) -> Iterator[LoopbackServer]:
    """Run an exchange whose price stands at 40,000 USDT."""
    plenty = Settings(weight_limit=10**9, order_limit_10s=10**9)
    with LoopbackServer(Exchange(market, FixedClock(NOW_MS), settings=plenty)) as running:
        running.operator.set_price(SYMBOL, 40_000)
        yield running


@pytest.fixture(scope="module")
def api(server: LoopbackServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with Api(server, tmp_path_factory.mktemp("api")) as client:
        yield client


def without(sent: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if key != name}


@pytest.mark.parametrize(("path", "sent", "code", "text"), [
    *((ORDER, without(LIMIT, name), -1102, MISSING.format(name)) for name in LIMIT),
    *((ALGO, without(STOP, name), -1102, MISSING.format(name)) for name in STOP if name != "reduceOnly"),
    (ORDER, {**MARKET, "symbol": "NOUSDT"}, -1121, "Invalid symbol."),
    (ORDER, {**MARKET, "side": "UP"}, -1117, "Invalid side."),
    (ORDER, {**MARKET, "type": "LATER"}, -1116, "Invalid orderType."),
    (ORDER, {**LIMIT, "timeInForce": "GTE"}, -1115, "Invalid timeInForce."),
    (ORDER, {**MARKET, "price": "40000"}, -1106, "Parameter 'price' sent when not required."),
    (ORDER, {**MARKET, "quantity": "-1"}, -1100, "Illegal characters found in parameter 'quantity'"),
    (ORDER, {**MARKET, "quantity": "0.0101"}, -1111, PRECISION),
    (ORDER, {**LIMIT, "price": "40000.001"}, -1111, PRECISION),
    (ORDER, {**LIMIT, "price": "40000.05"}, -4014, "Price not increased by tick size."),
    (ORDER, {**MARKET, "quantity": "0"}, -4003, "Quantity less than or equal to zero."),
    (ORDER, {**MARKET, "quantity": "121"}, -4005, "Quantity greater than max quantity."),
    (ORDER, {**LIMIT, "quantity": "1001"}, -4005, "Quantity greater than max quantity."),
    (ORDER, {**LIMIT, "price": "5000000"}, -4002, "Price greater than max price."),
    (ORDER, {**LIMIT, "price": "500"}, -4013, "Price less than min price."),
    (ORDER, {**MARKET, "quantity": "0.002"}, -4164, "Order's notional must be no smaller than 100 "),
    (ORDER, {**LIMIT, "price": "42000.1"}, -4016, "Limit price can't be higher than 42000.00."),
    (ORDER, {**LIMIT, "side": "SELL", "price": "37999.9"}, -4024, "Limit price can't be lower than"),
    (ORDER, {**MARKET, "quantity": "6"}, -2019, "Margin is insufficient."),
    (ORDER, {**MARKET, "reduceOnly": "true"}, -2022, "ReduceOnly Order is rejected."),
    (ORDER, {**MARKET, "positionSide": "LONG"}, -4061, "Order's position side does not match"),
    (ORDER, {**MARKET, "newClientOrderId": "ä"}, -4015, "Client order id is not valid."),
    (ORDER, {**LIMIT, "price": "40001", "timeInForce": "GTX"}, -5022, "Due to the order could not be"),
    (ORDER, {**LIMIT, "timeInForce": "FOK"}, -5021, "Due to the order could not be filled immediately"),
    *(
        (ORDER, {**MARKET, "type": kind, "stopPrice": "39000"}, -4120, "Order type not supported for")
        for kind in ("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")
    ),
    (ALGO, {**STOP, "triggerPrice": "40000"}, -2021, "Order would immediately trigger."),
    (ALGO, {**STOP, "side": "BUY"}, -2021, "Order would immediately trigger."),
    (ALGO, {**STOP, "type": "TAKE_PROFIT_MARKET"}, -2021, "Order would immediately trigger."),
    (ALGO, {**STOP, "type": "MARKET"}, -1116, "Invalid orderType."),
    (ALGO, {**STOP, "algoType": "VP"}, -1130, "Data sent for parameter 'algoType' is not valid."),
    (ALGO, {**STOP, "workingType": "ANY"}, -1130, "Data sent for parameter 'workingType' is not valid."),
    (ALGO, {**STOP, "triggerPrice": "39000.05"}, -4014, "Price not increased by tick size."),
    (ALGO, {**STOP, "type": "STOP"}, -1102, MISSING.format("price")),
    (ALGO, {**STOP, "type": "STOP", "price": "37000"}, -4184, "Price is lower than stop price"),
    (ALGO, {**STOP, "quantity": "0.002", "reduceOnly": "false"}, -4164, "Order's notional must be"),
    (ALGO, {**STOP, "closePosition": "true"}, -1106, "Parameter 'quantity' sent when not required."),
    (LEVERAGE, {"symbol": SYMBOL, "leverage": 126}, -4028, "Leverage 126 is not valid"),
    (LEVERAGE, {"symbol": SYMBOL, "leverage": 0}, -4028, "Leverage 0 is not valid"),
    (MARGIN_TYPE, {"symbol": SYMBOL, "marginType": "CROSSED"}, -4046, "No need to change margin type."),
    (MARGIN_TYPE, {"symbol": SYMBOL, "marginType": "crossed"}, -1130, "Data sent for parameter"),
    (POSITION_MODE, {"dualSidePosition": "false"}, -4059, "No need to change position side."),
    (ASSET_MODE, {"multiAssetsMargin": "false"}, -4171, "Adjusted asset mode is currently"),
])  # fmt: skip
def test_refused(api: Api, path: str, sent: dict[str, Any], code: int, text: str) -> None:
    answer = api.call("POST", path, **sent)
    assert (answer.status, answer.body["code"]) == (400, code)
    assert answer.body["msg"].startswith(text)
    assert api.get("/fapi/v1/openOrders") == api.get("/fapi/v1/openAlgoOrders") == []
    assert api.get("/fapi/v3/positionRisk") == []


@pytest.mark.parametrize(("method", "path", "sent", "code"), [
    ("GET", ORDER, {"symbol": SYMBOL, "orderId": 1}, -2013),
    ("GET", ORDER, {"symbol": SYMBOL}, -1102),
    ("GET", ORDER, {"orderId": 1}, -1102),
    ("DELETE", ORDER, {"symbol": SYMBOL, "origClientOrderId": "nobody"}, -2011),
    ("GET", ALGO, {"algoId": 1}, -2013),
    ("GET", ALGO, {}, -1102),
    ("DELETE", ALGO, {"symbol": SYMBOL, "algoId": 1}, -2011),
    ("GET", "/fapi/v1/allOrders", {"symbol": SYMBOL, "startTime": 1, "endTime": 700_000_000}, -4165),
    ("GET", "/fapi/v1/userTrades", {}, -1102),
])  # fmt: skip
def test_refused_look_ups(api: Api, method: str, path: str, sent: dict[str, Any], code: int) -> None:
    assert api.call(method, path, **sent).body["code"] == code


@pytest.mark.parametrize(("path", "sent", "because", "code"), [
    (MARGIN_TYPE, {"symbol": SYMBOL, "marginType": "ISOLATED"}, "position", -4048),
    (POSITION_MODE, {"dualSidePosition": "true"}, "position", -4068),
    (ORDER, {**MARKET, "reduceOnly": "true"}, "position", -2022),  # it would add to the position
    (MARGIN_TYPE, {"symbol": SYMBOL, "marginType": "ISOLATED"}, "order", -4047),
    (POSITION_MODE, {"dualSidePosition": "true"}, "order", -4067),
    (ORDER, {**LIMIT, "price": "39000", "newClientOrderId": "mine"}, "order", -4116),
])  # fmt: skip
def test_refused_because_of_what_is_there(
    api: Api, server: LoopbackServer, path: str, sent: dict[str, Any], because: str, code: int
) -> None:
    if because == "position":
        server.operator.trade_by_hand(SYMBOL, "BUY", "0.010")
    else:
        api.order(SYMBOL, "BUY", "0.010", "39000", newClientOrderId="mine")
    try:
        assert api.post(path, **sent)["code"] == code
    finally:
        api.delete("/fapi/v1/allOpenOrders", symbol=SYMBOL)
        server.operator.close_by_hand(SYMBOL)


def test_refused_because_of_isolated_margin(api: Api, server: LoopbackServer) -> None:
    server.operator.set_terms("LTCUSDT", 20, "ISOLATED")
    server.operator.trade_by_hand("LTCUSDT", "BUY", "2")
    assert api.post("/fapi/v1/leverage", symbol="LTCUSDT", leverage=10)["code"] == -4161
    assert api.post("/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")["code"] == -4167
    server.operator.close_by_hand("LTCUSDT")
    server.operator.set_terms("LTCUSDT", margin_type="CROSSED")
    server.operator.set_modes(multi_assets=True)
    answer = api.post("/fapi/v1/marginType", symbol="LTCUSDT", marginType="ISOLATED")
    server.operator.set_modes(multi_assets=False)
    assert answer["code"] == -4168


def test_leverage_limits_the_position(api: Api, server: LoopbackServer) -> None:
    """At 125 no more than 50,000 USDT, and no way to 125 with more."""
    server.operator.set_balance(100_000)
    api.post("/fapi/v1/leverage", symbol=SYMBOL, leverage=125)
    assert api.order(SYMBOL, "BUY", "1.3")["code"] == -2027
    api.post("/fapi/v1/leverage", symbol=SYMBOL, leverage=20)
    assert api.order(SYMBOL, "BUY", "1.3")["status"] == "FILLED"
    assert api.post("/fapi/v1/leverage", symbol=SYMBOL, leverage=125)["code"] == -2027
    server.operator.set_balance(3_000)
    assert api.post("/fapi/v1/leverage", symbol=SYMBOL, leverage=2)["code"] == -2028
    server.operator.close_by_hand(SYMBOL)
    server.operator.set_balance(10_000)


def test_no_orders_in_hedge_mode_or_far_from_the_mark_price(api: Api, server: LoopbackServer) -> None:
    server.operator.set_modes(hedge_mode=True)
    assert api.get("/fapi/v1/positionSide/dual") == {"dualSidePosition": True}
    in_hedge_mode = api.order(SYMBOL, "BUY", "0.010")
    server.operator.set_modes(hedge_mode=False)
    server.operator.set_price(SYMBOL, 40_000, mark=38_000)
    far = api.order(SYMBOL, "BUY", "0.010")
    server.operator.set_price(SYMBOL, 40_000)
    assert (in_hedge_mode["code"], far["code"]) == (-4061, -4131)


def test_symbol_has_room_for_so_many_orders(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MAX_ORDERS", 3)
    codes = [api.order("LTCUSDT", "BUY", "1", "70").get("code") for _ in range(4)]
    told = api.get("/fapi/v1/exchangeInfo")["symbols"][0]["filters"]
    api.delete("/fapi/v1/allOpenOrders", symbol="LTCUSDT")
    assert codes == [None] * 3 + [-2025]
    assert {"filterType": "MAX_NUM_ORDERS", "limit": 3} in told


def test_signature(server: LoopbackServer, tmp_path: Path) -> None:
    with Api(server, tmp_path, secret="wrong") as stranger:
        answer = stranger.call("GET", "/fapi/v3/account")
    assert answer[:2] == (400, {"code": -1022, "msg": "Signature for this request is not valid."})
    with Api(server, tmp_path, key="x" * 64) as stranger:
        answer = stranger.call("GET", "/fapi/v3/account")
    assert (answer.status, answer.body["code"]) == (401, -2015)


@pytest.mark.parametrize(("shift_ms", "more", "code", "text"), [
    (20_000, {}, -1021, "Timestamp for this request is outside of the recvWindow."),
    (-5_000, {}, -1021, "Timestamp for this request was 1000ms ahead of the server's time."),
    (0, {"recvWindow": 60_001}, -1131, "recvWindow must be less than 60000"),
    (0, {"timestamp": "now"}, -1100, "Illegal characters found in parameter 'timestamp'"),
])  # fmt: skip
def test_time_stamp(
    api: Api, server: LoopbackServer, shift_ms: int, more: dict[str, Any], code: int, text: str
) -> None:
    server.operator.shift_server_time(shift_ms)
    try:
        body = api.get("/fapi/v3/account", **more)
        told = api.get("/fapi/v1/time")["serverTime"]
    finally:
        server.operator.shift_server_time(0)
    assert body["code"] == code
    assert body["msg"].startswith(text)
    assert told == NOW_MS + shift_ms


def test_signature_covers_query_and_body_together(server: LoopbackServer, tmp_path: Path) -> None:
    query, body = "symbol=BTCUSDT", f"leverage=7&timestamp={int(time.time() * 1000)}"
    signature = signatures.sign(TEST_SECRET, query, body)
    (tmp_path / "ca.pem").write_bytes(server.authority_pem)
    with requests.Session() as client:
        client.trust_env, client.proxies = False, {"https": server.proxy_url}
        answer = client.post(
            f"https://demo-fapi.binance.com/fapi/v1/leverage?{query}",
            data=f"{body}&signature={signature}",
            headers={"X-MBX-APIKEY": TEST_KEY, "Content-Type": "application/x-www-form-urlencoded"},
            verify=str(tmp_path / "ca.pem"),
            timeout=PATIENCE,
        )
    assert answer.json()["leverage"] == 7
    assert Decimal(answer.json()["maxNotionalValue"]) == 230_000_000


def test_signature_of_binances_own_example() -> None:
    """The key, the parameters and the result of the signed example in Binance's reference."""
    secret = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
    query = (
        "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000"
        "&timestamp=1591702613943"
    )
    expected = "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"
    assert (
        signatures.sign(secret, query, "") == signatures.sign(secret, "", f"{query}&signature=x") == expected
    )
