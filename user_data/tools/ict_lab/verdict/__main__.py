"""Judge backtests, or a walk-forward, on what they made and on what chance would have made.

    python -m ict_lab.verdict user_data/backtest_results --out verdict.md
    python -m ict_lab.verdict --walkforward user_data/walkforward/NAME

Every variant that is judged goes into the log of trials, and every variant in it counts: the more were
tried, the less the best of them says. The log cannot be left out.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from ict_lab.command_line import INTERRUPTED_EXIT, OneSentenceParser, failed
from ict_lab.errors import LabError, check_ranges
from ict_lab.statistics.null_distribution import SEED
from ict_lab.trials import TrialLog
from ict_lab.verdict.judgement import Judgement, VerdictSpec, judge
from ict_lab.verdict.output import checked_form, show, write
from ict_lab.verdict.track_record import record_of_walkforward, records_of_exports, trials_beside

# Columns of a table that goes into a file or a pipe.
PIPED_WIDTH = 120
# Fewer prove nothing.
LEAST_DRAWS, MOST_DRAWS = 100, 100_000

OPTIONS: dict[str, dict[str, Any]] = {
    "exports": {
        "nargs": "*",
        "type": Path,
        "metavar": "EXPORT",
        "help": "a .zip of `freqtrade backtesting --export trades`, or a folder whose latest one counts",
    },
    "--walkforward": {
        "type": Path,
        "action": "append",
        "default": [],
        "metavar": "FOLDER",
        "help": "the folder of a walk-forward: its test windows are judged together",
    },
    "--datadir": {
        "type": Path,
        "default": Path("user_data/data/binance"),
        "help": "Freqtrade's folder of candles, default user_data/data/binance",
    },
    "--out": {
        "type": Path,
        "action": "append",
        "default": [],
        "metavar": "FILE",
        "help": "write it to a .md, .html or .json file too; may be given again",
    },
    "--trials": {
        "type": Path,
        "default": Path("user_data/trials.jsonl"),
        "help": "log of trials, default user_data/trials.jsonl",
    },
    "--tried-elsewhere": {
        "type": int,
        "default": 0,
        "metavar": "N",
        "help": "variants that were tried and are in no log; they count too",
    },
    "--draws": {"type": int, "default": 500, "help": "random entries, default 500 times"},
    "--placebo-draws": {"type": int, "default": 100, "help": "placebo zones, default 100 times"},
    "--slippage-bp": {
        "type": float,
        "default": 5.0,
        "help": "how much worse stops fill under stress, default 5 hundredths of a percent",
    },
    "--seed": {"type": int, "default": SEED, "help": f"random state, default {SEED}"},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the verdict; return 0 whatever it says, or 2 where there can be none."""
    options = OneSentenceParser.of("python -m ict_lab.verdict", __doc__, OPTIONS).parse_args(arguments)
    # Freqtrade warns of candles of a higher timeframe that are not there; they are made from the others.
    logging.getLogger("freqtrade").setLevel(logging.ERROR)
    try:
        judgements = _judged(options)
        for path in options.out:
            write(path, judgements)
    except LabError as error:
        return failed("make verdict", error)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    console = Console(highlight=False)
    show(console if console.is_terminal else Console(highlight=False, width=PIPED_WIDTH), judgements)
    return 0


def _judged(options: argparse.Namespace) -> list[Judgement]:
    spec = _spec(options)
    for path in options.out:
        checked_form(path)
    if not options.exports and not options.walkforward:
        raise LabError("name a backtest export, or --walkforward and its folder")
    log = TrialLog(options.trials)
    if log.begun:
        # A log that is not whole stops the verdict before it takes its time.
        log.read()
    with _Display() as display:
        searched = [TrialLog(folder / "trials.jsonl").read() for folder in options.walkforward]
        records = records_of_exports(options.exports, options.datadir, display.say)
        walked = [record_of_walkforward(path, options.datadir, display.say) for path in options.walkforward]
        log.add_new([*trials_beside(options.exports), *(record.trial() for record in [*records, *walked])])
        tried, inside = log.read(), [*([[]] * len(records)), *searched]
        return [
            judge(record, tried, options.tried_elsewhere, spec, display.of(record.name), own)
            for record, own in zip([*records, *walked], inside, strict=True)
        ]


def _spec(options: argparse.Namespace) -> VerdictSpec:
    check_ranges(LEAST_DRAWS, MOST_DRAWS, draws=options.draws)
    others = ("placebo_draws", "tried_elsewhere", "slippage_bp")
    check_ranges(0, MOST_DRAWS, **{name: getattr(options, name) for name in others})
    return VerdictSpec(
        random_draws=options.draws,
        placebo_draws=options.placebo_draws,
        slippage=options.slippage_bp / 1e4,
        seed=options.seed,
    )


class _Display:
    """Shows the progress: bars on a terminal, lines elsewhere."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.bars = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=self.console, transient=True, disable=not self.console.is_terminal,
        )  # fmt: skip
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _Display:
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def say(self, what: str) -> None:
        self.console.print(what, markup=False)

    def of(self, name: str) -> Callable[[str, int, int], None]:
        """Return the progress callback of a record."""

        def progress(what: str, made: int, of_all: int) -> None:
            label = f"{name}: {what}"
            if label not in self.tasks:
                self.tasks[label] = self.bars.add_task(label, total=of_all)
                if not self.console.is_terminal:
                    self.say(f"{label}, {of_all} draws")
            self.bars.advance(self.tasks[label], made)

        return progress


if __name__ == "__main__":
    sys.exit(main())
