"""Triggering of conditional orders."""

from decimal import Decimal

from loopback.account.algo_orders import AlgoOrder, AlgoStatus
from loopback.account.fills import Matcher
from loopback.account.orders import Order, OrderType, Status, TimeInForce
from loopback.account.quotes import Quotes
from loopback.account.state import Account
from loopback.errors import BinanceError

_FINISHED = frozenset({Status.FILLED, Status.CANCELED, Status.EXPIRED})


class Triggers:
    """Turns conditional orders into orders.

    Parameters
    ----------
    account
        The account.
    matcher
        Receives the orders.
    quotes
        Prices, and the account's time.
    """

    def __init__(self, account: Account, matcher: Matcher, quotes: Quotes) -> None:
        self._account = account
        self._matcher = matcher
        self._quotes = quotes

    def trigger(self, algo: AlgoOrder) -> None:
        """Trigger a conditional order."""
        algo.trigger_ms = self._quotes.now_ms
        algo.end(AlgoStatus.TRIGGERING, self._quotes.now_ms)

    def place(self, algo: AlgoOrder) -> None:
        """Place the order of a triggering conditional order; without a position to reduce it expires."""
        now = self._quotes.now_ms
        reducible = self._account.position(algo.symbol).reducible(algo.side.sign)
        if (algo.reduce_only or algo.close_position) and not reducible:
            algo.end(AlgoStatus.EXPIRED, now)
            return
        order = self._order(algo, reducible if algo.close_position else algo.quantity)
        algo.end(AlgoStatus.TRIGGERED, now)
        algo.order_id = order.id
        try:
            self._matcher.submit(order)
        except BinanceError:
            algo.order_id = None
            algo.end(AlgoStatus.REJECTED, now)
        self.follow()

    def fail(self, algo: AlgoOrder, status: Status) -> None:
        """Place the order of a triggering conditional order, but end it in a given state, unfilled."""
        order = self._order(algo, algo.quantity)
        order.end(status, self._quotes.now_ms)
        self._account.orders.add(order.id, order.client_id, order)
        algo.order_id = order.id
        algo.end(AlgoStatus.FINISHED, self._quotes.now_ms)

    def follow(self) -> None:
        """Finish the conditional orders whose orders are filled, cancelled or expired."""
        for algo in self._account.algo_orders:
            if algo.status is AlgoStatus.TRIGGERED:
                order = self._account.orders.find(algo.order_id, None)
                if order is not None and order.status in _FINISHED:
                    algo.end(AlgoStatus.FINISHED, order.update_ms)

    def _order(self, algo: AlgoOrder, quantity: Decimal) -> Order:
        now = self._quotes.now_ms
        kind = algo.type.order_type
        return Order(
            id=self._account.next_id(),
            client_id=algo.client_id,
            symbol=algo.symbol,
            side=algo.side,
            type=kind,
            time_in_force=algo.time_in_force if kind is OrderType.LIMIT else TimeInForce.GTC,
            quantity=quantity,
            price=algo.price,
            reduce_only=algo.reduce_only or algo.close_position,
            close_position=algo.close_position,
            time_ms=now,
            update_ms=now,
            original_type=algo.type.value,
            stop_price=algo.trigger,
            working_type=algo.working_type,
        )
