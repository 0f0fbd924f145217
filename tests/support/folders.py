"""Candles as Freqtrade's data folders: of a synthetic market, and real ones where that is asked for."""

import os
from functools import cache

import pytest
from ict_lab.bench.candles import DAYS, REAL, START_MS

from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket

PAIRS = ("BTC", "ETH", "LTC")

# The only skip that is no gap: the same test has run on synthetic candles.
ONLY_SYNTHETIC = "not asked for (ICT_DATA_DIR is the folder of real candles); it ran on synthetic ones"
_is_asked_for = "ICT_DATA_DIR" in os.environ and (REAL / "futures").is_dir()
needs_real = pytest.mark.skipif(not _is_asked_for, reason=ONLY_SYNTHETIC)
# For a test that runs on synthetic candles, and on real ones where that is asked for.
SOURCES = ("synthetic", pytest.param("real", marks=needs_real))


@cache
def traded_market() -> SyntheticMarket:
    """Make as many candles as there are real ones, of the same contracts; always the same."""
    symbols = [f"{pair}USDT" for pair in PAIRS]
    return SyntheticMarket(START_MS, START_MS + DAYS * DAY_MS, seed=1, symbols=symbols)
