"""Conditional orders: new ones, looking them up, cancelling them."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter

from loopback import errors, parameters, payloads
from loopback.account.algo_orders import WAITING, AlgoOrder, AlgoStatus, AlgoType
from loopback.account.orders import ZERO, OrderType, Side, TimeInForce
from loopback.exchange import Exchange
from loopback.routes.access import ExchangeGiven, SignedGiven
from loopback.routes.private_history import MOST_ROWS, USUAL_ROWS, rows_of
from loopback.routes.private_orders import check_position_side

router = APIRouter()


class _Service(StrEnum):
    CONDITIONAL = "CONDITIONAL"


class _WorkingType(StrEnum):
    CONTRACT_PRICE = "CONTRACT_PRICE"
    MARK_PRICE = "MARK_PRICE"


@router.post("/fapi/v1/algoOrder")
async def new_algo_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Take a conditional order."""
    parameters.choice(sent, "algoType", _Service)
    spec = exchange.trading_spec(parameters.symbol(sent, exchange))
    with exchange.settled() as now:
        algo = _algo_order(exchange, spec.symbol, sent, now)
        exchange.placing.place_algo(algo)
        return payloads.algo_order(algo)


@router.get("/fapi/v1/algoOrder")
async def get_algo_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Answer a conditional order, whatever its state."""
    ids = parameters.order_ids(sent, "algoId", "clientAlgoId")
    with exchange.settled():
        algo = exchange.account.algo_orders.find(*ids)
        if algo is None:
            raise errors.no_such_order()
        return _stored(exchange, algo)


@router.delete("/fapi/v1/algoOrder")
async def cancel_algo_order(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Cancel a conditional order that waits."""
    ids = parameters.order_ids(sent, "algoId", "clientAlgoId")
    with exchange.settled() as now:
        algo = exchange.account.algo_orders.find(*ids)
        if algo is None or algo.status not in WAITING:
            raise errors.nothing_to_cancel()
        algo.end(AlgoStatus.CANCELED, now)
        return {"algoId": algo.id, "clientAlgoId": algo.client_id, "code": "200", "msg": "success"}


@router.delete("/fapi/v1/algoOpenOrders")
async def cancel_all(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Cancel every conditional order of a contract that waits."""
    symbol = parameters.symbol(sent, exchange)
    with exchange.settled() as now:
        for algo in exchange.account.waiting(symbol):
            if algo.status in WAITING:
                algo.end(AlgoStatus.CANCELED, now)
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


@router.get("/fapi/v1/openAlgoOrders")
async def open_algo_orders(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer the conditional orders that wait, of one contract or of all."""
    symbol = parameters.optional_symbol(sent, exchange)
    with exchange.settled():
        return [_stored(exchange, algo) for algo in exchange.account.waiting(symbol)]


@router.get("/fapi/v1/allAlgoOrders")
async def all_algo_orders(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer the conditional orders of a contract, oldest first."""
    symbol = parameters.symbol(sent, exchange)
    window = parameters.window(sent, USUAL_ROWS, MOST_ROWS)
    first = parameters.whole_number(sent, "algoId")
    with exchange.settled() as now:
        algos = [algo for algo in exchange.account.algo_orders if algo.symbol == symbol]
        return [_stored(exchange, algo) for algo in rows_of(algos, window, now, first)]


def _stored(exchange: Exchange, algo: AlgoOrder) -> dict[str, Any]:
    return payloads.stored_algo_order(algo, exchange.account.orders.find(algo.order_id, None))


def _algo_order(exchange: Exchange, symbol: str, sent: dict[str, str], now_ms: int) -> AlgoOrder:
    """Read a conditional order from the parameters of a call."""
    side = parameters.choice(sent, "side", Side)
    kind = parameters.choice(sent, "type", AlgoType)
    check_position_side(exchange, sent)
    whole, reduce_only = (parameters.flag(sent, name) for name in ("closePosition", "reduceOnly"))
    at_market = kind.order_type is OrderType.MARKET
    _check_whole(sent, whole and at_market, whole)
    algo_id = exchange.account.next_id()
    return AlgoOrder(
        id=algo_id,
        client_id=parameters.client_id(sent, "clientAlgoId", f"loopback{algo_id}"),
        symbol=symbol,
        side=side,
        type=kind,
        time_in_force=parameters.choice(sent, "timeInForce", TimeInForce, TimeInForce.GTC),
        quantity=ZERO if whole else parameters.required_decimal(sent, "quantity"),
        trigger=parameters.required_decimal(sent, "triggerPrice"),
        price=ZERO if at_market else parameters.required_decimal(sent, "price"),
        working_type=parameters.choice(sent, "workingType", _WorkingType, _WorkingType.CONTRACT_PRICE).value,
        reduce_only=reduce_only,
        close_position=whole,
        price_protect=parameters.flag(sent, "priceProtect"),
        time_ms=now_ms,
        update_ms=now_ms,
    )


def _check_whole(sent: dict[str, str], allowed: bool, whole: bool) -> None:
    """Require an order with closePosition to be a market order without quantity or reduceOnly."""
    if not whole:
        return
    if not allowed:
        raise errors.not_required("closePosition")
    for name in ("quantity", "reduceOnly"):
        if sent.get(name):
            raise errors.not_required(name)
