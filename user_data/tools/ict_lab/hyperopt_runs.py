"""Hyperopt of Freqtrade: its command line, and every epoch that it tried."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from ict_lab.defaults import PAIR, STRATEGY, TIMEFRAME
from ict_lab.errors import LabError, check_ranges
from ict_lab.runs.export import Export
from ict_lab.runs.run import BacktestRun, trial_of
from ict_lab.trials import Trial, TrialLog, parameters_hash

LOSS = "ICTNetExpectancyLoss"
# Freqtrade's `roi` and `stoploss` are left alone: every trade has a stop and a target of its own.
SPACES = ("patterns", "confluence", "exits")
DATADIR = "user_data/data/binance"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched, and how.

    Attributes
    ----------
    strategy, timeframe : str
        Name of the class, and of its candles.
    pairs : tuple[str, ...]
        What it trades; each may have one open position.
    spaces : tuple[str, ...]
        Hyperopt spaces.
    loss : str
        Class of the loss.
    epochs, jobs : int
        How many variants, and how many at a time.
    seed : int
        Hyperopt's random state. With the same jobs it makes a search repeatable.
    min_trades : int
        An epoch with fewer trades is the worst that there is.
    engine : str
        What trades the epochs: freqtrade, or the replay.
    """

    strategy: str = STRATEGY
    timeframe: str = TIMEFRAME
    pairs: tuple[str, ...] = (PAIR,)
    spaces: tuple[str, ...] = SPACES
    loss: str = LOSS
    epochs: int = 100
    jobs: int = 1
    seed: int = 1
    min_trades: int = 1
    engine: Literal["freqtrade", "replay"] = "freqtrade"

    def __post_init__(self) -> None:
        check_ranges(1, epochs=self.epochs, jobs=self.jobs, seed=self.seed, min_trades=self.min_trades)
        for name in ("pairs", "spaces"):
            if not getattr(self, name):
                raise LabError(f"{name} must name one at least, was empty")

    @property
    def host(self) -> str:
        """Module that runs `hyperopt`."""
        return "freqtrade" if self.engine == "freqtrade" else "ict_lab.fast_hyperopt"

    @property
    def run_options(self) -> list[str]:
        """Options that a hyperopt and a backtest share."""
        return ["--strategy", self.strategy, "--timeframe", self.timeframe, "--pairs", *self.pairs]

    @property
    def search_options(self) -> list[str]:
        """Options of `freqtrade hyperopt`; every epoch is analysed, so that patterns are searched too."""
        numbers = {"epochs": self.epochs, "job-workers": self.jobs, "random-state": self.seed}
        numbers["min-trades"] = self.min_trades
        counts = [part for name, value in numbers.items() for part in (f"--{name}", str(value))]
        options = ["--hyperopt-loss", self.loss, "--spaces", *self.spaces, "--analyze-per-epoch"]
        return [*self.run_options, *options, *counts]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One variant that a hyperopt tried.

    Attributes
    ----------
    number : int
        From 1.
    loss : float
        What the search made smaller.
    parameters : Mapping[str, Mapping[str, Any]]
        Space -> name -> value; those that were not searched, too.
    run : BacktestRun
        What it did.
    """

    number: int
    loss: float
    parameters: Mapping[str, Mapping[str, Any]]
    run: BacktestRun


def read_epochs(path: Path) -> list[Epoch]:
    """Read the epochs of a hyperopt from Freqtrade's results file.

    Parameters
    ----------
    path : pathlib.Path
        The .fthypt file. A last line that was being written when the process was killed is left out.

    Raises
    ------
    LabError
        When it is no such file.
    """
    # What follows the last line's end is half a line.
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    try:
        return [_epoch(json.loads(line), path) for line in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise LabError(f"{path} must be a results file of `freqtrade hyperopt`: {error!r}") from error


def _epoch(record: Mapping[str, Any], path: Path) -> Epoch:
    results = record["results_metrics"]
    spaces = [record["params_not_optimized"], record["params_details"]]
    parameters: dict[str, dict[str, Any]] = {}
    for space in (name for block in spaces for name in block):
        parameters[space] = {name: value for block in spaces for name, value in block.get(space, {}).items()}
    run = BacktestRun.of(Export(results["strategy_name"], results, path))
    return Epoch(record["current_epoch"], float(record["loss"]), parameters, run)


def best_of(epochs: Iterable[Epoch]) -> Epoch | None:
    """Find the epoch that Freqtrade exports: the first with the least loss, below its bound of 100."""
    return min((epoch for epoch in epochs if epoch.loss < 100), key=lambda epoch: epoch.loss, default=None)


def log_epochs(log: TrialLog, epochs: Sequence[Epoch], timerange: str) -> int:
    """Add epochs to a log of trials, except those that it has; return how many were added.

    Parameters
    ----------
    log : TrialLog
        The log; it is begun where there is none.
    epochs : Sequence[Epoch]
        What was tried.
    timerange : str
        On which candles: 20230101-20230401.
    """
    return log.add_new(epoch_trial(epoch, timerange) for epoch in epochs)


def epoch_trial(epoch: Epoch, timerange: str) -> Trial:
    """Make the log's record of an epoch."""
    return trial_of([epoch.run], parameters_hash(epoch.parameters), timerange)


def timerange_of(text: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Read days such as 20230101-20240101, the end not included.

    Raises
    ------
    LabError
        When it is something else, or ends before it begins.
    """
    try:
        first, last = (pd.to_datetime(part, format="%Y%m%d", utc=True) for part in text.split("-"))
    except ValueError:
        raise LabError(f"timerange must be two days such as 20230101-20240101, was {text}") from None
    if not first < last:
        raise LabError(f"timerange must end after it begins, was {text}")
    return first, last
