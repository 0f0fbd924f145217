"""The forced end of a position whose margin is used up."""

from decimal import Decimal

from tests.loopback.account.fills import Matcher
from tests.loopback.account.ledger import IncomeType
from tests.loopback.account.orders import ZERO, Order, OrderType, Side, Status, TimeInForce
from tests.loopback.account.positions import Position
from tests.loopback.account.quotes import Quotes
from tests.loopback.account.state import Account
from tests.loopback.symbols import SPECS

# The liquidationFee that exchangeInfo states: what the insurance fund takes of the notional, if it is there.
_INSURANCE_FEE = Decimal("0.0125")


def liquidate(account: Account, matcher: Matcher, quotes: Quotes, position: Position) -> None:
    """Close a position at the mark price, pay the insurance fund from what is left, cancel its orders.

    A loss beyond the position's own margin, or beyond the whole wallet when crossed, is the fund's.
    """
    symbol, now = position.symbol, quotes.now_ms
    for order in account.open_orders(symbol):
        order.end(Status.CANCELED, now)
    backing = position.margin if position.is_isolated else account.wallet - _others_margin(account, position)
    size, before = abs(position.amount), account.wallet
    price = SPECS[symbol].to_tick(quotes.mark(symbol))
    order = _order(account, position, size, price, now)
    account.orders.add(order.id, order.client_id, order)
    matcher.fill(order, price, size, maker=False)
    left = backing + account.wallet - before
    fee = min(left, size * price * _INSURANCE_FEE)
    account.pay(IncomeType.INSURANCE_CLEAR, symbol, -fee, now)


def _others_margin(account: Account, position: Position) -> Decimal:
    return sum((other.margin for other in account.open_positions if other is not position), ZERO)


def _order(account: Account, position: Position, size: Decimal, price: Decimal, now: int) -> Order:
    side = Side.SELL if position.amount > 0 else Side.BUY
    order_id = account.next_id()
    return Order(
        order_id, f"autoclose-{now}{order_id}", position.symbol, side, OrderType.LIMIT, TimeInForce.IOC, size,
        price, reduce_only=False, time_ms=now, original_type=OrderType.LIMIT, update_ms=now,
    )  # fmt: skip
