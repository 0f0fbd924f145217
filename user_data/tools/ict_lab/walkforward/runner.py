"""Runs the windows that are still to be run, and keeps each as soon as it is back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from distributed import Client, Future, as_completed
from freqtrade.exchange import timeframe_to_seconds
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ict.memory import memory_candles
from ict_lab.candles import common_range, files_of, format_options
from ict_lab.errors import LabError
from ict_lab.hyperopt_runs import Search, timerange_of
from ict_lab.replay.markets import WEEK_SECONDS
from ict_lab.runs.settings import strategy_named
from ict_lab.trials import TrialLog
from ict_lab.walkforward.bundle import bundled_files, digest_of, write_bundle
from ict_lab.walkforward.cluster import connected, submitted
from ict_lab.walkforward.state import DONE, Record, RunFolder
from ict_lab.walkforward.windows import Window, rolling_windows
from ict_lab.walkforward.worker import PROGRESS_TOPIC


@dataclass(frozen=True, slots=True)
class Workers:
    """Where windows run.

    Attributes
    ----------
    scheduler : str or None
        Address of a dask scheduler; None for this machine.
    workers : int
        Processes on this machine.
    candles : str or None
        Their folder as the workers see it; None to send them along.
    overlays : tuple[str, ...]
        Further configuration files, by their paths on the workers.
    """

    scheduler: str | None
    workers: int
    candles: str | None
    overlays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WalkForwardSpec:
    """All that the results depend on.

    Attributes
    ----------
    search : Search
        What each window searches.
    windows : tuple[Window, ...]
        The windows.
    timerange : str
        Days, the end not included.
    train_days, test_days : int
        Lengths of a window's two stretches.
    code, candles : dict[str, pathlib.Path]
        Names in the bundle and the files.
    formats : tuple[str, ...]
        Freqtrade's option of the candles' format.
    """

    search: Search
    windows: tuple[Window, ...]
    timerange: str
    train_days: int
    test_days: int
    code: dict[str, Path]
    candles: dict[str, Path]
    formats: tuple[str, ...] = ()

    @classmethod
    def make(
        cls,
        search: Search,
        timerange: str | None,
        train_days: int,
        test_days: int,
        *,
        datadir: Path,
        strategies: Path,
        hyperopts: Path,
        configs: Sequence[Path],
    ) -> WalkForwardSpec:
        """Check that candles are there, and lay the windows over them.

        Raises
        ------
        LabError
            When candles are missing, or the lengths do not fit them.
        """
        first, last = common_range(datadir, search.pairs, search.timeframe)
        start, end = timerange_of(timerange) if timerange else (first, last)
        if start < first or end > last:
            raise LabError(
                f"timerange must lie in the candles of {first:%Y%m%d}-{last:%Y%m%d}, was {timerange}"
            )
        windows = tuple(rolling_windows(start, end, train_days, test_days))
        _check_warm_up(search, windows[0], first)
        return cls(
            search=search,
            windows=windows,
            timerange=f"{start:%Y%m%d}-{end:%Y%m%d}",
            train_days=train_days,
            test_days=test_days,
            code=bundled_files(strategies, hyperopts, configs, with_replay=search.engine == "replay"),
            candles={f"data/futures/{path.name}": path for path in files_of(datadir, search.pairs)},
            formats=(*format_options(datadir, search.pairs, search.timeframe),),
        )

    def folder(self, path: Path, log: TrialLog) -> RunFolder:
        """Open the folder of results, as far as it got; what is tried goes into a log besides."""
        lengths = {"timerange": self.timerange, "train_days": self.train_days, "test_days": self.test_days}
        # After a fix to a tool of the lab the run may continue: no trade depends on it.
        traded = {name: path for name, path in self.code.items() if not name.startswith("tools/")}
        digests = {"code": digest_of(traded), "candles": digest_of(self.candles)}
        searched = asdict(self.search)
        if self.search.engine == "freqtrade":
            # Runs of older releases know of no other.
            del searched["engine"]
        return RunFolder(path, {**searched, **lengths, **digests}, self.windows, log)

    def task(self, window: Window, workers: Workers) -> dict[str, Any]:
        """Describe a window for the worker that runs it."""
        return {
            "number": window.number,
            "strategy": self.search.strategy,
            "train_timerange": window.train_timerange,
            "test_timerange": window.test_timerange,
            "run_options": [*self.formats, *self.search.run_options],
            "search_host": self.search.host,
            "search_options": [*self.formats, *self.search.search_options],
            "datadir": workers.candles or "data",
            "worker_configs": list(workers.overlays),
        }


def _check_warm_up(search: Search, window: Window, first: pd.Timestamp) -> None:
    """Refuse candles that only warm the first search up: Freqtrade takes them from its beginning."""
    strategy, candle = strategy_named(search.strategy), timeframe_to_seconds(search.timeframe)
    memory = memory_candles(strategy.preset, WEEK_SECONDS // candle) if strategy else 0
    there = int((window.test_start - first).total_seconds() // candle)
    if there <= memory:
        raise LabError(
            f"{search.strategy} looks back on {memory:,} {search.timeframe} candles or more, "
            f"{memory * candle / 86_400:.1f} days, before its first signal; up to "
            f"the end of the first search there are {there:,}: more candles or more --train-days are needed"
        )


def finish(
    spec: WalkForwardSpec, workers: Workers, folder: RunFolder, scratch: Path, console: Console
) -> None:
    """Run the windows that are not finished, and keep each in the folder as soon as it is back.

    Raises
    ------
    LabError
        When the scheduler or its workers are not there.
    """
    folder.save()
    waiting = folder.waiting
    done = len(spec.windows) - len(waiting)
    console.print(f"{len(spec.windows)} windows over {spec.timerange}, {done} of them finished before")
    if not waiting:
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with (
        connected(workers.scheduler, workers.workers, scratch) as client,
        tempfile.TemporaryDirectory(prefix="ict-bundle-") as made,
    ):
        files = {**spec.code, **({} if workers.candles else spec.candles)}
        bundle = Path(made) / f"ict-{digest_of(files)}.zip"
        write_bundle(files, bundle)
        tasks = [spec.task(window, workers) for window in waiting]
        with (
            _shown(client, console, len(waiting), spec.search.epochs) as shown,
            submitted(client, bundle, tasks) as futures,
        ):
            for future in as_completed(futures):
                shown.finished(_kept(folder, futures[future], future))


def _kept(folder: RunFolder, number: int, future: Future[Any]) -> Record:
    if future.cancelled():
        raise LabError("the dask scheduler was lost; finished windows are kept, the same command continues")
    error = future.exception()
    if error:
        return folder.fail(number, f"{type(error).__name__}: {error}")
    return folder.store(number, future.result())


class _Shown:
    """How far the run is: a bar on a terminal, a line a window elsewhere."""

    def __init__(self, console: Console, bar: Progress, epochs: int) -> None:
        self._console, self._bar, self._each = console, bar, epochs
        self._epochs: dict[int, int] = {}

    def heard(self, event: tuple[pd.Timestamp, dict[str, int]]) -> None:
        """Take a worker's word of how many epochs a window has tried."""
        _, word = event
        self._epochs[word["window"]] = word["epochs"]
        self._bar.update(self._bar.task_ids[0], completed=sum(self._epochs.values()))

    def finished(self, record: Record) -> None:
        """Report a window that is back."""
        self.heard((pd.Timestamp(0), {"window": record.number, "epochs": self._each}))
        tested = record.tested
        words = f"{tested.trades} trades in the test, {tested.total_r:.2f} R"
        self._console.print(
            f"Window {record.number} ({record.test}): {words if record.state == DONE else record.state}"
        )


@contextmanager
def _shown(client: Client, console: Console, windows: int, epochs: int) -> Iterator[_Shown]:
    columns = (TextColumn("Epochs of all windows"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        bar.add_task("epochs", total=windows * epochs)
        shown = _Shown(console, bar, epochs)
        client.subscribe_topic(PROGRESS_TOPIC, shown.heard)
        yield shown
