"""Entries that rest in a zone: placed at their own price, cancelled with their zone (LIM-1 to LIM-3).

An order is never moved: Freqtrade would keep its old size, and can lose the trade. It is cancelled by
`check_entry_timeout`, and a new one is placed at the same close.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freqtrade.enums import RPCMessageType
from freqtrade.persistence import Order, Trade
from pandas import DataFrame

from ict import IctError, Params
from ict.desk.levels import LevelError, Levels
from ict.desk.limits.account import limit_reached
from ict.desk.limits.periods import next_day
from ict.desk.plan import Signal
from ict.tie import TIE
from ict.words.trades import TakenBack
from ict_host.ahead import Ahead, state_of_book
from ict_host.book import closed_since
from ict_host.contracts import grid_of_pair
from ict_host.notices import Message
from ict_host.parts import WithEntries
from ict_host.presence import Presence
from ict_host.seams.access import exchange_of
from ict_host.sides import SIDES
from ict_host.signals import Signals

logger = logging.getLogger("ICTObFvgStrategy")

# An order at the market is filled at once, and a candle is there soon after its close: what is later than
# this is a fault.
HANGS = timedelta(minutes=2)


class IctResting(WithEntries):
    """The part of the strategy that rests entries."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        # Newest candle at whose close each pair's order was judged, and the result.
        self._judged: dict[str, tuple[datetime, TakenBack | None]] = {}
        # Time and signal of each pair's newest order, in a backtest: it is judged at every close.
        self._placed: dict[str, tuple[datetime, Signal]] = {}
        self._ahead = None if self._is_live else Ahead()
        # Why each trade's order is cancelled, until that is done.
        self._reasons: dict[int, TakenBack] = {}
        # Newest candle at whose close each pair's entry was placed.
        self._tried: dict[str, datetime] = {}
        # Pairs whose price was at or beyond the limit when Freqtrade asked for a price.
        self._there: set[str] = set()

    def ft_load_hyper_params(self, hyperopt: bool = False) -> None:
        """Load the settings, and set Freqtrade's order type for their kind of entry."""
        super().ft_load_hyper_params(hyperopt)
        params = self.params()
        self._rests = params.entry_at == "zone"
        self.order_types = {**self.order_types, "entry": "limit" if self._rests else "market"}
        post_only = self._rests and params.entry_post_only
        self.order_time_in_force = {"entry": "PO" if post_only else "GTC", "exit": "GTC"}

    def _find_signals(self, pair: str, frame: DataFrame, params: Params) -> Signals | None:
        """Find the entries of analysed candles; each backtest, and each epoch of hyperopt, begins here."""
        if self._ahead:
            self._ahead.forget(pair)
        if not self._is_live:
            self._judged.pop(pair, None)
            self._placed.pop(pair, None)
            self._tried.pop(pair, None)
            self._levels.forget_zones(pair)
        return super()._find_signals(pair, frame, params)

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
        self._there.add(pair)
        try:
            limit, direction = self._signal(pair, side, current_time).limit, SIDES[side]
            if limit is not None and direction * (proposed_rate - limit) > 0:
                price = self._placed_at(pair, limit, direction, current_time)
                self._there.discard(pair)
                return price
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
        except IctError as error:
            self._refuse(pair, side, str(error))
        except Exception as error:
            logger.exception("No %s on %s: its price could not be checked", side, pair)
            self._reporter.failed(self.dp, pair, "levels", error)
        return False

    def _is_at_its_price(self, pair: str, side: str, at: datetime, rate: float) -> bool:
        if not self._rests:
            return True
        limit, newest = self._signal(pair, side, at).limit, self._newest_close(pair, at)
        if self._tried.get(pair) == newest:
            reason = "an entry was already tried at this close"
        elif self._was_held(pair, newest):
            reason = "the pair had a position at this close"
        elif limit is None:
            reason = "no zone is left for a resting entry"
        elif pair in self._there or abs(rate - self._placed_at(pair, limit, SIDES[side], at)) > TIE * rate:
            # Price that comes back later in the candle makes no second attempt: a backtest has none.
            self._tried[pair] = newest
            reason = (
                f"the entry must rest at {limit:g}, was {rate:g}: price is there already, or it was forced"
            )
        else:
            return True
        self._refuse(pair, side, reason)
        return False

    def _was_held(self, pair: str, newest: datetime) -> bool:
        """Whether a pair's position was there at the newest close, and ended since.

        In the candle in which a position ends Freqtrade's backtest enters the other side at the candle's
        open, before that end: an order that rests would fill by prices of a time when it can't be there.
        """
        closed = closed_since(newest + self._candle, live=self._is_live)
        return any(trade.pair == pair for trade in closed)

    def _signal_of(self, trade: Trade, order: Order) -> Signal:
        """Signal of a trade; while it rests its target follows the pools, and the fill ends that (TGT-1)."""
        signal = super()._signal_of(trade, order)
        if signal.limit is None or signal.draws is None:
            return signal
        filled = order.order_filled_utc or order.order_date_utc
        row = self._signals_on(trade.pair).row_at(self._newest_close(trade.pair, filled))
        return replace(signal, draws=self._signals_on(trade.pair).draws_at(row, signal.direction))

    def _placed_signal(self, trade: Trade, order: Order) -> Signal:
        """Signal of an order that rests, as it was placed."""
        if self._is_live:
            return super()._signal_of(trade, order)
        placed_at, signal = self._placed.get(trade.pair, (None, None))
        if signal is None or placed_at != order.order_date_utc:
            signal = super()._signal_of(trade, order)
            self._placed[trade.pair] = order.order_date_utc, signal
        return signal

    def check_entry_timeout(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> bool:
        """Cancel an entry that hangs, that rests and is no longer valid (LIM-2), or that can't be judged."""
        try:
            reason = self._why_over(pair, trade, order, current_time)
        except Exception:
            logger.exception("%s: an entry can't be judged, so it is cancelled", pair)
            reason = "unjudged"
        if reason is not None:
            self._reasons[trade.id] = reason
        return reason is not None

    def _why_over(self, pair: str, trade: Trade, order: Order, now: datetime) -> TakenBack | None:
        if not self._rests:
            return "hangs" if now - order.order_date_utc > HANGS else None
        if self._ahead and self._ahead.rests(order, trade, self.params_of(pair), now, self._equity):
            return None
        if order.safe_filled:
            # Freqtrade counts a partial fill only when the rest is cancelled: until then it has no stop.
            return "part_filled"
        newest = self._newest_close(pair, now)
        if self._guard and self._guard.differs_on(pair):
            return "differs"
        if now - newest > 2 * self._candle + HANGS:
            return "no_candles"
        if newest <= self._newest_close(pair, order.order_date_utc):
            return None
        known = self._judged.get(pair)
        if known is None or known[0] != newest:
            known = self._judged[pair] = newest, self._why_unwanted(pair, trade, order, newest, now)
        return known[1]

    def _newest_close(self, pair: str, at: datetime) -> datetime:
        """Find the newest analysed candle that had closed at a time, by its opening time."""
        signals = self._signals_on(pair)
        return signals.opened_at(max(signals.row_at(at - self._candle), 0))

    def _why_unwanted(
        self, pair: str, trade: Trade, order: Order, newest: datetime, now: datetime
    ) -> TakenBack | None:
        row, placed = self._signals_on(pair).row_at(newest), self._placed_signal(trade, order)
        if self._ahead is None:
            ended = self._ended_by_market(trade, placed, row, now)
            return ended or self._ended_by_limit(trade, order, placed, now)
        tick = self._ticks.at(pair, now)
        named = trade.id, order.order_date_utc, order.safe_amount, tick, self.params_of(pair)
        if not self._ahead.keeps(pair, named, row):
            may_end = self._ahead.may_end(pair, named, row)
            until = row if may_end else self._kept_until(trade, placed, row, now)
            if until == row and (ended := self._ended_by_market(trade, placed, row, now)):
                return ended
            self._ahead.keep(pair, named, until)
        book = state_of_book(now, self._equity(), trade.id)
        if not self._ahead.allows(pair, named, book):
            if ended := self._ended_by_limit(trade, order, placed, now):
                return ended
            self._ahead.allow(pair, named, book)
        end = self._kept_on_time(pair, row, self._ahead.until(pair) - 1)
        self._ahead.rest(pair, order, self.params_of(pair), min(end, next_day(now)))
        return None

    def _kept_on_time(self, pair: str, row: int, last: int) -> datetime:
        """Return the end of an order that the market keeps from one close to another, if no candle lacks."""
        signals = self._signals_on(pair)
        begin, end = signals.opened_at(row), signals.opened_at(last)
        is_whole = end - begin == (last - row) * self._candle
        return end + 2 * self._candle if is_whole else begin

    def _ended_by_market(self, trade: Trade, placed: Signal, row: int, now: datetime) -> TakenBack | None:
        """Say why the market no longer wants an order at a candle's close (LIM-2); None where it does."""
        if placed.limit is None or placed.zone is None:
            return "unjudged"
        signals, is_spent = self._signals_on(trade.pair), self._spent(trade.pair, trade.trade_direction)
        if reason := signals.why_over(row, placed.direction, placed.limit, placed.zone, is_spent):
            return reason
        try:
            self._levels_at(trade, placed, row, now)
        except LevelError:
            return "no_target"
        return None

    def _kept_until(self, trade: Trade, placed: Signal, row: int, now: datetime) -> int:
        """Return the first candle, from one on, at whose close the market may end an order."""
        signals = self._signals_on(trade.pair)
        try:
            levels = self._levels_at(trade, placed, row, now)
        except LevelError:
            return row
        pools = signals.pools_until(row, placed.direction, levels, self.params_of(trade.pair))
        return min(signals.stays_until(row, placed), pools)

    def _ended_by_limit(self, trade: Trade, order: Order, placed: Signal, now: datetime) -> TakenBack | None:
        rate, amount = trade.open_rate, order.safe_amount
        account = self._account(trade.pair, placed, now, rate, amount, own_trade=trade.id)
        return "limit" if limit_reached(account, self.params_of(trade.pair)) else None

    def _levels_at(self, trade: Trade, placed: Signal, row: int, now: datetime) -> Levels:
        """Price, stop and target of an order at a candle's close, whose pools it can aim at (TGT-1)."""
        draws = self._signals_on(trade.pair).draws_at(row, placed.direction)
        return self._levels_of_order(trade, replace(placed, draws=draws), now)

    def _levels_of_order(self, trade: Trade, signal: Signal, now: datetime) -> Levels:
        """Price, stop and target of an entry that rests."""
        price = signal.limit or trade.open_rate
        grid = grid_of_pair(exchange_of(self.dp), trade.pair, self._ticks.at(trade.pair, now))
        return signal.levels_from(price, signal.stop_for(price, grid), grid, self.params_of(trade.pair))

    # Reports

    def _listeners(self, presence: Presence) -> dict[RPCMessageType, Callable[[Message], None]]:
        return {
            **super()._listeners(presence),
            RPCMessageType.ENTRY: self._on_placed,
            RPCMessageType.ENTRY_CANCEL: self._on_taken_back,
        }

    def _on_placed(self, message: Message) -> None:
        trade = Trade.get_trades([Trade.id == message["trade_id"]]).first()
        if trade is None or message["order_type"] != "limit":
            return
        now, order = datetime.now(UTC), trade.orders[-1]
        signal = self._signal_of(trade, order)
        levels, setup = self._levels_of_order(trade, signal, now), self._setup(trade, signal, now)
        most_points = self.params_of(trade.pair).most_points
        known = {"equity": self._equity(), "score": signal.score, "most_points": most_points}
        self._post(self._reporter.placed(trade, levels, known, setup))

    def _on_taken_back(self, message: Message) -> None:
        reason = self._reasons.pop(message["trade_id"], "by_freqtrade")
        pair, side = message["pair"], message["direction"].lower()
        step = grid_of_pair(exchange_of(self.dp), pair).tick
        self._post(self._reporter.taken_back(pair, side, message["order_rate"], step, reason))
