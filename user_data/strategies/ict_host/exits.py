"""Freqtrade's callbacks in an open trade: stop, target, partial exit and end, answered by `ict.exits`."""

import math
from contextlib import suppress
from datetime import datetime
from typing import Any

from freqtrade.enums import ExitCheckTuple, RunMode
from freqtrade.exchange import timeframe_to_prev_date
from freqtrade.persistence import LocalTrade, Order, Trade
from freqtrade.strategy import stoploss_from_absolute

from ict.columns import Columns
from ict.desk.levels import LevelError, Levels
from ict.desk.plan import AT_ONCE, levels_of_fill, slipped
from ict.desk.sizing import NUDGE
from ict.exits.engine import Exits, is_worth_moving
from ict.exits.position import Moment
from ict.exits.stop_watch import StopState, stop_is_due
from ict.exits.time_stop import closes_since
from ict_host.book import filled_exits
from ict_host.contracts import grid_of_trade
from ict_host.outbox import remember_entry
from ict_host.parts import WithEntries
from ict_host.sides import SIDES
from ict_host.uncopied import is_ours
from ict_host.uneventful import asks_for_nothing_else, has_no_event

# Part of a tick by which Freqtrade gets less than a stop: it rounds up to exactly that stop.
BELOW_TICK = 0.01


