"""Replaces the strategy: its orders and trades as precomputed signals, its callbacks without work.

The benchmark copies this file beside `signals.feather` and `orders.feather` and runs it in Freqtrade. It
knows nothing of `ict`, places and cancels orders, enters and leaves on the candles on which the strategy did,
and has the same callbacks, so that Freqtrade does the same work.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from freqtrade.persistence import Order, Trade
from freqtrade.strategy import IStrategy

SIGNALS = Path(__file__).with_name("signals.feather")
ORDERS = pd.read_feather(SIGNALS.with_name("orders.feather")).set_index("placed")
RATES = ORDERS["rate"].to_dict()
CANCELLED = ORDERS["cancelled"].dropna().to_dict()
# A trade that ended on its first candle can't be ended by a signal: this tag lets any profit be its target.
AT_ONCE = "at once"
STAKE = 1_000.0
NEVER, ALWAYS = 1_000.0, -0.9


class StandIn(IStrategy):
    """Enter and exit as the signals say."""

    INTERFACE_VERSION = 3
    can_short = True
    timeframe = "15m"
    process_only_new_candles = True
    startup_candle_count = int(SIGNALS.with_name("startup_candles").read_text(encoding="utf-8"))
    stoploss = -0.99
    use_custom_stoploss = True
    use_custom_roi = True
    minimal_roi = {}

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add nothing."""
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add the signals, entries and exits."""
        signals = pd.read_feather(SIGNALS).set_index("date").reindex(dataframe["date"])
        for name in signals:
            dataframe[name] = signals[name].to_numpy()
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict[str, Any]) -> pd.DataFrame:
        """Add nothing: the exits are there."""
        return dataframe

    def leverage(self, pair: str, current_time: datetime, *_: Any, **kwargs: Any) -> float:
        """Trade without."""
        return 1.0

    def custom_stake_amount(self, pair: str, current_time: datetime, *_: Any, **kwargs: Any) -> float:
        """Stake the same each time."""
        return STAKE

    def bot_start(self, **kwargs: Any) -> None:
        """Rest every entry; at the market's price it fills at once."""
        self.order_types["entry"] = "limit"

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
        """Enter at the strategy's price."""
        return float(RATES[current_time])

    def check_entry_timeout(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> bool:
        """Cancel when the strategy did."""
        return CANCELLED.get(order.order_date_utc) == current_time

    def confirm_trade_entry(self, pair: str, order_type: str, *_: Any, **kwargs: Any) -> bool:
        """Enter always."""
        return True

    def order_filled(
        self, pair: str, trade: Trade, order: Order, current_time: datetime, **kwargs: Any
    ) -> None:
        """Note nothing."""

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
        """Set a stop that is never reached."""
        return 0.99 if after_fill else None

    def custom_roi(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        trade_duration: int,
        entry_tag: str | None,
        side: str,
        **kwargs: Any,
    ) -> float | None:
        """Leave at once where the signals could not say it."""
        return ALWAYS if entry_tag == AT_ONCE else NEVER
