"""A market in Freqtrade's formats: a frame of candles, and a data folder for backtests."""

from pathlib import Path

import pandas as pd

from loopback.market.candles import Candles
from loopback.market.source import Kind, Market

_TIMEFRAMES = ("5m", "15m", "1h", "4h", "1d")
_WRITTEN = (*((name, Kind.LAST) for name in _TIMEFRAMES), ("1h", Kind.MARK))


def to_frame(candles: Candles) -> pd.DataFrame:
    """Return candles as Freqtrade passes them to a strategy."""
    dates = pd.to_datetime(candles.open_ms, unit="ms", utc=True)
    columns = {name: getattr(candles, name) for name in ("open", "high", "low", "close", "volume")}
    return pd.DataFrame({"date": dates, **columns})


def write_datadir(market: Market, datadir: Path) -> Path:
    """Write the files that a backtest reads, with Freqtrade's names; return the folder for `--datadir`."""
    (datadir / "futures").mkdir(parents=True)
    for symbol in market.symbols:
        stem = datadir / "futures" / f"{symbol.removesuffix('USDT')}_USDT_USDT"
        for interval, kind in _WRITTEN:
            to_frame(market.candles(symbol, kind, interval)).to_feather(f"{stem}-{interval}-{kind}.feather")
        funding = market.funding(symbol)
        dates = pd.to_datetime(funding.time_ms, unit="ms", utc=True)
        unused = dict.fromkeys(("high", "low", "close", "volume"), 0.0)
        rates = pd.DataFrame({"date": dates, "open": funding.rate, **unused})
        rates.to_feather(f"{stem}-1h-funding_rate.feather")
    return datadir
