"""Markets to test on: traded ones, synthetic and real where they are at hand, and one with every oddity."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from loopback.market.files import to_frame
from loopback.market.source import Kind
from tests.support.folders import REAL, needs_real, traded_market

PRICES = ["open", "high", "low", "close"]
DAY = 96  # candles of 15 minutes
LENGTHS = {name: pd.Timedelta(hours=hours) for name, hours in {"1h": 1, "4h": 4, "1d": 24}.items()}


def and_real(*pairs: str) -> list[Any]:
    """Name traded markets for a test's parameters: synthetic ones, and the real ones where they are."""
    return [*pairs, *(pytest.param(f"real {pair}", marks=needs_real) for pair in pairs)]


def traded(name: str, timeframe: str = "15m") -> pd.DataFrame:
    """Give 499 days of a traded market: ``BTC`` is a synthetic one, ``real BTC`` Binance's."""
    return _candles(name, timeframe).copy()


@cache
def _candles(name: str, timeframe: str) -> pd.DataFrame:
    source, _, pair = name.rpartition(" ")
    if source == "real":
        return pd.read_feather(REAL / "futures" / f"{pair}_USDT_USDT-{timeframe}-futures.feather")
    return to_frame(traded_market().candles(f"{pair}USDT", Kind.LAST, timeframe))


def stretch(frame: pd.DataFrame, start: int, stop: int) -> pd.DataFrame:
    """Part of a market, numbered from 0, as a bot's window of it would be."""
    return frame.iloc[start:stop].reset_index(drop=True)


def candle_frame(
    rows: list[tuple[float, ...]], start: str = "2024-01-03", step: str = "15min"
) -> pd.DataFrame:
    """Frame of Freqtrade's shape from rows of open, high, low, close."""
    frame = pd.DataFrame(rows, columns=PRICES, dtype=float)
    frame.insert(0, "date", pd.date_range(start, periods=len(frame), freq=step, tz="UTC"))
    return frame.assign(volume=1.0)


def calm(count: int, price: float = 100.0) -> list[tuple[float, ...]]:
    """Rows of candles one unit high that open and close in their middle: no swing, no zone."""
    return [(price, price + 0.5, price - 0.5, price)] * count


def synthetic(count: int, seed: int, start: str = "2024-03-07 21:30") -> pd.DataFrame:
    """Market on integer prices with many ties, jumps, candles without height, and hours that are missing."""
    random = np.random.default_rng(seed)
    close = 1000 + np.cumsum(random.integers(-6, 7, count))
    close += 400 - min(int(close.min()) - 600, 0)
    opened = np.append(close[:1], close[:-1])
    opened += np.where(random.random(count) < 0.08, random.integers(-15, 16, count), 0)
    high = np.maximum(opened, close) + random.integers(0, 5, count) * random.integers(0, 2, count)
    low = np.minimum(opened, close) - random.integers(0, 5, count) * random.integers(0, 2, count)
    flat = random.random(count) < 0.04
    opened, high, low = (np.where(flat, close, prices) for prices in (opened, high, low))
    frame = candle_frame(list(zip(opened, high, low, close, strict=True)), start)
    # Trading halts: an hour or half a day is simply not there; the first candles always are.
    missed = np.where(random.random(count) < 0.002, random.choice([4, 50], count), 0)
    missed[:10] = 0
    frame["date"] += pd.to_timedelta(15 * np.cumsum(missed), unit="min")
    return frame


def second_market(frame: pd.DataFrame) -> pd.DataFrame:
    """Candles of a market that goes its own way beside this one, began later and lacks some of them."""
    swing = 1 + 0.01 * np.sin(np.arange(len(frame)) / 7)
    other = frame.assign(**{name: frame[name] * swing for name in PRICES})
    there = np.arange(len(frame)) % 97 > 1
    return other[there].iloc[3:].reset_index(drop=True)


def in_ticks(frame: pd.DataFrame, per_unit: int) -> pd.DataFrame:
    """Put the market on integer prices, so that sums and differences of prices are exact."""
    return frame.assign(**{name: (frame[name] * per_unit).round() for name in PRICES})


def reflected(frame: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Turn the market upside down, p -> c - p, and give it with its c."""
    c = float(frame["high"].max() + frame["low"].min())
    turned = {"open": c - frame["open"], "high": c - frame["low"], "low": c - frame["high"]}
    return frame.assign(**turned, close=c - frame["close"]), c


def resampled(frame: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """Make the closed candles of a higher timeframe by pandas, which is not how the product does it."""
    length = LENGTHS[timeframe]
    step = frame["date"].diff().min()
    rules = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    higher = frame.set_index("date").resample(length, origin="epoch").agg(rules).dropna(subset=["close"])
    whole = (higher.index >= frame["date"].iloc[0]) & (higher.index + length <= frame["date"].iloc[-1] + step)
    return higher[whole].reset_index()
