"""Binance's own SDK runs a whole session, and its typed models, written elsewhere, take every answer."""

import logging
import ssl
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from binance_common.configuration import ConfigurationRestAPI
from binance_common.errors import BadRequestError, RateLimitBanError, TooManyRequestsError
from pydantic import BaseModel

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET
from tests.loopback.conftest import NOW_MS

SDK = "binance_sdk_derivatives_trading_usds_futures"
SYMBOL = "BTCUSDT"
BUY, SELL = "BUY", "SELL"

# The generated models mix USDⓈ-M and COIN-M answers, and triggered and waiting orders: these fields are not
# in every USDⓈ-M answer. What each stands for is in SOURCES.md.
NOT_ALWAYS_THERE = {
    "pair", "cum_base", "base_qty", "margin_asset", "activate_price", "price_rate", "callback_rate",
    "iceberg_quantity", "actual_type", "actual_qty", "rpi_commission_rate", "notional_coef",
}  # fmt: skip
# Fields that Binance's reference or ccxt know and the models do not.
MORE_THAN_THE_MODEL = {
    "NewOrderResponse": {"avgPrice", "cumQuote"},
    "CancelOrderResponse": {"avgPrice", "cumQuote"},
    "PositionInformationV2ResponseInner": {"notional"},
    "QueryAlgoOrderResponse": {"tpTriggerPrice", "tpPrice", "slTriggerPrice", "slPrice"},
    "CurrentAllAlgoOpenOrdersResponseInner": {"actualType", "actualQty"},
    "QueryAllAlgoOrdersResponseInner": {"actualType", "actualQty"},
}


@pytest.fixture(scope="module")
def server(market: SyntheticMarket) -> Iterator[LoopbackServer]:
    with LoopbackServer(Exchange(market, FixedClock(NOW_MS))) as running:
        yield running


