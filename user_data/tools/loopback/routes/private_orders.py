"""Orders: new ones, looking them up, cancelling them."""

from typing import Any

from fastapi import APIRouter

from loopback import errors, parameters, payloads
from loopback.account.algo_orders import AlgoType
from loopback.account.orders import ZERO, Order, OrderType, Side, Status, TimeInForce
from loopback.exchange import Exchange
from loopback.routes.access import ExchangeGiven, SignedGiven

router = APIRouter()

_CONDITIONAL = {*AlgoType, "TRAILING_STOP_MARKET"}


@router.post("/fapi/v1/order")
async def new_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Take an order at market or with a limit."""
    parameters.required(sent, "type")
    spec = exchange.trading_spec(parameters.symbol(sent, exchange))
    if sent["type"] in _CONDITIONAL:
        raise errors.belongs_to_algo_service()
    with exchange.settled() as now:
        order = _order(exchange, spec.symbol, sent, now)
        exchange.placing.place(order)
        return (
            payloads.order(order)
            if sent.get("newOrderRespType") == "RESULT"
            else payloads.acknowledged(order)
        )


@router.post("/fapi/v1/order/test")
async def test_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Look at an order's parameters and take no notice of it otherwise."""
    spec = exchange.trading_spec(parameters.symbol(sent, exchange))
    with exchange.settled() as now:
        return payloads.acknowledged(_order(exchange, spec.symbol, sent, now))


@router.get("/fapi/v1/order")
async def get_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Answer an order, whatever its state."""
    with exchange.settled():
        order = _named(exchange, sent)
        if order is None:
            raise errors.no_such_order()
        return payloads.stored_order(order)


@router.get("/fapi/v1/openOrder")
async def get_open_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Answer an order that rests in the book."""
    with exchange.settled():
        order = _named(exchange, sent)
        if order is None or not order.is_open:
            raise errors.no_such_order()
        return payloads.stored_order(order)


@router.delete("/fapi/v1/order")
async def cancel_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Cancel an order that rests in the book."""
    with exchange.settled() as now:
        order = _named(exchange, sent)
        if order is None or not order.is_open:
            raise errors.nothing_to_cancel()
        order.end(Status.CANCELED, now)
        exchange.engine.triggers.follow()
        return payloads.order(order)


@router.delete("/fapi/v1/allOpenOrders")
async def cancel_all(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Cancel every order of a contract that rests in the book."""
    symbol = parameters.symbol(sent, exchange)
    with exchange.settled() as now:
        for order in exchange.account.open_orders(symbol):
            order.end(Status.CANCELED, now)
        exchange.engine.triggers.follow()
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


@router.get("/fapi/v1/openOrders")
async def open_orders(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer the orders that rest in the book, of one contract or of all."""
    symbol = parameters.optional_symbol(sent, exchange)
    with exchange.settled():
        return [payloads.stored_order(order) for order in exchange.account.open_orders(symbol)]


def _named(exchange: Exchange, sent: dict[str, str]) -> Order | None:
    """Find the order of a contract that a request names by id or client id."""
    symbol = parameters.symbol(sent, exchange)
    order = exchange.account.orders.find(*parameters.order_ids(sent, "orderId", "origClientOrderId"))
    return order if order is not None and order.symbol == symbol else None


def check_position_side(exchange: Exchange, sent: dict[str, str]) -> None:
    """Require one-way mode and a matching position side; orders in hedge mode are not simulated."""
    if (
        exchange.account.hedge_mode
        or sent.get("positionSide", payloads.POSITION_SIDE) != payloads.POSITION_SIDE
    ):
        raise errors.wrong_position_side()


def _order(exchange: Exchange, symbol: str, sent: dict[str, str], now_ms: int) -> Order:
    """Read an order from the parameters of a call."""
    side = parameters.choice(sent, "side", Side)
    kind = parameters.choice(sent, "type", OrderType)
    check_position_side(exchange, sent)
    at_market = kind is OrderType.MARKET
    if at_market and sent.get("price"):
        raise errors.not_required("price")
    in_force = TimeInForce.GTC if at_market else parameters.choice(sent, "timeInForce", TimeInForce)
    order_id = exchange.account.next_id()
    return Order(
        id=order_id,
        client_id=parameters.client_id(sent, "newClientOrderId", f"loopback{order_id}"),
        symbol=symbol,
        side=side,
        type=kind,
        time_in_force=in_force,
        quantity=parameters.required_decimal(sent, "quantity"),
        price=ZERO if at_market else parameters.required_decimal(sent, "price"),
        reduce_only=parameters.flag(sent, "reduceOnly"),
        time_ms=now_ms,
        original_type=kind.value,
        update_ms=now_ms,
    )
