"""What is judged: each strategy of some exports, or the tests of a walk-forward put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ict_lab.chance.markets import Floats
from ict_lab.chance.parts import Part, read_part
from ict_lab.errors import LabError
from ict_lab.expectancy import weekly_sums
from ict_lab.trades import read_backtests
from ict_lab.trials import Trial, TrialLog, parameters_hash
from ict_lab.verdict.sharpe import sharpe_ratio


@dataclass(frozen=True)
class Subject:
    """What one judgement is about.

    Attributes
    ----------
    name : str
        The strategy's class.
    parts : Sequence[Part]
        One backtest, or the tests of a walk-forward in the order of time.
    unseen : bool
        Whether the candles were not those that the settings were chosen on.
    notes : Sequence[str]
        What was left out in reading it.
    """

    name: str
    parts: Sequence[Part]
    unseen: bool
    notes: Sequence[str] = ()

    @cached_property
    def trades(self) -> pd.DataFrame:
        """Trades whose first stop is known, ordered by their closing."""
        return pd.concat([part.replayed.trades for part in self.parts]).sort_values(
            ["close_date", "open_date"], kind="stable", ignore_index=True
        )

    @property
    def left_out(self) -> int:
        """Trades whose first stop is not known."""
        return sum(len(part.backtest.trades) for part in self.parts) - len(self.trades)

    @cached_property
    def returns(self) -> Floats:
        """Daily returns of the parts, one after the other, shape (days,)."""
        return np.concatenate([part.daily_returns for part in self.parts])

    @property
    def weekly_returns(self) -> Floats:
        """The same by calendar week, shape (weeks,): days of one week share what the market did."""
        days = pd.DatetimeIndex(np.concatenate([part.days for part in self.parts]))
        return weekly_sums(self.returns, days)

    @property
    def agreement(self) -> float:
        """Share of the trades that the simulation ends as Freqtrade did."""
        agree = np.concatenate([part.replayed.agree for part in self.parts])
        return float(agree.mean()) if len(agree) else 0.0

    @property
    def currency(self) -> str:
        """Currency of the money."""
        return self.parts[0].backtest.stake_currency

    @property
    def timerange(self) -> str:
        """First and last day."""
        start, end = self.parts[0].backtest.start, self.parts[-1].backtest.end
        return f"{start:%Y%m%d}-{end:%Y%m%d}"

    def trial(self) -> Trial:
        """Make the record that this variant was tried."""
        hashes = [part.variant for part in self.parts]
        return Trial(
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            strategy=self.name,
            parameters=hashes[0] if len(hashes) == 1 else parameters_hash({"parts": hashes}),
            timerange=self.timerange,
            trades=len(self.trades),
            net_profit=float(self.returns.sum()),
            expectancy_r=float(self.trades["r_multiple"].mean()),
            sharpe=sharpe_ratio(self.returns),
            start=str(self.parts[0].backtest.start.date()),
            daily_returns=tuple(round(value, 10) for value in self.returns.tolist()),
        )


def subjects_of_exports(
    exports: Sequence[Path], folder: Path, progress: Callable[[str], None]
) -> list[Subject]:
    """Read exports: a subject for each strategy that traded.

    Raises
    ------
    LabError
        As `read_part`, and when the same strategy is there twice with the same settings and candles.
    """
    subjects = []
    for path in exports:
        for backtest in read_backtests(path):
            if len(backtest.trades):
                progress(f"{backtest.strategy}: candles and replay")
                subjects.append(Subject(backtest.strategy, [read_part(backtest, folder)], unseen=False))
    return subjects


def subject_of_walkforward(path: Path, folder: Path, progress: Callable[[str], None]) -> Subject:
    """Read a walk-forward's folder: its test windows, put together.

    Raises
    ------
    LabError
        When the folder is none of a walk-forward, or no test window has a trade.
    """
    windows = _windows_of(path)
    # A test window without a trade has an export that says nothing.
    traded = [path / str(window["export"]) for window in windows if window["tested"]["trades"]]
    parts = []
    for export in traded:
        backtests = read_backtests(export)
        if len(backtests) != 1:
            raise LabError(f"{export} must hold one strategy, holds {len(backtests)}")
        progress(f"{export.name}: candles and replay")
        parts.append(read_part(backtests[0], folder))
    if not parts:
        raise LabError(f"no test window of the walk-forward in {path} has a trade yet")
    parts.sort(key=lambda part: part.backtest.start)
    left = len(windows) - len(traded)
    notes = [f"{left} of {len(windows)} windows are left out: no test yet, or no trade in it"] if left else []
    return Subject(parts[0].backtest.strategy, parts, unseen=True, notes=notes)


def _windows_of(path: Path) -> list[dict[str, Any]]:
    """Read the windows, each with the export of its test and the trades in it."""
    try:
        content = json.loads((path / "windows.json").read_text(encoding="utf-8"))
        return [{"export": window["export"], "tested": {**window["tested"]}} for window in content["windows"]]
    except FileNotFoundError:
        raise LabError(f"{path} must be the folder of a walk-forward: it has no windows.json") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabError(f"{path / 'windows.json'} cannot be read: {error!r}") from error


def log_trials(log: TrialLog, subjects: Sequence[Subject]) -> list[Trial]:
    """Add to a log what it does not have yet; return all of it.

    Raises
    ------
    LabError
        When the log is not whole.
    """
    known = log.read() if log.begun else []
    seen = {(trial.variant, trial.timerange) for trial in known}
    new = {}
    for trial in (subject.trial() for subject in subjects):
        if (trial.variant, trial.timerange) not in seen:
            new[trial.variant, trial.timerange] = trial
    if new:
        log.append(list(new.values()))
    return [*known, *new.values()]
