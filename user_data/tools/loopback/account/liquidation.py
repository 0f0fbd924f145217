"""Forced closes: liquidation, and deleveraging of the winning side (ADL)."""

from decimal import Decimal

from loopback.account.fills import Matcher
from loopback.account.ledger import IncomeType
from loopback.account.orders import ZERO, Order, OrderType, Side, Status, TimeInForce
from loopback.account.positions import Position
from loopback.account.quotes import Quotes
from loopback.account.state import Account
from loopback.symbols import SPECS

# liquidationFee of exchangeInfo: the insurance fund's share of the notional, as far as money is left.
_INSURANCE_FEE = Decimal("0.0125")


def liquidate(account: Account, matcher: Matcher, quotes: Quotes, position: Position) -> Order:
    """Close a position at the mark price, pay the insurance fund from the rest, cancel its orders.

    The fund bears a loss beyond the position's own margin, or beyond the whole wallet when crossed.
    """
    symbol, now = position.symbol, quotes.now_ms
    for order in account.open_orders(symbol):
        order.end(Status.CANCELED, now)
    backing = position.margin if position.is_isolated else account.wallet - _others_margin(account, position)
    size, before = abs(position.amount), account.wallet
    order = _close(account, matcher, quotes, position, size, f"autoclose-{now}{account.next_id()}")
    left = backing + account.wallet - before
    fee = min(left, order.quote * _INSURANCE_FEE)
    account.pay(IncomeType.INSURANCE_CLEAR, symbol, -fee, now)
    return order


def deleverage(
    account: Account, matcher: Matcher, quotes: Quotes, position: Position, quantity: Decimal | None
) -> Order:
    """Close a quantity of a position (base coin), all of it if None, at the mark price."""
    size = abs(position.amount) if quantity is None else min(quantity, abs(position.amount))
    return _close(account, matcher, quotes, position, size, "adl_autoclose")


def _others_margin(account: Account, position: Position) -> Decimal:
    return sum((other.margin for other in account.open_positions if other is not position), ZERO)


def _close(
    account: Account, matcher: Matcher, quotes: Quotes, position: Position, size: Decimal, client_id: str
) -> Order:
    price, now = SPECS[position.symbol].to_tick(quotes.mark(position.symbol)), quotes.now_ms
    side = Side.SELL if position.amount > 0 else Side.BUY
    order = Order(
        account.next_id(), client_id, position.symbol, side, OrderType.LIMIT, TimeInForce.IOC, size,
        price, reduce_only=False, time_ms=now, original_type=OrderType.LIMIT, update_ms=now,
    )  # fmt: skip
    account.orders.add(order.id, order.client_id, order)
    matcher.fill(order, price, size, maker=False)
    return order
