"""`make backtest` asks for days and pairs that can be had, in one sentence."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType
from ict_lab import available_market, backtest, defaults
from ict_lab.candles import FORMATS, folder_market, format_options
from ict_lab.errors import LabError

from loopback.market.source import Kind
from tests.support.places import REPOSITORY

PAIR, MODELS = "BTC/USDT:USDT", ["ICTBreakerStrategy", "ICTCisdStrategy"]


def test_a_pairs_symbol() -> None:
    assert available_market.symbol_of("BTC/USDT:USDT") == "BTCUSDT"
    with pytest.raises(LabError, match=r"^pairs must be among BTC/USDT:USDT, .*; did you mean BTC\?"):
        available_market.symbol_of("BTCC/USDT:USDT")
    for pair in ("BTC/USDT", "BTC", "BTC/USDC:USDC", "BTC/USDT:USDT-261225"):
        with pytest.raises(LabError, match="a pair must be a USDT perpetual such as BTC/USDT:USDT"):
            available_market.symbol_of(pair)


def test_days_and_candles_that_are_none_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("20240131", "2024-01-31"):
        assert backtest.day(text) == datetime(2024, 1, 31, tzinfo=UTC)
    with pytest.raises(SystemExit):
        backtest.main(["--from", "31.1.2024"])
    said = capsys.readouterr().err
    assert said.endswith("must be written such as 20240131 or 2024-01-31, was 31.1.2024\n")


def store(folder: Path, name: str) -> None:
    """Write a day of candles and its funding as Freqtrade does."""
    folder.mkdir(exist_ok=True)
    handler = get_datahandler(folder, name)
    dates = pd.date_range("2024-01-01", periods=96, freq="15min", tz="UTC")
    prices = dict.fromkeys(("open", "high", "low", "close"), np.arange(96) + 100.0)
    handler.ohlcv_store(
        PAIR, "15m", pd.DataFrame({"date": dates, **prices, "volume": 1.0}), CandleType.FUTURES
    )
    rates = pd.DataFrame({"date": dates[::32], "funding_rate": 0.0001})
    handler.ohlcv_store(PAIR, "8h", rates, CandleType.FUNDING_RATE)


@pytest.mark.parametrize("name", FORMATS)
def test_the_exchange_and_freqtrade_read_every_format(name: str, tmp_path: Path) -> None:
    store(tmp_path, name)
    market = folder_market(tmp_path, ["BTCUSDT"])
    assert market.candles("BTCUSDT", Kind.LAST, "1h").close.tolist() == [*range(103, 196, 4)]
    assert market.funding("BTCUSDT").rate.tolist() == [0.0001] * 3
    options = [] if name == "feather" else ["--data-format-ohlcv", name]
    assert format_options(tmp_path, [PAIR], "15m") == options


@pytest.mark.parametrize(("words", "said"), [
    (["--pairs", "ETH/USDT:USDT"], f"pairs must be among {PAIR}, whose candles are in FOLDER, was ETH/"),
    (["--timeframe", "7m"], f"timeframe must be among 15m, of which FOLDER has candles of {PAIR}, was 7m"),
    (["--datadir", "nowhere"], "datadir must be a folder with candles of contracts, was nowhere"),
    (["--datadir", "FOLDER/.."], "datadir must be a folder with candles of contracts, such as FOLDER/../b"),
    (["--strategy", "ICTOrderBlokStrategy"], "strategy must be among ICT2022ModelStrategy, "),
    (["-c", "nofile.json"], "no configuration file at nofile.json"),
])  # fmt: skip
def test_a_wrong_word_is_named_before_freqtrade_starts(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "binance")
    store(Path(folder), "jsongz")
    words = [word.replace("FOLDER", folder) for word in words]
    assert backtest.main(["--datadir", folder, *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"make backtest: {said}".replace("FOLDER", folder))
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(("days", "first", "last"), [
    ([], "2024-03-02", "2024-05-31"),
    (["--to", "20240501"], "2024-02-01", "2024-05-01"),
    (["--from", "20240430", "--to", "20240501"], "2024-04-30", "2024-05-01"),
    (["--from", "20240501", "--to", "20240501"], None, None),
    (["--to", "20240701"], None, None),
    (["--from", "20230101", "--to", "20230201"], None, None),
])  # fmt: skip
def test_the_days_that_are_backtested(days: list[str], first: str | None, last: str | None) -> None:
    """The candles are from 1 February 2023 to 30 May 2024; 90 days are usual."""
    begin, end = datetime(2023, 2, 1, tzinfo=UTC), datetime(2024, 5, 31, tzinfo=UTC)
    market = available_market.AvailableMarket("", Path(), end, download=False, served=None, start=begin)
    asked = backtest._parser().parse_args(days)
    if first is None:
        with pytest.raises(
            LabError, match=r"FROM must be before TO, and TO after 2023-02-01, .* at most 2024-05-31"
        ):
            backtest._days(asked, market)
    else:
        assert [f"{moment:%Y-%m-%d}" for moment in backtest._days(asked, market)] == [first, last]


@pytest.mark.parametrize(("names", "option"), [(MODELS[:1], "--strategy"), (MODELS, "--strategy-list")])
def test_one_strategy_is_no_list_so_its_journal_is_kept(
    names: list[str], option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = datetime(2024, 5, 31, tzinfo=UTC)
    market = available_market.AvailableMarket("", Path(), end, download=False, served=None)
    lines: list[list[str]] = []
    monkeypatch.setattr(backtest, "_market", lambda asked: market)
    monkeypatch.setattr(backtest, "run_backtest", lambda *given: lines.append(given[-1]))
    assert backtest.main(["--strategy", *names]) == 0
    assert lines[0][lines[0].index(option) :] == [option, *names]
    assert "--max-open-trades" not in lines[0], "it is the configuration's"


def test_what_make_setup_wrote_is_what_is_backtested(monkeypatch: pytest.MonkeyPatch) -> None:
    end = datetime(2024, 5, 31, tzinfo=UTC)
    market = available_market.AvailableMarket("", Path(), end, download=False, served=None)
    lines: list[list[str]] = []
    monkeypatch.setattr(backtest, "_market", lambda asked: market)
    monkeypatch.setattr(backtest, "run_backtest", lambda *given: lines.append(given[1]))
    for overlay in (REPOSITORY / "absent", REPOSITORY / "README.md"):
        monkeypatch.setattr(defaults, "OWN_OVERLAY", overlay)
        assert backtest.main(["-c", str(REPOSITORY / "config.json")]) == 0
    shipped, mine = [str(path) for path in defaults.CONFIGS], str(REPOSITORY / "config.json")
    assert lines == [[*shipped, mine], [*shipped, "README.md", mine]]
