"""Search the strategy's parameters with Freqtrade's hyperopt, and log every variant that was tried.

    python -m ict_lab.hyperopt --pairs BTC/USDT:USDT --timerange 20240101-20240701 --epochs 100

The best epoch goes into the strategy's JSON file, which every later run uses. What follows `--` goes to
`freqtrade hyperopt` as it is. With --fast the replay trades the epochs, if it trades the base variant as
Freqtrade does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ict_lab.available_market import reached, rules_for
from ict_lab.candles import common_range, format_options
from ict_lab.command_line import INTERRUPTED_EXIT, OneSentenceParser, failed
from ict_lab.defaults import own_configs
from ict_lab.errors import LabError
from ict_lab.hyperopt_runs import (
    Search,
    best_of,
    log_epochs,
    read_epochs,
    timerange_of,
)
from ict_lab.places import TOOLS
from ict_lab.processes import research_environment
from ict_lab.search_options import add_search_options, add_search_places, search_from
from ict_lab.terminal import console
from ict_lab.trials import TrialLog, tries


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the search; return Freqtrade's exit code, or 2 where nothing was searched or logged."""
    options = _parser().parse_args(arguments)
    try:
        return _search(options)
    except (LabError, OSError) as error:
        return failed("make hyperopt", error)


def _search(options: argparse.Namespace) -> int:
    search = search_from(options)
    _check_days(options, search)
    log = TrialLog(options.trials)
    if log.begun:
        # A log that is not whole stops the search before it takes its time.
        log.read()
    results = options.userdir / "hyperopt_results"
    before = set(results.glob("*.fthypt"))
    with reached(rules_for(options.datadir, search.pairs)) as overlay:
        code = _freqtrade(options, search, overlay)
    new = sorted(set(results.glob("*.fthypt")) - before)
    for file in new:
        _log(log, file, options, search)
    if not new and not code:
        # Freqtrade ends so for a wrong option, or where another search runs in the same folder.
        raise LabError("nothing was searched; Freqtrade says above why")
    return code


def _check_days(options: argparse.Namespace, search: Search) -> None:
    """Look for candles before Freqtrade does, which would make an absent folder."""
    start, end = timerange_of(options.timerange)
    first, last = common_range(options.datadir, search.pairs, search.timeframe)
    if start >= last or end <= first:
        raise LabError(
            f"timerange must lie in the candles of {first:%Y%m%d}-{last:%Y%m%d}, was {options.timerange}"
        )


def _freqtrade(options: argparse.Namespace, search: Search, overlay: Sequence[str]) -> int:
    places = ["--userdir", str(options.userdir), "--strategy-path", str(options.strategy_path)]
    places += ["--hyperopt-path", str(options.hyperopt_path), "--datadir", str(options.datadir)]
    places += format_options(options.datadir, search.pairs, search.timeframe)
    configs = [*(options.config or own_configs()), *overlay]
    call = ["hyperopt", *(part for path in configs for part in ("-c", str(path))), *places]
    call += ["--timerange", options.timerange, *search.search_options, *options.more]
    shown = search.host if search.engine == "freqtrade" else f"python -m {search.host}"
    console.print(f"$ {shown} {' '.join(call)}", style="dim", markup=False)
    env = research_environment(options.strategy_path.resolve(), TOOLS)
    with subprocess.Popen([sys.executable, "-m", search.host, *call], env=env) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Freqtrade has got the same Ctrl-C: it ends its epoch and exports the best so far.
            process.wait()
            return INTERRUPTED_EXIT


def _log(log: TrialLog, file: Path, options: argparse.Namespace, search: Search) -> None:
    epochs = read_epochs(file)
    added = log_epochs(log, epochs, options.timerange)
    tried = tries(log.read())
    console.print(f"\n{added} epochs were added to {log.path}, which now counts {tried} variants.")
    exported = options.strategy_path / f"{search.strategy}.json"
    if best_of(epochs) and exported.exists():
        console.print(
            f"{exported} holds the best epoch; every later run uses it. Delete it to return to the defaults. "
            "A best of many says little by itself: test it on candles that the search has not seen."
        )


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m ict_lab.hyperopt",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--timerange", required=True, help="days, the end not included: 20240101-20240701")
    parser.add_argument(
        "--fast", dest="engine", action="store_const", const="replay", default="freqtrade",
        help="the same as --engine replay",
    )  # fmt: skip
    add_search_options(parser, epochs=100, jobs=os.cpu_count() or 1)
    add_search_places(parser)
    parser.add_argument("--userdir", type=Path, default=Path("user_data"), help="default user_data")
    parser.add_argument("--trials", type=Path, default=Path("user_data/trials.jsonl"), help="log of trials")
    parser.add_argument("more", nargs="*", metavar="-- OPTION", help="for freqtrade hyperopt")
    return parser


if __name__ == "__main__":
    sys.exit(main())
