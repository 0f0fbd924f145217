"""The real Freqtrade as a process of its own: ``python -m ict_lab.bench.host TIMES.json backtesting ...``.

Freqtrade's own main runs unchanged except for clocks around `Backtesting.start`: data, analysis, loop and
report, without the imports and the exchange's markets that come before, and around the loading in it.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any


def main(times: Path, arguments: list[str]) -> None:
    """Run Freqtrade's command line and write the seconds of `Backtesting.start` and its loading to a file."""
    from freqtrade.main import main as freqtrade
    from freqtrade.optimize.backtesting import Backtesting

    start, load = Backtesting.start, Backtesting.load_bt_data
    spent: dict[str, float] = {}

    def timed_load(backtesting: Backtesting) -> Any:
        begun = time.process_time()
        loaded = load(backtesting)
        spent["loading"] = time.process_time() - begun
        return loaded

    def timed(backtesting: Backtesting) -> None:
        begun, cpu = time.perf_counter(), time.process_time()
        start(backtesting)
        spent.update(start=time.perf_counter() - begun, start_cpu=time.process_time() - cpu)
        times.write_text(json.dumps(spent), encoding="utf-8")

    setattr(Backtesting, start.__name__, timed)
    setattr(Backtesting, load.__name__, timed_load)
    freqtrade(arguments)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
