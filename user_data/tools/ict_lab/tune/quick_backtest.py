"""A backtest by Freqtrade beside the page: in a process and a folder of its own, on the page's settings."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ict_lab.chance.holding import holding_of
from ict_lab.chance.traced import trace
from ict_lab.errors import LabError
from ict_lab.formatting import UNKNOWN, number
from ict_lab.places import TOOLS
from ict_lab.processes import research_environment
from ict_lab.runs.equity import equity_of
from ict_lab.runs.export import read_exports
from ict_lab.runs.journal import Journal
from ict_lab.runs.run import BacktestRun
from ict_lab.trials import TrialLog
from ict_lab.tune.setup import Setup
from ict_lab.tune.strategies import Preset

END_WITHIN_SECONDS = 5.0
PHASES = ("dataload", "analyze", "convert", "backtest")


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """A trade as the chart draws it; times in milliseconds since 1970."""

    opened_ms: float
    closed_ms: float
    open_rate: float
    close_rate: float
    profit: float


@dataclass(frozen=True)
class Result:
    """What Freqtrade says of a run, and the trades.

    Attributes
    ----------
    number : int
        Number of the order.
    strategy, pair : str
        Who traded, and what.
    figures : dict[str, str]
        Name and value, for a table.
    trades : tuple[ClosedTrade, ...]
        Closed trades, oldest first.
    journal : Journal or None
        What became of its signals; None where the strategy keeps none.
    """

    number: int
    strategy: str
    pair: str
    figures: dict[str, str]
    trades: tuple[ClosedTrade, ...]
    journal: Journal | None


@dataclass(frozen=True)
class Order:
    """What to test; `number` counts the orders of a page."""

    number: int
    preset: Preset
    values: dict[str, Any]
    pair: str
    timeframe: str
    timerange: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    phase : str
        Key of its words: starts, runs, or Freqtrade's own phase.
    percent : int
        Of that phase.
    seconds : float
        Since its start.
    """

    phase: str
    percent: int
    seconds: float


class QuickBacktest:
    """One run of Freqtrade's backtesting; nothing is written outside its temporary folder.

    Parameters
    ----------
    setup : Setup
        Configuration, strategies and candles.
    order : Order
        What to test.
    """

    def __init__(self, setup: Setup, order: Order) -> None:
        self._order, self._setup = order, setup
        self._folder = Path(tempfile.mkdtemp(prefix="ict-tune-"))
        self._log = self._folder / "freqtrade.log"
        self._progress = self._folder / "progress.jsonl"
        self._started = time.monotonic()
        self._cancelled = False
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._line(setup), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                env=_environment(setup),
            )  # fmt: skip

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def was_cancelled(self) -> bool:
        """Whether it was ended from here."""
        return self._cancelled

    def progress(self) -> Progress:
        """Say how far it is."""
        seconds = time.monotonic() - self._started
        lines = self._progress.read_text(encoding="utf-8").splitlines() if self._progress.exists() else []
        if not lines:
            return Progress("starts", 0, seconds)
        # The last line may be half written.
        for line in lines[:-3:-1]:
            try:
                progress = json.loads(line)
            except ValueError:
                continue
            return Progress(str(progress["phase"]).lower(), progress["percent"], seconds)
        return Progress("runs", 0, seconds)

    def result(self) -> Result:
        """Read what an ended run found.

        Raises
        ------
        LabError
            When it failed; the message is Freqtrade's.
        """
        if self._process.returncode != 0:
            raise LabError(f"the backtest failed: {self._failure()}")
        exports = read_exports(self._folder / "user_data" / "backtest_results")
        run = BacktestRun.of(next(one for one in exports if one.strategy == self._order.preset.name))
        TrialLog(self._setup.trials).add_new([run.trial()])
        return _result(run, self._order, self._setup)

    def cancel(self) -> None:
        """End it, if it still runs."""
        if self.is_running:
            self._cancelled = True
            self._process.terminate()
            try:
                self._process.wait(END_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def clear(self) -> None:
        """End it and remove its folder."""
        self.cancel()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _line(self, setup: Setup) -> list[str]:
        user = self._folder / "user_data"
        user.mkdir()
        overlay = self._folder / "page.json"
        # The block of the configuration wins over the strategy's JSON file, so all of the page holds.
        written = {"ict": self._order.values, "logfile": str(self._folder / "research.log")}
        overlay.write_text(json.dumps(written), encoding="utf-8")
        configs = [word for path in (*setup.configs, overlay) for word in ("-c", str(path))]
        order = self._order
        return [
            sys.executable, "-m", "ict_lab.tune.backtest_process", str(self._progress), "backtesting",
            *configs, "--userdir", str(user), "--strategy-path", str(order.preset.file.parent),
            "--strategy", order.preset.name, "--datadir", str(setup.datadir), "--timeframe", order.timeframe,
            "--timerange", order.timerange, "--pairs", order.pair, "--cache", "none", "--export", "trades",
        ]  # fmt: skip

    def _failure(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        errors = [line.partition(" - ERROR - ")[2] for line in lines if " - ERROR - " in line]
        return (errors or lines or ["it said nothing"])[-1]


def _environment(setup: Setup) -> dict[str, str]:
    """Keep what Freqtrade takes from the environment, but its `ict` block: the page's settings must hold."""
    child = research_environment(setup.strategies.resolve(), TOOLS, without="FREQTRADE__ICT__")
    # An error is one line of the log.
    return child | {"COLUMNS": "10000"}


def _result(run: BacktestRun, order: Order, setup: Setup) -> Result:
    trades, currency = run.trades, run.stake_currency
    made, gained = trades["profit_abs"], trades["profit_abs"] > 0
    total, lost = float(made.sum()), -float(made[~gained].sum())
    journal = run.journal
    figures = {
        "trades": f"{len(trades)}",
        "signals": f"{len(journal.signals)}" if journal else UNKNOWN,
        "won": f"{100 * gained.mean():.1f} %" if len(trades) else UNKNOWN,
        "profit": f"{total:+,.2f} {currency} ({100 * total / run.starting_balance:+.2f} %)",
        "mean": f"{number(run.expectancy.mean)} R",
        "factor": number(float(made[gained].sum()) / lost, ".2f") if lost else UNKNOWN,
        "drawdown": f"{number(-equity_of(run).worst_drawdown, '.2f')} %" if len(trades) else UNKNOWN,
        "holding": _holding(run, setup),
    }
    closed = (
        zip(
            *(trades[name].astype("int64") for name in ("open_timestamp", "close_timestamp")),
            *(trades[name] for name in ("open_rate", "close_rate", "profit_abs")),
            strict=True,
        )
        if len(trades)
        else ()
    )
    return Result(
        order.number, order.preset.name, order.pair, figures, tuple(ClosedTrade(*one) for one in closed),
        journal,
    )  # fmt: skip


def _holding(run: BacktestRun, setup: Setup) -> str:
    if run.trades.empty:
        return UNKNOWN
    try:
        return f"{100 * holding_of([trace(run, setup.datadir)]).held:+.2f} %"
    except LabError:
        return UNKNOWN
