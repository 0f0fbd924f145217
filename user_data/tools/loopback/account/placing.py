"""Binance's checks of an order against contract, position and wallet, and its placing."""

from dataclasses import dataclass
from decimal import Decimal

from loopback import errors, filters
from loopback.account import margin
from loopback.account.algo_orders import WAITING, AlgoOrder
from loopback.account.engine import Engine
from loopback.account.orders import ZERO, Order, OrderType, Side
from loopback.account.state import Account
from loopback.settings import Settings
from loopback.symbols import SPECS, SymbolSpec


@dataclass(frozen=True)
class Placing:
    """Places the orders of one account.

    Parameters
    ----------
    account, engine, settings
        The account, its engine, and its fees.
    """

    account: Account
    engine: Engine
    settings: Settings

    def place(self, order: Order) -> None:
        """Check an order and submit it to the engine.

        Raises
        ------
        BinanceError
            The first check that it does not pass.
        """
        spec = SPECS[order.symbol]
        at_market = order.type is OrderType.MARKET
        filters.check_quantity(spec, order.quantity, at_market)
        if not at_market:
            filters.check_price(spec, order.price)
        self._check_distance(spec, order)
        price = self._expected_price(spec, order)
        if order.reduce_only:
            if not self._reducible(order):
                raise errors.nothing_to_reduce()
        else:
            filters.check_notional(spec, order.quantity * price)
            self._check_margin(spec, order, price)
        if len(self.account.open_orders(order.symbol)) >= filters.MAX_ORDERS:
            raise errors.too_many_orders()
        if any(order.client_id == other.client_id for other in self.account.open_orders()):
            raise errors.duplicate_client_id()
        self.engine.matcher.submit(order)
        self.engine.triggers.follow()

    def place_algo(self, algo: AlgoOrder) -> None:
        """Check a conditional order and place it.

        Raises
        ------
        BinanceError
            The first check that it does not pass.
        """
        spec = SPECS[algo.symbol]
        at_market = algo.type.order_type is OrderType.MARKET
        if not algo.close_position:
            filters.check_quantity(spec, algo.quantity, at_market)
        filters.check_price(spec, algo.trigger)
        if not at_market:
            filters.check_price(spec, algo.price)
            filters.check_stop_limit(algo.side, algo.price, algo.trigger)
        if not (algo.reduce_only or algo.close_position):
            price = algo.trigger if at_market else algo.price
            filters.check_notional(spec, algo.quantity * price)
        waiting = [other for other in self.account.waiting() if other.status in WAITING]
        if len([other for other in waiting if other.symbol == algo.symbol]) >= filters.MAX_ORDERS:
            raise errors.too_many_orders()
        if any(algo.client_id == other.client_id for other in waiting):
            raise errors.duplicate_client_id()
        if algo.is_met_by(self.engine.quotes.watched(algo.symbol, algo.watched)):
            raise errors.would_trigger()
        self.account.algo_orders.add(algo.id, algo.client_id, algo)

    def _reducible(self, order: Order) -> Decimal:
        return self.account.position(order.symbol).reducible(order.side.sign)

    def _best(self, spec: SymbolSpec, side: Side) -> Decimal:
        last = self.engine.quotes.last(spec.symbol)
        return last + spec.tick if side is Side.BUY else last

    def _expected_price(self, spec: SymbolSpec, order: Order) -> Decimal:
        return self._best(spec, order.side) if order.type is OrderType.MARKET else order.price

    def _check_distance(self, spec: SymbolSpec, order: Order) -> None:
        mark = self.engine.quotes.mark(spec.symbol)
        if order.type is OrderType.MARKET:
            filters.check_best(order.side, self._best(spec, order.side), mark)
        else:
            filters.check_limit(spec, order.side, order.price, mark)

    def _check_margin(self, spec: SymbolSpec, order: Order, price: Decimal) -> None:
        """Require the leverage to allow the position, and the wallet to back its new part and the fee."""
        position = self.account.position(order.symbol)
        after = abs(position.amount + order.side.sign * order.quantity)
        if after * price > margin.highest_notional(spec, position.leverage):
            raise errors.position_too_large()
        opening = max(order.quantity - self._reducible(order), ZERO)
        needed = opening * price * (Decimal(1) / position.leverage + self.settings.taker_fee)
        if opening and needed > margin.margins(self.account, self.engine.quotes.mark).available:
            raise errors.no_margin()
