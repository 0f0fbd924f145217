"""Trade every model on the same candles, and say what each earns after costs, against chance.

    python -m ict_lab.league --datadir path/to/data/binance
    python -m ict_lab.league --datadir path/to/data/binance --pairs BTC/USDT:USDT --setup mine.json

docs/protocol.md defines the tests; its hash is part of the result. Every variant that is traded goes
into the log of trials, and every variant in it counts.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import multiprocessing
import os
import shlex
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from ict_lab.command_line import INTERRUPTED_EXIT, OneSentenceParser, failed
from ict_lab.defaults import TIMEFRAME
from ict_lab.errors import LabError, check_ranges
from ict_lab.league.choice import OPTIONS as CHOICE
from ict_lab.league.choice import chosen
from ict_lab.league.freqtrade import check
from ict_lab.league.page import write
from ict_lab.league.results import League, judge, trial_of
from ict_lab.league.stretch import Stretch
from ict_lab.league.subjects import Subject, variants_of
from ict_lab.league.trading import Spec, Traded, trade
from ict_lab.places import REPOSITORY
from ict_lab.trials import TrialLog, tries

PROTOCOL = REPOSITORY / "docs/protocol.md"
CHECK_DAYS = 60

OPTIONS: dict[str, dict[str, Any]] = CHOICE | {
    "--freqtrade-days": {
        "type": int, "default": CHECK_DAYS,
        "help": f"run each base by Freqtrade over the last so many days, default {CHECK_DAYS}; 0 is all",
    },
    "--draws": {"type": int, "default": Spec.random_draws, "help": "random entries"},
    "--placebo-draws": {"type": int, "default": Spec.placebo_draws, "help": "placebos"},
    "--seed": {"type": int, "default": Spec.seed, "help": "random state"},
    "--tried-elsewhere": {
        "type": int, "default": 0, "metavar": "N", "help": "variants that were tried and are in no log",
    },
    "--trials": {"type": Path, "default": Path("user_data/trials.jsonl"), "help": "log of trials"},
    "--workers": {"type": int, "default": os.cpu_count() or 1, "help": "processes"},
    "--out": {"type": Path, "default": Path("user_data/league"), "help": "folder of page and table"},
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the league; return 0 whatever it says, or 2 where it can't be run."""
    options = OneSentenceParser.of("python -m ict_lab.league", __doc__, OPTIONS).parse_args(arguments)
    # Freqtrade warns of candles of a higher timeframe that are not there; the page says so.
    logging.getLogger("freqtrade").setLevel(logging.ERROR)
    begun = time.monotonic()
    try:
        league = _run(options)
        notes = _notes(options, league, time.monotonic() - begun)
        files = write(league, notes, options.out)
    except LabError as error:
        return failed("make league", error)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    console = Console(highlight=False)
    console.print(f"[bold]{league.sentence}[/bold]", soft_wrap=True)
    console.print(f"See {' and '.join(map(str, files))}", soft_wrap=True)
    return 0


def _run(options: argparse.Namespace) -> League:
    check_ranges(1, workers=options.workers)
    check_ranges(0, freqtrade_days=options.freqtrade_days, tried_elsewhere=options.tried_elsewhere)
    log = TrialLog(options.trials)
    if log.begun:
        # A log that is not whole stops the league before it takes its time.
        log.read()
    bases, stretch = chosen(options)
    found = _traded([variant for base in bases for variant in variants_of(base)], stretch, options)
    checked = check(
        bases, stretch, options.freqtrade_days, options.workers, lambda name: _say(f"Freqtrade ran {name}")
    )
    log.add_new([trial_of(one, stretch) for one in found if not one.refused])
    elsewhere = options.tried_elsewhere + sum({base.strategy: base.tried_before for base in bases}.values())
    return judge(found, checked, stretch, tries(log.read()) + elsewhere)


def _traded(subjects: Sequence[Subject], stretch: Stretch, options: argparse.Namespace) -> list[Traded]:
    """Trade the variants, those first that take longest: bases with their draws."""
    spec = Spec(options.draws, options.placebo_draws, options.seed)
    order = sorted(subjects, key=lambda one: (one.role != "base", not one.rests))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.workers, mp_context=context) as pool:
        futures = {one.name: pool.submit(trade, one, stretch, spec) for one in order}
        for one in order:
            done = futures[one.name].result()
            _say(f"traded {one.name}: {len(done.trades):,} trades, {done.seconds:.1f} s")
    return [futures[one.name].result() for one in subjects]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _notes(options: argparse.Namespace, league: League, seconds: float) -> list[str]:
    stretch = league.stretch
    digest = hashlib.sha256(PROTOCOL.read_bytes()).hexdigest()
    command = " ".join(["python -m ict_lab.league", *(_word(name, options) for name in OPTIONS)]).split()
    notes = [
        f"Candles: {', '.join(stretch.pairs)}, {stretch.timeframe}, {stretch.start:%Y-%m-%d %H:%M} to "
        f"{stretch.end:%Y-%m-%d %H:%M} UTC.",
        *(f"Missing: {one}." for one in stretch.missing),
        f"Protocol: docs/protocol.md, SHA-256 {digest}.",
        f"Command: {' '.join(command)} ({seconds:.0f} s).",
        f"Draws: {options.draws} of random entries, {options.placebo_draws} placebos, seed {options.seed}.",
        f"Tries: {league.tries}, those of the log and those that classes say they were chosen among.",
        "Would find: the true mean net R that H1 alone finds in four runs of five, at 5 %.",
    ]
    if why := _exploratory(options):
        notes.insert(0, f"Exploratory: {why}.")
    return notes


def _word(name: str, options: argparse.Namespace) -> str:
    """Return an option as it was typed, where it is not the default."""
    value = getattr(options, name.removeprefix("--").replace("-", "_"))
    if value == OPTIONS[name]["default"] or name in ("--out", "--trials", "--workers"):
        return ""
    values = value if isinstance(value, list) else [value]
    return f"{name} {shlex.join(map(str, values))}"


def _exploratory(options: argparse.Namespace) -> str:
    """Say what of a run is not in the protocol; nothing where all is."""
    spec = Spec(options.draws, options.placebo_draws, options.seed)
    others = [name for name, value in asdict(Spec()).items() if getattr(spec, name) != value]
    if options.timeframe != TIMEFRAME:
        others.append("timeframe")
    said = [f"{', '.join(others)} differ from the protocol"] if others else []
    return "; ".join(said + [f"the setup {file.stem} is not in the protocol" for file in options.setup])


if __name__ == "__main__":
    sys.exit(main())
