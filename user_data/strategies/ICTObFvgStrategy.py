"""ICT order blocks and fair value gaps on Binance USDT perpetual futures, for Freqtrade 2026.9.

A table of contents: the patterns, the entries and the money rules live in the package `ict`, which
knows nothing of Freqtrade; here its results become Freqtrade's columns and callbacks. Callbacks that
decide on money fail closed: whatever goes wrong, no trade. Freqtrade itself would go on with the full
stake. Trades keep what they need in their own record, so a restart and a backtest see the same.
"""

import logging
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from freqtrade.exchange import timeframe_to_seconds
from freqtrade.persistence import Order, Trade
from freqtrade.strategy import stoploss_from_absolute
from ict_host.book import filled_exits, forget_ended_locks, trades_of_day
from ict_host.drawing import IctDrawing
from ict_host.live import SIDES
from ict_host.outbox import remember_entry
from ict_host.signals import Signal, Signals
from pandas import DataFrame, DatetimeIndex, Timedelta, Timestamp

from ict.analysis import columns_in
from ict.confluence import FindEntries, block_entries
from ict.desk.levels import LevelError, Levels, levels_of_entry, moved_stop
from ict.desk.limits import day_cap_reached, next_day
from ict.desk.sizing import stake_for_risk

logger = logging.getLogger(__name__)

# A position that filled beyond its own stop must not stay open: its stop goes this close to the price.
AT_ONCE = 0.0005
# A stop on an exchange is moved by cancelling it first: not for less than this part of its price.
WORTH_MOVING = 0.0001


