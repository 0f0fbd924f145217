"""Make the report: `python -m ict_lab.report [EXPORT]`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ict.words.settings import language_of
from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.defaults import RESULTS
from ict_lab.errors import LabError
from ict_lab.files import write_whole
from ict_lab.report.contents import contents_of
from ict_lab.report.rendering import render
from ict_lab.runs.run import BacktestRun, read_runs
from ict_lab.words import Wording

DATADIR = Path("user_data/data/binance")
PLOTS = Path("user_data/plot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read an export, write the page, and say where it is; return the exit code."""
    asked = _asked(arguments)
    # Freqtrade logs what it reads, and what is absent; the report says both itself.
    logging.getLogger("freqtrade").setLevel(logging.CRITICAL)
    try:
        out = make_report(asked.export, asked.strategy, asked.datadir, asked.out, asked.language)
    except LabError as error:
        return failed("make report", error, Wording(asked.language or "en").said)
    print(f"Report: {out.resolve()}")
    return 0


def make_report(
    export: Path, strategies: Sequence[str], datadir: Path, out: Path | None, language: str | None = None
) -> Path:
    """Write the report of an export and return its path.

    Parameters
    ----------
    export : pathlib.Path
        A backtest's .zip, or a folder whose latest result is taken.
    strategies : Sequence[str]
        Which strategies of the export; all of them where it is empty.
    datadir : pathlib.Path
        Folder of the exchange's candles.
    out : pathlib.Path or None
        The file to write; without, one named after the export in `user_data/plot`.
    language : str, optional
        Of the page; without, that of the backtest's messages.

    Raises
    ------
    LabError
        When the export, a strategy's name or the file to write is not what it must be.
    """
    everything = read_runs(export)
    chosen = _chosen(everything, strategies)
    traded = [run for run in chosen if len(run.trades)]
    if not traded:
        raise LabError(f"{', '.join(run.strategy for run in chosen)} traded nothing")
    target = out or PLOTS / f"{traded[0].source.stem}-report.html"
    _check_writable(target)
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    say, contents = Wording(language or language_of(traded[0].export.config)), []
    for run in traded:
        pairs = ", ".join(sorted(run.trades["pair"].unique()))
        console.print(f"{run.strategy}: reading candles of {pairs} from {datadir}")
        contents.append(contents_of(run, datadir, len(everything), console, say))
    page = render(contents, [run.strategy for run in chosen if not len(run.trades)], say)
    try:
        write_whole(target, page)
    except OSError as error:
        raise LabError(f"--out can't be written: {error}") from error
    return target


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = OneSentenceParser(
        prog="python -m ict_lab.report", description="One HTML file about a Freqtrade backtest."
    )
    parser.add_argument(
        "export", nargs="?", type=Path, default=RESULTS, metavar="EXPORT",
        help=f"a backtest's .zip, or a folder whose newest one is taken ({RESULTS})",
    )  # fmt: skip
    parser.add_argument(
        "--strategy", action="append", default=[], metavar="NAME",
        help="a strategy of the export; may be given again (all of them)",
    )  # fmt: skip
    parser.add_argument(
        "--datadir", type=Path, default=DATADIR, metavar="FOLDER",
        help=f"candles, as for Freqtrade ({DATADIR})",
    )  # fmt: skip
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"the file to write (in {PLOTS}, by the export's name)",
    )
    parser.add_language("of the page (as make setup was told, else ict_messages.language of the backtest)")
    return parser.parse_args(arguments)


def _chosen(runs: Sequence[BacktestRun], names: Sequence[str]) -> list[BacktestRun]:
    known = {run.strategy: run for run in runs}
    for name in names:
        if name not in known:
            raise LabError(f"--strategy must be one of {', '.join(known)}, was {name}")
    return [known[name] for name in names or known]


def _check_writable(target: Path) -> None:
    """Find out before the work, not after it."""
    if target.is_dir():
        raise LabError(f"--out must be a file, {target} is a folder")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"--out can't be written: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
