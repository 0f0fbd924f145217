"""Freqtrade's book of trades, as the day's caps need it (RISK-2)."""

import math
from datetime import datetime, timedelta
from itertools import takewhile

from freqtrade.persistence import LocalTrade, Order, PairLocks, Trade

from ict.desk.limits import TradeFact, day_start, part_profit, realised_today

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
    entry, side, fee = trade.open_rate, -1 if trade.is_short else 1, trade.fee_close or 0.0
    exits = [
        (order.order_filled_utc, part_profit(entry, order.safe_price, order.safe_filled, side, fee))
        for order in filled_exits(trade)
    ]
    total = trade.realized_profit if trade.is_open else trade.close_profit_abs
    return TradeFact(
        # An entry that has not filled yet may fill today.
        opened_at=trade.date_entry_fill_utc or now,
        realised_at=max((at for at, _ in exits if at), default=None),
        realised=realised_today(total or 0.0, exits, now=now),
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
    side, fee = -1 if trade.is_short else 1, trade.fee_close or 0.0
    until = exits[: exits.index(part) + 1]
    return sum(part_profit(trade.open_rate, one.safe_price, one.safe_filled, side, fee) for one in until)


def forget_ended_locks(now: datetime) -> None:
    """Drop a backtest's locks that have ended: it never does, and looks through all at each signal."""
    PairLocks.locks = [lock for lock in PairLocks.locks if lock.lock_end_time > now]
