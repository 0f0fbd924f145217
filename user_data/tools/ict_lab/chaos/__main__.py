"""Random faults on the real bot: ``python -m ict_lab.chaos``, or ``make chaos``.

Each scenario follows from its seed, which repeats it: a phase of a trade, the faults in it, and stops and
restarts of the bot. ``freqtrade trade`` runs it with the shipped strategy on the loopback exchange; then
exchange, book and messages must agree.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from ict_lab.chaos.campaign import Campaign, Outcome, counted, live, run, shrink
from ict_lab.chaos.catalogue import PHASES
from ict_lab.chaos.scenario import made_from
from ict_lab.command_line import INTERRUPTED_EXIT, OneSentenceParser

MOST_SCENARIOS, MOST_JOBS = 10_000, 64

console = Console(highlight=False)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; exit with one sentence if an option is wrong.

    Parameters
    ----------
    arguments
        The words after the program's name; the process's own if None.
    """
    parser = OneSentenceParser(
        prog="make chaos", description="Let things go wrong at random on the real bot."
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the first scenario (1)")
    parser.add_argument("--count", type=int, default=10, help="how many, a seed each (10)")
    usual = (os.cpu_count() or 1) + 1
    parser.add_argument("--jobs", type=int, default=usual, help=f"how many at once ({usual})")
    parser.add_argument("--steps", default="", help="only these steps of the one scenario, such as 1,3,4")
    parser.add_argument(
        "--shrink", type=int, default=5, help="failures whose shortest steps are looked for (5)"
    )
    parser.add_argument("--list", action="store_true", help="say what the scenarios are, and run none")
    given = parser.parse_args(arguments)
    parser.check_ranges(0, 2**31, seed=given.seed)
    parser.check_ranges(1, MOST_SCENARIOS, count=given.count)
    parser.check_ranges(1, MOST_JOBS, jobs=given.jobs)
    parser.check_ranges(0, MOST_SCENARIOS, shrink=given.shrink)
    given.steps = _numbers(parser, given)
    return given


def _numbers(parser: OneSentenceParser, given: argparse.Namespace) -> tuple[int, ...]:
    words = [word for word in given.steps.split(",") if word]
    last = len(made_from(given.seed).steps)
    if not all(word.isdigit() and 1 <= int(word) <= last for word in words):
        parser.error(f"--steps must be numbers from 1 to {last}, was {given.steps}")
    if words and given.count != 1:
        parser.error(f"--steps must be of one scenario, was of {given.count}")
    return tuple(map(int, words))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run scenarios and show their outcomes; return the exit code.

    Parameters
    ----------
    arguments
        Command line without the program's name; the process's own if None.

    Returns
    -------
    int
        0 if every check held, 1 if one failed, 2 if it can't be run, 130 if it was interrupted.
    """
    given = parse(arguments)
    seeds = range(given.seed, given.seed + given.count)
    if given.list or given.count == 1:
        for seed in seeds:
            _lines(made_from(seed).lines())
    if given.list:
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()
    try:
        campaign = _run(given, seeds)
    except KeyboardInterrupt:
        _lines(["Stopped before its end: no figures."])
        return INTERRUPTED_EXIT
    _show(campaign, (time.monotonic() - begun) / 60)
    return 1 if campaign.failures else 0


def _run(given: argparse.Namespace, seeds: range) -> Campaign:
    if given.steps:
        campaign = Campaign([live(given.seed, given.steps)])
        _progress(campaign.outcomes[0])
        return campaign
    campaign = run(seeds, given.jobs, _progress)
    if given.shrink and campaign.failures:
        _lines(["Looking for the shortest steps of what failed"])
        shrink(campaign, given.jobs, _progress, given.shrink)
    return campaign


def _lines(lines: Sequence[str]) -> None:
    for line in lines:
        console.print(line, soft_wrap=True, markup=False)


def _progress(outcome: Outcome) -> None:
    scenario = made_from(outcome.seed)
    said = "; ".join(outcome.complaints) or "all held"
    of = (
        "" if len(outcome.numbers) == len(scenario.steps) else f" steps {','.join(map(str, outcome.numbers))}"
    )
    _lines([f"seed {outcome.seed}{of}: {scenario.phase.name}, {outcome.seconds:.0f} s: {said}"])


def _show(campaign: Campaign, minutes: float) -> None:
    pairs = list(counted(campaign.outcomes))
    phases = [phase.name for phase in PHASES if any(phase.name == met for _, met, _ in pairs)]
    _lines(["", "How often each fault met each phase:"])
    _lines([f"  {number:>2} {phase}" for number, phase in enumerate(phases, 1)])
    table = Table("", *map(str, range(1, len(phases) + 1)), box=None)
    found = {(fault, phase): count for fault, phase, count in pairs}
    for fault in sorted({fault for fault, _, _ in pairs}):
        table.add_row(fault, *(str(found.get((fault, phase), "")) for phase in phases))
    console.print(table)
    for failed in campaign.failures:
        _explain(campaign.shortest.get(failed.seed, failed))
    outcomes = campaign.outcomes
    killed, inside = (sum(getattr(row, name) for row in outcomes) for name in ("kills", "kills_in_call"))
    missed = sum(fault == "not reached" for row in outcomes for fault, _ in row.met)
    _lines(
        [
            f"{len(outcomes)} scenarios in {minutes:.0f} minutes, {len(pairs)} kinds of fault and phase, "
            f"{killed} times kill -9, {inside} of them inside an order call; "
            f"{missed} did not reach their phase.",
            f"{len(campaign.failures)} scenarios failed."
            if campaign.failures
            else "Every invariant held: nothing was lost, doubled, orphaned or left unsaid.",
        ]
    )


def _explain(failed: Outcome) -> None:
    """Show a failure: its steps, the checks that failed, and the command that repeats it."""
    scenario = made_from(failed.seed).only(failed.numbers)
    steps = ",".join(map(str, failed.numbers))
    _lines(["", *scenario.lines(), *(f"  WRONG: {complaint}" for complaint in failed.complaints)])
    _lines(
        [f'  Again: make chaos SEED={failed.seed} N=1 CHAOS="--steps {steps}"', f"  Logs: {failed.folder}"]
    )


if __name__ == "__main__":
    sys.exit(main())
