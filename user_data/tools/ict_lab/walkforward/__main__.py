"""Walk-forward over candles: search on one stretch, test on the next, count the tests alone.

    python -m ict_lab.walkforward --pairs BTC/USDT:USDT ETH/USDT:USDT --train-days 180 --test-days 60

Each window is a hyperopt and a backtest of Freqtrade, in processes and a folder of their own. A run that
was stopped continues with the same command. Without --scheduler the windows run on this machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ict_lab.available_market import reached, rules_for
from ict_lab.command_line import INTERRUPTED_EXIT, OneSentenceParser, failed
from ict_lab.defaults import own_configs
from ict_lab.errors import LabError, check_ranges
from ict_lab.search_options import add_search_options, add_search_places, search_from
from ict_lab.terminal import console
from ict_lab.trials import TrialLog
from ict_lab.walkforward.report import in_words, table_of, totals_of, write_report
from ict_lab.walkforward.runner import WalkForwardSpec, Workers, finish
from ict_lab.walkforward.state import RunFolder, locked


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the walk-forward; return 0, 1 where windows failed, 2 where it cannot be run, 130 where stopped."""
    options = _parser().parse_args(arguments)
    # A shell's background job ignores Ctrl-C's signal unless it handles it.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    try:
        return _run(options)
    except KeyboardInterrupt:
        console.print("\nStopped. Finished windows are kept: the same command continues from there.")
        return INTERRUPTED_EXIT
    except (LabError, OSError) as error:
        return failed("make walkforward", error)


def _run(options: argparse.Namespace) -> int:
    spec = _spec(options)
    # Workers of a cluster have a way of their own.
    rules = None if options.scheduler else rules_for(options.datadir, spec.search.pairs)
    with locked(options.folder), reached(rules) as overlay:
        workers = _workers(options, overlay)
        log = TrialLog(options.trials or options.folder.parent / "trials.jsonl")
        folder, scratch = spec.folder(options.folder, log), options.folder / "scratch"
        try:
            finish(spec, workers, folder, scratch, console)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
            write_report(folder)
    return _tell(folder)


def _tell(folder: RunFolder) -> int:
    totals = totals_of(folder.records)
    console.print(table_of(folder.records), *in_words(totals, folder.expectancy), sep="\n")
    for record in folder.records:
        if record.reason:
            console.print(f"Window {record.number}: {record.reason}", markup=False)
    console.print(f"Report: {folder.path / 'report.md'}", markup=False)
    return 1 if totals.failed else 0


def _spec(options: argparse.Namespace) -> WalkForwardSpec:
    return WalkForwardSpec.make(
        search_from(options),
        options.timerange,
        options.train_days,
        options.test_days,
        datadir=options.datadir,
        strategies=options.strategy_path,
        hyperopts=options.hyperopt_path,
        configs=options.config or own_configs(),
    )


def _workers(options: argparse.Namespace, overlay: Sequence[str]) -> Workers:
    check_ranges(1, workers=options.workers)
    ship = options.ship or (options.scheduler is not None and options.shared_path is None)
    candles = None if ship else str(options.shared_path or options.datadir.resolve())
    overlays = tuple(str(Path(path).absolute()) for path in (*overlay, *options.worker_config))
    return Workers(options.scheduler, options.workers, candles, overlays)


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m ict_lab.walkforward",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_search(parser.add_argument_group("what is searched"))
    _add_places(parser.add_argument_group("where things are"))
    _add_cluster(parser.add_argument_group("where it runs"))
    return parser


def _add_search(group: Any) -> None:
    group.add_argument(
        "--timerange", help="days, the end not included: 20230101-20240101; default all candles"
    )
    group.add_argument("--train-days", type=int, default=180, help="days to search on, default 180")
    group.add_argument("--test-days", type=int, default=60, help="days to test on after them, default 60")
    add_search_options(group, epochs=50, jobs=1)


def _add_places(group: Any) -> None:
    group.add_argument(
        "--folder", type=Path, default=Path("user_data/walkforward"), help="results, and state"
    )
    group.add_argument("--trials", type=Path, help="log of trials, default trials.jsonl beside the folder")
    add_search_places(group)


def _add_cluster(group: Any) -> None:
    cores = os.cpu_count() or 1
    group.add_argument(
        "--workers", type=int, default=cores, help=f"processes on this machine, default {cores}"
    )
    group.add_argument("--scheduler", help="a dask scheduler, such as tcp://10.0.0.5:8786")
    candles = group.add_mutually_exclusive_group()
    candles.add_argument(
        "--ship", action="store_true", help="send the candles along (default with --scheduler)"
    )
    candles.add_argument("--shared-path", help="folder of the candles as every worker sees it")
    group.add_argument(
        "--worker-config",
        action="append",
        default=[],
        help="a further configuration, by its path on the workers; not part of what a result depends on",
    )


if __name__ == "__main__":
    sys.exit(main())
