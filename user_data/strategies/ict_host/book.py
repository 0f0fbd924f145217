"""Freqtrade's book of trades, as the day's caps need it (RISK-2)."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from freqtrade.persistence import LocalTrade, Order, PairLocks, Trade
from freqtrade.wallets import Wallets

from ict.desk.limits import TradeFact, closes_of_day, day_start, part_profit

STOP_ORDER_SIDE = "stoploss"


def trades_of_day(now: datetime, *, live: bool) -> list[TradeFact]:
    """Facts of every trade that is open or was closed on the UTC day of `now`.

    Parameters
    ----------
    now : datetime
        Timezone-aware.
    live : bool
        Whether the trades are in a database. A backtest has them in a list, in the order of their
        closes; it is read from its end, for it gets long.
    """
    start = day_start(now)
    if live:
        # Freqtrade's filter leaves out a trade that closed at the very moment given.
        closed = Trade.get_trades_proxy(is_open=False, close_date=start - timedelta(microseconds=1))
    else:
        newest_first = reversed(Trade.get_trades_proxy(is_open=False))
        closed = list(takewhile(lambda trade: trade.close_date_utc >= start, newest_first))
    return [_fact(trade, now) for trade in (*Trade.get_trades_proxy(is_open=True), *closed)]


def _fact(trade: LocalTrade, now: datetime) -> TradeFact:
    exits = [(order.order_filled_utc, _profit_of(trade, order)) for order in filled_exits(trade)]
    total = trade.realized_profit if trade.is_open else trade.close_profit_abs
    return TradeFact(
        # An entry that has not filled yet may fill today.
        opened_at=trade.date_entry_fill_utc or now,
        closes=closes_of_day(total or 0.0, exits, now=now),
    )


def filled_exits(trade: LocalTrade) -> list[Order]:
    """List exits that filled, also by stops on the exchange, which Freqtrade keeps under another name."""
    sides = (trade.exit_side, STOP_ORDER_SIDE)
    return [order for side in sides for order in trade.select_filled_orders(side)]


def exits_in_time(trade: LocalTrade) -> list[Order]:
    """List exits that filled, in the order of their fills."""
    return sorted(filled_exits(trade), key=lambda order: order.order_filled_utc or order.order_date_utc)


def profit_so_far(trade: Trade, part: Order | None) -> float:
    """Realised profit of a trade up to an exit that closed a part of it, in the stake currency.

    Parameters
    ----------
    trade : Trade
        Open or closed.
    part : Order or None
        A filled exit; None for the whole trade.
    """
    if part is None:
        return math.nan if trade.close_profit_abs is None else trade.close_profit_abs
    exits = exits_in_time(trade)
    if part is exits[-1]:
        return trade.realized_profit or 0.0
    until = exits[: exits.index(part) + 1]
    return sum(_profit_of(trade, one) for one in until)


def _profit_of(trade: LocalTrade, part: Order) -> float:
    side, fees = -1 if trade.is_short else 1, (trade.fee_open or 0.0, trade.fee_close or 0.0)
    return part_profit(trade.open_rate, part.safe_price, part.safe_filled, side, fees)


def equity_of(wallets: Wallets) -> float:
    """Return the realised equity that Freqtrade's configuration lets the bot use (RISK-1).

    What is free and what its open trades hold, within tradable_balance_ratio or available_capital.
    """
    return wallets.get_available_stake_amount() + Trade.total_open_trades_stakes()


class DayStart:
    """Equity at the start of the UTC day, deposits and withdrawals of the day left out (RISK-2).

    On a live account it is computed once a day, when an entry is first looked at, and kept: money that
    comes or goes later can't change it. What came or went before, also while the bot was down, the exchange
    knows. While it does not answer, nothing is computed and there is no entry; the next one asks again.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration.
    transferred : Callable or None
        What was deposited less what was withdrawn since a time, in the stake currency; None where nothing
        can be, as in a simulation.
    """

    def __init__(
        self, config: Mapping[str, Any], transferred: Callable[[datetime], float] | None = None
    ) -> None:
        # A capital that is set grows by profits alone, whatever else the wallet holds.
        is_set = "available_capital" in config
        self._share = 1.0 if is_set else config.get("tradable_balance_ratio", 1.0)
        self._transferred = None if is_set else transferred
        self._known: tuple[datetime, float] | None = None

    def equity(self, now: datetime, equity: float, trades: Sequence[TradeFact]) -> float:
        """Return it, from the equity that the bot may use now and the trades of the day."""
        day = day_start(now)
        if self._known is not None and self._known[0] == day:
            return self._known[1]
        moved = sum(fact.realised for fact in trades)
        if self._transferred is not None:
            moved += self._transferred(day)
        start = equity - self._share * moved
        if self._transferred is not None and math.isfinite(start):
            self._known = day, start
        return start


def forget_ended_locks(now: datetime) -> None:
    """Drop a backtest's locks that have ended: it never does, and looks through all at each signal."""
    PairLocks.locks = [lock for lock in PairLocks.locks if lock.lock_end_time > now]
