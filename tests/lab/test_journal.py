"""Every signal of a backtest has one end, and the ends add up with what Freqtrade exported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ict_lab import journal as command
from ict_lab.errors import LabError
from ict_lab.runs.export import Export, read_exports
from ict_lab.runs.journal import Journal, journal_of

from ict import __version__
from tests.strategy.conftest import candles, datadir, exchange_overlay, workplaces
from tests.strategy.support import BTC, ETH, Workplace, ict_block

__all__ = ["candles", "datadir", "exchange_overlay", "workplaces"]  # fixtures

TIMERANGE = "20230201-20230301"
# What is asked for: a place too few, few entries a day; and entries that rest, with a small wallet's sizes.
SETTINGS: dict[str, dict[str, Any]] = {
    "at closes": {"max_daily_trades": 2, "min_stop_costs": 6.0},
    "in zones": {"entry_at": "zone", "max_daily_trades": 3},
}
HAPPENS = {
    "at closes": {"traded", "refused", "open_trade", "locked", "slots"},
    "in zones": {"traded", "taken_back", "open_trade", "slots"},
}


@pytest.fixture(scope="module")
def exports(workplaces: Callable[..., Workplace], candles: Path) -> dict[str, Path]:
    return {name: executed(workplaces(f"journal {name}", data=candles), SETTINGS[name]) for name in SETTINGS}


def executed(place: Workplace, settings: dict[str, Any]) -> Path:
    config = {
        "ict": ict_block(**settings), "max_open_trades": 1, "exchange": {"pair_whitelist": [BTC, ETH]},
    }  # fmt: skip
    run = place.analyse("backtesting", TIMERANGE, "--export", "trades", "--cache", "none", config=config)
    assert run.returncode == 0, run.stderr[-3000:]
    return place.folder / "user_data" / "backtest_results"


@pytest.mark.parametrize("name", SETTINGS)
def test_it_adds_up(exports: dict[str, Path], name: str) -> None:
    (export,) = read_exports(exports[name])
    assert export.config["ict_version"] == __version__
    journal = journal_of(export)
    counts = journal.counts
    assert journal.differences() == []
    assert counts["traded"] == len(export.results["trades"]) > 0
    assert counts["slots"] == export.results["rejected_signals"]
    assert sum(counts.values()) == len(journal.signals)
    assert {outcome for outcome, count in counts.items() if count} >= HAPPENS[name]
    # Each trade is a signal of its side that closed when the trade was opened.
    traded = journal.signals[journal.signals["outcome"] == "traded"]
    if name == "at closes":
        opened = {(one["pair"], one["open_timestamp"], one["is_short"]) for one in export.results["trades"]}
        rows = zip(traded["pair"], traded["signal_date"], traded["side"], strict=True)
        assert {(pair, int(at.timestamp() * 1000), side == "short") for pair, at, side in rows} == opened


def test_a_refusal_has_its_reason(exports: dict[str, Path], capsys: pytest.CaptureFixture) -> None:
    assert command.main([str(exports["at closes"]), "--outcome", "refused", "--csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "pair,signal_date,side,tag,outcome,reason"
    reasons = [line.split(",", 5)[5] for line in lines[1:]]
    assert any("6 times the fees of entry and exit" in reason for reason in reasons)
    assert any("2 of 2 entries of the UTC day are used" in reason for reason in reasons)
    assert command.main([str(exports["at closes"])]) == 0
    assert "It adds up with Freqtrade's trades and rejected signals." in capsys.readouterr().out


MINUTE, STEP = 60_000, 15 * 60_000


def by_hand(
    asked: list[Any], ended: list[Any], locks: list[Any], trades: list[Any], **results: Any
) -> Journal:
    """Tell the ends of signals at the closes of the first ten candles of a backtest of twelve."""
    record = {
        "schema": 1, "asked": asked, "ended": ended, "locks": locks,
        "signals": {BTC: [[n * STEP for n in range(-1, 12)], [1] * 13, ["ob"] * 13]},
    }  # fmt: skip
    known = {
        "timeframe": "15m", "backtest_start_ts": 0, "backtest_end_ts": 11 * STEP, "rejected_signals": 1,
        "locks": [], "trades": trades, **results,
    }  # fmt: skip
    return journal_of(Export("S", known, Path("made.zip"), {"ict_journal": {"S": record}}))


def test_the_ends_by_hand() -> None:
    """Candle n opens at n times 15 minutes; a signal of candle n is asked about when candle n + 1 opens."""
    trade = {"pair": BTC, "open_timestamp": 2 * STEP, "close_timestamp": 4 * STEP}
    placed = [[BTC, n * STEP, "long", "placed", ""] for n in (2, 8, 10)]
    journal = by_hand(
        asked=[[BTC, 1 * STEP, "long", "refused", "too small"], *placed],
        ended=[[BTC, 2 * STEP, "filled"], [BTC, 10 * STEP, "taken_back"]],
        locks=[[5 * STEP, 7 * STEP, "cap"]],
        trades=[trade],
    )
    assert journal.signals["outcome"].tolist() == [
        "refused", "traded",
        "open_trade", "open_trade",  # The exit comes after its candle's entries.
        "locked", "locked", "slots",
        "taken_back", "open_trade", "unfilled",  # Taken back before its candle's entries.
        "last_candle",
    ]  # fmt: skip
    assert journal.signals["reason"].tolist()[0] == "too small"
    assert journal.differences() == []


def test_what_does_not_add_up_is_said_and_an_export_without_a_journal() -> None:
    said = "10 signals are slots, but there are 3 rejected signals in the export"
    assert by_hand([], [], [], [], rejected_signals=3).differences() == [said]
    with pytest.raises(LabError, match=r"made\.zip has no journal of S: a backtest of one of our strategies"):
        journal_of(Export("S", {}, Path("made.zip"), {}))