class ICTObFvgStrategy(IctDrawing):
    """Trade the retest of an order block that enough agrees with, stopped behind it."""

    INTERFACE_VERSION = 3
    can_short = True
    timeframe = "15m"
    process_only_new_candles = True

    # Each trade has a stop and a target of its own (EXIT-1); nothing else ends it. This stop only
    # holds from the fill until the trade's own replaces it, and where that can't be had.
    stoploss = -0.05
    use_custom_stoploss = True
    use_custom_roi = True
    minimal_roi: dict[str, float] = {}
    order_types = {
        "entry": "market",
        "exit": "market",
        "emergency_exit": "market",
        "force_exit": "market",
        "force_entry": "market",
        "stoploss": "market",
        "stoploss_on_exchange": True,
    }

    # What a preset trades: from the columns of an analysis to its entries.
    find_entries: FindEntries = staticmethod(block_entries)

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._signals: dict[str, Signals] = {}

    def ft_load_hyper_params(self, hyperopt: bool = False) -> None:
        """Load the settings, and have Freqtrade ask for partial exits only where they are on."""
        super().ft_load_hyper_params(hyperopt)
        self.position_adjustment_enable = self.partial_exit_at_r.value > 0

    # Signals

    def informative_pairs(self) -> list[tuple[str, str]]:
        """Candles of the higher timeframes that the settings look at."""
        timeframes = self.params().higher_timeframes
        return [(pair, timeframe) for pair in self.dp.current_whitelist() for timeframe in timeframes]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Add the `ict_*` columns; where the candles are wrong they say nothing."""
        params, pair = self.params(), metadata["pair"]
        higher = {name: self.dp.get_pair_dataframe(pair, name) for name in params.higher_timeframes}
        analysed = self._analyst.analysed(pair, self.timeframe, dataframe, params, higher)
        if self._is_live:
            self._reporter.patterns(self.dp, pair, self.timeframe, None, analysed)
        return analysed

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Enter where the settings say so; each signal brings its stop and that stop's least distance."""
        params = self.params()
        columns = columns_in(dataframe)
        entries = self.find_entries(columns, params)
        for name, side in SIDES.items():
            dataframe[f"enter_{name}"] = (entries.direction == side).astype(int)
        dataframe["enter_tag"] = entries.tag
        least_distance = np.zeros(len(dataframe))
        if params.min_stop_atr:
            least_distance = params.min_stop_atr * columns[f"ict_atr_{params.trend_timeframe}"]
        scores = {side: columns[f"ict_{name}_score"] for name, side in SIDES.items()}
        opens = DatetimeIndex(dataframe["date"])
        self._signals[metadata["pair"]] = Signals(opens, entries, least_distance, scores)
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Exit by stop and target alone."""
        return dataframe

    # Size

    def leverage(self, max_leverage: float, **kwargs: Any) -> float:
        """Leverage as configured, within what the exchange allows."""
        return min(float(self.position_leverage.value), max_leverage)

    def custom_stake_amount(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        min_stake: float | None,
        max_stake: float,
        leverage: float,
        side: str,
        **kwargs: Any,
    ) -> float:
        """Size the position by its stop (RISK-1); 0, so no trade, whatever goes wrong."""
        try:
            stake = stake_for_risk(
                equity=self._equity(),
                entry=current_rate,
                stop=self._signal(pair, side, current_time).stop_for(current_rate),
                direction=SIDES[side],
                leverage=leverage,
                min_stake=min_stake or 0.0,
                max_stake=max_stake,
                params=self.params(),
            )
            if not stake:
                self._refuse_size(pair, side, min_stake)
            return stake
        except LevelError as error:
            self._refuse(pair, side, str(error))
        except Exception as error:
            logger.exception("No %s on %s: its size could not be computed", side, pair)
            self._reporter.failed(self.dp, pair, "size", error)
        return 0.0

    def confirm_trade_entry(
        self, pair: str, rate: float, current_time: datetime, entry_tag: str | None, side: str, **kwargs: Any
    ) -> bool:
        """Refuse entries beyond the day's caps (RISK-2), and whenever they can't be checked."""
        try:
            if self._guard and (differs := self._guard.stops_entry(pair)):
                self._refuse(pair, side, differs)
                return False
            trades, equity = trades_of_day(current_time, live=self._is_live), self._equity()
            reason = day_cap_reached(trades, now=current_time, equity=equity, params=self.params())
            if reason is None:
                self._plan(pair, side, current_time, rate, entry_tag)
                return True
            if not self._is_live:
                forget_ended_locks(current_time)
            # Freqtrade rounds a lock's end up to the next candle: a second earlier ends at midnight.
            self.lock_pair("*", next_day(current_time) - timedelta(seconds=1), reason=reason)
            self._say("No entry until midnight UTC: %s", reason)
            self._reporter.day_cap(self.dp, trades, current_time, equity, self.params())
        except Exception as error:
            logger.exception("No %s on %s: the day's caps could not be checked", side, pair)
            self._reporter.failed(self.dp, pair, "day_caps", error)
        return False

    def _equity(self) -> float:
        return self._wallet().get_total(self.config["stake_currency"])

    # Stop and target

    def order_filled(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> None:
        """Fix stop and target at the entry (EXIT-1), in the trade's own record."""
        if order.ft_order_side == trade.entry_side:
            # At a start Freqtrade tells of fills before the first candles: custom_stoploss sees to those
            # that no plan was written down for.
            with suppress(LevelError):
                self._entered(pair, trade, order)
            return
        if self._is_live and order.safe_filled:
            self._lock_after_close(trade, current_time)
        self._levels.forget_closed(trade, order)

    def _entered(self, pair: str, trade: Trade, order: Order) -> None:
        if self._levels.read(trade) is not None:
            return
        side, entry = trade.trade_direction, trade.open_rate
        signal = self._signal_of(trade, order)
        stop = signal.stop_for(entry)
        try:
            levels = levels_of_entry(entry, stop, SIDES[side], self.risk_reward.value)
        except LevelError:
            # The fill slipped beyond its stop. The stop stands, so the trade ends at once.
            levels = Levels(entry, stop, target=None)
        self._levels.fix(trade, levels)
        if self._is_live:
            remember_entry(trade, equity=self._equity(), score=signal.score)

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
        """Place the trade's own stop when its entry has filled, and tighten it where that is asked for.

        Freqtrade looks for `after_fill` among the positional arguments: without it there, the trade
        would keep the static stop.
        """
        levels = self._levels.of(trade) or self._levels_after_restart(pair, trade)
        if levels is None:
            return None
        # Where the price was not to be had at the fill, the trade's own stop is not in force yet.
        stop = self._moved_stop(pair, trade, levels, current_rate) or levels.stop
        tighter_by = SIDES[trade.trade_direction] * (stop - trade.stop_loss) / stop
        if after_fill and not filled_exits(trade):
            # No distance: the fill slipped beyond its own stop.
            distance = _distance(levels.stop, current_rate, trade) or AT_ONCE * trade.leverage
            return distance if abs(tighter_by) > WORTH_MOVING else None
        return (_distance(stop, current_rate, trade) or None) if tighter_by > WORTH_MOVING else None

    def _levels_after_restart(self, pair: str, trade: Trade) -> Levels | None:
        """Fix the levels of an entry that filled while the bot was down, told before the first candles."""
        with suppress(LevelError):
            for order in trade.select_filled_orders(trade.entry_side)[:1]:
                self._entered(pair, trade, order)
        return self._levels.of(trade)

    def _moved_stop(self, pair: str, trade: Trade, levels: Levels, rate: float) -> float | None:
        trail, break_even = self.trail_timeframe.value, self.break_even_at_r.value
        if trail == "none" and not break_even:
            return None
        side, swing = SIDES[trade.trade_direction], float("nan")
        if trail != "none":
            column = f"ict_swing_{'low' if side > 0 else 'high'}_{trail}"
            swing = float(self._newest_candles(pair)[column].to_numpy()[-1])
        buffer = self.stop_buffer.value
        return moved_stop(levels, rate, side, break_even_at_r=break_even, swing=swing, stop_buffer=buffer)

    def custom_roi(self, trade: Trade, **kwargs: Any) -> float | None:
        """Exit at the target: its profit, with leverage, fees and the funding paid so far."""
        return self._levels.target_profit(trade)

    def adjust_trade_position(self, trade: Trade, current_rate: float, **kwargs: Any) -> float | None:
        """Close a part of the position once, at its gain (EXIT-5)."""
        levels, at_r = self._levels.of(trade), self.partial_exit_at_r.value
        if not (levels and at_r) or filled_exits(trade) or trade.has_open_orders:
            return None
        if levels.gain_in_r(current_rate, SIDES[trade.trade_direction]) < at_r:
            return None
        return -trade.stake_amount * self.partial_exit_percent.value / 100

    def _plan(self, pair: str, side: str, at: datetime, rate: float, tag: str | None) -> None:
        """Have the signal written down with the order: a restart must know its stop."""
        if self._guard:
            signal = self._signal(pair, side, at)
            self._guard.plan(pair, asdict(signal) | {"stop": signal.stop_for(rate)}, tag)

    def _signal_of(self, trade: Trade, order: Order) -> Signal:
        """Signal that a trade was entered by: as it was written down, or else from the candles."""
        plan = self._guard.plan_of(trade) if self._guard else None
        if plan:
            return Signal(**plan)
        return self._signal(trade.pair, trade.trade_direction, order.order_date_utc)

    def _signal(self, pair: str, side: str, at: datetime) -> Signal:
        """Signal of the newest candle that had closed at a time, or of the one before it."""
        newest_open = Timestamp(at) - Timedelta(seconds=timeframe_to_seconds(self.timeframe))
        if pair not in self._signals:
            raise LevelError("the newest candles are not analysed yet")
        return self._signals[pair].newest(SIDES[side], newest_open)

    def _newest_candles(self, pair: str) -> DataFrame:
        return self.dp.get_analyzed_dataframe(pair, self.timeframe)[0]


def _distance(stop: float, rate: float, trade: Trade) -> float:
    return stoploss_from_absolute(stop, rate, trade.is_short, trade.leverage)