class IctExits(WithEntries):
    """The part of the strategy that moves and ends trades."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.use_exit_signal = self._is_live

    def ft_load_hyper_params(self, hyperopt: bool = False) -> None:
        """Load the settings, and let Freqtrade call only the callbacks that they use."""
        super().ft_load_hyper_params(hyperopt)
        self._renew_exits()

    def _renew_exits(self) -> None:
        """Apply the settings' exit rules: hyperopt changes them from epoch to epoch."""
        self._exits = Exits.of(self.params())
        self._exits_of_pairs: dict[str, Exits] = {}
        # A backtest's trades that are past the candle of their fill.
        self._past_fill: set[int] = set()
        self.position_adjustment_enable = self._exits.partial is not None
        # Freqtrade watches a stop itself, but not one that should rest on an exchange, or is not in force.
        self.use_exit_signal = self._is_live or bool(self._exits.closes)
        # In a backtest a stop that no rule moves is in force from its fill on: no need to ask at each candle.
        own = not all(is_ours(self, name) for name in ("custom_stoploss", "order_filled"))
        self.use_custom_stoploss = self._is_live or own or bool(self._exits.stops)
        self._stop_and_target_alone = not self._is_live and asks_for_nothing_else(self)

    def order_filled(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> None:
        """Fix stop and target at the entry (EXIT-1), in the trade's own record."""
        if order.ft_order_side == trade.entry_side:
            # At a start Freqtrade reports fills before the first candles: custom_stoploss handles those
            # without a recorded plan.
            try:
                self._entered(trade, order)
            except LevelError:
                self.use_custom_stoploss = True
            return
        if self._is_live and order.safe_filled:
            self._lock_after_close(trade, current_time)
        self._levels.forget_closed(trade, order)

    def _entered(self, trade: Trade, order: Order) -> None:
        if self._levels.read(trade) is not None:
            return
        signal, entry, grid = self._signal_of(trade, order), trade.open_rate, grid_of_trade(trade)
        levels = levels_of_fill(signal, entry, grid, self.params_of(trade.pair), sent_at=order.ft_price)
        self._levels.fix(trade, levels, signal.zone, signal.tag)
        self._put_in_force(trade, levels.stop)
        if not self._is_live:
            return
        most_points = self.params_of(trade.pair).most_points
        setup = self._setup(trade, signal, order.order_filled_utc or order.order_date_utc)
        remember_entry(trade, equity=self._equity(), score=signal.score, most_points=most_points, setup=setup)
        if beyond := slipped(signal, entry, grid):
            self._reporter.fault(self.dp, f"{trade.pair}: {beyond}")

    def _put_in_force(self, trade: Trade, stop: float) -> None:
        """Set a trade's own stop: Freqtrade asks for it only while the price is not at the static one.

        With leverage that one may be nearer to the entry than a tick. What a callback is handed may be a copy
        of the trade.
        """
        for own in Trade.get_trades_proxy(pair=trade.pair, is_open=True):
            if own.id == trade.id:
                # Freqtrade looks for another static stop at each start.
                own.adjust_stop_loss(own.open_rate, self.stoploss, initial=True)
                own.adjust_stop_loss(own.open_rate, _distance(stop, own.open_rate, own), allow_refresh=True)
                self.use_custom_stoploss |= own.stop_loss != stop

    def custom_stoploss(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        after_fill: bool,
        **kwargs: Any,
    ) -> float | None:
        """Place the trade's own stop when its entry has filled, and tighten it where that is set.

        Freqtrade looks for `after_fill` among the positional arguments: without it there, the trade
        would keep the static stop.
        """
        levels = self._levels.of(trade) or self._levels_after_restart(trade)
        if levels is None:
            return None
        own = self._stop_after_fill(trade, levels) if after_fill else None
        if own is not None:
            if own == trade.stop_loss:
                return None
            # No distance: the price is at the stop already.
            return _distance(own, current_rate, trade) or AT_ONCE * trade.leverage
        side = SIDES[trade.trade_direction]
        first, in_force = side * levels.stop, side * trade.stop_loss
        stop = first
        if not self._has_just_filled(trade, current_time):
            stop = max(first, self._earned_stop(trade, levels, current_rate))
        # Without a price at the fill, the trade's own stop is not in force yet.
        if first > in_force or is_worth_moving(stop, in_force):
            if stop > first:
                self._levels.move_stop(trade, side * stop)
            return _distance(side * stop, current_rate, trade) or None
        return None

    def _stop_after_fill(self, trade: Trade, levels: Levels) -> float | None:
        """Return the stop that a fill leaves in force: Freqtrade sets its last distance off the entry.

        None where a part was closed and no stop was moved before.
        """
        moved = self._levels.moved_stop(trade)
        return moved if moved is not None or filled_exits(trade) else levels.stop

    def _levels_after_restart(self, trade: Trade) -> Levels | None:
        """Fix the levels of an entry that filled while the bot was down, known before the first candles."""
        with suppress(LevelError):
            for order in trade.select_filled_orders(trade.entry_side)[:1]:
                self._entered(trade, order)
        return self._levels.of(trade)

    def _earned_stop(self, trade: Trade, levels: Levels, rate: float) -> float:
        """Stop that the trade has earned (EXIT-3, EXIT-4), on the grid, as its own side sees it."""
        if not self._exits.stops:
            return -math.inf
        if trade.pair not in self._exits_of_pairs:
            # How far a stop trails behind its swing may be the group's own.
            self._exits_of_pairs[trade.pair] = Exits.of(self.params_of(trade.pair))
        side = SIDES[trade.trade_direction]
        now = Moment(side * rate, side * self._swing(trade.pair, side))
        earned = float(self._exits_of_pairs[trade.pair].stop(levels.position(side), now))
        return side * grid_of_trade(trade).level(side * earned, side)

    def _swing(self, pair: str, side: int) -> float:
        """Last confirmed swing that a stop may trail behind; NaN where none is set."""
        timeframe = self._exits.trail_timeframe
        if timeframe == "none":
            return math.nan
        newest, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        return float(Columns.read(newest).higher_swing[timeframe, -side][-1])

    def should_exit(
        self,
        trade: Trade,
        rate: float,
        current_time: datetime,
        *,
        low: float | None = None,
        high: float | None = None,
        **kwargs: Any,
    ) -> list[ExitCheckTuple]:
        """Spare a backtest the question where a candle reaches neither stop nor target: nearly everywhere."""
        asks_more = self.use_exit_signal or self.use_custom_stoploss or kwargs.get("force_stoploss")
        if self._stop_and_target_alone and low and high and not asks_more:
            levels = self._levels.of(trade)
            if levels is not None and has_no_event(trade, levels.target, low, high):
                trade.adjust_min_max_rates(high, low)
                return []
        return super().should_exit(trade, rate, current_time, low=low, high=high, **kwargs)

    def custom_roi(self, trade: Trade, current_time: datetime, **kwargs: Any) -> float | None:
        """Exit at the target: its profit, with leverage, fees and the funding paid so far."""
        return None if self._has_just_filled(trade, current_time) else self._levels.target_profit(trade)

    def adjust_trade_position(
        self, trade: Trade, current_time: datetime, current_rate: float, **kwargs: Any
    ) -> float | None:
        """Close a part of the position once, at its gain or its pool (EXIT-5)."""
        levels, rule = self._levels.of(trade), self._exits.partial
        if not (levels and rule) or filled_exits(trade) or trade.has_open_orders:
            return None
        if self._has_just_filled(trade, current_time):
            return None
        side = SIDES[trade.trade_direction]
        if not rule.is_due(levels.position(side), Moment(side * current_rate)):
            return None
        share = grid_of_trade(trade).amount(trade.amount * rule.share * NUDGE) / trade.amount
        return -trade.stake_amount * share * NUDGE

    def custom_exit(
        self, pair: str, trade: Trade, current_time: datetime, current_rate: float, **kwargs: Any
    ) -> str | None:
        """Close a trade at its stop where nothing else will, or when its time is over (EXIT-6)."""
        levels = self._levels.of(trade)
        if self._stop_is_due(trade, levels, current_rate):
            return "stop_watch"
        filled_at = trade.date_entry_fill_utc
        if not (self._exits.closes and levels and filled_at):
            return None
        side, closes = SIDES[trade.trade_direction], closes_since(filled_at, current_time, self._candle)
        return self._exits.close_reason(levels.position(side), Moment(side * current_rate, closes=closes))

    def _has_just_filled(self, trade: Trade, now: datetime) -> bool:
        """Whether it is the candle in which a resting entry filled: there only the stop counts (LIM-3).

        A backtest can't tell what of the candle came after the fill; live it is the same for its sake.
        """
        if trade.id in self._past_fill:
            return False
        entry = next(iter(trade.select_filled_orders(trade.entry_side)), None) if self._rests else None
        if entry is None or entry.order_type != "limit":
            return False
        filled = entry.order_filled_utc or entry.order_date_utc
        if not self._is_live:
            if now > filled:
                self._past_fill.add(trade.id)
            return now <= filled
        return timeframe_to_prev_date(self.timeframe, now) <= timeframe_to_prev_date(self.timeframe, filled)

    def _stop_is_due(self, trade: Trade, levels: Levels | None, rate: float) -> bool:
        """Whether the order that should close a trade at its stop is missing, or lies further away."""
        side = SIDES[trade.trade_direction]
        stops = [trade.stop_loss, levels.stop if levels else 0.0]
        stop = side * max(side * price for price in stops if price)
        in_force = stop == trade.stop_loss
        # What Freqtrade simulates, it stops itself.
        if in_force and self.config.get("runmode") != RunMode.LIVE:
            return False
        is_seen = not (self._guard and self._guard.is_unseen(trade))
        rests = in_force and trade.has_open_sl_orders and is_seen
        return stop_is_due(StopState(stop, rests), rate, side)


def _distance(stop: float, rate: float, trade: LocalTrade) -> float:
    """Distance at which Freqtrade places a stop exactly; 0 where the price is at or beyond it."""
    below = BELOW_TICK * grid_of_trade(trade).tick
    aim = stop - SIDES[trade.trade_direction] * below
    return stoploss_from_absolute(aim, rate, trade.is_short, trade.leverage)
