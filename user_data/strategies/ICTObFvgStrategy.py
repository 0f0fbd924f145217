"""ICT order blocks and fair value gaps on Binance USDT perpetual futures, for Freqtrade 2026.9.

A table of contents: the patterns, the entries and the money rules live in the package `ict`, which
knows nothing of Freqtrade; here its results become Freqtrade's columns and callbacks. Callbacks that
decide on money fail closed: whatever goes wrong, no trade. Freqtrade itself would go on with the full
stake. Trades keep what they need in their own record, so a restart and a backtest see the same.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

import numpy as np
from freqtrade.persistence import Order, Trade
from freqtrade.strategy import stoploss_from_absolute
from ict_host.book import filled_exits
from ict_host.contracts import grid_of_trade
from ict_host.entry import IctEntry
from ict_host.live import SIDES
from ict_host.outbox import remember_entry
from ict_host.signals import Signals
from pandas import DataFrame, DatetimeIndex

from ict.analysis import columns_in
from ict.confluence import FindEntries, block_entries
from ict.desk.levels import LevelError, Levels, moved_stop
from ict.desk.plan import AT_ONCE, levels_of_fill, slipped
from ict.desk.sizing import NUDGE

# A stop on an exchange is moved by cancelling it first: not for less than this part of its price.
WORTH_MOVING = 0.0001
# Part of a tick by which Freqtrade is asked for less than a stop: it rounds up to the very stop.
BELOW_TICK = 0.01


class ICTObFvgStrategy(IctEntry):
    """Trade the retest of an order block that enough agrees with, stopped behind it."""

    INTERFACE_VERSION = 3
    can_short = True
    timeframe = "15m"
    process_only_new_candles = True
    # Seconds after the candle: a later order, as after a start, would be another trade than the signal's.
    ignore_buying_expired_candle_after = 60

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
        opens, closes = DatetimeIndex(dataframe["date"]), dataframe["close"].to_numpy(float)
        self._signals[metadata["pair"]] = Signals(opens, entries, least_distance, scores, closes)
        if not self._is_live:
            self._ticks.learn(metadata["pair"], dataframe)
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Exit by stop and target alone."""
        return dataframe

    # Stop and target

    def order_filled(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> None:
        """Fix stop and target at the entry (EXIT-1), in the trade's own record."""
        if order.ft_order_side == trade.entry_side:
            # At a start Freqtrade tells of fills before the first candles: custom_stoploss sees to those
            # that no plan was written down for.
            with suppress(LevelError):
                self._entered(trade, order)
            return
        if self._is_live and order.safe_filled:
            self._lock_after_close(trade, current_time)
        self._levels.forget_closed(trade, order)

    def _entered(self, trade: Trade, order: Order) -> None:
        if self._levels.read(trade) is not None:
            return
        signal, entry, grid = self._signal_of(trade, order), trade.open_rate, grid_of_trade(trade)
        levels = levels_of_fill(signal, entry, grid, self.risk_reward.value)
        self._levels.fix(trade, levels)
        if not self._is_live:
            return
        remember_entry(trade, equity=self._equity(), score=signal.score)
        if beyond := slipped(signal, entry, grid):
            self._reporter.fault(self.dp, f"{trade.pair}: {beyond}")

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
        levels = self._levels.of(trade) or self._levels_after_restart(trade)
        if levels is None:
            return None
        if after_fill and not filled_exits(trade):
            if levels.stop == trade.stop_loss:
                return None
            # No distance: the price is at the stop already.
            return _distance(levels.stop, current_rate, trade) or AT_ONCE * trade.leverage
        side = SIDES[trade.trade_direction]
        stop = self._moved_stop(pair, trade, levels, current_rate) or levels.stop
        # Where the price was not to be had at the fill, the trade's own stop is not in force yet.
        is_missing = side * (levels.stop - trade.stop_loss) > 0
        if is_missing or side * (stop - trade.stop_loss) > WORTH_MOVING * stop:
            return _distance(stop, current_rate, trade) or None
        return None

    def _levels_after_restart(self, trade: Trade) -> Levels | None:
        """Fix the levels of an entry that filled while the bot was down, told before the first candles."""
        with suppress(LevelError):
            for order in trade.select_filled_orders(trade.entry_side)[:1]:
                self._entered(trade, order)
        return self._levels.of(trade)

    def _moved_stop(self, pair: str, trade: Trade, levels: Levels, rate: float) -> float | None:
        trail, break_even = self.trail_timeframe.value, self.break_even_at_r.value
        if trail == "none" and not break_even:
            return None
        side, swing = SIDES[trade.trade_direction], float("nan")
        if trail != "none":
            column = f"ict_swing_{'low' if side > 0 else 'high'}_{trail}"
            swing = float(self._newest_candles(pair)[column].to_numpy()[-1])
        buffer, grid = self.stop_buffer.value, grid_of_trade(trade)
        return moved_stop(
            levels, rate, side, grid, break_even_at_r=break_even, swing=swing, stop_buffer=buffer
        )

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
        part = trade.amount * self.partial_exit_percent.value / 100
        share = grid_of_trade(trade).amount(part * NUDGE) / trade.amount
        return -trade.stake_amount * share * NUDGE

    def _newest_candles(self, pair: str) -> DataFrame:
        return self.dp.get_analyzed_dataframe(pair, self.timeframe)[0]


def _distance(stop: float, rate: float, trade: Trade) -> float:
    """Distance at which Freqtrade places a stop exactly; 0 where the price is at or beyond it."""
    below = BELOW_TICK * grid_of_trade(trade).tick
    aim = stop - SIDES[trade.trade_direction] * below
    return stoploss_from_absolute(aim, rate, trade.is_short, trade.leverage)
