"""Freqtrade's book of trades, as the limits of the account need it (RISK-2 to RISK-6)."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from typing import Any, NamedTuple, cast

from freqtrade.persistence import LocalTrade, Order, PairLocks, Trade
from freqtrade.wallets import Wallets
from sqlalchemy import select

from ict.desk.limits.facts import Close, OpenRisk, TradeFact, closes_between, closes_since, part_profit
from ict.desk.limits.periods import day_start, next_day
from ict.words.formatting import or_nan

STOP_ORDER_SIDE = "stoploss"
RESULTS_AT_ONCE = 100


def trades_between(
    start: datetime, end: datetime, *, live: bool, without: int | None = None
) -> list[TradeFact]:
    """Facts of every trade that is open or was closed since a moment, and its exits of a stretch of time.

    Parameters
    ----------
    start, end : datetime
        The stretch, its end excluded, timezone-aware.
    live : bool
        Whether the trades are in a database. A backtest has them in a list, in the order of their
        closes; it is read from its end, for it gets long.
    without : int, optional
        Freqtrade's id of a trade that does not count.
    """
    trades = (*Trade.get_trades_proxy(is_open=True), *closed_since(start, live=live))
    return [_fact(trade, start, end) for trade in trades if trade.id != without]


def closed_since(start: datetime, *, live: bool) -> list[LocalTrade]:
    """List the trades that were closed at a moment or later; for `live` see `trades_between`."""
    if live:
        # Freqtrade's filter leaves out a trade that closed at exactly the given moment.
        return Trade.get_trades_proxy(is_open=False, close_date=start - timedelta(microseconds=1))
    newest_first = reversed(Trade.get_trades_proxy(is_open=False))
    return list(takewhile(lambda trade: trade.close_date_utc >= start, newest_first))


def profit_of_day(at: datetime) -> float:
    """Profit that all trades of the database realised on the UTC day of a moment, in the stake currency."""
    trades = trades_between(day_start(at), next_day(at), live=True)
    return sum(close.profit for trade in trades for close in trade.closes)


def trades_closed_between(start: datetime, end: datetime) -> list[Trade]:
    """List the trades of the database that were closed in a stretch of time, its end excluded."""
    closed = cast("list[Trade]", closed_since(start, live=True))
    return [trade for trade in closed if trade.close_date_utc < end]


def entries_between(start: datetime, end: datetime) -> int:
    """Count the entries of the database that filled in a stretch of time, its end excluded."""
    opened = (trade.opened_at for trade in trades_between(start, end, live=True))
    return sum(at is not None and start <= at < end for at in opened)


def hours_held() -> list[float]:
    """Return for how many hours each of the newest closed trades of the database was held."""
    closed = select(Trade).where(Trade.is_open.is_(False)).order_by(Trade.close_date.desc())
    newest = Trade.session.scalars(closed.limit(RESULTS_AT_ONCE)).all()
    lengths = (trade.close_date_utc - (trade.date_entry_fill_utc or trade.open_date_utc) for trade in newest)
    return [length / timedelta(hours=1) for length in lengths]


class Costs(NamedTuple):
    """What a trade paid (below 0) or received besides its price profit, in the stake currency."""

    fees: float
    funding: float


def costs_of(trade: Trade) -> Costs:
    """Return the fees of both sides and the funding of a closed trade; NaN where its result is not known."""
    side, funding = -1 if trade.is_short else 1, trade.funding_fees or 0.0
    way = sum(side * (one.safe_price - trade.open_rate) * one.safe_filled for one in filled_exits(trade))
    # Freqtrade's booked profit less the rest: correct for any fee of each order.
    return Costs(or_nan(trade.close_profit_abs) - way - funding, funding)


def _fact(trade: LocalTrade, start: datetime, end: datetime) -> TradeFact:
    exits = [(order.order_filled_utc, _profit_of(trade, order)) for order in filled_exits(trade)]
    total = trade.realized_profit if trade.is_open else trade.close_profit_abs
    return TradeFact(trade.date_entry_fill_utc, closes_between(total or 0.0, exits, start, end))


def results(*, live: bool) -> Iterator[Close]:
    """Return the total results of closed trades, the newest first."""
    if not live:
        for trade in reversed(Trade.get_trades_proxy(is_open=False)):
            yield Close(trade.close_date_utc, or_nan(trade.close_profit_abs))
        return
    newest = select(Trade.close_date, Trade.close_profit_abs).where(Trade.is_open.is_(False))
    newest = newest.order_by(Trade.close_date.desc(), Trade.id.desc()).limit(RESULTS_AT_ONCE)
    for page in count():
        rows = Trade.session.execute(newest.offset(page * RESULTS_AT_ONCE)).all()
        for closed_at, profit in rows:
            if closed_at is not None:
                yield Close(closed_at.replace(tzinfo=UTC), or_nan(profit))
        if len(rows) < RESULTS_AT_ONCE:
            return


def open_risk_of(trade: Trade, planned: Callable[[Trade], tuple[float, float]]) -> OpenRisk:
    """Return what a trade risks at its stop in force; an order that rests as it was planned, as a whole.

    Parameters
    ----------
    trade : Trade
        Open.
    planned : Callable
        Gives price and stop of an entry that has not filled yet; a stop that is not known is NaN.
    """
    orders = [order for order in trade.orders if order.ft_order_side == trade.entry_side]
    if any(order.ft_is_open for order in orders):
        amount = sum(order.safe_amount if order.ft_is_open else order.safe_filled for order in orders)
    else:
        amount = trade.amount
    price, stop = (trade.open_rate, trade.stop_loss) if trade.date_entry_fill_utc else planned(trade)
    return OpenRisk(price, or_nan(stop), amount, -1 if trade.is_short else 1)


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


class PastEquity:
    """Equity at an earlier moment, deposits and withdrawals since then left out (RISK-2, RISK-4, RISK-5).

    On a live account each moment's is computed once, when an entry is first looked at, and kept: money that
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
        # A set capital grows only by profits, whatever else the wallet holds.
        self.is_set = "available_capital" in config
        self.share = 1.0 if self.is_set else config.get("tradable_balance_ratio", 1.0)
        self._transferred = None if self.is_set else transferred
        self._known: dict[datetime, float] = {}

    def at(self, start: datetime, equity: float, trades: Iterable[TradeFact]) -> float:
        """Return it, from the current usable equity and the trades since that moment."""
        if start in self._known:
            return self._known[start]
        moved = sum(close.profit for close in closes_since(trades, start))
        if self._transferred is not None:
            moved += self._transferred(start)
        then = equity - self.share * moved
        if self._transferred is not None and math.isfinite(then):
            self._known[start] = then
        return then


def forget_ended_locks(now: datetime) -> None:
    """Drop a backtest's locks that have ended: it never does, and looks through all at each signal."""
    PairLocks.locks = [lock for lock in PairLocks.locks if lock.lock_end_time > now]
