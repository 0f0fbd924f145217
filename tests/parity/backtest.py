"""The other side: Freqtrade downloads the same candles from the same exchange and backtests them."""

import json
import sys
from pathlib import Path
from typing import Any

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.server import LoopbackServer
from tests.parity.scenario import BEGIN, BEGIN_MS, CANDLE_MS, PAIR, STRATEGY, WARM_UP, Scenario
from tests.strategy.support import Workplace, exported, run_process
from tests.support.places import REPOSITORY

RECORDED = "ParityStrategy"
# Freqtrade's export knows no order that was taken back.
_SOURCE = f"""
import json

from {STRATEGY} import {STRATEGY}


class {RECORDED}({STRATEGY}):
    def confirm_trade_entry(self, pair, rate, current_time, side, **kwargs):
        confirmed = super().confirm_trade_entry(
            pair=pair, rate=rate, current_time=current_time, side=side, **kwargs
        )
        if confirmed:
            self._write(what="placed", at=current_time, side=side, price=rate, amount=kwargs["amount"])
        return confirmed

    def check_entry_timeout(self, current_time, **kwargs):
        is_over = super().check_entry_timeout(current_time=current_time, **kwargs)
        if is_over:
            self._write(what="taken back", at=current_time)
        return is_over

    def order_filled(self, trade, order, current_time, **kwargs):
        super().order_filled(trade=trade, order=order, current_time=current_time, **kwargs)
        if order.ft_order_side == trade.entry_side:
            self._write(what="filled", at=current_time)

    def _write(self, at, **words):
        with (self.config["user_data_dir"] / "orders.jsonl").open("a") as file:
            file.write(json.dumps(dict(words, at=int(at.timestamp() * 1000))) + chr(10))
"""


def backtested(folder: Path, scenario: Scenario) -> dict[str, list[Any]]:
    """Download and backtest a scenario in an empty folder: `trades` as exported, `orders` as confirmed.

    Raises
    ------
    AssertionError
        If Freqtrade fails, or asks for anything beyond this machine.
    """
    datadir, overlay = folder / "data", folder / "loopback.json"
    datadir.mkdir()
    # A day later than the last candle that is wanted, so that all of them are finished.
    with LoopbackServer(Exchange(scenario.make_market(), FixedClock(scenario.end_ms + DAY_MS))) as server:
        server.write_overlay(overlay)
        place = Workplace.make(folder / "place", overlay, datadir)
        _download(place, scenario)
        config = {"ict": dict(scenario.ict)}
        # Freqtrade enters from the second candle of a span on.
        span = f"{(BEGIN_MS - CANDLE_MS) // 1000}-{scenario.end_ms // 1000}"
        run = place.analyse("backtesting", span, "--cache", "none", config=config, strategy=_recorded(place))
        assert run.returncode == 0, run.stderr[-3000:]
        assert server.exchange.record.refusals == []
    assert place.refused_hosts == []
    result = exported(place.folder / "user_data" / "backtest_results", RECORDED)
    return {"trades": result["trades"], "orders": _orders(place)}


def _recorded(place: Workplace) -> str:
    """Put a strategy where Freqtrade finds it that writes down what it confirms, and return its name."""
    folder = place.folder / "user_data" / "strategies"
    (folder / f"{RECORDED}.py").write_text(_SOURCE, encoding="utf-8")
    return RECORDED


def _orders(place: Workplace) -> list[dict[str, Any]]:
    lines = (place.folder / "user_data" / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _download(place: Workplace, scenario: Scenario) -> None:
    configs = (REPOSITORY / "config.json", REPOSITORY / "user_data/config/public_data.json")
    line = [sys.executable, "-m", "freqtrade", "download-data"]
    line += [word for path in (*configs, place.exchange_overlay) for word in ("-c", str(path))]
    line += ["--userdir", str(place.folder / "user_data"), "--datadir", str(place.datadir)]
    span = f"{BEGIN - WARM_UP:%Y%m%d}-{scenario.end:%Y%m%d}"
    line += ["--pairs", PAIR, "--timeframes", "15m", "4h", "--timerange", span]
    run = run_process(line, place.folder, place.strategies)
    assert run.returncode == 0, run.stderr[-3000:]
