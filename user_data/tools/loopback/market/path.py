"""The path of the price inside a candle of which only the four prices are known.

A rising candle reaches its low before its high, a falling one its high before its low, at constant speed.
This is a convention, but a consistent one: the visible part of a candle only grows, and ends as the candle.
"""

import numpy as np

from loopback.market.candles import Candle


def so_far(candle: Candle, fraction: float) -> Candle:
    """Return a candle as it looks after a fraction of its time.

    Parameters
    ----------
    candle
        The finished candle.
    fraction
        Elapsed part of its time, from 0 to 1; the volume grows in proportion.
    """
    stops = np.array(_turning_points(candle))
    reached = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(stops)))))
    travelled = fraction * reached[-1]
    price = float(np.interp(travelled, reached, stops)) if fraction < 1 else candle.close
    visited = [*stops[reached <= travelled], price]
    high, low = float(max(visited)), float(min(visited))
    return Candle(candle.open_ms, candle.open, high, low, price, candle.volume * fraction)


def _turning_points(candle: Candle) -> tuple[float, float, float, float]:
    if candle.close >= candle.open:
        return candle.open, candle.low, candle.high, candle.close
    return candle.open, candle.high, candle.low, candle.close
