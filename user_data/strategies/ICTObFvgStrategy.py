"""ICT order blocks and fair value gaps on Binance USDT perpetual futures, for Freqtrade 2026.9.

A table of contents: the patterns, the entries and the money rules live in the package `ict`, which
knows nothing of Freqtrade; here its results become Freqtrade's columns and callbacks. Callbacks that
decide on money fail closed: whatever goes wrong, no trade. Freqtrade itself would continue with the full
stake. Trades keep what they need in their own record, so a restart and a backtest see the same.
"""

from typing import Any

from freqtrade.strategy import IStrategy
from ict_host.drawing import IctDrawing
from ict_host.entry import IctEntry
from ict_host.exits import IctExits
from ict_host.idle import walk_past_idle_candles
from ict_host.journal import IctJournal
from ict_host.live import IctLive
from ict_host.now import IctNow
from ict_host.parameters import IctParameters
from ict_host.resting import IctResting
from ict_host.sides import SIDES
from ict_host.start import IctStart
from ict_host.start_error import refusing
from ict_host.texts import texts
from pandas import DataFrame


class ICTObFvgStrategy(  # type: ignore[misc]  # a hook names what its part reads
    IctJournal,
    IctDrawing,
    IctExits,
    IctResting,
    IctNow,
    IctEntry,
    IctLive,
    IctStart,
    IctParameters,
    IStrategy,
):
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

    # Signals

    def informative_pairs(self) -> list[tuple[str, str]]:
        """Candles of the higher timeframes and of the second markets that the settings look at."""
        # Groups of pairs share timeframes and second markets.
        params, pairs = self.params(), self.dp.current_whitelist()
        second = dict.fromkeys(other for pair in pairs if (other := params.reference_of(pair)))
        higher = [(pair, timeframe) for pair in pairs for timeframe in params.higher_timeframes]
        return [*higher, *((other, self.timeframe) for other in second)]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Add the `ict_*` columns; where the candles are wrong they say nothing."""
        pair = metadata["pair"]
        params = self.params_of(pair)
        higher = self._higher_candles(pair, params)
        other = params.reference_of(pair)
        second = {other: self.dp.get_pair_dataframe(other, self.timeframe)} if other else {}
        with refusing(self.config):
            analysed = self._analyst.analysed(pair, self.timeframe, dataframe, params, higher, second)
        if self._is_live:
            self._reporter.patterns(self.dp, pair, self.timeframe, None, analysed)
        return analysed

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Enter where the settings say so; each signal brings its stop and that stop's least distance."""
        self._renew_exits()
        pair = metadata["pair"]
        params = self.params_of(pair)
        if not self._is_live:
            self._ticks.learn(pair, dataframe)
            walk_past_idle_candles()
        signals = self._find_signals(pair, dataframe, params)
        if signals is not None:
            self._alert(pair, signals)
        entered = None if params.alerts_only else signals
        for name, side in SIDES.items():
            dataframe[f"enter_{name}"] = 0 if entered is None else (entered.direction == side).astype(int)
        dataframe["enter_tag"] = None if entered is None else texts(self._tags(pair, entered))
        self._signals[pair] = signals
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Exit by stop and target alone."""
        return dataframe
