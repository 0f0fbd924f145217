"""What higher timeframes show at each base candle: trends, the last swings, average ranges, volatility.

Rules HTF-1, VOL-1.
"""

from typing import Any

from .candles import NOTHING, Market, Settings
from .structure import candles_of, find_swings, higher_trend, last_closed

RANKED, LEAST_RANKED = 90, 30


def higher_columns(market: Market, settings: Settings) -> dict[str, list[Any]]:
    """Fill the columns of the higher timeframes that the settings name."""
    strength = settings.swing_strength_candles
    columns: dict[str, list[Any]] = {
        f"ict_trend_{timeframe}": higher_trend(market, timeframe, strength)
        for timeframe in settings.higher_timeframes
    }
    if settings.trail_timeframe != "none":
        for side, name in ((1, "high"), (-1, "low")):
            swings = higher_swings(market, settings.trail_timeframe, side, strength)
            columns[f"ict_swing_{name}_{settings.trail_timeframe}"] = swings
    if settings.min_stop_atr > 0:
        columns[f"ict_atr_{settings.trend_timeframe}"] = higher_range(market, settings.trend_timeframe)
    if settings.max_volatility_percentile < 100:
        columns["ict_volatility_percentile_1d"] = daily_volatility(market)
    return columns


def seen(market: Market, timeframe: str, values: list[float]) -> list[float]:
    """HTF-1: the value of the last higher candle that has closed by the close of each base candle."""
    return [values[at] if at >= 0 else NOTHING for at in last_closed(market, timeframe)]


def higher_range(market: Market, timeframe: str) -> list[float]:
    """HTF-1: the average true range of the higher timeframe's own candles."""
    return seen(market, timeframe, candles_of(market, timeframe).atr)


def higher_swings(market: Market, timeframe: str, side: int, strength: int) -> list[float]:
    """HTF-1, SWING-1: the price of the last confirmed swing high (+1) or swing low (-1)."""
    higher = candles_of(market, timeframe)
    swings = find_swings(higher.high, higher.low, strength)
    confirmed = {swing.confirmed_at: swing.price for swing in swings if swing.side == side}
    prices, last = [], NOTHING
    for i in range(len(higher)):
        last = confirmed.get(i, last)
        prices.append(last)
    return seen(market, timeframe, prices)


def daily_volatility(market: Market) -> list[float]:
    """VOL-1: where the relative range of the last closed day ranks among the latest."""
    days = candles_of(market, "1d")
    relative = [atr / close for atr, close in zip(days.atr, days.close, strict=True)]
    return seen(market, "1d", rank_among_latest(relative))


def rank_among_latest(values: list[float]) -> list[float]:
    """VOL-1: the percentage of the known among the latest 90 that are not above this one, from 30 on."""
    ranks = []
    for i, value in enumerate(values):
        known = [other for other in values[max(0, i - RANKED + 1) : i + 1] if other == other]
        enough = len(known) >= LEAST_RANKED and value == value
        ranks.append(100 * sum(other <= value for other in known) / len(known) if enough else NOTHING)
    return ranks
