"""The other side: Freqtrade downloads the same candles from the same exchange and backtests them."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD
from ict_lab.errors import LabError
from ict_lab.parity.scenario import BEGIN, BEGIN_MS, CANDLE_MS, PAIR, STRATEGY, WARM_UP, Scenario
from ict_lab.places import CONFIG, REPOSITORY, STRATEGIES, TOOLS
from ict_lab.processes import research_environment
from ict_lab.runs.export import read_exports
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.server import LoopbackServer

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
    LabError
        If Freqtrade fails, or asks for anything beyond this machine.
    """
    for name in ("user_data/backtest_results", "user_data/strategies", "data", "guard", "logs"):
        (folder / name).mkdir(parents=True)
    (folder / "guard" / "sitecustomize.py").write_text(NETWORK_GUARD, encoding="utf-8")
    (folder / "user_data" / "strategies" / f"{RECORDED}.py").write_text(_SOURCE, encoding="utf-8")
    # A day later than the last candle that is wanted, so that all of them are finished.
    with LoopbackServer(Exchange(scenario.make_market(), FixedClock(scenario.end_ms + DAY_MS))) as server:
        server.write_overlay(folder / "loopback.json")
        _download(folder, scenario)
        _backtest(folder, scenario)
    require_on_this_machine(folder, [str(refusal) for refusal in server.exchange.record.refusals])
    (export,) = read_exports(folder / "user_data" / "backtest_results")
    lines = (folder / "user_data" / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    return {"trades": export.results["trades"], "orders": [json.loads(line) for line in lines]}


def require_on_this_machine(folder: Path, refusals: list[str]) -> None:
    """Require that a side asked the exchange alone, and nothing that the exchange does not know.

    Parameters
    ----------
    folder
        Where the side ran, with its guard.
    refusals
        What the exchange refused as unknown.

    Raises
    ------
    LabError
        If it asked for anything else.
    """
    log = folder / "guard" / "sitecustomize.py.refused"
    hosts = log.read_text(encoding="utf-8").split() if log.exists() else []
    if hosts or refusals:
        raise LabError(f"only the exchange must be asked, was {', '.join((*hosts, *refusals))}")


def _download(folder: Path, scenario: Scenario) -> None:
    span = f"{BEGIN - WARM_UP:%Y%m%d}-{scenario.end:%Y%m%d}"
    _freqtrade(folder, "download-data", {}, "--pairs", PAIR, "--timeframes", "15m", "4h", "--timerange", span)


def _backtest(folder: Path, scenario: Scenario) -> None:
    # Freqtrade enters from the second candle of a span on.
    span = f"{(BEGIN_MS - CANDLE_MS) // 1000}-{scenario.end_ms // 1000}"
    words = ("--timerange", span, "--strategy", RECORDED, "--strategy-path", str(STRATEGIES))
    _freqtrade(folder, "backtesting", {"ict": dict(scenario.ict)}, *words, "--cache", "none")


def _freqtrade(folder: Path, command: str, config: Mapping[str, Any], *words: str) -> None:
    (folder / "last.json").write_text(json.dumps(config), encoding="utf-8")
    shipped = (REPOSITORY / "config.json", CONFIG / "public_data.json")
    files = (*shipped, folder / "loopback.json", folder / "last.json")
    line = [sys.executable, "-m", "freqtrade", command]
    line += [word for file in files for word in ("-c", str(file))]
    line += ["--userdir", str(folder / "user_data"), "--datadir", str(folder / "data"), *words]
    environment = research_environment(folder / "guard", STRATEGIES, TOOLS)
    run = forks.run(line, cwd=folder, env=environment)
    if run.returncode:
        raise LabError(f"freqtrade {command} failed: {run.stderr[-3000:]}")
