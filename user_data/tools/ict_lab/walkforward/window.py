"""One window, as a process in its own folder: Freqtrade's hyperopt, then its backtest of what that chose.

    python -m ict_lab.walkforward.window task.json

The folder holds strategies, hyperopts and config, as unpacked from the bundle. It writes outcome.json.
Its parent holds its standard input open: when that ends, so do this process and its children.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# What a process printed last, to find out why it failed.
LAST_CHARACTERS = 5000
# An error in Freqtrade's log, or at the end of a traceback.
_SENTENCE = re.compile(r"(?:[\d :,-]+ - [\w.]+ - ERROR - |[\w.]+(?:Error|Exception): )(.+)")
RESULTS = {"hyperopt": "hyperopt_results/*.fthypt", "backtesting": "backtest_results/*.zip"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a window went.

    Attributes
    ----------
    state : str
        done; no_result, where the search found nothing to test; or failed.
    reason : str
        Why it is not done.
    """

    state: str
    reason: str = ""


def main() -> None:
    """Run the window that a file describes."""
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for name in ("user_data/hyperopt_results", "user_data/backtest_results", "logs"):
        Path(name).mkdir(parents=True, exist_ok=True)
    outcome = _outcome(task)
    Path("outcome.json").write_text(json.dumps(asdict(outcome)), encoding="utf-8")


def _end_with_the_starter() -> None:
    os.read(sys.stdin.fileno(), 1)
    # This process leads a session of its own, so the group is all that it started and nothing else.
    os.killpg(os.getpgid(0), signal.SIGKILL)


def _outcome(task: dict[str, Any]) -> Outcome:
    failure = _freqtrade("hyperopt", task["train_timerange"], task, task["search_options"])
    if failure:
        return Outcome("failed", failure)
    if not Path("strategies", f"{task['strategy']}.json").exists():
        return Outcome("no_result", "no epoch of the search had enough trades")
    options = [*task["run_options"], "--cache", "none", "--export", "trades"]
    failure = _freqtrade("backtesting", task["test_timerange"], task, options)
    return Outcome("failed", failure) if failure else Outcome("done")


def _freqtrade(command: str, timerange: str, task: dict[str, Any], options: list[str]) -> str:
    """Run a command of Freqtrade; return why it failed, or nothing."""
    configs = [*sorted(str(path) for path in Path("config").glob("[0-9][0-9]-*")), *task["worker_configs"]]
    places = ["--userdir", "user_data", "--strategy-path", "strategies", "--datadir", task["datadir"]]
    if command == "hyperopt":
        places += ["--hyperopt-path", "hyperopts"]
    host = task["search_host"] if command == "hyperopt" else "freqtrade"
    call = [sys.executable, "-m", host, command, "--timerange", timerange, *places, *options]
    call += [part for path in configs for part in ("-c", path)]
    log = Path(f"{command.removesuffix('ing')}.log")
    with log.open("wb") as said:
        code = subprocess.run(
            call, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
        ).returncode
    # Freqtrade's exit code is 0 for a wrong option, too.
    if not code and not list(Path("user_data").glob(RESULTS[command])):
        code = 2
    if code < 0:
        return f"freqtrade {command} was killed by signal {-code}, perhaps for want of memory"
    last = log.read_text(encoding="utf-8", errors="replace")[-LAST_CHARACTERS:]
    return f"freqtrade {command} ended without a result: {why(last)}" if code else ""


def why(log: str) -> str:
    """Return the last sentences about a failure, without their tracebacks: of a log, or its last line."""
    lines = [line for line in log.splitlines() if line.strip()]
    found = [sentence[1] for line in lines if (sentence := _SENTENCE.match(line))]
    return "; ".join(dict.fromkeys(found[-2:] or lines[-1:])) or "it printed nothing"


if __name__ == "__main__":
    main()
