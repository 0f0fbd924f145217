"""python-binance, which signs and sends in a way of its own, runs the same kind of session."""

import asyncio
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from loopback.market.intervals import HOUR_MS
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET
from tests.loopback.conftest import NOW_MS

# It imports names that websockets is about to drop, for streams that nobody opens here.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from binance.client import Client
    from binance.exceptions import BinanceAPIException

SYMBOL = "BTCUSDT"


@pytest.fixture
def client(server: LoopbackServer, tmp_path: Path) -> Iterator[Client]:
    server.write_overlay(tmp_path / "loopback.json")
    reach = {"proxies": {"https": server.proxy_url}, "verify": str(tmp_path / "loopback.ca.pem")}
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)  # it takes the thread's, or makes one that it never closes
    made = Client(TEST_KEY, TEST_SECRET, reach, demo=True, ping=False)
    yield made
    made.close_connection()
    loop.close()
    asyncio.set_event_loop(None)


def test_short_position_with_stop_and_funding(client: Client, server: LoopbackServer) -> None:
    assert client.futures_get_position_mode() == {"dualSidePosition": False}
    assert client.futures_change_margin_type(symbol=SYMBOL, marginType="ISOLATED")["code"] == 200
    assert client.futures_change_leverage(symbol=SYMBOL, leverage=3)["leverage"] == 3
    entry = client.futures_create_order(
        symbol=SYMBOL, side="SELL", type="MARKET", quantity="0.02", newOrderRespType="RESULT"
    )
    assert (entry["status"], entry["executedQty"]) == ("FILLED", "0.020")
    trigger = server.exchange.specs[SYMBOL].to_tick(Decimal(entry["avgPrice"]) * Decimal("1.04"))
    stop = client.futures_create_order(
        symbol=SYMBOL, side="BUY", type="STOP_MARKET", quantity="0.02", stopPrice=str(trigger),
        reduceOnly="true",
    )  # fmt: skip
    assert [row["algoId"] for row in client.futures_get_open_algo_orders()] == [stop["algoId"]]

    server.operator.set_price(SYMBOL, entry["avgPrice"])
    server.operator.move_clock(NOW_MS + 8 * HOUR_MS)
    funding = client.futures_income_history(incomeType="FUNDING_FEE", symbol=SYMBOL)
    rate = server.exchange.source.funding(SYMBOL).rate[121 + 1]
    expected = Decimal("0.02") * Decimal(entry["avgPrice"]) * Decimal(f"{rate:.8f}")  # shorts receive
    assert [Decimal(row["income"]) for row in funding] == [expected.quantize(Decimal("1e-8"))]

    server.operator.set_price(SYMBOL, str(trigger))
    done = client.futures_get_algo_order(algoId=stop["algoId"])
    assert done["algoStatus"] == "FINISHED"
    assert client.futures_get_order(symbol=SYMBOL, orderId=done["actualOrderId"])["status"] == "FILLED"
    assert client.futures_position_information() == []
    assert len(client.futures_account_trades(symbol=SYMBOL)) == 2
    account = client.futures_account()
    assert account["totalInitialMargin"] == "0.00000000"
    change = sum(Decimal(row["income"]) for row in client.futures_income_history())
    assert Decimal(account["totalWalletBalance"]) == 10_000 + change


def test_cancelling_travels_in_the_body(client: Client, server: LoopbackServer) -> None:
    price = str(
        server.exchange.specs[SYMBOL].to_tick(Decimal(server.operator.prices(SYMBOL)["last"]) * 97 / 100)
    )
    order = client.futures_create_order(
        symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTX", quantity="0.01", price=price
    )
    assert order["status"] == "NEW"
    assert client.futures_cancel_order(symbol=SYMBOL, orderId=order["orderId"])["status"] == "CANCELED"
    with pytest.raises(BinanceAPIException) as caught:
        client.futures_cancel_order(symbol=SYMBOL, orderId=order["orderId"])
    assert (caught.value.status_code, caught.value.code) == (400, -2011)
    sent = next(entry for entry in server.exchange.record.entries if entry.method == "DELETE")
    assert sent.parameters["orderId"] == str(order["orderId"])
    assert "signature" not in sent.parameters
