"""Candles as Freqtrade's data folders: of a synthetic market anywhere, real ones where they are."""

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from loopback.market.candles import Candles
from loopback.market.intervals import DAY_MS
from loopback.market.source import Kind, Market
from loopback.market.synthetic import SyntheticMarket
from tests.support.places import REPOSITORY

REAL = Path(os.environ.get("ICT_DATA_DIR", REPOSITORY.parent / "shared" / "data" / "binance")).resolve()
START_MS = 1_672_531_200_000  # 2023-01-01, where the real candles begin
DAYS = 499  # as many as there are real ones: 47,904 candles of 15 minutes
PAIRS = ("BTC", "ETH", "LTC")
WRITTEN = (("5m", Kind.LAST), ("15m", Kind.LAST), ("1h", Kind.LAST), ("4h", Kind.LAST), ("1h", Kind.MARK))

# The only skip that is no gap: the same test has run on synthetic candles.
ONLY_SYNTHETIC = "no real candles (set ICT_DATA_DIR to their folder); it ran on synthetic ones"
needs_real = pytest.mark.skipif(not (REAL / "futures").is_dir(), reason=ONLY_SYNTHETIC)
# For a test that runs on synthetic candles, and on real ones where they are.
SOURCES = ("synthetic", pytest.param("real", marks=needs_real))


@cache
def traded_market() -> SyntheticMarket:
    """Make as many candles as there are real ones, of the same contracts; always the same."""
    symbols = [f"{pair}USDT" for pair in PAIRS]
    return SyntheticMarket(START_MS, START_MS + DAYS * DAY_MS, seed=1, symbols=symbols)


def to_frame(candles: Candles) -> pd.DataFrame:
    """Return candles in Freqtrade's shape."""
    dates = pd.to_datetime(candles.open_ms, unit="ms", utc=True)
    columns = {name: getattr(candles, name) for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame({"date": dates, **columns})


def write_datadir(market: Market, datadir: Path) -> Path:
    """Write what a backtest reads, under Freqtrade's file names."""
    (datadir / "futures").mkdir(parents=True)
    for symbol in market.symbols:
        stem = datadir / "futures" / f"{symbol.removesuffix('USDT')}_USDT_USDT"
        for interval, kind in WRITTEN:
            to_frame(market.candles(symbol, kind, interval)).to_feather(f"{stem}-{interval}-{kind}.feather")
        funding = market.funding(symbol)
        dates = pd.to_datetime(funding.time_ms, unit="ms", utc=True)
        unused = dict.fromkeys(("high", "low", "close", "volume"), 0.0)
        rates = pd.DataFrame({"date": dates, "open": funding.rate, **unused})
        rates.to_feather(f"{stem}-1h-funding_rate.feather")
    return datadir
