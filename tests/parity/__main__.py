"""Compare live bot and backtest while entries rest: ``python -m tests.parity``, or ``make parity``."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.parity.both import lived_through
from tests.parity.resting import Sides
from tests.parity.scenario import SCENARIOS


def main() -> int:
    """Live through the days and print what came of it; return 1 where a difference has no cause."""
    parser = argparse.ArgumentParser(prog="make parity", description=(__doc__ or "").split(":")[0])
    parser.add_argument("--days", type=int, default=14, help="simulated days (14)")
    days = parser.parse_args().days
    if not 1 <= days <= 100:
        parser.error(f"--days must be from 1 to 100, was {days}")
    with tempfile.TemporaryDirectory(prefix="ict-parity-") as folder:
        runs = lived_through(Path(folder), "resting", days)
    lines = list(Sides.of(runs, SCENARIOS["resting"].lasting(days)).report())
    print("\n".join(lines))
    return int(any(line.startswith("UNEXPLAINED") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
