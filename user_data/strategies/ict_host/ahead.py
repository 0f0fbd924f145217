"""What a backtest knows ahead of an order that rests: nearly every close only says again that it stays.

The market of a backtest is analysed as a whole, so one look finds the closes that end nothing; and a book
that has not changed since a limit was checked reaches none on the same day. Only an answer that an order
stays is known ahead: whatever ends one is judged at its own close.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime

from freqtrade.persistence import LocalTrade, Order, Trade

from ict.desk.limits.periods import day_start
from ict.params import Params


class Ahead:
    """Answers that are known of the order of each pair.

    An order is named by all that its answers depend on, besides the market and the book: settings and tick
    too, since a tick can change with the month.
    """

    def __init__(self) -> None:
        self._until: dict[str, tuple[Hashable, int]] = {}
        self._within: dict[str, tuple[Hashable, Hashable]] = {}
        self._quiet: dict[str, tuple[Order, Params, datetime]] = {}

    def forget(self, pair: str) -> None:
        """Forget a pair's order: a backtest begins, as each of hyperopt's epochs does."""
        self._until.pop(pair, None)
        self._within.pop(pair, None)
        self._quiet.pop(pair, None)

    def keep(self, pair: str, order: Hashable, until: int) -> None:
        """Note that the market ends an order at no close before a candle's."""
        self._until[pair] = order, until

    def keeps(self, pair: str, order: Hashable, row: int) -> bool:
        """Whether the market is known not to end an order at a candle's close."""
        known, until = self._until.get(pair, (None, 0))
        return row < until and known == order

    def may_end(self, pair: str, order: Hashable, row: int) -> bool:
        """Whether a candle's close is known as the first at which the market may end an order."""
        return self._until.get(pair) == (order, row)

    def until(self, pair: str) -> int:
        """Return the candle up to which the market keeps a pair's newest order."""
        return self._until[pair][1]

    def allow(self, pair: str, order: Hashable, book: Hashable) -> None:
        """Note that no limit forbids an order in a state of the book."""
        self._within[pair] = order, book

    def allows(self, pair: str, order: Hashable, book: Hashable) -> bool:
        """Whether no limit is known to forbid an order in a state of the book."""
        return self._within.get(pair) == (order, book)

    def rest(self, pair: str, order: Order, params: Params, until: datetime) -> None:
        """Note that only another state of the book can end an order before a time of the same UTC day."""
        self._quiet[pair] = order, params, until

    def rests(
        self, order: Order, trade: Trade, params: Params, now: datetime, equity: Callable[[], float]
    ) -> bool:
        """Whether an order is known to rest on: the same object, so that none of its values need be read."""
        known, settings, until = self._quiet.get(trade.pair, (None, None, now))
        if known is not order or settings is not params or now >= until:
            return False
        return self._within[trade.pair][1] == state_of_book(now, equity(), trade.id)


def state_of_book(now: datetime, equity: float, own_trade: int) -> Hashable:
    """Return what tells two states of a backtest's book apart, without the trade of the order in question.

    Closed trades only get more, and never change. Of time the limits need the UTC day alone: within it, it
    can only lift them.
    """
    others = (one for one in Trade.get_trades_proxy(is_open=True) if one.id != own_trade)
    return (
        day_start(now), equity, len(Trade.get_trades_proxy(is_open=False)), *(_state(one) for one in others)
    )  # fmt: skip


def _state(trade: LocalTrade) -> Hashable:
    orders = ((one.ft_is_open, one.safe_filled, one.safe_amount) for one in trade.orders)
    return (trade.id, trade.amount, trade.stop_loss, trade.realized_profit, *orders)
