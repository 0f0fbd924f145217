"""The candles that everything is measured on: real ones where they are, else the loopback's synthetic."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from loopback.market.folder import FolderMarket
from loopback.market.intervals import DAY_MS
from loopback.market.source import Kind, Market
from loopback.market.synthetic import SyntheticMarket
from tests.support.folders import DAYS, REAL, START_MS, to_frame, write_datadir

SYMBOL, PAIR_IN_FILES, TIMEFRAME = "BTCUSDT", "BTC_USDT_USDT", "15m"
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


def find_source(scratch: Path) -> Source:
    """Take the real candles (`ICT_DATA_DIR`, or ``../shared/data/binance``), or make some in `scratch`."""
    if (REAL / "futures" / f"{PAIR_IN_FILES}-{TIMEFRAME}-futures.feather").is_file():
        return Source(FolderMarket(REAL, [SYMBOL]), REAL, "real candles")
    market = SyntheticMarket(START_MS, START_MS + DAYS * DAY_MS, symbols=[SYMBOL])
    write_datadir(market, scratch)
    return Source(
        market, scratch, "SYNTHETIC candles: no real ones in ICT_DATA_DIR or ../shared/data/binance"
    )


@cache
def long_frame() -> pd.DataFrame:
    """Make a million synthetic candles of five minutes."""
    market = SyntheticMarket(START_MS, START_MS + _LONG_DAYS * DAY_MS, symbols=[SYMBOL])
    return to_frame(market.candles(SYMBOL, Kind.LAST, "5m")).iloc[:1_000_000]
