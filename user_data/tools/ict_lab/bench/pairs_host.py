"""A real bot whose candle has just closed: ``python -m ict_lab.bench.pairs_host FILE N trade ...``.

Freqtrade's own main runs unchanged but for a clock around the bot's loop and one around its analysis.
Before each loop but the first the newest candle is taken away from the bot: it finds that one has closed,
loads it for every pair and analyses them all, as it does every 15 minutes. After N loops it is interrupted.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Clocked:
    """A bot's loops on a clock.

    Parameters
    ----------
    times
        Where the seconds of each loop go at the end: wall, processor, and wall of the analysis.
    loops
        How many to time, after the first, which loads the whole history and is another thing.
    """

    def __init__(self, times: Path, loops: int) -> None:
        self._times, self._loops = times, loops
        self._taken: list[tuple[float, float, float]] = []
        self._analysis = 0.0
        self._analysed: set[str] = set()

    def install(self) -> None:
        """Put the clock around Freqtrade's own methods."""
        from freqtrade.freqtradebot import FreqtradeBot
        from freqtrade.strategy import IStrategy

        process, analyze, analyze_ticker = FreqtradeBot.process, IStrategy.analyze, IStrategy.analyze_ticker

        def clocked_analysis(strategy: IStrategy, pairs: list[str]) -> None:
            self._analysis = _seconds(lambda: analyze(strategy, pairs))[0]

        def noted_ticker(strategy: IStrategy, dataframe: Any, metadata: dict[str, Any]) -> Any:
            self._analysed.add(metadata["pair"])
            return analyze_ticker(strategy, dataframe, metadata)

        for owner, name, clocked in (
            (FreqtradeBot, "process", lambda bot: self._loop(bot, lambda: process(bot))),
            (IStrategy, "analyze", clocked_analysis),
            (IStrategy, "analyze_ticker", noted_ticker),
        ):
            setattr(owner, name, clocked)

    def _loop(self, bot: Any, process: Callable[[], None]) -> None:
        if self._taken:
            take_newest_candle_away(bot)
        self._analysed.clear()
        self._taken.append((*_seconds(process), self._analysis))
        if missing := set(bot.active_pair_whitelist) - self._analysed:
            raise RuntimeError(f"these pairs were not analysed in this loop: {', '.join(sorted(missing))}")
        if len(self._taken) > self._loops:
            self._times.write_text(json.dumps(self._taken[1:]), encoding="utf-8")
            raise KeyboardInterrupt


def take_newest_candle_away(bot: Any) -> None:
    """Let the bot believe that its newest candle of each pair has not closed yet."""
    from freqtrade.exchange import timeframe_to_msecs

    timeframe, exchange = bot.strategy.timeframe, bot.exchange
    for key in [key for key in exchange._klines if key[1] == timeframe]:
        exchange._klines[key] = exchange._klines[key].iloc[:-1]
        exchange._pairs_last_refresh_time[key] -= timeframe_to_msecs(timeframe)
        del exchange._pairs_last_poll_time[key]
    bot.strategy._IStrategy__last_candle_seen_per_pair.clear()


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def main(times: Path, loops: int, arguments: list[str]) -> int:
    """Run Freqtrade's command line on the clock and return its exit code."""
    from freqtrade.main import main as freqtrade

    Clocked(times, loops).install()
    try:
        freqtrade(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
