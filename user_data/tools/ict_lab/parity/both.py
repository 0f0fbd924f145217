"""Both sides of a scenario, each a process of its own without a way to the network, at the same time."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD
from ict_lab.errors import LabError
from ict_lab.parity.backtest import backtested, require_on_this_machine
from ict_lab.parity.scenario import SCENARIOS
from ict_lab.places import STRATEGIES, TOOLS
from ict_lab.processes import research_environment

# A simulated day takes some ten seconds of one processor.
DAY_SECONDS = 120


@dataclass(frozen=True)
class Runs:
    """What the live side wrote and logged, and what the backtest exported and wrote down."""

    live: dict[str, Any]
    log: str
    backtest: dict[str, list[Any]]


def lived_through(folder: Path, name: str, days: int, *, weighed: bool = False) -> Runs:
    """Live through so many days of a scenario on both sides, in an empty folder.

    Where it is `weighed`, the live side notes at each midnight what the strategy holds, which takes longer.

    Raises
    ------
    LabError
        If one of them fails, or asks for anything beyond this machine.
    """
    live, other = folder / "live", folder / "backtest"
    guard = live / "guard" / "sitecustomize.py"
    guard.parent.mkdir(parents=True)
    guard.write_text(NETWORK_GUARD, encoding="utf-8")
    log = live / "output.log"
    options = ["--memory"] if weighed else []
    with log.open("wb") as output:
        process = _started(live, output, name, str(days), *options)
        try:
            backtest = backtested(other, SCENARIOS[name].lasting(days))
            code = process.wait(DAY_SECONDS * days)
        finally:
            process.kill()
    text = log.read_text(encoding="utf-8")
    if code:
        raise LabError(f"the live side failed: {text[-4000:]}")
    result = json.loads((live / "live.json").read_text(encoding="utf-8"))
    require_on_this_machine(live, result["refusals"])
    return Runs(result, text, backtest)


def _started(folder: Path, output: IO[bytes], *words: str) -> Any:
    # Freqtrade keeps no log where it believes that it is tested itself.
    without = ("FREQTRADE__", "PYTEST")
    environment = research_environment(folder / "guard", STRATEGIES, TOOLS, without=without)
    line = [sys.executable, "-m", "ict_lab.parity.replay", str(folder), *words]
    return forks.popen(line, cwd=folder, env=environment, stdout=output)
