"""`python -m ict_lab.bench pairs`: a real bot's loop, on the clock."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from freqtrade.strategy import IStrategy
from ict_lab.bench.pairs import FULL_SETUP, patient_bot
from ict_lab.bench.pairs_host import Clocked

from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.symbols import first_symbols

MEBIBYTE = 1024 * 1024


def test_a_bot_with_the_full_setup_is_on_the_clock(tmp_path: Path) -> None:
    assert FULL_SETUP["ict_columns"] == "all"
    today_ms = int(datetime.now(UTC).timestamp() * 1000) // DAY_MS * DAY_MS
    market = SyntheticMarket(today_ms - 25 * DAY_MS, today_ms + 2 * DAY_MS, symbols=first_symbols(3))
    with LoopbackServer(Exchange(market)) as server:
        run = patient_bot(tmp_path / "strategies", 3, 2).run(server, tmp_path / "bot")
    assert len(run.loops) == 2
    for loop in run.loops:
        # The analysis of three pairs takes some milliseconds, and what Freqtrade does around it more.
        assert 0.003 < loop["own"] < loop["processor"] < 60
        assert loop["analysis"] < loop["wall"]
    assert 100 * MEBIBYTE < run.memory < 4_000 * MEBIBYTE


def test_a_method_that_calls_another_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor's clock moves on by one at each look: one method is two looks apart by 1, not by 3."""
    looks = iter(range(100))
    monkeypatch.setattr("ict_lab.bench.pairs_host.time.process_time", lambda: float(next(looks)))
    clocked = Clocked(tmp_path / "times.json", 1)
    inner = clocked._clocked(lambda: "inner")
    outer = clocked._clocked(lambda: inner())
    assert (outer(), clocked._own) == ("inner", 1.0)
    assert (inner(), clocked._own) == ("inner", 2.0)


class Own(IStrategy):
    def advise_entry(self, dataframe: Any, metadata: Any) -> Any:
        return super().advise_entry(dataframe, metadata)

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> str:
        return "entered"

    populate_indicators = populate_entry_trend


def test_what_freqtrade_does_within_a_hook_is_not_the_strategys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outer hook takes 7 s, of it Freqtrade's own 5 s, of these our inner hook 1 s; so 7 - 5 + 1."""
    looks = iter((0.0, 1.0, 2.0, 3.0, 6.0, 7.0))
    monkeypatch.setattr("ict_lab.bench.pairs_host.time.process_time", lambda: next(looks))
    monkeypatch.setattr(IStrategy, "advise_entry", lambda own, *given: own.populate_entry_trend(*given))
    for name in ("populate_entry_trend", "populate_indicators"):
        monkeypatch.setattr(IStrategy, name, getattr(IStrategy, name))
    clocked, strategy = Clocked(tmp_path / "times.json", 1), object.__new__(Own)
    clocked.clock_own(strategy)
    assert (strategy.advise_entry(None, {}), clocked._own) == ("entered", 3.0)
