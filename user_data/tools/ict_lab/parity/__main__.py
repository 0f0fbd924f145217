"""Compare live bot and backtest while entries rest: ``python -m ict_lab.parity``, or ``make parity``."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.errors import LabError
from ict_lab.parity.both import lived_through
from ict_lab.parity.resting import Sides
from ict_lab.parity.scenario import SCENARIOS


def main(arguments: Sequence[str] | None = None) -> int:
    """Live through the days and print what came of it.

    Parameters
    ----------
    arguments
        Command line without the program's name; the process's own if None.

    Returns
    -------
    int
        0 if each difference has a cause, 1 if one has none, 2 if a side could not be run.
    """
    parser = OneSentenceParser(prog="make parity", description=(__doc__ or "").split(":")[0])
    parser.add_argument("--days", type=int, default=14, help="simulated days (14)")
    parser.add_argument("--memory", action="store_true", help="also weigh what the strategy holds, slower")
    given = parser.parse_args(arguments)
    days = given.days
    parser.check_ranges(1, 100, days=days)
    try:
        with tempfile.TemporaryDirectory(prefix="ict-parity-") as folder:
            runs = lived_through(Path(folder), "resting", days, weighed=given.memory)
    except LabError as error:
        return failed("make parity", error)
    lines = list(Sides.of(runs, SCENARIOS["resting"].lasting(days)).report())
    lines += [
        f"after day {day}: the strategy holds {held / 2**20:.1f} MiB, bot and exchange {whole / 2**20:.0f}"
        for day, (held, whole) in enumerate(runs.live["memory"], 1)
    ]
    print("\n".join(lines))
    return int(any(line.startswith("UNEXPLAINED") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
