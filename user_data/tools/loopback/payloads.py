"""The account in Binance's fields; SOURCES.md lists the source of each."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from loopback.account import margin
from loopback.account.algo_orders import AlgoOrder, AlgoStatus
from loopback.account.ledger import Income, Trade
from loopback.account.margin import Margins, MarkOf, Risk
from loopback.account.orders import Order, Side
from loopback.account.positions import Position
from loopback.account.state import Account
from loopback.symbols import QUOTE, SPECS

_EIGHT = Decimal("0.00000001")
# One-way mode has one position a contract.
POSITION_SIDE = "BOTH"
_SELF_TRADE = "EXPIRE_MAKER"


def amount(value: Decimal) -> str:
    """Format USDT with eight digits."""
    return f"{value.quantize(_EIGHT, ROUND_HALF_EVEN):.8f}"


def _short(value: Decimal, digits: int) -> str:
    """Format a number with at most so many digits, without trailing zeros, like Binance's averages."""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if value else "0.00"


def order(item: Order) -> dict[str, Any]:
    """Return an order as from the routes that place and cancel; prices in USDT, quantities in coins."""
    spec = SPECS[item.symbol]
    executed = spec.quantity_text(item.executed)
    return {
        "orderId": item.id,
        "symbol": item.symbol,
        "status": item.status.value,
        "clientOrderId": item.client_id,
        "price": spec.price_text(item.price),
        "avgPrice": _short(item.average, spec.price_precision + 4),
        "origQty": spec.quantity_text(item.quantity),
        "executedQty": executed,
        "cumQty": executed,
        "cumQuote": _short(item.quote, 8),
        "timeInForce": item.time_in_force.value,
        "type": item.type.value,
        "reduceOnly": item.reduce_only,
        "closePosition": item.close_position,
        "side": item.side.value,
        "positionSide": POSITION_SIDE,
        "stopPrice": spec.price_text(item.stop_price),
        "workingType": item.working_type,
        "priceProtect": False,
        "origType": item.original_type,
        "priceMatch": "NONE",
        "selfTradePreventionMode": _SELF_TRADE,
        "goodTillDate": 0,
        "updateTime": item.update_ms,
    }


def stored_order(item: Order) -> dict[str, Any]:
    """Return an order as from the routes that look up."""
    answer = order(item)
    del answer["cumQty"]
    return {**answer, "time": item.time_ms}


def acknowledged(item: Order) -> dict[str, Any]:
    """Return an order as acknowledged before the engine has handled it."""
    none = {
        "executedQty": SPECS[item.symbol].quantity_text(Decimal(0)),
        "avgPrice": "0.00",
        "cumQuote": "0.00",
    }
    return {**order(item), **none, "cumQty": none["executedQty"], "status": "NEW"}


def algo_order(item: AlgoOrder) -> dict[str, Any]:
    """Return a conditional order as from the route that places it."""
    spec = SPECS[item.symbol]
    return {
        "algoId": item.id,
        "clientAlgoId": item.client_id,
        "algoType": "CONDITIONAL",
        "orderType": item.type.value,
        "symbol": item.symbol,
        "side": item.side.value,
        "positionSide": POSITION_SIDE,
        "timeInForce": item.time_in_force.value,
        "quantity": spec.quantity_text(item.quantity),
        "algoStatus": item.status.value,
        "triggerPrice": spec.price_text(item.trigger),
        "price": spec.price_text(item.price),
        "icebergQuantity": None,
        "selfTradePreventionMode": _SELF_TRADE,
        "workingType": item.working_type,
        "priceMatch": "NONE",
        "closePosition": item.close_position,
        "priceProtect": item.price_protect,
        "reduceOnly": item.reduce_only,
        "createTime": item.time_ms,
        "updateTime": item.update_ms,
        "triggerTime": item.trigger_ms,
        "goodTillDate": 0,
    }


