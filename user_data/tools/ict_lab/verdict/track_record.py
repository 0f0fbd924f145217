"""What is judged: each strategy of some exports, or the tests of a walk-forward joined."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ict.candles import Floats
from ict_lab.chance.own_trades import OwnTrades
from ict_lab.chance.traced import TracedRun, trace
from ict_lab.errors import LabError
from ict_lab.runs.export import file_at, read_exports
from ict_lab.runs.run import BacktestRun, read_runs, trial_of
from ict_lab.statistics.expectancy import weekly_sums
from ict_lab.trials import Trial, parameters_hash


@dataclass(frozen=True)
class TrackRecord:
    """Backtests that are judged together.

    Attributes
    ----------
    name : str
        The strategy's class.
    runs : Sequence[TracedRun]
        One backtest, or the tests of a walk-forward in the order of time.
    unseen : bool
        Whether the candles were not those that the settings were chosen on.
    notes : Sequence[str]
        What was left out in reading it.
    """

    name: str
    runs: Sequence[TracedRun]
    unseen: bool
    notes: Sequence[str] = ()

    @property
    def own(self) -> Sequence[OwnTrades]:
        """The trades through the simulation."""
        return [traced.own for traced in self.runs]

    @cached_property
    def trades(self) -> pd.DataFrame:
        """Trades whose first stop is known, ordered by their closing."""
        return pd.concat([own.trades for own in self.own]).sort_values(
            ["close_date", "open_date"], kind="stable", ignore_index=True
        )

    @property
    def left_out(self) -> int:
        """Trades whose first stop is not known."""
        return sum(len(traced.run.trades) for traced in self.runs) - len(self.trades)

    @cached_property
    def returns(self) -> Floats:
        """Daily returns of the backtests, one after the other, shape (days,)."""
        return np.concatenate([traced.run.daily_returns for traced in self.runs])

    @property
    def weekly_returns(self) -> Floats:
        """The same by calendar week, shape (weeks,): days of one week share what the market did."""
        days = pd.DatetimeIndex(np.concatenate([traced.run.days for traced in self.runs]))
        return weekly_sums(self.returns, days)

    @property
    def agreement(self) -> float:
        """Share of the trades that the simulation ends as Freqtrade did."""
        agree = np.concatenate([own.agree for own in self.own])
        return float(agree.mean()) if len(agree) else 0.0

    @property
    def currency(self) -> str:
        """Currency of the money."""
        return self.runs[0].run.stake_currency

    @property
    def timerange(self) -> str:
        """First and last day."""
        start, end = self.runs[0].run.start, self.runs[-1].run.end
        return f"{start:%Y%m%d}-{end:%Y%m%d}"

    def trial(self) -> Trial:
        """Make the record that this variant was tried."""
        hashes = [traced.run.variant for traced in self.runs]
        variant = hashes[0] if len(hashes) == 1 else parameters_hash({"parts": hashes})
        return trial_of([traced.run for traced in self.runs], variant, self.timerange)


def records_of_exports(
    exports: Sequence[Path], folder: Path, progress: Callable[[str], None]
) -> list[TrackRecord]:
    """Read exports: a record for each strategy that traded.

    Raises
    ------
    LabError
        When an export or its candles can't be read.
    """
    records = []
    for path in exports:
        for run in read_runs(path):
            if len(run.trades):
                progress(f"{run.strategy}: candles and replay")
                records.append(TrackRecord(run.strategy, [trace(run, folder)], unseen=False))
    return records


def record_of_walkforward(path: Path, folder: Path, progress: Callable[[str], None]) -> TrackRecord:
    """Read a walk-forward's folder: its test windows, joined.

    Raises
    ------
    LabError
        When the folder is none of a walk-forward, or no test window has a trade.
    """
    windows = _windows_of(path)
    # A test window without a trade has an export that says nothing.
    traded = [path / str(window["export"]) for window in windows if window["tested"]["trades"]]
    runs = []
    for export in traded:
        found = read_runs(export)
        if len(found) != 1:
            raise LabError(f"{export} must hold one strategy, holds {len(found)}")
        progress(f"{export.name}: candles and replay")
        runs.append(trace(found[0], folder))
    if not runs:
        raise LabError(f"no test window of the walk-forward in {path} has a trade yet")
    runs.sort(key=lambda traced: traced.run.start)
    left = len(windows) - len(traded)
    notes = [f"{left} of {len(windows)} windows are left out: no test yet, or no trade in it"] if left else []
    return TrackRecord(runs[0].run.strategy, runs, unseen=True, notes=notes)


def trials_beside(exports: Sequence[Path]) -> list[Trial]:
    """Read what else was backtested into the folders of some exports: all of it was tried.

    An export that can't be read, or of another version of Freqtrade, is passed over.
    """
    found = []
    for folder in {file_at(path).parent for path in exports}:
        for file in sorted(folder.glob("backtest-result-*.zip")):
            found += _trials_in(file)
    return found


def _trials_in(file: Path) -> list[Trial]:
    try:
        return [BacktestRun.of(export).trial() for export in read_exports(file)]
    except LabError:
        return []


def _windows_of(path: Path) -> list[dict[str, Any]]:
    """Read the windows, each with the export of its test and the trades in it."""
    try:
        content = json.loads((path / "windows.json").read_text(encoding="utf-8"))
        return [{"export": window["export"], "tested": {**window["tested"]}} for window in content["windows"]]
    except FileNotFoundError:
        raise LabError(f"{path} must be the folder of a walk-forward: it has no windows.json") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabError(f"{path / 'windows.json'} cannot be read: {error!r}") from error
