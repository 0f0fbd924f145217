"""The account's progress in time: all events between two requests, in order."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from loopback.account import funding
from loopback.account.algo_orders import AlgoOrder, AlgoStatus
from loopback.account.fills import Matcher, touch
from loopback.account.liquidation import liquidate
from loopback.account.margin import Risk, liquidation_price
from loopback.account.orders import Order, OrderType, Side
from loopback.account.positions import Position
from loopback.account.quotes import Quotes
from loopback.account.state import Account
from loopback.account.triggers import Triggers
from loopback.market.intervals import MINUTE_MS
from loopback.market.source import Kind
from loopback.market.view import MarketView
from loopback.settings import Settings

# A crossed position's liquidation price moves with the other positions; it is computed again this often.
_CROSS_STEP_MS = 15 * MINUTE_MS


class _Event(NamedTuple):
    """An event; at the same millisecond the lower rank comes first, then the older event."""

    time_ms: int
    rank: int
    id: int
    act: Callable[[], object]


class Engine:
    """Advances the account with the clock, one event after another.

    Parameters
    ----------
    account
        The account.
    settings
        Fees and delays.
    view
        The market and the time.
    """

    def __init__(self, account: Account, settings: Settings, view: MarketView) -> None:
        self._account = account
        self._settings = settings
        self._view = view
        self.quotes = Quotes(view)
        self.matcher = Matcher(account, settings, self.quotes)
        self.triggers = Triggers(account, self.matcher, self.quotes)

    @property
    def now_ms(self) -> int:
        """Time up to which the account is settled, in milliseconds UTC."""
        return self.quotes.now_ms

    def settle(self) -> int:
        """Handle every event up to the clock's time, and return that time in milliseconds UTC."""
        goal = max(self.now_ms, self._view.now_ms())
        while True:
            until = min(goal, self.now_ms + _CROSS_STEP_MS) if self._is_entangled else goal
            event = self._first(until)
            if event is None and until == goal:
                break
            self.quotes.go_to(until if event is None else event.time_ms)
            if event is not None:
                event.act()
        self.quotes.go_to(goal)
        self.triggers.follow()
        return goal

    @property
    def _is_entangled(self) -> bool:
        return sum(not position.is_isolated for position in self._account.open_positions) > 1

    def _first(self, until_ms: int) -> _Event | None:
        return min(self._events(until_ms), key=lambda event: event[:3], default=None)

    def _events(self, until_ms: int) -> Iterator[_Event]:
        yield from self._fundings(until_ms)
        for position in self._account.open_positions:
            yield from self._liquidation(position, until_ms)
        for algo in self._account.waiting():
            yield from self._algo(algo, until_ms)
        for order in self._account.open_orders():
            if order.type is not OrderType.LIMIT:
                continue  # at market, filled in part: the operator decides on the rest
            yield from self._limit(order, until_ms)

    def _fundings(self, until_ms: int) -> Iterator[_Event]:
        market = self._view.market
        for position in self._account.open_positions:
            symbol = position.symbol
            due = funding.next_due(market, symbol, self.now_ms)
            if due is not None and due <= until_ms:
                act = partial(funding.settle_funding, market, self._account, self.quotes, symbol)
                yield _Event(due, 0, 0, act)

    def _liquidation(self, position: Position, until_ms: int) -> Iterator[_Event]:
        act = partial(liquidate, self._account, self.matcher, self.quotes, position)
        risk = Risk(position, self.quotes.mark(position.symbol))
        if position.is_isolated and position.margin + risk.profit <= risk.maintenance:
            yield _Event(self.now_ms, 3, 0, act)
            return
        level = float(liquidation_price(self._account, position, self.quotes.mark))
        if level > 0:
            yield from self._crossing(
                position.symbol, Kind.MARK, level, position.amount > 0, (3, 0), until_ms, act
            )

    def _algo(self, algo: AlgoOrder, until_ms: int) -> Iterator[_Event]:
        if algo.status is AlgoStatus.TRIGGERING:
            due = algo.trigger_ms + self._settings.trigger_delay_ms
            if due <= until_ms:
                yield _Event(max(due, self.now_ms), 1, algo.id, partial(self.triggers.place, algo))
            return
        act = partial(self.triggers.trigger, algo)
        yield from self._crossing(
            algo.symbol, algo.watched, float(algo.trigger), algo.falling, (1, algo.id), until_ms, act
        )

    def _limit(self, order: Order, until_ms: int) -> Iterator[_Event]:
        act = partial(self._fill_limit, order)
        falls = order.side is Side.BUY
        yield from self._crossing(
            order.symbol, Kind.LAST, float(touch(order)), falls, (2, order.id), until_ms, act
        )

    def _fill_limit(self, order: Order) -> None:
        self.matcher.fill(order, order.price, order.left, maker=True)
        self.triggers.follow()

    def _crossing(
        self,
        symbol: str,
        kind: Kind,
        level: float,
        falling: bool,
        place: tuple[int, int],
        until_ms: int,
        act: Callable[[], object],
    ) -> Iterator[_Event]:
        crossing = self.quotes.ahead(symbol, kind, until_ms).first_at(level, falling)
        if crossing is not None:
            yield _Event(max(crossing.time_ms, self.now_ms), *place, act)
