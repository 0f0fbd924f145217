"""The log of every variant tried: what the best of many is worth depends on how many there were.

One JSON line a trial, each with a hash chained to the line before, and beside the log a small file with
the count and the last hash, written after the line. A log that was shortened, edited or lost is refused:
it would make the survivor look better than it is. This shows tampering, it cannot prevent it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from filelock import FileLock

from ict_lab.errors import LabError
from ict_lab.files import write_whole

BEGINNING = "0" * 64
_NUMBERS = ("net_profit", "expectancy_r", "sharpe")


@dataclass(frozen=True, slots=True)
class Trial:
    """One variant of a strategy, tried once.

    Attributes
    ----------
    time : str
        When it was tried, ISO 8601 in UTC.
    strategy : str
        Class name.
    parameters : str
        `parameters_hash` of everything that makes it this variant.
    timerange : str
        First and last day of the candles, as Freqtrade writes them: 20230101-20230401.
    trades : int
        Closed trades.
    net_profit : float
        After all costs, ratio of the starting balance.
    expectancy_r : float
        Mean R of a trade after all costs; NaN without trades.
    sharpe : float
        Mean over standard deviation of the daily returns, not annualised; NaN where they do not vary.
    start : str
        Day of the first return, ISO 8601; empty where no returns are kept.
    daily_returns : tuple[float, ...]
        Profit of each UTC day, ratio of the starting balance; empty where they are not kept. The
        probability of backtest overfitting is only known for trials that keep them.
    """

    time: str
    strategy: str
    parameters: str
    timerange: str
    trades: int
    net_profit: float
    expectancy_r: float
    sharpe: float
    start: str = ""
    daily_returns: tuple[float, ...] = ()

    @property
    def variant(self) -> tuple[str, str]:
        """What makes two trials the same variant, whatever the candles."""
        return self.strategy, self.parameters

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two trials the same look: a variant on other candles is another chance to be lucky."""
        return self.strategy, self.parameters, self.timerange


def parameters_hash(parameters: Mapping[str, Any]) -> str:
    """Hash settings, whatever their order."""
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tries(trials: Iterable[Trial]) -> int:
    """Count the different looks among trials: a variant counts once for each stretch of candles."""
    return len({trial.identity for trial in trials})


class TrialLog:
    """A log of trials in a file that only grows; many processes may append.

    Parameters
    ----------
    path : Path
        The log, ``trials.jsonl``, with ``trials.jsonl.head`` and a lock next to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head_path = path.with_name(f"{path.name}.head")

    @property
    def begun(self) -> bool:
        """Whether there ever was a log, even if it is lost."""
        return self.path.exists() or self.head_path.exists()

    def append(self, trials: Sequence[Trial]) -> None:
        """Add trials, all or none; the first ones begin the log.

        Raises
        ------
        LabError
            When the log is not complete, or cannot be written.
        """
        with self._locked():
            lines = self._lines() if self.begun else []
            last, count = (_hash_of(lines[-1]) if lines else BEGINNING), len(lines)
            added: list[str] = []
            for trial in trials:
                line = _line(count + len(added) + 1, trial, last)
                added.append(line)
                last = _hash_of(line)
            self._write(lines, added, last)

    def add_new(self, trials: Iterable[Trial]) -> int:
        """Add the trials whose identity the log does not have yet; return how many.

        Raises
        ------
        LabError
            When the log is not complete, or cannot be written.
        """
        new = {trial.identity: trial for trial in trials}
        for trial in self.read() if self.begun else ():
            new.pop(trial.identity, None)
        if new:
            self.append(list(new.values()))
        return len(new)

    def read(self) -> list[Trial]:
        """Return every trial, oldest first.

        Raises
        ------
        LabError
            When there is no log, or it was shortened, edited or replaced.
        """
        if not self.begun:
            raise LabError(
                f"the log of trials {self.path} is missing; without it nobody knows how many there were"
            )
        with self._locked():
            return [_trial(line) for line in self._lines()]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f"{self.path.name}.lock")):
                yield
        except OSError as error:
            raise LabError(f"the log of trials {self.path} cannot be used: {error}") from error

    def _lines(self) -> list[str]:
        """Lines of the log, checked against the chain and the head."""
        count, last = self._head()
        if not self.path.exists() and count:
            raise self._refused(f"it is missing, and had {count} trials")
        # Lines that the head does not count yet were written by an append that was killed right then;
        # what follows the last line's end is half a line of such a one, which was never reported as written.
        lines = self.path.read_text(encoding="utf-8").split("\n")[:-1] if self.path.exists() else []
        if len(lines) < count:
            raise self._refused(f"it was cut short: {len(lines)} of {count} trials are left")
        before = BEGINNING
        for number, line in enumerate(lines, 1):
            before = self._checked(number, line, before)
            if number == count and before != last:
                raise self._refused(f"its line {number} is not the one that was written")
        return lines

    def _head(self) -> tuple[int, str]:
        try:
            head = json.loads(self.head_path.read_text(encoding="utf-8"))
            return int(head["trials"]), str(head["last"])
        except FileNotFoundError:
            raise self._refused(f"{self.head_path.name}, which counts its trials, is missing") from None
        except (ValueError, KeyError, TypeError) as error:
            raise self._refused(f"{self.head_path.name} cannot be read: {error}") from error

    def _checked(self, number: int, line: str, before: str) -> str:
        """Return a line's hash if the line is where it was written."""
        try:
            record = json.loads(line)
            intact = record["number"] == number and record["before"] == before
            intact = intact and record["hash"] == _digest(record)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._refused(f"its line {number} cannot be read: {error}") from error
        if not intact:
            raise self._refused(f"its line {number} was edited, or lines around it were removed")
        return str(record["hash"])

    def _refused(self, why: str) -> LabError:
        return LabError(f"the log of trials {self.path} is not whole and cannot be ignored: {why}")

    def _write(self, kept: Sequence[str], added: Sequence[str], last: str) -> None:
        if not self.begun:
            # The head comes first: a log without one is refused.
            self._write_head(0, BEGINNING)
        with self.path.open("a+", encoding="utf-8") as log:
            log.truncate(sum(len(line.encode()) + 1 for line in kept))
            log.write("".join(f"{line}\n" for line in added))
            log.flush()
            os.fsync(log.fileno())
        self._write_head(len(kept) + len(added), last)

    def _write_head(self, count: int, last: str) -> None:
        write_whole(self.head_path, json.dumps({"trials": count, "last": last}) + "\n")


def _line(number: int, trial: Trial, before: str) -> str:
    record: dict[str, Any] = {"number": number, **asdict(trial), "before": before}
    for name in _NUMBERS:
        # NaN is no JSON: what is not known is null.
        record[name] = record[name] if math.isfinite(record[name]) else None
    return _dumped({**record, "hash": _digest(record)})


def _digest(record: Mapping[str, Any]) -> str:
    content = {name: value for name, value in record.items() if name != "hash"}
    return hashlib.sha256(_dumped(content).encode()).hexdigest()


def _dumped(record: Mapping[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"), allow_nan=False)


def _hash_of(line: str) -> str:
    return str(json.loads(line)["hash"])


def _trial(line: str) -> Trial:
    record = json.loads(line)
    values = {field.name: record[field.name] for field in fields(Trial)}
    unknown = {name: math.nan for name in _NUMBERS if values[name] is None}
    return Trial(**{**values, **unknown, "daily_returns": tuple(values["daily_returns"])})
