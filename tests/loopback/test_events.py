"""What happens to an account that its client has not asked for, and answers that do not say what happened."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from loopback.api import Api
from loopback.server import LoopbackServer
from tests.support.patience import PATIENCE, wait_for

SYMBOL, ETH = "BTCUSDT", "ETHUSDT"
ORDER, ALGO, ACCOUNT = "/fapi/v1/order", "/fapi/v1/algoOrder", "/fapi/v3/account"
POSITIONS = "/fapi/v3/positionRisk"


@pytest.fixture(autouse=True)
def _round_prices(server: LoopbackServer) -> None:
    for symbol, price in ((SYMBOL, 40_000), (ETH, 2_000)):
        server.operator.set_price(symbol, price)


def wallet(server: LoopbackServer) -> Decimal:
    return Decimal(server.operator.state()["account"]["totalWalletBalance"])


def held(api: Api, symbol: str = SYMBOL) -> str | None:
    """Return the amount of a contract's position."""
    return next((row["positionAmt"] for row in api.get(POSITIONS, symbol=symbol)), None)


# --- closed by others


def test_a_position_is_closed_by_hand_in_two_steps(server: LoopbackServer, api: Api) -> None:
    api.order(SYMBOL, "BUY", "0.030")
    stop = api.stop(SYMBOL, "SELL", "0.030", 39_000)
    part = server.operator.close_by_hand(SYMBOL, "0.010")
    assert (part["executedQty"], part["clientOrderId"][:4]) == ("0.010", "web_")  # type: ignore[index]
    assert (held(api), api.algo(stop["algoId"])["algoStatus"]) == ("0.020", "NEW")
    server.operator.close_by_hand(SYMBOL)
    assert (held(api), api.algo(stop["algoId"])["algoStatus"]) == (None, "EXPIRED")
    trades = api.get("/fapi/v1/userTrades", symbol=SYMBOL)
    # Bought a tick above the last price, sold at it: 0.1 USDT a coin.
    assert [row["realizedPnl"] for row in trades[1:]] == ["-0.00100000", "-0.00200000"]
    kinds = [row["incomeType"] for row in api.get("/fapi/v1/income")]
    assert kinds.count("REALIZED_PNL") == 2


