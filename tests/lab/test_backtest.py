"""`make backtest` asks for days and pairs that can be had, in one sentence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ict_lab import available_market, backtest
from ict_lab.errors import LabError


def test_a_pairs_symbol() -> None:
    for pair, symbol in (("BTC/USDT:USDT", "BTCUSDT"), ("1000PEPE/USDT:USDT", "1000PEPEUSDT")):
        assert available_market.symbol_of(pair) == symbol
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
    assert backtest.main(["--datadir", str(tmp_path)]) == 2
    absent = f"make backtest: datadir must hold futures/*-futures.feather of BTCUSDT, was {tmp_path}"
    assert absent in capsys.readouterr().err


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


@pytest.mark.parametrize(("names", "option"), [(["A"], "--strategy"), (["A", "B"], "--strategy-list")])
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