@pytest.fixture(scope="module")
def sdk(server: LoopbackServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Make the SDK's REST client, with the demo exchange's address, behind the proxy."""
    overlay = tmp_path_factory.mktemp("sdk") / "loopback.json"
    server.write_overlay(overlay)
    trust = ssl.create_default_context(cafile=str(overlay.with_suffix(".ca.pem")))
    configuration = ConfigurationRestAPI(
        api_key=TEST_KEY, api_secret=TEST_SECRET, base_path="https://demo-fapi.binance.com", timeout=10_000,
        retries=0,
        proxy={"protocol": "http", "host": "127.0.0.1", "port": int(server.proxy_url.rsplit(":", 1)[1])},
        https_agent=trust,
    )  # fmt: skip
    return import_module(SDK).DerivativesTradingUsdsFutures(config_rest_api=configuration).rest_api


@pytest.fixture(autouse=True)
def _models_take_every_answer(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """See that the SDK does not warn: it does where an answer has not the types of its model."""
    caplog.set_level(logging.WARNING)
    yield
    assert [record.getMessage() for record in caplog.records] == []


def misfits(value: Any) -> list[str]:
    """Return the fields that a model has and the answer has not, and the other way round."""
    if isinstance(value, list):
        return [misfit for item in value for misfit in misfits(item)]
    if not isinstance(value, BaseModel):
        return []
    actual = getattr(value, "actual_instance", None)
    if actual is not None:
        return misfits(actual)
    name = type(value).__name__
    extra = set(getattr(value, "additional_properties", {})) - MORE_THAN_THE_MODEL.get(name, set())
    found = [f"{name} does not know {key}" for key in sorted(extra)]
    for field in set(type(value).model_fields) - {"additional_properties"}:
        inner = getattr(value, field)
        if inner is None and field not in NOT_ALWAYS_THERE:
            found.append(f"{name} misses {field}")
        found += misfits(inner)
    return found


def checked(response: Any) -> Any:
    """Return an answer's model after comparing it with the answer."""
    data = response.data()
    assert misfits(data) == []
    return data


def model(name: str) -> Any:
    """Return one of the SDK's models; its hundreds of modules are read in the process that uses them."""
    return getattr(import_module(f"{SDK}.rest_api.models"), name)


def words(name: str) -> set[str]:
    """Return the words of one of the SDK's enumerations."""
    return {member.value for member in model(name)}


def test_whole_session(sdk: Any, server: LoopbackServer) -> None:
    """Set up, buy, stop, trigger, look at everything, as one continuous account."""
    set_up(sdk)
    entry = buy(sdk, server)
    price = Decimal(entry.avg_price)
    check_position(sdk, price)
    trigger = server.exchange.specs[SYMBOL].to_tick(price * Decimal("0.98"))
    real = be_stopped_out(sdk, server, trigger)

    trades = checked(sdk.account_trade_list(SYMBOL))
    assert [row.order_id for row in trades] == [entry.order_id, real.order_id]
    assert Decimal(trades[1].realized_pnl) == Decimal("0.01") * (trigger - price)
    fees = [Decimal("0.01") * at * Decimal("0.0005") for at in (price, trigger)]
    assert [Decimal(row.commission) for row in trades] == [fee.quantize(Decimal("1e-8")) for fee in fees]
    incomes = checked(sdk.get_income_history())
    assert {row.income_type for row in incomes} == {"COMMISSION", "REALIZED_PNL"}
    assert {row.income_type for row in incomes} <= words("GetIncomeHistoryIncomeTypeEnum")
    balance = checked(sdk.account_information_v3()).total_wallet_balance
    assert Decimal(balance) == 10_000 + sum(Decimal(row.income) for row in incomes)


def set_up(sdk: Any) -> None:
    """Look at the modes and set isolated margin and leverage."""
    assert checked(sdk.account_information_v3()).available_balance == "10000.00000000"
    assert checked(sdk.get_current_position_mode()).dual_side_position is False
    assert checked(sdk.get_current_multi_assets_mode()).multi_assets_margin is False
    assert checked(sdk.change_margin_type(symbol=SYMBOL, margin_type="ISOLATED")).code == 200
    assert checked(sdk.change_initial_leverage(symbol=SYMBOL, leverage=5)).leverage == 5


def buy(sdk: Any, server: LoopbackServer) -> Any:
    """Buy 0.01 BTC at market and return the order as it is stored."""
    entry = checked(sdk.new_order(SYMBOL, BUY, "MARKET", quantity=0.01, new_order_resp_type="RESULT"))
    assert (entry.status, entry.executed_qty, entry.position_side) == ("FILLED", "0.010", "BOTH")
    assert {entry.type} <= words("NewOrderTypeEnum")
    stored = checked(sdk.query_order(SYMBOL, order_id=entry.order_id))
    best = Decimal(server.operator.prices(SYMBOL)["last"]) + Decimal("0.1")
    assert Decimal(stored.avg_price) == best
    return stored


def check_position(sdk: Any, price: Decimal) -> None:
    """Look at the position on all routes that show it."""
    positions = checked(sdk.position_information_v3())
    assert [(row.symbol, row.position_amt) for row in positions] == [(SYMBOL, "0.010")]
    assert Decimal(positions[0].entry_price) == price
    margin = (price * Decimal("0.01") / 5).quantize(Decimal("1e-8"))
    assert Decimal(positions[0].isolated_wallet) == margin
    older = {row.symbol: row for row in checked(sdk.position_information_v2())}[SYMBOL]
    assert (older.margin_type, older.leverage) == ("isolated", "5")
    assert checked(sdk.account_information_v3()).positions[0].symbol == SYMBOL


def be_stopped_out(sdk: Any, server: LoopbackServer, trigger: Decimal) -> Any:
    """Place a stop, let the price come to it, and return the order that it became."""
    terms = {"quantity": 0.01, "trigger_price": float(trigger), "reduce_only": "true"}
    stop = checked(sdk.new_algo_order("CONDITIONAL", SYMBOL, SELL, "STOP_MARKET", **terms))
    assert stop.algo_status == "NEW"
    assert {stop.order_type} <= words("NewAlgoOrderTypeEnum")
    waiting = checked(sdk.query_algo_order(algo_id=stop.algo_id))
    assert (waiting.algo_status, waiting.actual_order_id, waiting.actual_type) == ("NEW", "", None)
    assert [row.algo_id for row in checked(sdk.current_all_algo_open_orders())] == [stop.algo_id]
    server.operator.set_price(SYMBOL, trigger)
    done = checked(sdk.query_algo_order(algo_id=stop.algo_id))
    assert (done.algo_status, done.actual_type, done.actual_qty) == ("FINISHED", "MARKET", "0.010")
    real = checked(sdk.query_order(SYMBOL, order_id=int(done.actual_order_id)))
    assert (real.status, real.orig_type, real.reduce_only) == ("FILLED", "STOP_MARKET", True)
    assert Decimal(real.avg_price) == trigger
    assert checked(sdk.position_information_v3()) == []
    return real


def test_resting_orders(sdk: Any, server: LoopbackServer) -> None:
    """Limit orders: rest, be found, be cancelled one by one and all at once."""
    server.operator.release_price("ETHUSDT")
    last = Decimal(server.operator.prices("ETHUSDT")["last"])
    limit = float(server.exchange.specs["ETHUSDT"].to_tick(last * Decimal("0.97")))
    offers = [
        checked(sdk.new_order("ETHUSDT", BUY, "LIMIT", time_in_force="GTC", quantity=0.1, price=limit))
        for _ in range(3)
    ]
    assert {offer.status for offer in offers} == {"NEW"}
    assert len(checked(sdk.current_all_open_orders("ETHUSDT"))) == 3
    assert (
        checked(sdk.query_current_open_order("ETHUSDT", order_id=offers[0].order_id)).price == f"{limit:.2f}"
    )
    held = checked(sdk.position_information_v3(symbol="ETHUSDT"))[0]
    assert Decimal(held.open_order_initial_margin) == 3 * Decimal("0.1") * Decimal(str(limit)) / 20
    assert checked(sdk.cancel_order("ETHUSDT", order_id=offers[0].order_id)).status == "CANCELED"
    assert checked(sdk.cancel_all_open_orders("ETHUSDT")).code == 200
    rows = checked(sdk.all_orders(symbol="ETHUSDT"))
    assert [row.status for row in rows] == ["CANCELED"] * 3
    with pytest.raises(BadRequestError, match="Unknown order sent"):
        sdk.cancel_order("ETHUSDT", order_id=offers[0].order_id)
    with pytest.raises(BadRequestError, match="Order does not exist"):
        sdk.query_order("ETHUSDT", order_id=1)


@pytest.mark.parametrize("kind", ["STOP", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"])
def test_other_conditional_orders(sdk: Any, server: LoopbackServer, kind: str) -> None:
    last = Decimal(server.operator.prices("LTCUSDT")["last"])
    side = SELL if kind != "STOP" else BUY
    trigger = float(server.exchange.specs["LTCUSDT"].to_tick(last * Decimal("1.02")))
    limit = None if kind.endswith("MARKET") else trigger
    placed = checked(
        sdk.new_algo_order(
            "CONDITIONAL", "LTCUSDT", side, kind, quantity=2, price=limit, trigger_price=trigger
        )
    )
    assert (placed.order_type, placed.algo_status, placed.quantity) == (kind, "NEW", "2.000")
    assert checked(sdk.cancel_algo_order(algo_id=placed.algo_id)).code == "200"
    assert checked(sdk.query_all_algo_orders("LTCUSDT"))[-1].algo_status == "CANCELED"
    assert checked(sdk.cancel_all_algo_open_orders("LTCUSDT")).code == 200


def test_terms_of_the_account_and_the_public_half(sdk: Any) -> None:
    assert checked(sdk.user_commission_rate(SYMBOL)).taker_commission_rate == "0.000500"
    assert checked(sdk.symbol_configuration(symbol="LTCUSDT"))[0].margin_type == "CROSSED"
    assert checked(sdk.futures_account_configuration()).can_trade is True
    assert checked(sdk.futures_account_balance_v3())[0].asset == "USDT"
    assert checked(sdk.notional_and_leverage_brackets(symbol=SYMBOL))
    assert checked(sdk.change_position_mode("true")).code == 200
    assert checked(sdk.get_current_position_mode()).dual_side_position is True
    assert checked(sdk.change_position_mode("false")).msg == "success"
    with pytest.raises(BadRequestError, match="No need to change position side"):
        sdk.change_position_mode("false")
    assert checked(sdk.check_server_time()).server_time == NOW_MS
    assert checked(sdk.order_book(SYMBOL, limit=5)).bids
    assert len(sdk.kline_candlestick_data(SYMBOL, "5m", limit=3).data()) == 3


def test_comparison_with_the_models_bites() -> None:
    """Else the other tests' agreement with the models would prove nothing."""
    answer = model("ChangeInitialLeverageResponse").from_dict({"leverage": 5, "symbol": SYMBOL, "more": 1})
    assert misfits([answer]) == [
        "ChangeInitialLeverageResponse does not know more",
        "ChangeInitialLeverageResponse misses max_notional_value",
    ]


def test_limits_reach_the_client(sdk: Any, server: LoopbackServer) -> None:
    response = sdk.account_information_v3()
    assert [limit.rateLimitType for limit in response.rate_limits] == ["REQUEST_WEIGHT"]
    server.operator.ban(60_000)
    with pytest.raises(RateLimitBanError):
        sdk.account_information_v3()
    server.operator.ban(0)
    server.operator.fail_next("GET", "/fapi/v3/account", 429, {"code": -1003, "msg": "Too many requests."})
    with pytest.raises(TooManyRequestsError):
        sdk.account_information_v3()
    assert sdk.account_information_v3().status == 200
