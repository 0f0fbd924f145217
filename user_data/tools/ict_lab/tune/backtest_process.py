"""The process that runs a quick backtest: Freqtrade's own, and a file that says how far it is.

python -m ict_lab.tune.backtest_process PROGRESS_FILE backtesting [Freqtrade's options]
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from freqtrade.commands import Arguments
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.exceptions import FreqtradeException
from freqtrade.loggers import setup_logging_pre
from freqtrade.optimize.backtesting import Backtesting
from rich.progress import Task

logger = logging.getLogger("freqtrade")
FAILED = 2


class ProgressFile:
    """Writes Freqtrade's progress into a file, a line for each percent.

    Parameters
    ----------
    path : Path
        File to append to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = ""

    def __call__(self, task: Task) -> None:
        """Take one step of Freqtrade's."""
        if not task.total:
            return
        line = json.dumps({"phase": task.description, "percent": int(100 * task.completed / task.total)})
        # The task that counts the phases has a total of four.
        if task.id != 0 and line != self._written:
            self._written = line
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")


def main(arguments: Sequence[str]) -> int:
    """Run the backtest and return the exit code: 0, or 2 after an error that Freqtrade names."""
    setup_logging_pre()
    try:
        config = setup_optimize_configuration(
            Arguments(list(arguments[1:])).get_parsed_arg(), RunMode.BACKTEST
        )
        Backtesting(config, progress_callback=ProgressFile(Path(arguments[0]))).start()
    except FreqtradeException as error:
        logger.error(str(error))
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
