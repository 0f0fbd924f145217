"""The whole backtest by the real Freqtrade, with our strategy and with its stand-in, in turns."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ict_lab.bench.candles import TIMEFRAME, Source
from ict_lab.bench.orders import entry_orders, signals_of
from ict_lab.bench.rows import Bar, Row, Sample, at_most, compare
from ict_lab.places import PYTHON_PATH, REPOSITORY, STRATEGIES
from ict_lab.runs.export import Export, read_exports
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.source import Kind
from loopback.server import LoopbackServer

STRATEGY, STAND_IN = "ICTObFvgStrategy", "StandIn"
# The preset whose resting entry orders are judged most often.
RESTING = "ICTBreakerStrategy"
ROUNDS = 3
_TIMEOUT_SECONDS = 240
_TRADE = ["open_date", "close_date", "is_short"]


class BenchError(RuntimeError):
    """Something could not be measured."""


@dataclass(frozen=True)
class Run:
    """One backtest and its trades: seconds of the process, of `Backtesting.start` and of the processor.

    `traded` are the processor's in `start`, without those of loading the candles.
    """

    process: float
    start: float
    cpu: float
    traded: float
    trades: pd.DataFrame
    export: Export


@dataclass(frozen=True)
class Workplace:
    """A scratch folder in which Freqtrade runs, and the configurations it is given.

    Without pairs it trades those of config.json.
    """

    folder: Path
    source: Source
    pairs: Sequence[str] = ()

    @property
    def overlay(self) -> Path:
        """Where the loopback exchange writes how to reach it."""
        return self.folder / "loopback.json"

    @property
    def results(self) -> Path:
        """Where Freqtrade exports its trades."""
        return self.folder / "user_data" / "backtest_results"

    def run(self, strategy: str, path: Path) -> Run:
        """Backtest a strategy in a process of its own.

        Raises
        ------
        BenchError
            If Freqtrade fails or leaves no trades.
        """
        shutil.rmtree(self.folder / "user_data", ignore_errors=True)
        for name in ("user_data/data", "user_data/backtest_results", "logs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        times, cpu_before, begun = self.folder / "times.json", _children_cpu(), time.perf_counter()
        done = subprocess.run(
            self._command(times, strategy, path),
            cwd=self.folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
        )
        process, cpu = time.perf_counter() - begun, _children_cpu() - cpu_before
        if done.returncode:
            raise BenchError(f"freqtrade could not backtest {strategy}:\n{done.stderr[-2000:]}")
        spent = json.loads(times.read_text(encoding="utf-8"))
        traded = spent["start_cpu"] - spent["loading"]
        return Run(process, spent["start"], cpu, traded, *_results(self.results, strategy))

    def _command(self, times: Path, strategy: str, path: Path) -> list[str]:
        options = {
            "--userdir": self.folder / "user_data",
            "--datadir": self.source.datadir,
            "--strategy-path": path,
            "--strategy": strategy,
            "--cache": "none",
            "--export": "trades",
        }
        if self.pairs:
            options |= {"--max-open-trades": len(self.pairs)}
        configs = ["-c", str(REPOSITORY / "config.json"), "-c", str(self.overlay)]
        given = [str(word) for option in options.items() for word in option]
        given += ["--pairs", *self.pairs] if self.pairs else []
        return [sys.executable, "-m", "ict_lab.bench.host", str(times), "backtesting", *configs, *given]


def backtest_rows(source: Source, folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Backtest with market and with resting entries, each in turns with its stand-in."""
    place = Workplace(folder, source)
    end_ms = source.market.candles("BTCUSDT", Kind.LAST, TIMEFRAME).end_ms
    with LoopbackServer(Exchange(source.market, FixedClock(end_ms))) as server:
        server.write_overlay(place.overlay)
        say(f"Backtesting with the real Freqtrade, strategies and their stand-ins in turns, {ROUNDS} rounds")
        at_market, resting = (_turns(place, strategy) for strategy in (STRATEGY, RESTING))
    what = "whole backtest ({:,} trades), vs precomputed signals, constant callbacks"
    return [
        # The clock also counts what other processes took from the machine: no bar for it.
        _row(what.format(len(at_market[0][0].trades)), at_market, "process", None),
        _row("the same in processor time", at_market, "cpu", at_most(0.8)),
        _row("of it: Freqtrade's Backtesting.start()", at_market, "start", None),
        _row(f"the same with resting entries ({RESTING}), processor time", resting, "cpu", at_most(0.8)),
    ]


def _turns(place: Workplace, strategy: str) -> list[tuple[Run, Run]]:
    """Backtest a strategy and its stand-in in turns; both must trade on the same candles."""
    real = place.run(strategy, STRATEGIES)
    stand_in = _write_stand_in(place.folder / f"stand_in_of_{strategy}", place.source.frame(), real)
    runs = [(real, place.run(STAND_IN, stand_in))]
    check_same(*(run.trades for run in runs[0]))
    return runs + [
        (place.run(strategy, STRATEGIES), place.run(STAND_IN, stand_in)) for _ in range(ROUNDS - 1)
    ]


def _row(what: str, runs: list[tuple[Run, Run]], part: str, bar: Bar | None) -> Row:
    ours, theirs = (Sample(tuple(getattr(run, part) for run in side)) for side in zip(*runs, strict=True))
    return compare(what, ours, theirs, bar)


def _environment() -> dict[str, str]:
    """Return this process's without Freqtrade's variables; COLUMNS keeps the log's lines whole.

    What Python compiled is kept, as on a user's machine: else ours alone is compiled in each round.
    """
    left_out = ("FREQTRADE__", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return kept | {"PYTHONPATH": PYTHON_PATH, "COLUMNS": "300"}


def _children_cpu() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


def _results(folder: Path, strategy: str) -> tuple[pd.DataFrame, Export]:
    """Read the trades, and all that Freqtrade exported with them."""
    from freqtrade.data.btanalysis import load_backtest_data

    trades = load_backtest_data(folder)
    if trades.empty:
        raise BenchError(f"{strategy} made no trades, so there is nothing to compare")
    return trades, read_exports(folder)[0]


def _write_stand_in(folder: Path, frame: pd.DataFrame, real: Run) -> Path:
    """Write the stand-in, its signals and orders, and the number of candles before its first."""
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("stand_in.py"), folder / "StandIn.py")
    orders = entry_orders(real.export, real.trades, frame.set_index("date")["open"])
    orders.to_feather(folder / "orders.feather")
    signals_of(orders, real.trades, frame["date"]).to_feather(folder / "signals.feather")
    begun = pd.Timestamp(real.export.results["backtest_start_ts"], unit="ms", tz="UTC")
    (folder / "startup_candles").write_text(str(int(frame["date"].searchsorted(begun))), encoding="utf-8")
    return folder


def check_same(real: pd.DataFrame, stand_in: pd.DataFrame) -> None:
    """Demand of two backtests that they traded the same way on the same candles."""
    ours, theirs = (list(trades[_TRADE].itertuples(index=False, name=None)) for trades in (real, stand_in))
    if ours != theirs:
        different = sum(one != other for one, other in zip(ours, theirs, strict=False))
        raise BenchError(
            f"both must trade on the same candles: {len(ours)} trades against {len(theirs)}, "
            f"{different} of them on other candles"
        )
