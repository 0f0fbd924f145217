"""Entries that rest in a zone: placed at their own price, taken back with their zone (LIM-1 to LIM-3).

An order is never moved: Freqtrade would keep its old size, and can lose the trade. It is taken back by
`check_entry_timeout`, and a new one is placed at the same close.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from freqtrade.exchange import timeframe_to_seconds
from freqtrade.persistence import Order, Trade
from pandas import Timedelta, Timestamp

from ict import IctError
from ict.desk.levels import LevelError
from ict.desk.limits.account import limit_reached
from ict.desk.plan import Signal
from ict_host.contracts import grid_of_pair
from ict_host.entry import IctEntry
from ict_host.live import SIDES
from ict_host.seams import exchange_of

logger = logging.getLogger("ICTObFvgStrategy")

# An order at the market is filled at once, and a candle is there soon after its close: what is later than
# this is a fault.
HANGS = timedelta(minutes=2)


class IctResting(IctEntry):
    """The part of the strategy that rests entries, for the strategy to inherit."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        # Newest candle at whose close each pair's order was judged, and what came of it.
        self._judged: dict[str, tuple[Timestamp, bool]] = {}
        # Newest candle at whose close each pair's entry was placed.
        self._tried: dict[str, Timestamp] = {}

    def ft_load_hyper_params(self, hyperopt: bool = False) -> None:
        """Load the settings, and have Freqtrade place the kind of entry that they ask for."""
        super().ft_load_hyper_params(hyperopt)
        params = self.params()
        self._rests = params.entry_at == "zone"
        self.order_types = {**self.order_types, "entry": "limit" if self._rests else "market"}
        post_only = self._rests and params.entry_post_only
        self.order_time_in_force = {"entry": "PO" if post_only else "GTC", "exit": "GTC"}

    def custom_entry_price(
        self,
        pair: str,
        trade: Trade | None,
        current_time: datetime,
        proposed_rate: float,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Price at which the signal rests (LIM-1), a tick beyond it in a backtest (LIM-3).

        Where that is at or beyond the market, or not known, the answer is the market's price, and the
        confirmation refuses it.
        """
        try:
            limit, direction = self._signal(pair, side, current_time).limit, SIDES[side]
            if limit is not None and direction * (proposed_rate - limit) > 0:
                return self._placed_at(pair, limit, direction, current_time)
        except IctError as error:
            self._refuse(pair, side, str(error))
        except Exception:
            logger.exception("No %s on %s: its limit price is not known", side, pair)
        return proposed_rate

    def _placed_at(self, pair: str, limit: float, direction: int, at: datetime) -> float:
        if self._is_live:
            return limit
        # A candle that only touches the price fills an order there, in Freqtrade's backtest.
        grid = grid_of_pair(exchange_of(self.dp), pair, self._ticks.at(pair, at))
        return float(f"{limit - direction * grid.tick:.12g}")

    def confirm_trade_entry(
        self, pair: str, rate: float, current_time: datetime, entry_tag: str | None, side: str, **kwargs: Any
    ) -> bool:
        """Refuse an entry that is not at its signal's price, and a second attempt at one close (LIM-1)."""
        try:
            if not self._is_at_its_price(pair, side, current_time, rate):
                return False
            asked = super().confirm_trade_entry(
                pair=pair, rate=rate, current_time=current_time, entry_tag=entry_tag, side=side, **kwargs
            )
            if asked and self._rests:
                self._tried[pair] = self._newest_close(pair, current_time)
            return asked
        except Exception:
            logger.exception("No %s on %s: its price could not be checked", side, pair)
        return False

    def _is_at_its_price(self, pair: str, side: str, at: datetime, rate: float) -> bool:
        if not self._rests:
            return True
        limit = self._signal(pair, side, at).limit
        if limit is None or self._tried.get(pair) == self._newest_close(pair, at):
            return False
        return abs(rate - self._placed_at(pair, limit, SIDES[side], at)) <= 1e-9 * rate

    def _signal_of(self, trade: Trade, order: Order) -> Signal:
        """Signal of a trade; while it rests its target follows the pools, and the fill ends that (TGT-1)."""
        signal = super()._signal_of(trade, order)
        if signal.limit is None or signal.draws is None:
            return signal
        filled = order.order_filled_utc or order.order_date_utc
        row = self._signals_on(trade.pair).row_at(self._newest_close(trade.pair, filled))
        return replace(signal, draws=self._signals_on(trade.pair).draws_at(row, signal.direction))

    def check_entry_timeout(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> bool:
        """Take an entry back that hangs, or rests and is no longer wanted (LIM-2), or can't be judged."""
        try:
            if not self._rests:
                return current_time - order.order_date_utc > HANGS
            return self._is_over(pair, trade, order, current_time)
        except IctError as error:
            self._say("%s: a resting entry is taken back: %s", pair, error)
        except Exception:
            logger.exception("%s: an entry can't be judged, it is taken back", pair)
        return True

    def _is_over(self, pair: str, trade: Trade, order: Order, now: datetime) -> bool:
        if order.safe_filled:
            # Freqtrade counts a part only when the rest is out of the way: until then it has no stop.
            return True
        newest = self._newest_close(pair, now)
        if self._guard and self._guard.differs_on(pair):
            raise LevelError("exchange and book differ")
        if now - newest > 2 * self._candle + HANGS:
            raise LevelError("the newest candles are missing")
        if newest <= self._newest_close(pair, order.order_date_utc):
            return False
        known = self._judged.get(pair)
        if known is None or known[0] != newest:
            over = not self._is_wanted(pair, trade, order, newest, now)
            known = self._judged[pair] = newest, over
        return known[1]

    def _newest_close(self, pair: str, at: datetime) -> Timestamp:
        """Find the newest analysed candle that had closed at a time, by its opening time."""
        signals = self._signals_on(pair)
        newest_open = Timestamp(at) - Timedelta(seconds=timeframe_to_seconds(self.timeframe))
        return signals.opens[max(signals.row_at(newest_open), 0)]

    def _is_wanted(self, pair: str, trade: Trade, order: Order, newest: Timestamp, now: datetime) -> bool:
        signals, direction = self._signals_on(pair), SIDES[trade.trade_direction]
        row, placed = signals.row_at(newest), self._signal_of(trade, order)
        if placed.limit is None or placed.zone is None:
            return False
        if not signals.wants_still(row, direction, placed.limit, placed.zone):
            return False
        # Where no target is left for it, this raises (TGT-1).
        grid = grid_of_pair(exchange_of(self.dp), pair, self._ticks.at(pair, now))
        aimed = replace(placed, draws=signals.draws_at(row, direction))
        aimed.levels_from(placed.limit, aimed.stop_for(placed.limit, grid), grid, self.params())
        account = self._account(pair, placed, now, placed.limit, order.safe_amount, own_trade=trade.id)
        return limit_reached(account, self.params()) is None
