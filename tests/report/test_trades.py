"""Trades of exports made by hand: money, risk and the first stop, and what is no export."""

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.runs.run import BacktestRun, read_runs
from ict_lab.runs.trades import without_funding

from tests.report.exports import BTC, ETH, START, STEM, STRATEGY, result, trade, write


def read(folder: Path, *trades: dict[str, object], **other: object) -> pd.DataFrame:
    (backtest,) = read_runs(write(folder, {STRATEGY: result(trades, **other)}))
    return backtest.trades


def test_a_long_by_hand(tmp_path: Path) -> None:
    """2 coins from 100 to 104, stop at 98; fees 0.1 and 0.104, funding 0.03 paid."""
    row = read(tmp_path, trade(100.0, [(2.0, 104.0)], (98.0, 0.02), funding=-0.03)).iloc[0]
    assert (row["side"], row["first_stop"], row["risk_abs"]) == ("long", 98.0, 4.0)
    assert row["gross_abs"] == pytest.approx(8.0)
    assert row["fees_abs"] == pytest.approx(0.204)
    assert row["funding_abs"] == pytest.approx(-0.03)
    assert row["profit_abs"] == pytest.approx(7.766)
    assert row["r_multiple"] == pytest.approx(1.9415)


def test_a_leveraged_short_by_hand(tmp_path: Path) -> None:
    """10 coins from 50, stopped at 51; a stop's ratio is on the margin, so at five times 2 % are 0.1."""
    made = trade(50.0, [(10.0, 51.0)], (51.0, 0.1), short=True, leverage=5.0, funding=0.2, reason="stop_loss")
    row = read(tmp_path, made).iloc[0]
    assert (row["side"], row["first_stop"], row["risk_abs"]) == ("short", 51.0, 10.0)
    assert row["gross_abs"] == pytest.approx(-10.0)
    assert row["fees_abs"] == pytest.approx(0.505)
    assert row["profit_abs"] == pytest.approx(-10.305)
    assert row["r_multiple"] == pytest.approx(-1.0305)


def test_a_partial_exit_counts_the_whole_position(tmp_path: Path) -> None:
    """100 coins from 20, half out at 22, half at 19: +100 - 50, and 1.2 a coin were risked."""
    row = read(tmp_path, trade(20.0, [(50.0, 22.0), (50.0, 19.0)], (18.8, 0.06))).iloc[0]
    assert row["amount"] == 50.0  # what Freqtrade exports is what was left
    assert row["risk_abs"] == pytest.approx(120.0)
    assert row["gross_abs"] == pytest.approx(50.0)
    assert row["fees_abs"] == pytest.approx(0.0005 * (2000 + 1100 + 950))
    assert row["r_multiple"] == pytest.approx((50.0 - 2.025) / 120.0)


def test_a_moved_stop_is_not_taken_for_the_first_one(tmp_path: Path) -> None:
    """It went to the entry when the price was 103: the ratio is of that price, and not of the entry."""
    moved = trade(100.0, [(1.0, 104.0)], (100.0, 0.029126))
    trailed = trade(100.0, [(1.0, 98.0)], (98.0, 0.02), reason="trailing_stop_loss")
    trades = read(tmp_path, moved, trailed)
    assert trades[["first_stop", "risk_abs", "r_multiple"]].isna().all(axis=None)


def test_a_first_stop_that_the_strategy_recorded_is_taken(tmp_path: Path) -> None:
    """One recorded stop tells that this strategy records; the second trade's is the static one by chance."""
    moved = trade(100.0, [(1.0, 104.0)], (100.0, 0.029126), initial=98.5)
    by_chance = trade(100.0, [(1.0, 104.0)], (100.0, 0.029126), initial=95.0)
    assert list(read(tmp_path, moved, by_chance)["first_stop"]) == [98.5, 95.0]


def test_a_stop_may_be_rounded_to_the_tick(tmp_path: Path) -> None:
    """Prices of this pair show hundredths: 98.0049 is exported as 98.01."""
    trades = read(tmp_path, trade(100.0, [(1.0, 104.0)], (98.01, 0.019951)))
    assert list(trades["first_stop"]) == [98.01]


def test_a_strategy_without_stops_of_its_own_has_the_static_one(tmp_path: Path) -> None:
    trailed = trade(100.0, [(1.0, 101.0)], (101.0, 0.02), reason="trailing_stop_loss")
    assert list(read(tmp_path, trailed, use_custom_stoploss=False)["first_stop"]) == [95.0]


