"""What the exchange says of a pair that money depends on: grid, fee, margin."""

from bisect import bisect_right
from datetime import datetime
from typing import Any, Literal

import numpy as np
from freqtrade.exchange import Exchange
from freqtrade.exchange.exchange_utils import TICK_SIZE
from freqtrade.persistence import LocalTrade
from pandas import DataFrame, DatetimeIndex, Series

from ict.candles import Floats
from ict.desk.grid import Grid, ticks_of_months
from ict.desk.plan import EntryPlan
from ict.desk.sizing import Maintenance


class Ticks:
    """Ticks of a backtest's pairs: Freqtrade takes each month's from the candles."""

    def __init__(self) -> None:
        self._months: dict[str, Series[float]] = {}
        # The same as lists, which answer twenty times faster: each check of an entry asks.
        self._lists: dict[str, tuple[list[datetime], list[float]]] = {}

    def learn(self, pair: str, candles: DataFrame) -> None:
        """Take the ticks of a pair from its whole history."""
        # A month of whole prices alone says nothing: there Freqtrade, too, keeps the tick of the one before.
        months = self._months[pair] = ticks_of_months(candles).ffill()
        self._lists[pair] = [start.to_pydatetime() for start in months.index], months.tolist()

    def at(self, pair: str, time: datetime) -> float | None:
        """Return a pair's tick at a time; None where its candles do not say it."""
        if pair not in self._lists:
            return None
        months, ticks = self._lists[pair]
        row = bisect_right(months, time) - 1
        return ticks[row] if row >= 0 and ticks[row] > 0 else None

    def of_candles(self, pair: str, opens: DatetimeIndex, today: float) -> Floats:
        """Return a pair's tick at each candle; today's where its candles do not say it, shape (n,)."""
        if pair not in self._months:
            return np.full(len(opens), today)
        ticks = self._months[pair].reindex(opens, method="ffill").fillna(today)
        return np.asarray(ticks, np.float64)


def grid_of_pair(exchange: Exchange, pair: str, tick: float | None = None) -> Grid:
    """Return the pair's grid; the tick of a backtest's candles comes before today's."""
    today = _step(exchange.get_precision_price(pair), _mode(exchange, "precision_mode_price"))
    return Grid(tick or today, _step(exchange.get_precision_amount(pair), _mode(exchange, "precisionMode")))


def grid_of_trade(trade: LocalTrade) -> Grid:
    """Return the grid on which Freqtrade places a trade's orders."""
    tick = _step(trade.price_precision, trade.precision_mode_price)
    return Grid(tick, _step(trade.amount_precision, trade.precision_mode))


def _mode(exchange: Exchange, name: str) -> int:
    try:
        return int(getattr(exchange, name))
    except AttributeError:
        # Freqtrade's hyperopt drops the exchange's client; Binance counts in steps.
        return int(TICK_SIZE)


def _step(precision: Any, mode: int | None) -> Any:
    # Not every exchange of ccxt's counts in steps; Binance does. What is unknown, the grid refuses.
    return precision if mode == TICK_SIZE or precision is None else 10.0**-precision


def size_rules(exchange: Exchange, pair: str) -> dict[str, Any]:
    """Return a pair's grid, and the limits of an order's amount and cost, as ccxt has them; None for none."""
    limits, grid = exchange.markets[pair]["limits"], grid_of_pair(exchange, pair)
    return {"tick": grid.tick, "lot": grid.lot, "amount": limits["amount"], "cost": limits["cost"]}


def taker_fee(exchange: Exchange, pair: str) -> float:
    """Return the fee of one side of a market order, ratio of the notional."""
    return _fee(exchange, pair, "taker")


def maker_fee(exchange: Exchange, pair: str) -> float:
    """Return the fee of one side of an order that rested, ratio of the notional."""
    return _fee(exchange, pair, "maker")


def _fee(exchange: Exchange, pair: str, kind: Literal["taker", "maker"]) -> float:
    try:
        return exchange.get_fee(symbol=pair, taker_or_maker=kind)
    except AttributeError:
        # As above: the market says what the client would.
        return float(exchange.markets[pair][kind])


def leverage_of(exchange: Exchange, pair: str, plan: EntryPlan) -> float:
    """Return the leverage at which a planned entry's stop comes well before its liquidation.

    Raises
    ------
    LevelError
        When there is none.
    """
    # Binance's maintenance margin matters only with leverage, and is not known for every pair.
    ratio, amount = (
        exchange.get_maintenance_ratio_and_amt(pair, plan.notional) if plan.leverage > 1 else (0, 0)
    )
    return plan.leverage_before(Maintenance(ratio, amount or 0.0), exchange.liquidation_buffer)
