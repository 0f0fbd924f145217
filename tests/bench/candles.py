"""The candles that everything is measured on: real ones where they are, else the loopback's synthetic."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from tests.loopback.market.candles import Candles
from tests.loopback.market.folder import FolderMarket
from tests.loopback.market.intervals import DAY_MS
from tests.loopback.market.source import Kind, Market
from tests.loopback.market.synthetic import SyntheticMarket

SYMBOL, PAIR_IN_FILES, TIMEFRAME = "BTCUSDT", "BTC_USDT_USDT", "15m"
REPOSITORY = Path(__file__).resolve().parents[2]
_START_MS = 1_672_531_200_000  # 2023-01-01, where the real candles begin
_DAYS = 499  # as many as there are real ones: 47,904 candles of 15 minutes
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
    wanted = Path(os.environ.get("ICT_DATA_DIR", REPOSITORY.parent / "shared" / "data" / "binance"))
    if (wanted / "futures" / f"{PAIR_IN_FILES}-{TIMEFRAME}-futures.feather").is_file():
        return Source(FolderMarket(wanted.resolve(), [SYMBOL]), wanted.resolve(), "real candles")
    market = SyntheticMarket(_START_MS, _START_MS + _DAYS * DAY_MS, symbols=[SYMBOL])
    _write_datadir(market, scratch)
    return Source(
        market, scratch, "SYNTHETIC candles: no real ones in ICT_DATA_DIR or ../shared/data/binance"
    )


def to_frame(candles: Candles) -> pd.DataFrame:
    """Return candles in Freqtrade's shape."""
    dates = pd.to_datetime(candles.open_ms, unit="ms", utc=True)
    columns = {name: getattr(candles, name) for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame({"date": dates, **columns})


@cache
def long_frame() -> pd.DataFrame:
    """Make a million synthetic candles of five minutes."""
    market = SyntheticMarket(_START_MS, _START_MS + _LONG_DAYS * DAY_MS, symbols=[SYMBOL])
    return to_frame(market.candles(SYMBOL, Kind.LAST, "5m")).iloc[:1_000_000]


def _write_datadir(market: Market, datadir: Path) -> None:
    """Write what a backtest reads, under Freqtrade's file names."""
    folder = datadir / "futures"
    folder.mkdir(parents=True)
    for interval, kind in ((TIMEFRAME, Kind.LAST), ("1h", Kind.LAST), ("4h", Kind.LAST), ("1h", Kind.MARK)):
        frame = to_frame(market.candles(SYMBOL, kind, interval))
        frame.to_feather(folder / f"{PAIR_IN_FILES}-{interval}-{kind}.feather")
    funding = market.funding(SYMBOL)
    dates = pd.to_datetime(funding.time_ms, unit="ms", utc=True)
    unused = dict.fromkeys(("high", "low", "close", "volume"), 0.0)
    rates = pd.DataFrame({"date": dates, "open": funding.rate, **unused})
    rates.to_feather(folder / f"{PAIR_IN_FILES}-1h-funding_rate.feather")