@pytest.mark.parametrize(("side", "beyond"), [("BUY", -1), ("SELL", 1)])
def test_the_mark_price_alone_liquidates(server: LoopbackServer, api: Api, side: str, beyond: int) -> None:
    api.post("/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
    api.post("/fapi/v1/leverage", symbol=SYMBOL, leverage=20)
    api.order(SYMBOL, side, "0.050")
    closes = "SELL" if side == "BUY" else "BUY"
    stop = api.stop(SYMBOL, closes, "0.050", 40_000 + beyond * 1_000)
    before, level = wallet(server), Decimal(api.get(POSITIONS)[0]["liquidationPrice"])
    server.operator.set_price(SYMBOL, 40_000, mark=level - beyond * 5)
    assert held(api) is not None
    server.operator.set_price(SYMBOL, 40_000, mark=level + beyond * 5)
    forced = api.get("/fapi/v1/allOrders", symbol=SYMBOL)[-1]
    assert (held(api), forced["clientOrderId"][:10], forced["status"]) == (None, "autoclose-", "FILLED")
    assert float(forced["avgPrice"]) == pytest.approx(float(level), abs=6)
    # The last price never came near the stop: only the position's end took it.
    assert api.algo(stop["algoId"])["algoStatus"] == "EXPIRED"
    # 2,000 USDT at 20x are backed by 100; of those nothing but the rest beside the fund's fee comes back.
    assert 99 < before - wallet(server) <= Decimal("100.001")


def test_it_is_liquidated_on_command_and_the_winner_deleveraged(server: LoopbackServer, api: Api) -> None:
    assert server.operator.liquidate(SYMBOL) is None
    api.order(SYMBOL, "BUY", "0.050")
    resting = api.order(SYMBOL, "BUY", "0.010", "39000")
    order = server.operator.liquidate(SYMBOL)
    assert (order["status"], order["avgPrice"], held(api)) == ("FILLED", "40000", None)  # type: ignore[index]
    assert api.get(ORDER, symbol=SYMBOL, orderId=resting["orderId"])["status"] == "CANCELED"
    api.order(SYMBOL, "SELL", "0.050")
    stop = api.stop(SYMBOL, "BUY", "0.050", 41_000)
    server.operator.set_price(SYMBOL, 38_000, mark=38_100)
    part = server.operator.deleverage(SYMBOL, "0.020")
    assert (part["clientOrderId"], part["avgPrice"]) == ("adl_autoclose", "38100")  # type: ignore[index]
    assert (held(api), api.algo(stop["algoId"])["algoStatus"]) == ("-0.030", "NEW")
    gained = [row for row in api.get("/fapi/v1/income") if row["incomeType"] == "REALIZED_PNL"]
    assert Decimal(gained[-1]["income"]) == 38  # 1,900 x 0.020
    server.operator.deleverage(SYMBOL, 5)
    assert held(api) is None
    assert server.operator.deleverage(SYMBOL) is None


# --- orders that outlive their position, or end in part


@pytest.mark.parametrize(("keep", "status"), [(False, "EXPIRED"), (True, "NEW")])
def test_reduce_only_orders_of_both_kinds_outlive_by_rule(
    server: LoopbackServer, api: Api, keep: bool, status: str
) -> None:
    """And expire when there is nothing to reduce."""
    server.operator.set_rules(keep_orphans=not keep)
    api.order(SYMBOL, "BUY", "0.010")
    stop = api.stop(SYMBOL, "SELL", "0.010", 39_000)
    target = api.order(SYMBOL, "SELL", "0.010", "41000", reduceOnly="true")
    server.operator.set_rules(keep_orphans=keep)
    server.operator.close_by_hand(SYMBOL)
    assert api.algo(stop["algoId"])["algoStatus"] == status
    assert api.get(ORDER, symbol=SYMBOL, orderId=target["orderId"])["status"] == status
    server.operator.set_price(SYMBOL, 41_000)
    assert api.get(ORDER, symbol=SYMBOL, orderId=target["orderId"])["status"] == "EXPIRED"
    assert held(api) is None


def test_orders_that_outlived_close_the_next_position(server: LoopbackServer, api: Api) -> None:
    server.operator.set_rules(keep_orphans=True)
    api.order(SYMBOL, "BUY", "0.010")
    stop = api.stop(SYMBOL, "SELL", "0.010", 39_000)
    target = api.order(SYMBOL, "SELL", "0.010", "41000", reduceOnly="true")
    server.operator.close_by_hand(SYMBOL)
    api.order(SYMBOL, "BUY", "0.030")
    server.operator.set_price(SYMBOL, 41_000)
    assert held(api) == "0.020"
    server.operator.set_price(SYMBOL, 39_000)
    assert held(api) == "0.010"
    assert api.algo(stop["algoId"])["actualQty"] == "0.010"
    assert api.get(ORDER, symbol=SYMBOL, orderId=target["orderId"])["status"] == "FILLED"


def test_a_stop_triggers_and_its_order_expires(server: LoopbackServer, api: Api) -> None:
    api.order(SYMBOL, "BUY", "0.010")
    stop = api.stop(SYMBOL, "SELL", "0.010", 39_000)
    server.operator.fill_in_parts(SYMBOL, 0, side="SELL")
    server.operator.set_price(SYMBOL, 38_900)
    done = api.algo(stop["algoId"])
    assert (done["algoStatus"], done["actualQty"], held(api)) == ("FINISHED", "0.000", "0.010")
    assert api.get(ORDER, symbol=SYMBOL, orderId=done["actualOrderId"])["status"] == "EXPIRED"


def test_an_order_at_market_ends_with_a_part_filled_or_is_filled_later(
    server: LoopbackServer, api: Api
) -> None:
    server.operator.fill_in_parts(SYMBOL, "0.5")
    assert api.order(ETH, "BUY", "0.5")["status"] == "FILLED"  # another contract's
    entry = api.order(SYMBOL, "BUY", "0.015")
    assert (entry["status"], entry["executedQty"], held(api)) == ("EXPIRED", "0.007", "0.007")
    assert api.order(SYMBOL, "BUY", "0.023")["status"] == "FILLED"  # only the one
    server.operator.fill_in_parts(SYMBOL, "0.5", then="PARTIALLY_FILLED")
    close = api.order(SYMBOL, "SELL", "0.030", reduceOnly="true")
    assert (close["status"], held(api)) == ("PARTIALLY_FILLED", "0.015")
    server.operator.set_price(SYMBOL, 40_100)
    assert held(api) == "0.015"  # it rests, whatever the price does
    assert server.operator.fill_order(close["orderId"])["avgPrice"] == "40050"
    assert held(api) is None


def test_orders_of_the_owner_rest_beside_the_clients(server: LoopbackServer, api: Api) -> None:
    api.order(SYMBOL, "BUY", "0.020")
    stop = server.operator.stop_by_hand(SYMBOL, "SELL", "0.005", 39_500)
    limit = server.operator.limit_by_hand(SYMBOL, "SELL", "0.010", 40_500)
    assert [row["clientAlgoId"][:4] for row in api.get("/fapi/v1/openAlgoOrders")] == ["web_"]
    assert [row["clientOrderId"][:4] for row in api.get("/fapi/v1/openOrders")] == ["web_"]
    server.operator.set_price(SYMBOL, 40_500)
    assert api.get(ORDER, symbol=SYMBOL, orderId=limit["orderId"])["status"] == "FILLED"
    assert held(api) == "0.010"
    server.operator.set_price(SYMBOL, 39_500)
    assert (held(api), api.algo(stop["algoId"])["algoStatus"]) == ("0.005", "FINISHED")


# --- the account


def test_money_comes_and_goes(server: LoopbackServer, api: Api) -> None:
    before = wallet(server)
    server.operator.transfer(5_000)
    server.operator.transfer("-120.5")
    assert wallet(server) - before == Decimal("4879.5")
    rows = api.get("/fapi/v1/income", incomeType="TRANSFER")
    assert [row["income"] for row in rows] == ["5000.00000000", "-120.50000000"]
    with pytest.raises(ValueError, match=r"amount must be -14879\.\d+ or above, was -20000"):
        server.operator.transfer(-20_000)


def test_modes_change_beside_an_open_position(server: LoopbackServer, api: Api) -> None:
    api.post("/fapi/v1/marginType", symbol=SYMBOL, marginType="ISOLATED")
    api.order(SYMBOL, "SELL", "0.010")
    (row,) = api.get(POSITIONS)
    assert (row["positionSide"], row["isolatedWallet"]) == ("BOTH", "20.00000000")  # 400 at 20x
    server.operator.set_modes(hedge_mode=True)
    assert [row["positionSide"] for row in api.get(POSITIONS)] == ["SHORT"]
    assert api.order(SYMBOL, "BUY", "0.010")["code"] == -4061
    server.operator.set_modes(hedge_mode=False)
    server.operator.set_terms(SYMBOL, margin_type="CROSSED")
    (row,) = api.get("/fapi/v2/positionRisk", symbol=SYMBOL)
    assert (row["marginType"], row["isolatedWallet"], row["positionSide"]) == ("cross", "0.00000000", "BOTH")
    assert api.get("/fapi/v1/symbolConfig", symbol=SYMBOL)[0]["marginType"] == "CROSSED"
    server.operator.set_terms(SYMBOL, margin_type="ISOLATED")
    assert api.get(POSITIONS)[0]["isolatedWallet"] == "20.00000000"
    with pytest.raises(ValueError, match="symbol must be without a position"):
        server.operator.set_terms(SYMBOL, leverage=5)


# --- answers


@pytest.mark.parametrize("body", [{}, [], None, {"code": 200, "msg": "success"}, "<html>502</html>", ""])
def test_the_work_is_done_and_something_else_is_answered(
    server: LoopbackServer, api: Api, tmp_path: Path, body: Any
) -> None:
    server.operator.garble_next("POST", ORDER, body)
    try:
        assert api.order(SYMBOL, "BUY", "0.010") == body
    except requests.exceptions.JSONDecodeError:
        assert isinstance(body, str)
    assert held(api) == "0.010"
    assert server.exchange.record.entries[0].status == 200


def test_an_answer_is_cut_in_the_middle_and_a_refusal_late_too(server: LoopbackServer, api: Api) -> None:
    server.operator.cut_next("POST", ALGO)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        api.stop(SYMBOL, "SELL", "0.010", 39_000)
    assert [row["algoStatus"] for row in api.get("/fapi/v1/openAlgoOrders")] == ["NEW"]
    server.operator.delay_next("POST", ORDER, 0.01, after=True)
    answer = api.call("POST", ORDER, symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.00001")
    assert (answer.status, answer.body["code"]) == (400, -1111)


def test_a_call_is_held_before_or_after_the_work(server: LoopbackServer, api: Api) -> None:
    api.patience_seconds = 2.0
    for fault, worked in (
        (server.operator.drop_next("POST", ORDER, seconds=30), 0),
        (server.operator.lose_next("POST", ORDER, seconds=30), 1),
        (server.operator.delay_next("POST", ORDER, 30, after=True), 2),
    ):
        assert (fault.hits, fault.held) == (0, 0)
        with pytest.raises(requests.Timeout):
            api.order(SYMBOL, "BUY", "0.010")
        # The client gives up by its own clock; a busy server comes to it later.
        wait_for(lambda fault=fault: fault.held)
        assert (fault.hits, fault.held) == (1, 1)
        assert len(server.operator.state()["orders"]) == worked


def test_faults_know_calls_by_any_route_and_by_parameters(server: LoopbackServer, api: Api) -> None:
    server.operator.fail_next("POST", ORDER, 503, {}, times=None, where={"reduceOnly": "true"})
    assert api.order(SYMBOL, "BUY", "0.010")["status"] == "FILLED"
    assert api.order(SYMBOL, "SELL", "0.010", reduceOnly="true") == {}
    server.operator.clear_faults()
    server.operator.fail_next("GET", "*", 503, {}, times=2)
    assert [api.call("GET", path).status for path in (ACCOUNT, POSITIONS, ACCOUNT)] == [503, 503, 200]
    assert api.order(SYMBOL, "SELL", "0.010", reduceOnly="true")["status"] == "FILLED"


# --- looking up by the client's own id


def test_an_order_whose_answer_was_lost_is_found_by_its_client_id(server: LoopbackServer, api: Api) -> None:
    server.operator.lose_next("POST", ORDER)
    with pytest.raises(requests.ConnectionError):
        api.order(SYMBOL, "BUY", "0.010", newClientOrderId="ict-1-entry")
    found = api.get(ORDER, symbol=SYMBOL, origClientOrderId="ict-1-entry")
    assert (found["status"], found["executedQty"]) == ("FILLED", "0.010")
    assert api.get(ORDER, symbol=ETH, origClientOrderId="ict-1-entry")["code"] == -2013
    assert api.get(ORDER, symbol=SYMBOL, origClientOrderId="ict-2-entry")["code"] == -2013
    assert [row["clientOrderId"] for row in api.get("/fapi/v1/allOrders", symbol=SYMBOL)] == ["ict-1-entry"]


def test_a_stop_whose_answer_was_lost_is_found_and_cancelled_by_its_client_id(
    server: LoopbackServer, api: Api
) -> None:
    api.order(SYMBOL, "BUY", "0.010")
    server.operator.lose_next("POST", ALGO)
    with pytest.raises(requests.ConnectionError):
        api.stop(SYMBOL, "SELL", "0.010", 39_000, clientAlgoId="ict-1-stop")
    found = api.get(ALGO, clientAlgoId="ict-1-stop")
    assert found["algoStatus"] == "NEW"
    for symbol, ids in ((SYMBOL, [found["algoId"]]), (ETH, [])):
        assert [row["algoId"] for row in api.get("/fapi/v1/openAlgoOrders", symbol=symbol)] == ids
    assert api.delete(ALGO, clientAlgoId="ict-1-stop")["clientAlgoId"] == "ict-1-stop"
    assert api.get("/fapi/v1/openAlgoOrders") == []
    assert api.get(ALGO, clientAlgoId="ict-2-stop")["code"] == -2013


def test_only_resting_orders_are_open(server: LoopbackServer, api: Api) -> None:
    resting = api.order(SYMBOL, "BUY", "0.010", "39000", newClientOrderId="mine")
    api.order(ETH, "BUY", "0.5")
    assert [row["clientOrderId"] for row in api.get("/fapi/v1/openOrders")] == ["mine"]
    assert api.get("/fapi/v1/openOrders", symbol=ETH) == []
    assert api.get("/fapi/v1/openOrder", symbol=SYMBOL, origClientOrderId="mine")["status"] == "NEW"
    assert api.delete(ORDER, symbol=SYMBOL, origClientOrderId="mine")["status"] == "CANCELED"
    assert api.get("/fapi/v1/openOrders") == []
    assert api.get(ORDER, symbol=SYMBOL, orderId=resting["orderId"])["status"] == "CANCELED"


# --- over the control port


def test_the_control_port_has_all_of_it(server: LoopbackServer, api: Api) -> None:
    api.order(SYMBOL, "BUY", "0.030")
    with requests.Session() as session:
        session.trust_env = False

        def do(name: str, **arguments: Any) -> Any:
            answer = session.post(f"{server.control_url}/do/{name}", json=arguments, timeout=PATIENCE)
            assert answer.status_code == 200, answer.text
            return answer.json()

        assert do("close_by_hand", symbol=SYMBOL, quantity="0.010")["executedQty"] == "0.010"
        assert do("deleverage", symbol=SYMBOL, quantity="0.010")["clientOrderId"] == "adl_autoclose"
        assert do("liquidate", symbol=SYMBOL)["clientOrderId"].startswith("autoclose-")
        do("fill_in_parts", symbol=SYMBOL, share="0.5", side="BUY")
        do("transfer", amount="-100")
        do("set_terms", symbol=SYMBOL, margin_type="ISOLATED")
        kinds = [
            do("garble_next", method="GET", path=ACCOUNT, body={})["kind"],
            do("cut_next", method="GET", path=ACCOUNT)["kind"],
            do("delay_next", method="GET", path=ACCOUNT, seconds=0.01, after=True)["kind"],
            do("lose_next", method="*", path="*", where={"symbol": SYMBOL})["kind"],
        ]
        assert kinds == ["garble", "cut", "late", "lose"]
        assert api.get(ACCOUNT) == {}
        with pytest.raises(requests.exceptions.JSONDecodeError):
            api.get(ACCOUNT)
        assert api.get(ACCOUNT)["totalWalletBalance"]
