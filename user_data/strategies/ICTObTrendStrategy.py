"""Trend following that enters at order blocks: wide stop, no target, a trail behind 4h swings.

With `max_volatility_percentile` at 100 it trades in every volatility. Its exits are all by stop.
"""

from ict_host.parameters import parameter
from ICTObFvgStrategy import ICTObFvgStrategy


class ICTObTrendStrategy(ICTObFvgStrategy):
    """Trade order blocks with the 4h and the daily trend, in calm markets, and let winners run."""

    # Swings of 4h candles lie several percent away, and so do stops of two of their ranges.
    stoploss = -0.15

    entry_threshold = parameter("entry_threshold", 2.0)
    second_trend_timeframe = parameter("second_trend_timeframe", "1d")
    htf_must_agree = parameter("htf_must_agree", True)
    max_volatility_percentile = parameter("max_volatility_percentile", 50.0)
    min_stop_atr = parameter("min_stop_atr", 2.0)
    risk_reward = parameter("risk_reward", 0.0)
    trail_timeframe = parameter("trail_timeframe", "4h")