def stored_algo_order(item: AlgoOrder, real: Order | None) -> dict[str, Any]:
    """Return a conditional order as from the routes that look up.

    Parameters
    ----------
    item
        The conditional order.
    real
        The order that it became, if any.
    """
    spec = SPECS[item.symbol]
    price = spec.price_text(real.average) if real else spec.price_text(0.0)
    answer: dict[str, Any] = {
        **algo_order(item),
        "actualOrderId": str(real.id) if real else "",
        "actualPrice": price,
        "tpTriggerPrice": spec.price_text(0.0),
        "tpPrice": spec.price_text(0.0),
        "slTriggerPrice": spec.price_text(0.0),
        "slPrice": spec.price_text(0.0),
        "tpOrderType": "",
    }
    if real and item.status is not AlgoStatus.NEW:
        answer |= {"actualType": real.type.value, "actualQty": spec.quantity_text(real.executed)}
    return answer


def trade(item: Trade) -> dict[str, Any]:
    """Return one fill."""
    spec = SPECS[item.symbol]
    return {
        "symbol": item.symbol,
        "id": item.id,
        "orderId": item.order_id,
        "side": item.side.value,
        "price": spec.price_text(item.price),
        "qty": spec.quantity_text(item.quantity),
        "realizedPnl": amount(item.realised),
        "quoteQty": _short(item.quote, 8),
        "commission": amount(item.commission),
        "commissionAsset": QUOTE,
        "time": item.time_ms,
        "positionSide": POSITION_SIDE,
        "buyer": item.side is Side.BUY,
        "maker": item.maker,
    }


def income(item: Income) -> dict[str, Any]:
    """Return one row of the income history."""
    return {
        "symbol": item.symbol,
        "incomeType": item.type.value,
        "income": amount(item.amount),
        "asset": QUOTE,
        "time": item.time_ms,
        "info": item.type.value,
        "tranId": item.id,
        "tradeId": "" if item.trade_id is None else str(item.trade_id),
    }


def account(item: Account, mark_of: MarkOf) -> dict[str, Any]:
    """Return the whole account, as in version 3.

    Parameters
    ----------
    item
        The account.
    mark_of
        Gives a contract's mark price in USDT.
    """
    sums = margin.margins(item, mark_of)
    shared = _shared_sums(sums)
    return {
        "totalInitialMargin": amount(sums.positions_initial + sums.orders_initial),
        "totalMaintMargin": amount(sums.maintenance),
        "totalWalletBalance": amount(sums.wallet),
        "totalUnrealizedProfit": amount(sums.profit),
        "totalMarginBalance": amount(sums.wallet + sums.profit),
        "totalPositionInitialMargin": amount(sums.positions_initial),
        "totalOpenOrderInitialMargin": amount(sums.orders_initial),
        "totalCrossWalletBalance": amount(sums.cross_wallet),
        "totalCrossUnPnl": amount(sums.cross_profit),
        "availableBalance": shared["availableBalance"],
        "maxWithdrawAmount": shared["maxWithdrawAmount"],
        "assets": [_asset(item, sums)],
        "positions": [_account_position(item, position, mark_of) for position in item.open_positions],
    }


def balance(item: Account, mark_of: MarkOf) -> list[dict[str, Any]]:
    """Return the balance of each asset: only USDT."""
    sums = margin.margins(item, mark_of)
    return [
        {
            "accountAlias": "loopback",
            "asset": QUOTE,
            "balance": amount(sums.wallet),
            **_shared_sums(sums),
            "marginAvailable": True,
            "updateTime": item.update_ms,
        }
    ]


