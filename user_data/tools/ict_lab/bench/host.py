"""The real Freqtrade as a process of its own: ``python -m ict_lab.bench.host TIMES.json backtesting ...``.

Freqtrade's own main runs unchanged but for a clock around `Backtesting.start`: data, analysis, loop and
report, without the imports and the exchange's markets that come before.
"""

import json
import sys
import time
from pathlib import Path


def main(times: Path, arguments: list[str]) -> None:
    """Run Freqtrade's command line and write the seconds of `Backtesting.start` to a file."""
    from freqtrade.main import main as freqtrade
    from freqtrade.optimize.backtesting import Backtesting

    start = Backtesting.start

    def timed(backtesting: Backtesting) -> None:
        begun = time.perf_counter()
        start(backtesting)
        times.write_text(json.dumps({"start": time.perf_counter() - begun}), encoding="utf-8")

    setattr(Backtesting, start.__name__, timed)
    freqtrade(arguments)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
