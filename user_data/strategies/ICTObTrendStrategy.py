"""Trend following that enters at order blocks: wide stop, no target, a trail behind 4h swings.

With `max_volatility_percentile` at 100 it trades in every volatility. Its exits are all by stop.
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTObTrendStrategy(ICTObFvgStrategy):
    """Trade order blocks with the 4h and the daily trend, in calm markets, and let winners run."""

    # Others chose these rules among about so many: the verdict counts them.
    variants_tried = 500

    # Swings of 4h candles lie several percent away, and so do stops of two of their ranges.
    stoploss = -0.15

    preset = Params(
        entry_threshold=2.0,
        second_trend_timeframe="1d",
        htf_must_agree=True,
        max_volatility_percentile=50.0,
        min_stop_atr=2.0,
        risk_reward=0.0,
        trail_timeframe="4h",
    )
