"""A simulated day of the real bot: ``python -m ict_lab.soak``, or ``make soak``.

``freqtrade trade`` runs with the shipped strategy against the loopback exchange, sixty times as fast as real
time. It is stopped, killed and restarted at every critical point, and calls are cut on purpose; after each,
the exchange, the bot's book and the messages on Discord must agree.
"""

import logging
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from ict_lab.command_line import INTERRUPTED_EXIT, USAGE_EXIT, OneSentenceParser
from ict_lab.soak.day import Outcome, Plan, run
from loopback.bot_time import faketime_library

# A simulated day starts at noon, so that midnight UTC comes in the middle.
DAY = datetime(2026, 3, 4, tzinfo=UTC)
LEAST_SPEED, HIGHEST_SPEED = 2, 120

console = Console(highlight=False)


def parse(arguments: Sequence[str] | None) -> Plan:
    """Read the command line; exit with one sentence if an option is wrong.

    Parameters
    ----------
    arguments
        The words after the program's name; the process's own if None.
    """
    parser = OneSentenceParser(prog="make soak", description="Let the real bot live a simulated day.")
    parser.add_argument("--hours", type=float, default=24.0, help="simulated hours (24)")
    parser.add_argument("--start", type=float, default=12.0, help="hour UTC at the start (12)")
    parser.add_argument("--speed", type=float, default=60.0, help="simulated seconds a real one (60)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the market (1)")
    given = parser.parse_args(arguments)
    parser.check_ranges(0.1, 240, hours=given.hours)
    parser.check_ranges(0, 24, start=given.start)
    parser.check_ranges(LEAST_SPEED, HIGHEST_SPEED, speed=given.speed)
    parser.check_ranges(0, seed=given.seed)
    return Plan(DAY + timedelta(hours=given.start), given.hours, given.speed, given.seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a plan and show its figures; return the exit code.

    Parameters
    ----------
    arguments
        Command line without the program's name; the process's own if None.

    Returns
    -------
    int
        0 if all agreed, 1 if anything differed, 2 if it can't be run, 130 if it was interrupted.
    """
    plan = parse(arguments)
    if faketime_library() is None:
        print(
            "make soak: libfaketime must be installed for a faster time, on Debian and Ubuntu by "
            "`apt-get install faketime`",
            file=sys.stderr,
        )
        return USAGE_EXIT
    # The server would remark on each connection that is cut on purpose.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    # Like Ctrl-C, so that the bot is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    minutes = plan.hours * 60 / plan.speed
    _say(f"{plan.hours:g} simulated hours at {plan.speed:g}-fold speed: about {minutes:.0f} minutes")
    try:
        outcome = run(plan, _say)
    except KeyboardInterrupt:
        _say("Stopped before its end: no figures.")
        return INTERRUPTED_EXIT
    _show(outcome)
    return 1 if outcome.complaints else 0


def _say(text: str) -> None:
    console.print(text, soft_wrap=True, markup=False)


def _show(outcome: Outcome) -> None:
    table = Table(show_header=False, box=None)
    for name, text in outcome.figures.items():
        table.add_row(name, text)
    console.print(table)
    for kind, count in sorted(outcome.log.items(), key=lambda item: -item[1]):
        _say(f"  {count:>5} x {kind}")
    _say(f"Points reached: {', '.join(outcome.reached) or 'none'}")
    if outcome.missed:
        _say(f"Not reached in this time: {', '.join(outcome.missed)}")
    for complaint in outcome.complaints:
        _say(f"WRONG: {complaint}")
    _say("Nothing was lost, doubled or orphaned." if not outcome.complaints else "Something is wrong.")


if __name__ == "__main__":
    sys.exit(main())
