"""Trades of exports made by hand: money, risk and the first stop, and what is no export."""

import json
import zipfile
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.runs.run import BacktestRun, read_runs
from ict_lab.runs.trades import without_funding

from tests.report.exports import BTC, ETH, START, STEM, STRATEGY, result, trade, write


def read(folder: Path, *trades: dict[str, object], **other: object) -> pd.DataFrame:
    (backtest,) = read_runs(write(folder, {STRATEGY: result(trades, **other)}))
    return backtest.trades


@pytest.mark.parametrize(("made", "expected"), [
    # 2 coins from 100 to 104, stop at 98; fees 0.1 and 0.104, funding 0.03 paid.
    (trade(100.0, [(2.0, 104.0)], (98.0, 0.02), funding=-0.03),
     ("long", 98.0, 4.0, 8.0, 0.204, -0.03, 7.766, 1.9415)),
    # 10 coins from 50, stopped at 51; a stop's ratio is on the margin, so at five times 2 % are 0.1.
    (trade(50.0, [(10.0, 51.0)], (51.0, 0.1), short=True, leverage=5.0, funding=0.2, reason="stop_loss"),
     ("short", 51.0, 10.0, -10.0, 0.505, 0.2, -10.305, -1.0305)),
    # 100 coins from 20, half out at 22, half at 19: +100 - 50, and 1.2 a coin were risked; the whole counts.
    (trade(20.0, [(50.0, 22.0), (50.0, 19.0)], (18.8, 0.06)),
     ("long", 18.8, 120.0, 50.0, 2.025, 0.0, 47.975, 47.975 / 120)),
])  # fmt: skip
def test_money_by_hand(made: dict[str, object], expected: tuple[object, ...], tmp_path: Path) -> None:
    row = read(tmp_path, made).iloc[0]
    names = ("first_stop", "risk_abs", "gross_abs", "fees_abs", "funding_abs", "profit_abs", "r_multiple")
    assert (row["side"], *row[[*names]]) == (expected[0], *map(pytest.approx, expected[1:]))


# What the strategy recorded of the first stop, and the static one, is 95 without it.
MOVED = {"exits": [(1.0, 104.0)], "stop": (100.0, 0.029126)}
TRAILED = {"exits": [(1.0, 101.0)], "stop": (101.0, 0.02), "reason": "trailing_stop_loss"}


@pytest.mark.parametrize(("rows", "own", "stops"), [
    # It went to the entry when the price was 103: the ratio is of that price, and not of the entry.
    ([MOVED, TRAILED], True, [nan, nan]),
    # One recorded stop tells that this strategy records; the second trade's is the static one by chance.
    ([MOVED | {"initial": 98.5}, MOVED | {"initial": 95.0}], True, [98.5, 95.0]),
    # Prices of this pair show hundredths: 98.0049 is exported as 98.01.
    ([MOVED | {"stop": (98.01, 0.019951)}], True, [98.01]),
    # Without stops of its own it has the static one.
    ([TRAILED], False, [95.0]),
])  # fmt: skip
def test_the_first_stop(rows: list[dict[str, Any]], own: bool, stops: list[float], tmp_path: Path) -> None:
    trades = read(tmp_path, *(trade(100.0, **row) for row in rows), use_custom_stoploss=own)
    assert list(trades["first_stop"]) == pytest.approx(stops, abs=0, nan_ok=True)
    assert list(trades["r_multiple"].isna()) == [stop != stop for stop in stops]


def test_a_backtest_knows_where_it_comes_from(tmp_path: Path) -> None:
    """Its trades stand in the order in which they closed."""
    long_one = trade(100.0, [(1.0, 104.0)], (98.0, 0.02), opened="2024-01-03 01:00", hours=20)
    short_one = trade(100.0, [(1.0, 101.0)], (98.0, 0.02), opened="2024-01-03 02:00", hours=1)
    export = write(tmp_path, {STRATEGY: result([long_one, short_one]), "B": result([])})
    for path in (export, str(export), tmp_path):
        backtest, silent = read_runs(path)
        assert isinstance(backtest, BacktestRun)
        assert (backtest.strategy, backtest.timeframe, backtest.pairs) == (STRATEGY, "15m", (BTC, ETH))
        assert (backtest.start, backtest.end) == (START, START + pd.Timedelta(days=28))
        assert (backtest.starting_balance, backtest.stake_currency) == (1000.0, "USDT")
        assert backtest.source == export
        assert list(backtest.trades["close_rate"]) == [101.0, 104.0]
        assert backtest.trades["close_date"].dt.tz is not None
        assert len(silent.trades) == 0
        assert set(backtest.trades) - {"weekday"} == set(silent.trades)


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    def refused(path: Path, words: str) -> None:
        with pytest.raises(LabError, match=words):
            read_runs(path)

    refused(tmp_path / "absent.zip", "no backtest export at .*absent.zip")
    refused(tmp_path, "names none. Run `freqtrade backtesting` first")
    text, other = tmp_path / "text.zip", tmp_path / "other.zip"
    text.write_text("not a zip", encoding="utf-8")
    refused(text, "was no zip archive")
    for name, content, words in (
        ("readme.txt", "hello", "has no other.json in it"),
        ("other.json", "{broken", "could not be read"),
        *(("other.json", one, "holds something else") for one in (
            '{"strategy": {"A": {"trades": []}}}', "[1, 2]", '{"trades": []}', "null")),
    ):  # fmt: skip
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr(name, content)
        refused(other, words)
    silent = write(tmp_path, {"A": result([]), "B": result([])})
    refused(silent, "has no trades: A, B traded nothing")
    silent.unlink()
    refused(tmp_path, f"names {STEM}.zip, which no longer exists")
    (tmp_path / ".last_result.json").write_text(json.dumps({}), encoding="utf-8")
    refused(tmp_path, "names none")


def test_trades_of_another_freqtrade_are_refused(tmp_path: Path) -> None:
    old = trade(100.0, [(1.0, 104.0)], (98.0, 0.02))
    del old["orders"], old["funding_fees"]
    with pytest.raises(LabError, match="another version of Freqtrade: its trades lack funding_fees, orders"):
        read(tmp_path, old)


def test_funding_that_is_missing_is_counted(tmp_path: Path) -> None:
    """Open over 08:00 UTC without funding; with some; between two times; closed at the moment; spot.

    With some over four times of which two are known: a trade that lacks a part of its funding.
    """
    over: dict[str, Any] = {"opened": "2024-01-03 07:00", "hours": 2.0}
    between = {"opened": "2024-01-03 08:15", "hours": 7.0}
    given = (over, over | {"funding": -0.01}, between, over | {"hours": 1.0}, over | {"pair": "BTC/USDT"})
    rows = [trade(100.0, [(1.0, 104.0)], (98.0, 0.02), **one) for one in given]
    rows.append(trade(100.0, [(1.0, 104.0)], (98.0, 0.02), **over | {"funding": -0.02, "hours": 26.0}))
    trades, times = read(tmp_path, *rows), pd.date_range("2024-01-03", periods=3, freq="8h", tz="UTC")
    found = [
        without_funding(trades, known)
        for known in (None, {BTC: times}, {BTC: times.append(times + times.freq * 3)})
    ]
    assert found == [1, 2, 1]
