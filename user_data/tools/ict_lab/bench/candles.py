"""The candles that everything is measured on: real ones where they are, else the loopback's synthetic."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from ict_lab.places import REPOSITORY
from loopback.market.files import to_frame, write_datadir
from loopback.market.folder import FolderMarket
from loopback.market.intervals import DAY_MS
from loopback.market.source import Kind, Market
from loopback.market.synthetic import SyntheticMarket

SYMBOL, TIMEFRAME = "BTCUSDT", "15m"
REAL = Path(os.environ.get("ICT_DATA_DIR", REPOSITORY.parent / "shared" / "data" / "binance")).resolve()
START_MS = 1_672_531_200_000  # 2023-01-01, where the real candles begin
DAYS = 499  # as many as there are real ones: 47,904 candles of 15 minutes
_LONG_DAYS = 3473  # a million candles of 5 minutes


@dataclass(frozen=True)
class Source:
    """A market, the Freqtrade data folder that holds it, and a line that says which it is."""

    market: Market
    datadir: Path
    about: str

    def frame(self) -> pd.DataFrame:
        """Candles of 15 minutes as Freqtrade hands them to a strategy."""
        return to_frame(self.market.candles(SYMBOL, Kind.LAST, TIMEFRAME))


def find_source(scratch: Path, symbols: Sequence[str] = (SYMBOL,)) -> Source:
    """Take the real candles (`ICT_DATA_DIR`, or ``../shared/data/binance``), or make some in `scratch`."""
    with suppress(ValueError):
        return Source(FolderMarket(REAL, symbols), REAL, "real candles")
    market = SyntheticMarket(START_MS, START_MS + DAYS * DAY_MS, symbols=list(symbols))
    write_datadir(market, scratch)
    return Source(
        market, scratch, "SYNTHETIC candles: no real ones in ICT_DATA_DIR or ../shared/data/binance"
    )


@cache
def long_frame() -> pd.DataFrame:
    """Make a million synthetic candles of five minutes."""
    market = SyntheticMarket(START_MS, START_MS + _LONG_DAYS * DAY_MS, symbols=[SYMBOL])
    return to_frame(market.candles(SYMBOL, Kind.LAST, "5m")).iloc[:1_000_000]
