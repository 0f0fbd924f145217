"""A real bot whose candle has just closed: ``python -m ict_lab.bench.pairs_host FILE N trade ...``.

Freqtrade's own main runs unchanged except for clocks around the bot's loop, its analysis and the strategy's
own methods. Before each loop but the first the bot's newest candle is removed: the bot finds that one has
closed, loads it for every pair and analyses them all, as it does every 15 minutes. After N loops it is
interrupted.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from pathlib import Path
from typing import Any

import psutil


class Clocked:
    """A bot's loops on a clock.

    Parameters
    ----------
    file
        Where the seconds of each loop go at the end, and the bytes that the process then takes.
    loops
        How many to time, after the first, which loads the whole history and is another thing.
    """

    def __init__(self, file: Path, loops: int) -> None:
        self._file, self._loops = file, loops
        self._taken: list[dict[str, float]] = []
        self._analysis = self._own = 0.0
        self._in_own = False
        self._analysed: set[str] = set()

    def install(self) -> None:
        """Put the clocks around Freqtrade's own methods."""
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

    def clock_own(self, strategy: Any) -> None:
        """Put a clock around each of Freqtrade's hooks that the strategy has a method of its own for.

        Freqtrade's method of that name, which the strategy's may call, does not count.
        """
        from freqtrade.strategy import IStrategy

        for name in dir(IStrategy):
            own, freqtrades = getattr(type(strategy), name), getattr(IStrategy, name)
            if isfunction(own) and own is not freqtrades and not name.startswith("_"):
                setattr(strategy, name, self._clocked(getattr(strategy, name)))
                setattr(IStrategy, name, self._freqtrades(freqtrades))

    def _clocked(self, method: Callable[..., Any]) -> Callable[..., Any]:
        # Freqtrade looks at a hook's name and signature; one that calls another is counted once.
        @wraps(method)
        def clocked(*values: Any, **named: Any) -> Any:
            if self._in_own:
                return method(*values, **named)
            self._in_own, begun = True, time.process_time()
            try:
                return method(*values, **named)
            finally:
                self._in_own = False
                self._own += time.process_time() - begun

        return clocked

    def _freqtrades(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Of a method of Freqtrade's that a hook calls, only the hooks that it calls count."""

        @wraps(method)
        def unclocked(*values: Any, **named: Any) -> Any:
            in_own, self._in_own, begun = self._in_own, False, time.process_time()
            try:
                return method(*values, **named)
            finally:
                self._in_own = in_own
                self._own -= (time.process_time() - begun) if in_own else 0.0

        return unclocked

    def _loop(self, bot: Any, process: Callable[[], None]) -> None:
        if self._taken:
            take_newest_candle_away(bot)
        else:
            self.clock_own(bot.strategy)
        self._analysed.clear()
        self._own = 0.0
        wall, processor = _seconds(process)
        self._taken.append(
            {"wall": wall, "processor": processor, "analysis": self._analysis, "own": self._own}
        )
        if missing := set(bot.active_pair_whitelist) - self._analysed:
            raise RuntimeError(f"these pairs were not analysed in this loop: {', '.join(sorted(missing))}")
        if len(self._taken) > self._loops:
            self._write()
            raise KeyboardInterrupt

    def _write(self) -> None:
        gc.collect()
        taken = {"loops": self._taken[1:], "memory": psutil.Process().memory_info().rss}
        self._file.write_text(json.dumps(taken), encoding="utf-8")


def take_newest_candle_away(bot: Any) -> None:
    """Let the bot believe that its newest candle of each pair has not closed yet."""
    from freqtrade.exchange import timeframe_to_msecs

    timeframe, exchange = bot.strategy.timeframe, bot.exchange
    for key in [key for key in exchange._klines if key[1] == timeframe]:
        exchange._klines[key] = exchange._klines[key].iloc[:-1]
        exchange._pairs_last_refresh_time[key] -= timeframe_to_msecs(timeframe)
        exchange._pairs_last_poll_time.pop(key, None)
    bot.strategy._IStrategy__last_candle_seen_per_pair.clear()


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def main(file: Path, loops: int, arguments: list[str]) -> int:
    """Run Freqtrade's command line on the clock and return its exit code."""
    from freqtrade.main import main as freqtrade

    Clocked(file, loops).install()
    try:
        freqtrade(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