def test_trades_stand_in_the_order_in_which_they_closed(tmp_path: Path) -> None:
    long_one = trade(100.0, [(1.0, 104.0)], (98.0, 0.02), opened="2024-01-03 01:00", hours=20)
    short_one = trade(100.0, [(1.0, 101.0)], (98.0, 0.02), opened="2024-01-03 02:00", hours=1)
    trades = read(tmp_path, long_one, short_one)
    assert list(trades["close_rate"]) == [101.0, 104.0]
    assert trades["close_date"].dt.tz is not None


def test_a_backtest_knows_where_it_comes_from(tmp_path: Path) -> None:
    export = write(tmp_path, {STRATEGY: result([trade(100.0, [(1.0, 104.0)], (98.0, 0.02))])})
    for path in (export, str(export), tmp_path):
        (backtest,) = read_runs(path)
        assert isinstance(backtest, BacktestRun)
        assert (backtest.strategy, backtest.timeframe, backtest.pairs) == (STRATEGY, "15m", (BTC, ETH))
        assert (backtest.start, backtest.end) == (START, START + pd.Timedelta(days=28))
        assert (backtest.starting_balance, backtest.stake_currency) == (1000.0, "USDT")
        assert backtest.source == export


def test_a_strategy_that_traded_nothing_stays_beside_one_that_did(tmp_path: Path) -> None:
    traded = result([trade(100.0, [(1.0, 104.0)], (98.0, 0.02))])
    first, second = read_runs(write(tmp_path, {"A": traded, "B": result([])}))
    assert (len(first.trades), len(second.trades)) == (1, 0)
    assert set(first.trades) - {"weekday"} == set(second.trades)


def test_no_trades_at_all(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="has no trades: A, B traded nothing"):
        read_runs(write(tmp_path, {"A": result([]), "B": result([])}))


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    def refused(path: Path, words: str) -> None:
        with pytest.raises(LabError, match=words):
            read_runs(path)

    refused(tmp_path / "absent.zip", "no backtest export at .*absent.zip")
    refused(tmp_path, "names none. Run `freqtrade backtesting` first")
    text = tmp_path / "text.zip"
    text.write_text("not a zip", encoding="utf-8")
    refused(text, "was no zip archive")
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "hello")
    refused(other, "has no other.json in it")
    for content in ('{"strategy": {"A": {"trades": []}}}', "[1, 2]", '{"trades": []}', "null"):
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr("other.json", content)
        refused(other, "holds something else")
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("other.json", "{broken")
    refused(other, "could not be read")


def test_a_latest_result_that_is_gone_is_named(tmp_path: Path) -> None:
    write(tmp_path, {STRATEGY: result([])}).unlink()
    with pytest.raises(LabError, match=f"names {STEM}.zip, which no longer exists"):
        read_runs(tmp_path)
    (tmp_path / ".last_result.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(LabError, match="names none"):
        read_runs(tmp_path)


def test_trades_of_another_freqtrade_are_refused(tmp_path: Path) -> None:
    old = trade(100.0, [(1.0, 104.0)], (98.0, 0.02))
    del old["orders"], old["funding_fees"]
    with pytest.raises(LabError, match="another version of Freqtrade: its trades lack funding_fees, orders"):
        read(tmp_path, old)


def test_funding_that_is_missing_is_counted(tmp_path: Path) -> None:
    """Open over 08:00 UTC without funding; with some; between two times; closed at the moment; spot."""
    over = {"opened": "2024-01-03 07:00", "hours": 2.0}
    rows = [
        trade(100.0, [(1.0, 104.0)], (98.0, 0.02), **over),
        trade(100.0, [(1.0, 104.0)], (98.0, 0.02), funding=-0.01, **over),
        trade(100.0, [(1.0, 104.0)], (98.0, 0.02), opened="2024-01-03 08:15", hours=7.0),
        trade(100.0, [(1.0, 104.0)], (98.0, 0.02), opened="2024-01-03 07:00", hours=1.0),
        trade(100.0, [(1.0, 104.0)], (98.0, 0.02), pair="BTC/USDT", **over),
    ]
    assert without_funding(read(tmp_path, *rows)) == 1
