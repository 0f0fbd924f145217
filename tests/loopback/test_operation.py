"""What a test does to the exchange, from Python and over the control port."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests

from loopback.api import Api
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import HOUR_MS, MINUTE_MS
from loopback.record import NO_ANSWER
from loopback.server import LoopbackServer
from tests.loopback.conftest import NOW_MS
from tests.support.patience import PATIENCE

SYMBOL = "BTCUSDT"
ACCOUNT, ORDER, TIME = "/fapi/v3/account", "/fapi/v1/order", "/fapi/v1/time"


@pytest.fixture
def control(server: LoopbackServer) -> Iterator[Any]:
    """Give a way to send a command to the control port."""
    with requests.Session() as session:
        session.trust_env = False

        def send(name: str, **arguments: Any) -> requests.Response:
            return session.post(f"{server.control_url}/do/{name}", json=arguments, timeout=PATIENCE)

        yield send


def candles(api: Api, interval: str, limit: int = 3) -> list[list[Any]]:
    rows: list[list[Any]] = api.get("/fapi/v1/klines", symbol=SYMBOL, interval=interval, limit=limit)
    return rows


def test_price_leaves_its_candles_and_they_show_it(server: LoopbackServer, api: Api) -> None:
    before = candles(api, "5m")
    server.operator.set_price(SYMBOL, "30000")
    after = candles(api, "5m")
    assert after[:-1] == before[:-1]
    assert (after[-1][1], after[-1][2]) == (before[-1][1], before[-1][2])  # open and high have happened
    assert (after[-1][3], after[-1][4]) == ("30000.00", "30000.00")
    assert candles(api, "1h")[-1][3:5] == ["30000.00", "30000.00"]
    assert api.get("/fapi/v1/ticker/price", symbol=SYMBOL)["price"] == "30000.00"
    assert api.get("/fapi/v1/premiumIndex", symbol=SYMBOL)["markPrice"] == "30000.00000000"
    server.operator.move_clock(NOW_MS + 2 * HOUR_MS)
    flat = candles(api, "1h")[-2]
    assert flat[1:5] == ["30000.00"] * 4


def test_price_can_take_its_time_and_go_back(server: LoopbackServer, api: Api) -> None:
    start = Decimal(server.operator.prices(SYMBOL)["last"])
    server.operator.set_price(SYMBOL, start + 600, over_ms=MINUTE_MS)
    server.operator.move_clock(NOW_MS + MINUTE_MS // 2)
    assert Decimal(server.operator.prices(SYMBOL)["last"]) == start + 300
    server.operator.move_clock(NOW_MS + 3 * HOUR_MS)
    assert Decimal(server.operator.prices(SYMBOL)["last"]) == start + 600
    server.operator.release_price(SYMBOL)
    undisturbed = Exchange(server.exchange.source, FixedClock(NOW_MS + 3 * HOUR_MS)).market
    assert Decimal(server.operator.prices(SYMBOL)["last"]) == undisturbed.last_price(SYMBOL)
    server.operator.move_clock(NOW_MS + 5 * HOUR_MS)
    undisturbed = Exchange(server.exchange.source, FixedClock(NOW_MS + 5 * HOUR_MS)).market
    assert float(candles(api, "5m")[-1][4]) == float(undisturbed.last_price(SYMBOL))


def test_ramp_fills_a_stop_at_its_own_price_and_a_jump_does_not(server: LoopbackServer, api: Api) -> None:
    server.operator.set_price(SYMBOL, 40_000)
    api.order(SYMBOL, "BUY", "0.020")
    first, second = (api.stop(SYMBOL, "SELL", "0.010", trigger) for trigger in (39_500, 39_000))
    server.operator.set_price(SYMBOL, 39_400, over_ms=60_000)
    server.operator.move_clock(NOW_MS + 60_000)
    server.operator.set_price(SYMBOL, 38_000)
    assert [api.algo(row["algoId"])["actualPrice"] for row in (first, second)] == ["39500.00", "38000.00"]


def test_algo_order_may_finish_without_a_fill(server: LoopbackServer, api: Api) -> None:
    server.operator.set_price(SYMBOL, 40_000)
    api.order(SYMBOL, "BUY", "0.020")
    for state in ("CANCELED", "EXPIRED"):
        algo_id = api.stop(SYMBOL, "SELL", "0.010", 39_000)["algoId"]
        server.operator.trigger_algo_order(algo_id, then=state)
        done = api.algo(algo_id)
        assert (done["algoStatus"], done["actualQty"]) == ("FINISHED", "0.000")
        assert api.get(ORDER, symbol=SYMBOL, orderId=done["actualOrderId"])["status"] == state
    algo_id = api.stop(SYMBOL, "SELL", "0.010", 39_000)["algoId"]
    assert server.operator.trigger_algo_order(algo_id)["actualPrice"] == "40000.00"
    algo_id = api.stop(SYMBOL, "SELL", "0.010", 39_000)["algoId"]
    server.operator.end_algo_order(algo_id, "EXPIRED")
    assert api.algo(algo_id)["algoStatus"] == "EXPIRED"


def test_orders_are_filled_in_parts_and_ended_by_hand(server: LoopbackServer, api: Api) -> None:
    server.operator.set_price(SYMBOL, 40_000)
    order = api.order(SYMBOL, "BUY", "0.030", "39000")
    server.operator.fill_order(order["orderId"], "0.010")
    assert api.get(ORDER, symbol=SYMBOL, orderId=order["orderId"])["status"] == "PARTIALLY_FILLED"
    server.operator.fill_order(order["orderId"], "0.010", price="38000")
    assert server.operator.end_order(order["orderId"], "EXPIRED")["avgPrice"] == "38500"
    with pytest.raises(ValueError, match="order_id must be an open order's"):
        server.operator.fill_order(order["orderId"])
    assert api.get("/fapi/v3/positionRisk")[0]["positionAmt"] == "0.020"
    assert server.operator.close_by_hand(SYMBOL)["status"] == "FILLED"  # type: ignore[index]
    assert server.operator.close_by_hand(SYMBOL) is None


def test_faults_strike_the_calls_they_are_meant_for(server: LoopbackServer, api: Api) -> None:
    body = {"code": -1008, "msg": "Server is currently overloaded."}
    server.operator.fail_next("GET", ACCOUNT, 503, body, times=2, skip=1)
    assert [api.call("GET", ACCOUNT).status for _ in range(4)] == [200, 503, 503, 200]
    assert api.call("GET", "/fapi/v3/balance").status == 200
    server.operator.fail_next("GET", ACCOUNT, 500, "no JSON", times=None)
    server.operator.clear_faults()
    assert api.call("GET", ACCOUNT).status == 200
    server.operator.delay_next("GET", TIME, seconds=0.3)
    begun = time.monotonic()
    api.get(TIME)
    assert time.monotonic() - begun >= 0.3


def test_connection_is_cut_before_or_after_the_work(server: LoopbackServer, api: Api) -> None:
    server.operator.drop_next("POST", ORDER)
    with pytest.raises(requests.ConnectionError):
        api.order(SYMBOL, "BUY", "0.010")
    assert server.operator.state()["orders"] == []
    server.operator.lose_next("POST", ORDER, seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        api.order(SYMBOL, "BUY", "0.010")
    assert [order["status"] for order in server.operator.state()["orders"]] == ["FILLED"]
    assert [entry.status for entry in server.exchange.record.entries] == [NO_ANSWER, NO_ANSWER]
    assert api.order(SYMBOL, "SELL", "0.010")["status"] == "FILLED"


def test_a_ban_and_rules_hold_until_they_are_changed(server: LoopbackServer, api: Api, control: Any) -> None:
    server.operator.ban(60_000)
    banned = api.call("GET", TIME)
    assert (banned.status, banned.body["code"]) == (418, -1003)
    assert banned.body["msg"].startswith("Way too many requests; IP banned until ")
    server.operator.ban(0)
    assert api.call("GET", TIME).status == 200
    assert control("set_rules", weight_limit=0, keep_orphans=True).status_code == 200
    limited = api.call("GET", TIME)
    assert (limited.status, limited.body["code"]) == (429, -1003)
    assert all(1 <= int(answer.headers["Retry-After"]) <= 60 for answer in (banned, limited))
    server.operator.set_rules(weight_limit=2_400)
    assert api.call("GET", TIME).status == 200
    assert server.exchange.settings.keep_orphans
    server.operator.set_balance("123.45")
    assert api.get(ACCOUNT)["availableBalance"] == "123.45000000"
    assert api.get("/fapi/v1/income")[-1]["incomeType"] == "TRANSFER"


def test_headers_count_weight_and_orders(server: LoopbackServer, api: Api) -> None:
    first = int(api.call("GET", ACCOUNT).headers["X-MBX-USED-WEIGHT-1M"])
    again = int(api.call("GET", ACCOUNT).headers["X-MBX-USED-WEIGHT-1M"])
    assert again in (first + 5, 5)  # 5 if a minute has just begun
    placed = api.call("POST", ORDER, symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.01")
    assert placed.headers["X-MBX-ORDER-COUNT-1M"] == placed.headers["X-MBX-ORDER-COUNT-10S"] == "1"
    assert "X-MBX-ORDER-COUNT-1M" not in api.call("GET", ACCOUNT).headers


def test_control_port_does_what_the_operator_does(server: LoopbackServer, api: Api, control: Any) -> None:
    assert control("set_price", symbol=SYMBOL, price="41000").json() == {
        "last": "41000.00",
        "mark": "41000.00000000",
    }
    assert control("move_clock", to_ms=NOW_MS + 1_000).json() == NOW_MS + 1_000
    assert control("trade_by_hand", symbol=SYMBOL, side="BUY", quantity="0.01").json()["status"] == "FILLED"
    fault = control(
        "fail_next", method="GET", path=ACCOUNT, status=503, body={"code": -1008, "msg": "x"}
    ).json()
    assert (fault["kind"], fault["times"]) == ("answer", 1)
    assert api.call("GET", ACCOUNT).status == 503
    with requests.Session() as session:
        session.trust_env = False
        state = session.get(f"{server.control_url}/state", timeout=PATIENCE).json()
        about = session.get(server.control_url, timeout=PATIENCE).json()
    assert [row["positionAmt"] for row in state["positions"]] == ["0.010"]
    assert "set_price" in about["commands"]


@pytest.mark.parametrize(("name", "arguments", "status", "sentence"), [
    ("set_price", {"symbol": SYMBOL}, 400, "missing a required argument: 'price'"),
    ("set_price", {"symbol": "NOUSDT", "price": 1}, 400, "-1121 Invalid symbol."),
    ("move_clock", {"to_ms": 1}, 400, f"now_ms must not be before {NOW_MS}, was 1"),
    ("trade_by_hand", {"symbol": SYMBOL, "side": "UP", "quantity": 1}, 400, "'UP' is not a valid Side"),
    ("end_order", {"order_id": 5}, 400, "order_id must be an open order's, was 5"),
    ("nothing", {}, 404, "command must be one of "),
])  # fmt: skip
def test_control_port_answers_a_wrong_command_with_a_sentence(
    control: Any, name: str, arguments: dict[str, Any], status: int, sentence: str
) -> None:
    answer = control(name, **arguments)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]
