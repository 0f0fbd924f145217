"""How time and memory grow with the number of candles."""

import tracemalloc
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ict import Params, analyse
from ict_lab.bench.candles import long_frame
from ict_lab.bench.rows import Bar, Row, Sample, at_most, measured
from ict_lab.bench.timing import Subject, take_turns

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
_REPEATS_A_ROUND = {10_000: 5, 100_000: 2, 1_000_000: 1}
EXPONENT = at_most(1.05, "")
BYTES = at_most(600, " B")


def growth_rows(say: Callable[[str], None]) -> list[Row]:
    """Fit the exponent of time against candles, and weigh the peak of a million candles."""
    say(f"Timing the full analysis on {SIZES[0]:,} to {SIZES[-1]:,} synthetic candles, {ROUNDS} rounds")
    frame, params = long_frame(), Params()
    parts = {size: frame.iloc[:size] for size in SIZES}
    subjects = {str(size): Subject(_analysis(parts[size], params), _REPEATS_A_ROUND[size]) for size in SIZES}
    samples = take_turns(subjects, ROUNDS)
    say("Weighing it on 1,000,000 candles")
    return [
        _exponent("growth of time: exponent, least squares on logs, 10⁴ to 10⁶ candles", samples, SIZES),
        *_memory(frame, params),
    ]


def _analysis(frame: pd.DataFrame, params: Params) -> Callable[[], object]:
    return lambda: analyse(frame, params)


def _exponent(what: str, samples: Mapping[str, Sample], sizes: tuple[int, ...]) -> Row:
    seconds = [samples[str(size)].least for size in sizes]
    exponent = float(np.polyfit(np.log(sizes), np.log(seconds), deg=1)[0])
    return measured(what, exponent, EXPONENT, "", f"{seconds[0] * 1e3:.3g} ms to {seconds[-1]:.3g} s")


def _memory(frame: pd.DataFrame, params: Params) -> list[Row]:
    """Weigh what Python and NumPy allocate: the result, and the most during the call; its input not."""
    columns, dense, peak = _weighed(frame, params, sparse=False)
    few = _weighed(frame, params, sparse=True)[1]
    what = f"memory a candle at 10⁶ candles (tracemalloc), {columns} columns and the candles"
    return [
        _row(f"{what}, every column a plain one", len(frame), dense),
        _row(f"{what}, `sparse=True`", len(frame), few, BYTES),
        _row("the most while they are made", len(frame), peak),
    ]


def _weighed(frame: pd.DataFrame, params: Params, *, sparse: bool) -> tuple[int, int, int]:
    """Return how many columns an analysis makes, and the bytes that it keeps and takes at most."""
    tracemalloc.start()
    try:
        result = analyse(frame, params, sparse=sparse)
        return len(result.columns) - len(frame.columns), *tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()


def _row(what: str, candles: int, taken: int, bar: Bar | None = None) -> Row:
    return measured(what, taken / candles, bar, " B", f"{taken / 2**20:.0f} MiB")
