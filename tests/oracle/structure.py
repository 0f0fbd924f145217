"""Swings and breaks of structure, on any list of candles (the base timeframe's or a higher one's).

Rules SWING-1, BOS-1, CHOCH-1, HTF-1; with other swings MAJOR-1.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from .candles import Candles, Market, average_true_range, base_step


@dataclass(frozen=True)
class Swing:
    """A swing high (`side` +1) or swing low (-1): where it is and when it was known."""

    side: int
    price: float
    pivot_at: int
    confirmed_at: int


@dataclass(frozen=True)
class Break:
    """A break of the swing that stands at `pivot_at`, by the close of candle `at`."""

    at: int
    direction: int
    is_bos: bool
    pivot_at: int


def is_swing(prices: list[float], j: int, strength: int) -> bool:
    """SWING-1: higher than each of the k prices before, not lower than each of the k after."""
    before, after = prices[j - strength : j], prices[j + 1 : j + strength + 1]
    return prices[j] > max(before) and prices[j] >= max(after)


def find_swings(high: list[float], low: list[float], strength: int) -> list[Swing]:
    """SWING-1: every swing in the order of its confirmation; where two confirm at once the high is first.

    A swing low is a swing high of the prices below zero.
    """
    swings = []
    below = [-price for price in low]
    for j in range(strength, len(high) - strength):
        for side, prices in ((1, high), (-1, below)):
            if is_swing(prices, j, strength):
                swings.append(Swing(side, side * prices[j], j, j + strength))
    return swings


def label_of(swing: Swing, previous: Swing | None) -> str:
    """SWING-1: HH only when higher than the previous high, LL only when lower than the previous low."""
    if previous is None:
        return ""
    if swing.side == 1:
        return "HH" if swing.price > previous.price else "LH"
    return "LL" if swing.price < previous.price else "HL"


def swing_labels(swings: list[Swing], count: int) -> list[str]:
    """SWING-1: the labels at each candle, the high's first, joined by a comma."""
    labels = [""] * count
    previous: dict[int, Swing] = {}
    for swing in swings:
        label = label_of(swing, previous.get(swing.side))
        both = [text for text in (labels[swing.confirmed_at], label) if text]
        labels[swing.confirmed_at] = ",".join(both)
        previous[swing.side] = swing
    return labels


def swings_by_candle(swings: list[Swing], count: int) -> list[list[Swing]]:
    """List for each candle the swings that it confirms."""
    confirmed: list[list[Swing]] = [[] for _ in range(count)]
    for swing in swings:
        confirmed[swing.confirmed_at].append(swing)
    return confirmed


def find_breaks(close: list[float], swings: list[Swing]) -> list[Break]:
    """BOS-1, CHOCH-1: at each close first the new swings, then the up side, and only else the down side."""
    confirmed = swings_by_candle(swings, len(close))
    unbroken: dict[int, Swing] = {}
    trend = 0
    breaks = []
    for i in range(len(close)):
        for swing in confirmed[i]:
            unbroken[swing.side] = swing
        for side in (1, -1):
            if side in unbroken and side * close[i] > side * unbroken[side].price:
                breaks.append(Break(i, side, trend == side, unbroken.pop(side).pivot_at))
                trend = side
                break
    return breaks


def trend_of(breaks: list[Break], count: int) -> list[int]:
    """BOS-1, CHOCH-1: the direction of the last break up to each candle, 0 before the first."""
    direction_at = {event.at: event.direction for event in breaks}
    trend = []
    current = 0
    for i in range(count):
        current = direction_at.get(i, current)
        trend.append(current)
    return trend


def length_of(timeframe: str) -> pd.Timedelta:
    """Read "15m", "4h" or "1d" as a length of time."""
    units = {"m": pd.Timedelta(minutes=1), "h": pd.Timedelta(hours=1), "d": pd.Timedelta(days=1)}
    return int(timeframe[:-1]) * units[timeframe[-1]]


def higher_candles(candles: Candles, timeframe: str) -> Candles:
    """HTF-1: put the base candles into UTC buckets; a first bucket without its opening candle is left out."""
    length = length_of(timeframe)
    rows: list[list[Any]] = []  # date, open, high, low, close
    for i in range(len(candles)):
        bucket = candles.date[i].floor(length)
        if bucket < candles.date[0]:
            continue
        if not rows or rows[-1][0] != bucket:
            rows.append([bucket, candles.open[i], candles.high[i], candles.low[i], candles.close[i]])
        _, _, high, low, _ = rows[-1]
        rows[-1][2:] = max(high, candles.high[i]), min(low, candles.low[i]), candles.close[i]
    dates, opens, highs, lows, closes = ([row[place] for row in rows] for place in range(5))
    return Candles(dates, opens, highs, lows, closes, average_true_range(highs, lows, closes))


@lru_cache(maxsize=16)
def candles_of(market: Market, timeframe: str) -> Candles:
    """HTF-1: a higher timeframe's own candles where they are given, else made from the base candles."""
    return market.higher[timeframe] if timeframe in market.higher else higher_candles(market.base, timeframe)


@lru_cache(maxsize=16)
def last_closed(market: Market, timeframe: str) -> list[int]:
    """HTF-1: the last higher candle that has closed by the close of each base candle, -1 before the first."""
    higher, length, step = candles_of(market, timeframe), length_of(timeframe), base_step(market.base)
    seen = -1
    last = []
    for opens in market.base.date:
        while seen + 1 < len(higher) and opens + step >= higher.date[seen + 1] + length:
            seen += 1
        last.append(seen)
    return last


def higher_trend(market: Market, timeframe: str, strength: int) -> list[int]:
    """HTF-1: the higher timeframe's trend, seen from the base candle that completes the higher candle."""
    higher = candles_of(market, timeframe)
    trend = trend_of(find_breaks(higher.close, find_swings(higher.high, higher.low, strength)), len(higher))
    return [trend[at] if at >= 0 else 0 for at in last_closed(market, timeframe)]
