"""Filling orders: quantities and prices, and their effect on wallet and position."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from loopback import errors
from loopback.account.algo_orders import AlgoStatus
from loopback.account.ledger import IncomeType, Trade
from loopback.account.orders import ZERO, Order, OrderType, Side, Status, TimeInForce
from loopback.account.quotes import Quotes
from loopback.account.state import Account, money
from loopback.market.book import Level, book
from loopback.settings import Settings
from loopback.symbols import SPECS

# The deepest book that is ever shown; its last level takes all that is left.
_DEPTH = 1_000


@dataclass(frozen=True)
class Part:
    """How a contract's next market order is filled: a share at once, and the fate of the rest."""

    symbol: str
    share: Decimal
    then: Status
    side: Side | None = None

    def is_for(self, order: Order) -> bool:
        """Whether it applies to an order."""
        is_meant = order.symbol == self.symbol and self.side in (None, order.side)
        return is_meant and order.type is OrderType.MARKET


class Matcher:
    """Matches an account's orders with the book.

    Parameters
    ----------
    account
        The account.
    settings
        The fees.
    quotes
        The prices.

    Attributes
    ----------
    parts
        Which of the next market orders are filled only in part.
    """

    def __init__(self, account: Account, settings: Settings, quotes: Quotes) -> None:
        self._account = account
        self._settings = settings
        self._quotes = quotes
        self.parts: list[Part] = []

    def submit(self, order: Order) -> None:
        """Submit a checked order: fill what can be filled now; the rest waits or expires.

        Raises
        ------
        BinanceError
            -5022 if a post-only order would take, -5021 if a fill-or-kill order can't be filled whole.
        """
        fills = self.takes(order)
        filled = sum((fill.quantity for fill in fills), ZERO)
        if order.time_in_force is TimeInForce.GTX and fills:
            raise errors.not_a_maker()
        if order.time_in_force is TimeInForce.FOK and filled < order.quantity:
            raise errors.not_filled_at_once()
        self._account.orders.add(order.id, order.client_id, order)
        part = self._part_of(order)
        for fill in fills if part is None else _first(fills, self._share(order, part)):
            self.fill(order, fill.price, fill.quantity, maker=False)
        rests = order.type is OrderType.LIMIT and order.time_in_force in (TimeInForce.GTC, TimeInForce.GTX)
        rests |= part is not None and part.then is not Status.EXPIRED
        if order.is_open and not rests:
            order.end(Status.EXPIRED, self._quotes.now_ms)

    def takes(self, order: Order) -> list[Level]:
        """Return what an order would trade with the book at this moment."""
        spec = SPECS[order.symbol]
        bids, asks = book(spec, self._quotes.last(order.symbol), _DEPTH)
        left = order.left
        if order.reduce_only:
            left = min(left, self._account.position(order.symbol).reducible(order.side.sign))
        levels = asks if order.side is Side.BUY else bids
        if order.type is OrderType.LIMIT:
            levels = [level for level in levels if _is_good(order, level.price)]
        fills: list[Level] = []
        for level in levels:
            if not left:
                break
            last = order.type is OrderType.MARKET and level is levels[-1]
            part = left if last else min(left, level.quantity)
            fills.append(Level(level.price, part))
            left -= part
        return fills

    def fill(self, order: Order, price: Decimal, quantity: Decimal, maker: bool) -> None:
        """Fill a part of an order.

        Parameters
        ----------
        order
            The order; a reduce-only one trades at most the position, and the rest of it expires.
        price
            Price of the trade in USDT.
        quantity
            Quantity wanted, in the base coin.
        maker
            Whether the order was resting in the book.
        """
        position = self._account.position(order.symbol)
        if order.reduce_only:
            quantity = min(quantity, position.reducible(order.side.sign))
        if quantity:
            self._trade(order, price, quantity, maker)
        if order.reduce_only and order.is_open and not position.reducible(order.side.sign):
            order.end(Status.EXPIRED, self._quotes.now_ms)
        if not position.is_open:
            self.expire_orphans(order.symbol)

    def expire_orphans(self, symbol: str) -> None:
        """Expire the reduce-only orders of a closed position."""
        if self._settings.keep_orphans:
            return
        now = self._quotes.now_ms
        for order in self._account.open_orders(symbol):
            if order.reduce_only:
                order.end(Status.EXPIRED, now)
        for algo in self._account.waiting(symbol):
            if algo.reduce_only or algo.close_position:
                algo.end(AlgoStatus.EXPIRED, now)

    def _part_of(self, order: Order) -> Part | None:
        """Return, and use up, the partial fill that was scheduled for an order."""
        part = next((part for part in self.parts if part.is_for(order)), None)
        if part is not None:
            self.parts.remove(part)
        return part

    def _share(self, order: Order, part: Part) -> Decimal:
        return SPECS[order.symbol].to_step(order.quantity * part.share)

    def _trade(self, order: Order, price: Decimal, quantity: Decimal, maker: bool) -> None:
        now = self._quotes.now_ms
        position = self._account.position(order.symbol)
        rate = self._settings.maker_fee if maker else self._settings.taker_fee
        commission = money(price * quantity * rate)
        realised = money(position.trade(order.side.sign * quantity, price))
        position.update_ms = now
        if position.is_open:
            position.costs += commission
        trade = Trade(
            self._account.next_id(), order.id, order.symbol, order.side, price, quantity, commission,
            realised, maker, now,
        )  # fmt: skip
        self._account.trades.append(trade)
        self._account.pay(IncomeType.REALIZED_PNL, order.symbol, realised, now, trade.id)
        self._account.pay(IncomeType.COMMISSION, order.symbol, -commission, now, trade.id)
        order.executed += quantity
        order.quote += price * quantity
        order.update_ms = now
        order.status = Status.FILLED if not order.left else Status.PARTIALLY_FILLED


def _is_good(order: Order, price: Decimal) -> bool:
    """Whether a price is no worse than an order's limit."""
    return price <= order.price if order.side is Side.BUY else price >= order.price


def _first(fills: list[Level], quantity: Decimal) -> Iterator[Level]:
    """Return the first of an order's fills, up to a quantity in the base coin."""
    for fill in fills:
        taken = min(fill.quantity, quantity)
        if taken:
            yield Level(fill.price, taken)
        quantity -= taken


def touch(order: Order) -> Decimal:
    """Return the last price (USDT) at which the book's other side reaches a resting order.

    The best bid is the last price and the best ask is one tick above it: a resting purchase is reached one
    tick below its limit, a resting sale at its limit.
    """
    return order.price - SPECS[order.symbol].tick if order.side is Side.BUY else order.price