def position_risk(item: Account, position: Position, mark_of: MarkOf) -> dict[str, Any]:
    """Return one position, as in version 3."""
    spec = SPECS[position.symbol]
    risk = Risk(position, mark_of(position.symbol))
    held, bids, asks = _orders_of(item, position)
    return {
        "symbol": position.symbol,
        "positionSide": _side_of(item, position),
        "positionAmt": spec.quantity_text(position.amount),
        "entryPrice": _short(position.entry, 12),
        "breakEvenPrice": _short(_break_even(position), 12),
        "markPrice": amount(risk.mark),
        "unRealizedProfit": amount(risk.profit),
        "liquidationPrice": _short(_liquidation(item, position, mark_of), 8),
        "isolatedMargin": amount(position.margin + risk.profit if position.is_isolated else Decimal(0)),
        "notional": amount(risk.notional),
        "marginAsset": QUOTE,
        "isolatedWallet": amount(position.margin),
        "initialMargin": amount(risk.initial + held),
        "maintMargin": amount(risk.maintenance),
        "positionInitialMargin": amount(risk.initial),
        "openOrderInitialMargin": amount(held),
        "adl": 1 if position.is_open else 0,
        "bidNotional": amount(bids),
        "askNotional": amount(asks),
        "updateTime": position.update_ms,
    }


def position_risk_v2(item: Account, position: Position, mark_of: MarkOf) -> dict[str, Any]:
    """Return one position with its settings, as in version 2."""
    newer = position_risk(item, position, mark_of)
    kept = (
        "symbol", "positionSide", "positionAmt", "entryPrice", "breakEvenPrice", "markPrice",
        "unRealizedProfit", "liquidationPrice", "isolatedMargin", "notional", "isolatedWallet", "updateTime",
    )  # fmt: skip
    highest = margin.highest_notional(SPECS[position.symbol], position.leverage)
    return {
        **{name: newer[name] for name in kept},
        "leverage": str(position.leverage),
        "marginType": "isolated" if position.is_isolated else "cross",
        "isAutoAddMargin": "false",
        "maxNotionalValue": str(highest),
    }


def _shared_sums(sums: Margins) -> dict[str, str]:
    """Return the fields that account, asset and balance share."""
    return {
        "crossWalletBalance": amount(sums.cross_wallet),
        "crossUnPnl": amount(sums.cross_profit),
        "availableBalance": amount(sums.available),
        "maxWithdrawAmount": amount(min(sums.available, max(sums.cross_wallet, Decimal(0)))),
    }


def _asset(item: Account, sums: Margins) -> dict[str, Any]:
    return {
        "asset": QUOTE,
        "walletBalance": amount(sums.wallet),
        "unrealizedProfit": amount(sums.profit),
        "marginBalance": amount(sums.wallet + sums.profit),
        "maintMargin": amount(sums.maintenance),
        "initialMargin": amount(sums.positions_initial + sums.orders_initial),
        "positionInitialMargin": amount(sums.positions_initial),
        "openOrderInitialMargin": amount(sums.orders_initial),
        **_shared_sums(sums),
        "updateTime": item.update_ms,
    }


def _account_position(item: Account, position: Position, mark_of: MarkOf) -> dict[str, Any]:
    risk = position_risk(item, position, mark_of)
    kept = ("symbol", "positionSide", "positionAmt", "isolatedMargin", "notional", "isolatedWallet")
    rest = ("initialMargin", "maintMargin", "updateTime")
    return {
        **{name: risk[name] for name in kept},
        "unrealizedProfit": risk["unRealizedProfit"],
        **{name: risk[name] for name in rest},
    }


def _orders_of(item: Account, position: Position) -> tuple[Decimal, Decimal, Decimal]:
    """Return the margin of a contract's resting orders, and the USDT of their bids and asks."""
    held, bids, asks = Decimal(0), Decimal(0), Decimal(0)
    for resting in item.open_orders(position.symbol):
        held += margin.order_margin(resting, position)
        notional = resting.left * resting.price
        bids, asks = (bids + notional, asks) if resting.side is Side.BUY else (bids, asks + notional)
    return held, bids, asks


def _side_of(item: Account, position: Position) -> str:
    if not item.hedge_mode:
        return POSITION_SIDE
    return "SHORT" if position.amount < 0 else "LONG"


def _break_even(position: Position) -> Decimal:
    """Return the price (USDT) at which the profit covers the fees paid so far."""
    return position.entry + position.costs / position.amount if position.is_open else Decimal(0)


def _liquidation(item: Account, position: Position, mark_of: MarkOf) -> Decimal:
    return margin.liquidation_price(item, position, mark_of) if position.is_open else Decimal(0)
