"""History: all orders, trades, and income."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from fastapi import APIRouter

from loopback import errors, parameters, payloads
from loopback.market.intervals import DAY_MS
from loopback.market.view import Window
from loopback.routes.access import ExchangeGiven, SignedGiven

router = APIRouter()

USUAL_ROWS, MOST_ROWS = 500, 1_000
DAYS_AT_ONCE_MS = 7 * DAY_MS
_USUAL_INCOMES = 100


class _Row(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def time_ms(self) -> int: ...


R = TypeVar("R", bound=_Row)


@router.get("/fapi/v1/allOrders")
async def all_orders(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer the orders of a contract, oldest first, from an id on or of seven days at most."""
    symbol = parameters.symbol(sent, exchange)
    window = parameters.window(sent, USUAL_ROWS, MOST_ROWS)
    first = parameters.whole_number(sent, "orderId")
    with exchange.settled() as now:
        orders = [order for order in exchange.account.orders if order.symbol == symbol]
        return [payloads.stored_order(order) for order in rows_of(orders, window, now, first)]


@router.get("/fapi/v1/userTrades")
async def user_trades(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer the trades of a contract, oldest first, of one order, from an id on or of seven days at most."""
    symbol = parameters.symbol(sent, exchange)
    window = parameters.window(sent, USUAL_ROWS, MOST_ROWS)
    order_id, first = (parameters.whole_number(sent, name) for name in ("orderId", "fromId"))
    with exchange.settled() as now:
        trades = [
            trade
            for trade in exchange.account.trades
            if trade.symbol == symbol and order_id in (None, trade.order_id)
        ]
        return [payloads.trade(trade) for trade in rows_of(trades, window, now, first)]


@router.get("/fapi/v1/income")
async def income(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer the money that came and went, oldest first, of the last seven days unless a start is given."""
    symbol = parameters.optional_symbol(sent, exchange)
    kind = sent.get("incomeType") or None
    window = parameters.window(sent, _USUAL_INCOMES, MOST_ROWS)
    page = parameters.whole_number(sent, "page") or 1
    with exchange.settled() as now:
        start = now - DAYS_AT_ONCE_MS if window.start_ms is None else window.start_ms
        end = now if window.end_ms is None else window.end_ms
        rows = [
            payloads.income(row)
            for row in exchange.account.incomes
            if start <= row.time_ms <= end and symbol in (None, row.symbol) and kind in (None, row.type.value)
        ]
        return rows[(page - 1) * window.limit : page * window.limit]


def rows_of(rows: Iterable[R], window: Window, now_ms: int, first_id: int | None) -> list[R]:
    """Choose rows as Binance does: from an id on if given, else by a window of at most seven days.

    Parameters
    ----------
    rows
        All rows, oldest first.
    window
        Start, end and limit of the request.
    now_ms
        The exchange's time in milliseconds UTC.
    first_id
        First id; None for a window.
    """
    if first_id is not None:
        return [row for row in rows if row.id >= first_id][: window.limit]
    start, end = window.start_ms, window.end_ms
    if start is not None and end is not None and end - start > DAYS_AT_ONCE_MS:
        raise errors.period_too_long()
    if start is None:
        end = now_ms if end is None else end
        start = end - DAYS_AT_ONCE_MS
    end = start + DAYS_AT_ONCE_MS if end is None else end
    found = [row for row in rows if start <= row.time_ms <= end]
    return found[: window.limit] if window.start_ms is not None else found[-window.limit :]
