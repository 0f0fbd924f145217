"""How far a walk-forward is, in a folder: every file is written whole or not at all."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ict_lab.errors import LabError
from ict_lab.files import write_whole
from ict_lab.hyperopt_runs import Epoch, best_of, log_epochs, read_epochs
from ict_lab.runs.export import read_exports
from ict_lab.runs.run import BacktestRun
from ict_lab.runs.trades import mean_r_of
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.trials import TrialLog
from ict_lab.walkforward.windows import Window

WAITING, DONE, NO_RESULT, FAILED = "waiting", "done", "no_result", "failed"
FINISHED = (DONE, NO_RESULT)
_MEANING = {
    "code": "code, which is a hash of the strategies, the losses and the configuration,",
    "candles": "candles, which is a hash of their files,",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What was traded in one stretch.

    Attributes
    ----------
    trades : int
        Closed trades.
    total_r : float
        Sum of their R multiples, after all costs.
    expectancy_r : float or None
        Their mean; None without trades.
    unknown_r : int
        Trades whose risk the export does not say; neither figure counts them.
    profit_percent : float
        Of the stretch's starting balance, after all costs.
    """

    trades: int = 0
    total_r: float = 0.0
    expectancy_r: float | None = None
    unknown_r: int = 0
    profit_percent: float = 0.0

    @classmethod
    def of(cls, run: BacktestRun) -> Result:
        """Sum up a backtest."""
        r, mean = run.trades["r_multiple"], run.expectancy.mean
        return cls(
            trades=len(r),
            total_r=float(r.sum()),
            expectancy_r=None if math.isnan(mean) else mean,
            unknown_r=int(r.isna().sum()),
            profit_percent=100 * float(run.daily_returns.sum()),
        )


@dataclass(slots=True)
class Record:
    """What is known of one window.

    Attributes
    ----------
    number, train, test
        As in `Window`.
    state, reason : str
        waiting, done, no_result (no epoch traded enough: no test), or failed; and why.
    epochs : int
        Variants that were tried.
    loss : float or None
        Of the chosen one.
    parameters : dict
        The chosen ones, space -> name -> value.
    searched, tested : Result
        The chosen variant on the train stretch, and on the test stretch.
    export : str
        Freqtrade's export of the test, relative to the folder.
    """

    number: int
    train: str
    test: str
    state: str = WAITING
    reason: str = ""
    epochs: int = 0
    loss: float | None = None
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    searched: Result = Result()
    tested: Result = Result()
    export: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Record:
        """Make a record from its JSON."""
        results = {name: Result(**stored[name]) for name in ("searched", "tested")}
        return cls(**{**stored, **results})


class RunFolder:
    """A walk-forward's folder: windows.json, trials.jsonl, and each window's own files below windows.

    Parameters
    ----------
    path : pathlib.Path
        The folder; it is made where there is none.
    settings : Mapping
        All that the results depend on. A folder that was begun with others is refused.
    windows : Sequence[Window]
        The windows that the settings make.
    log : TrialLog
        Counts what is tried, besides the folder's own log.

    Raises
    ------
    LabError
        When the folder was begun with other settings, or cannot be read.
    """

    def __init__(
        self, path: Path, settings: Mapping[str, Any], windows: Sequence[Window], log: TrialLog
    ) -> None:
        self.path = path
        self.settings = json.loads(json.dumps(settings))
        self.file = path / "windows.json"
        self.logs = TrialLog(path / "trials.jsonl"), log
        self.windows = windows
        self.records = self._stored() or [Record(w.number, w.train, w.test) for w in windows]

    @property
    def waiting(self) -> list[Window]:
        """Windows that have yet to run, or failed."""
        return [window for window in self.windows if not self._is_finished(self.records[window.number - 1])]

    @property
    def expectancy(self) -> Expectancy | None:
        """Mean R of a trade in all tests so far, from their exports; None before the first."""
        exports = [self.path / record.export for record in self.records if record.export]
        trades = [BacktestRun.of(*read_exports(export)).trades for export in exports]
        return mean_r_of(*trades) if trades else None

    def store(self, number: int, files: Mapping[str, bytes]) -> Record:
        """Keep what a window brought back, log its trials, and note how it went."""
        record = self.records[number - 1]
        folder = self._keep(number, files)
        outcome = json.loads(files["outcome.json"])
        epochs = [epoch for path in sorted(folder.glob("*.fthypt")) for epoch in read_epochs(path)]
        for log in self.logs:
            log_epochs(log, epochs, record.train)
        record.state, record.reason, record.epochs = outcome["state"], outcome["reason"], len(epochs)
        if record.state == DONE:
            self._chosen(record, best_of(epochs), *folder.glob("*.zip"))
        self.save()
        return record

    def fail(self, number: int, reason: str) -> Record:
        """Note that a window could not be run."""
        record = self.records[number - 1]
        record.state, record.reason = FAILED, reason
        self.save()
        return record

    def save(self) -> None:
        """Write windows.json."""
        content = {**self.settings, "windows": [asdict(record) for record in self.records]}
        write_whole(self.file, json.dumps(content, indent=2, allow_nan=False) + "\n")

    def _stored(self) -> list[Record]:
        if not self.file.exists():
            return []
        try:
            content = json.loads(self.file.read_text(encoding="utf-8"))
            records = [Record.read(stored) for stored in content.pop("windows")]
        except (ValueError, TypeError, KeyError) as error:
            raise LabError(f"{self.file} cannot be read: {error!r}; name another folder") from error
        if not any(record.state in FINISHED for record in records):
            return []
        for name, value in self.settings.items():
            if content.get(name) != value:
                raise LabError(
                    f"{_MEANING.get(name, name)} must be as {self.path} was started with, "
                    f"{content.get(name)}, was {value}: continue with the same, or name another folder"
                )
        return records

    def _is_finished(self, record: Record) -> bool:
        kept = not record.export or (self.path / record.export).exists()
        return record.state in FINISHED and kept

    def _keep(self, number: int, files: Mapping[str, bytes]) -> Path:
        """Write a window's files into its folder, which is there with all of them or not at all."""
        folder = self.path / "windows" / f"{number:03}"
        new = folder.with_name(f".{number:03}.new")
        for old in (new, folder):
            shutil.rmtree(old, ignore_errors=True)
        new.mkdir(parents=True)
        for name, content in files.items():
            (new / Path(name).name).write_bytes(content)
        new.replace(folder)
        return folder

    def _chosen(self, record: Record, best: Epoch | None, export: Path) -> None:
        record.export = export.relative_to(self.path).as_posix()
        record.tested = Result.of(BacktestRun.of(*read_exports(export)))
        if best:
            record.loss, record.parameters = best.loss, best.parameters
            record.searched = Result.of(best.run)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Make a walk-forward's folder where there is none, and keep other runs out of it.

    Raises
    ------
    LabError
        When another one is running there.
    """
    path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path / ".lock", timeout=0):
            yield
    except Timeout:
        raise LabError(f"another walk-forward is running in {path}") from None
