"""`make backtest` asks for days and pairs that can be had, in one sentence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ict_lab import available_market, backtest
from ict_lab.errors import LabError


@pytest.mark.parametrize(
    ("pair", "symbol"), [("BTC/USDT:USDT", "BTCUSDT"), ("1000PEPE/USDT:USDT", "1000PEPEUSDT")]
)
def test_a_pairs_symbol(pair: str, symbol: str) -> None:
    assert available_market.symbol_of(pair) == symbol


@pytest.mark.parametrize("pair", ["BTC/USDT", "BTC", "BTC/USDC:USDC", "BTC/USDT:USDT-261225"])
def test_what_is_no_perpetual_is_refused(pair: str) -> None:
    with pytest.raises(LabError, match="a pair must be a USDT perpetual such as BTC/USDT:USDT"):
        available_market.symbol_of(pair)


@pytest.mark.parametrize("text", ["20240131", "2024-01-31"])
def test_a_day_is_read(text: str) -> None:
    assert backtest.day(text) == datetime(2024, 1, 31, tzinfo=UTC)


def test_candles_that_are_not_there_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert backtest.main(["--datadir", str(tmp_path)]) == 2
    assert f"make backtest: datadir must hold futures/*-futures.feather of BTCUSDT, was {tmp_path}" in (
        capsys.readouterr().err
    )


def test_a_wrong_day_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        backtest.main(["--from", "31.1.2024"])
    assert capsys.readouterr().err.endswith("must be written such as 20240131 or 2024-01-31, was 31.1.2024\n")


@pytest.mark.parametrize(("days", "first", "last"), [
    ([], "2024-03-02", "2024-05-31"),
    (["--to", "20240501"], "2024-02-01", "2024-05-01"),
    (["--from", "20240430", "--to", "20240501"], "2024-04-30", "2024-05-01"),
    (["--from", "20240501", "--to", "20240501"], None, None),
    (["--to", "20240701"], None, None),
])  # fmt: skip
def test_the_days_that_are_backtested(days: list[str], first: str | None, last: str | None) -> None:
    """The candles end with 30 May; 90 days are usual."""
    end = datetime(2024, 5, 31, tzinfo=UTC)
    market = available_market.AvailableMarket("", Path(), end, download=False, served=None)
    asked = backtest._parser().parse_args(days)
    if first is None:
        with pytest.raises(LabError, match="FROM must be before TO, and TO at most 2024-05-31"):
            backtest._days(asked, market)
    else:
        assert [f"{moment:%Y-%m-%d}" for moment in backtest._days(asked, market)] == [first, last]
