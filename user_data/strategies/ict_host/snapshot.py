"""Both sides of a comparison, read: what the exchange holds, and what Freqtrade's book believes."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from freqtrade.persistence import Trade

from ict.desk.reconcile import BookedTrade, Held, Position, RestingOrder
from ict_host.intents import OWN_PREFIX
from ict_host.seams.access import amount_of, ccxt_of
from ict_host.sides import SIDES

ONE_WAY = "BOTH"
FEW_PAIRS = 5
_STOPS = ("STOP", "STOP_MARKET", "TRAILING_STOP_MARKET")
_WAITING = ("NEW", "ACCEPTED", "TRIGGERING", "PARTIALLY_FILLED")


def held_on(exchange: Any, pairs: Collection[str], dual_side: bool = False) -> Held:
    """Read positions, resting reduce-only orders and the bot's own entries from the exchange.

    Parameters
    ----------
    exchange
        Freqtrade's exchange.
    pairs : Collection[str]
        Pairs whose orders count.
    dual_side : bool
        Whether the account was seen in hedge mode, which positions alone do not show while there are none.

    Raises
    ------
    Exception
        Whatever ccxt or Freqtrade raise where the exchange can't be asked.
    """
    client = ccxt_of(exchange)
    asked = [{"symbol": client.market_id(pair)} for pair in pairs if pair in client.markets]
    # A question about all contracts weighs as much as one about forty.
    asked = asked if len(asked) <= FEW_PAIRS else [{}]
    rows = [row for row in exchange.fetch_positions() if row["side"] and row["contracts"]]
    calls = (client.fapiPrivateGetOpenAlgoOrders, client.fapiPrivateGetOpenOrders)
    orders = [raw for call in calls for of in asked for raw in call(of)]
    return Held(
        positions=[_position(row, exchange) for row in rows],
        resting=[order for raw in orders if (order := _resting(raw, client))],
        hedge_mode=dual_side or any(row["info"].get("positionSide", ONE_WAY) != ONE_WAY for row in rows),
        cross_pairs=frozenset(row["symbol"] for row in rows if row.get("marginMode") == "cross"),
    )  # fmt: skip


def _position(row: Mapping[str, Any], exchange: Any) -> Position:
    pair = row["symbol"]
    return Position(pair, SIDES[row["side"]], amount_of(exchange, pair, row["contracts"]))


def is_dual_side(exchange: Any) -> bool:
    """Ask whether the account is in hedge mode."""
    return str(ccxt_of(exchange).fapiPrivateGetPositionSideDual().get("dualSidePosition")).lower() == "true"


def _resting(raw: Mapping[str, Any], client: Any) -> RestingOrder | None:
    """Read Binance's own row; None for an entry of somebody else's, or what no longer rests."""
    whole = _is_true(raw.get("closePosition"))
    reduces = whole or _is_true(raw.get("reduceOnly"))
    if not (reduces or str(raw.get("clientOrderId")).startswith(OWN_PREFIX)):
        return None
    if raw.get("algoStatus", raw.get("status")) not in _WAITING:
        return None
    conditional = "algoId" in raw
    return RestingOrder(
        order_id=str(raw["algoId"] if conditional else raw["orderId"]),
        pair=client.safe_symbol(raw["symbol"], None, None, "swap"),
        closes=(1 if raw["side"] == "SELL" else -1) if reduces else 0,
        amount=math.inf if whole else float(raw["quantity"] if conditional else _left(raw)),
        price=float(raw["triggerPrice"] if conditional else raw["price"]),
        is_stop=conditional and raw.get("orderType") in _STOPS,
        is_conditional=conditional,
        filled=0.0 if conditional else float(raw.get("executedQty") or 0.0),
    )


def _left(raw: Mapping[str, Any]) -> float:
    return float(raw["origQty"]) - float(raw.get("executedQty") or 0.0)


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


def booked(
    trades: Iterable[Trade], planned_stop: Callable[[Trade], float | None] = lambda trade: None
) -> list[BookedTrade]:
    """Read open trades of the book.

    Parameters
    ----------
    trades : Iterable[Trade]
        Which.
    planned_stop : Callable
        Gives the stop that a trade's entry was sent with: until it has filled Freqtrade has its static one.
    """
    return [
        BookedTrade(
            trade_id=trade.id,
            pair=trade.pair,
            direction=SIDES[trade.trade_direction],
            amount=trade.amount,
            stop=(None if trade.amount else planned_stop(trade)) or trade.stop_loss,
            stop_ids=frozenset(order.order_id for order in trade.open_sl_orders),
            order_ids=frozenset(order.order_id for order in trade.open_orders),
        )
        for trade in trades
    ]
