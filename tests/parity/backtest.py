"""The other side: Freqtrade downloads the same candles from the same exchange and backtests them."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.server import LoopbackServer
from tests.parity.scenario import BEGIN, END, END_MS, ICT_BLOCK, PAIR, STRATEGY, WARM_UP, make_market
from tests.strategy.support import Workplace, exported, run_process
from tests.support.places import REPOSITORY


def backtested(folder: Path) -> list[dict[str, Any]]:
    """Download and backtest the scenario in an empty folder, and return the exported trades.

    Raises
    ------
    AssertionError
        If Freqtrade fails, or asks for anything beyond this machine.
    """
    datadir, overlay = folder / "data", folder / "loopback.json"
    datadir.mkdir()
    # A day later than the last candle that is wanted, so that all of them are finished.
    with LoopbackServer(Exchange(make_market(), FixedClock(END_MS + DAY_MS))) as server:
        server.write_overlay(overlay)
        place = Workplace.make(folder / "place", overlay, datadir)
        _download(place)
        run = place.analyse(
            "backtesting", _span(BEGIN), "--cache", "none", config={"ict": ICT_BLOCK}, strategy=STRATEGY
        )
        assert run.returncode == 0, run.stderr[-3000:]
        assert server.exchange.record.refusals == []
    assert place.refused_hosts == []
    return exported(place.folder / "user_data" / "backtest_results")["trades"]


def _download(place: Workplace) -> None:
    configs = (REPOSITORY / "config.json", REPOSITORY / "user_data/config/public_data.json")
    line = [sys.executable, "-m", "freqtrade", "download-data"]
    line += [word for path in (*configs, place.exchange_overlay) for word in ("-c", str(path))]
    line += ["--userdir", str(place.folder / "user_data"), "--datadir", str(place.datadir)]
    line += ["--pairs", PAIR, "--timeframes", "15m", "4h", "--timerange", _span(BEGIN - WARM_UP)]
    run = run_process(line, place.folder, place.strategies)
    assert run.returncode == 0, run.stderr[-3000:]


def _span(start: datetime) -> str:
    return f"{start:%Y%m%d}-{END:%Y%m%d}"
