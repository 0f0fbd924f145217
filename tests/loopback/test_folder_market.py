"""Candles from a Freqtrade data folder, small ones made here and the real ones where they are."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from loopback.clock import FixedClock
from loopback.market.folder import FolderMarket, prices_in
from loopback.market.intervals import HOUR_MS, MINUTE_MS
from loopback.market.shifted import shifted_to
from loopback.market.source import Kind
from loopback.market.view import MarketView, Window
from tests.loopback.conftest import START_MS

ALL = Window(None, None, 10**9)


def write(datadir: Path, name: str, step_ms: int, **columns: list[float]) -> None:
    """Write a feather file as Freqtrade does."""
    count = len(next(iter(columns.values())))
    dates = pd.to_datetime(START_MS + step_ms * np.arange(count), unit="ms", utc=True)
    (datadir / "futures").mkdir(exist_ok=True)
    pd.DataFrame({"date": dates, **columns}).to_feather(datadir / "futures" / f"{name}.feather")


def prices(*closes: float) -> dict[str, list[float]]:
    """Return columns of candles that open at the last close."""
    opens = [closes[0], *closes[:-1]]
    pairs = list(zip(opens, closes, strict=True))
    high, low = [max(pair) + 1 for pair in pairs], [min(pair) - 1 for pair in pairs]
    return {"open": opens, "high": high, "low": low, "close": list(closes), "volume": [1.0] * len(closes)}


@pytest.fixture
def datadir(tmp_path: Path) -> Path:
    """Two hours in files of 30 minutes and of an hour with closes of its own; mark and funding."""
    write(tmp_path, "BTC_USDT_USDT-30m-futures", 30 * MINUTE_MS, **prices(100, 102, 101, 105))
    write(tmp_path, "BTC_USDT_USDT-1h-futures", HOUR_MS, **prices(102, 107))
    write(tmp_path, "BTC_USDT_USDT-1h-mark", HOUR_MS, **prices(99, 98))
    write(tmp_path, "BTC_USDT_USDT-1h-funding_rate", 8 * HOUR_MS, funding_rate=[0.0001, -0.0002])
    return tmp_path


def test_files_are_served_and_missing_intervals_made_from_the_lowest(datadir: Path) -> None:
    market = FolderMarket(datadir)
    assert market.symbols == ("BTCUSDT",)
    assert market.candles("BTCUSDT", Kind.LAST, "30m").close.tolist() == [100, 102, 101, 105]
    assert market.candles("BTCUSDT", Kind.LAST, "1h").close.tolist() == [102, 107]  # the file's own
    assert market.candles("BTCUSDT", Kind.LAST, "2h").close.tolist() == [105]  # made of 30 minutes
    assert len(market.candles("BTCUSDT", Kind.LAST, "15m")) == 0  # nothing can be made of more
    assert len(market.candles("BTCUSDT", Kind.LAST, "4h")) == 0  # the data do not fill one


def test_a_bot_hears_whether_its_prices_were_recorded_or_made(datadir: Path) -> None:
    assert shifted_to(FolderMarket(datadir), START_MS).prices == "recorded"
    assert prices_in(datadir / "synthetic") == "synthetic"


def test_mark_and_funding_are_read(datadir: Path) -> None:
    view = MarketView(FolderMarket(datadir), FixedClock(START_MS + HOUR_MS))
    assert view.candles("BTCUSDT", Kind.MARK, "1h", Window(None, START_MS, 5)).close.tolist() == [99]
    assert view.funding("BTCUSDT", ALL).rate.tolist() == [0.0001]  # the second is due in seven hours
    # Older files have the rate in the column of the opens.
    rate = {"open": [0.0003], "high": [0.0], "low": [0.0], "close": [0.0]}
    write(datadir, "BTC_USDT_USDT-1h-funding_rate", 8 * HOUR_MS, **rate)
    assert FolderMarket(datadir).funding("BTCUSDT").rate.tolist() == [0.0003]
    # Only the wanted time is served.
    market = FolderMarket(datadir, start_ms=START_MS + HOUR_MS)
    assert market.candles("BTCUSDT", Kind.LAST, "30m").close.tolist() == [101, 105]


def test_without_mark_prices_the_last_price_stands_in(datadir: Path) -> None:
    (datadir / "futures" / "BTC_USDT_USDT-1h-mark.feather").unlink()
    view = MarketView(FolderMarket(datadir), FixedClock(START_MS + 2 * HOUR_MS))
    assert view.mark_price("BTCUSDT") == view.last_price("BTCUSDT") == 105
    assert len(view.candles("BTCUSDT", Kind.MARK, "1h", ALL)) == 0


@pytest.mark.parametrize("symbols", [["ETHUSDT"], ["BTCUSDT", "ETHUSDT"]])
def test_missing_contracts_are_named(datadir: Path, tmp_path: Path, symbols: list[str]) -> None:
    with pytest.raises(ValueError, match=r"datadir must hold futures/\*-futures\.feather of ETHUSDT, was"):
        FolderMarket(datadir, symbols)
    with pytest.raises(ValueError, match="datadir must hold"):
        FolderMarket(tmp_path / "empty")


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "LTCUSDT"])
def test_candles_come_out_as_they_are_in_the_files(candle_folder: Path, symbol: str) -> None:
    market = FolderMarket(candle_folder)
    frame = pd.read_feather(candle_folder / "futures" / f"{symbol[:-4]}_USDT_USDT-15m-futures.feather")
    end_ms = int(frame["date"].iloc[-1].timestamp() * 1000)
    served = MarketView(market, FixedClock(end_ms + HOUR_MS)).candles(symbol, Kind.LAST, "15m", ALL)
    for name in ("open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(served, name), frame[name].to_numpy())
    # Every hour but the file's own rows: four quarters.
    eight = market.candles(symbol, Kind.LAST, "8h")
    assert eight.high[0] == frame["high"].iloc[:32].max()
