"""The analysis beside its peers, on the same candles in the same run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from ict_lab.bench import subjects
from ict_lab.bench.rows import Bar, Row, Sample, at_least, at_most, compare, measured
from ict_lab.bench.subjects import SMC_ALL, SMC_MVP
from ict_lab.bench.timing import take_turns, together

ROUNDS = 5


@dataclass(frozen=True)
class Pairing:
    """A row to be: names of samples on both sides; several are done one after the other."""

    what: str
    ours: str
    theirs: tuple[str, ...]
    bar: Bar


# A line here is a row of the report.
PAIRINGS = (
    Pairing("MVP analysis, vs smartmoneyconcepts: fvg, swing_highs_lows, ob", "MVP", SMC_MVP, at_least(200)),
    Pairing("MVP analysis, vs pyvsmc: fvg, order blocks, mitigated", "MVP", ("pyvsmc MVP",), at_least(28)),
    Pairing("first book, vs the MVP analysis", "first book", ("MVP",), at_most(6)),
    Pairing("both books, vs the first", "both books", ("first book",), at_most(2)),
    Pairing("first book, vs smartmoneyconcepts: all 8 functions", "first book", SMC_ALL, at_least(100)),
    Pairing("first book, vs pyvsmc: add_smc_columns", "first book", ("pyvsmc all",), at_least(3)),
    Pairing(
        "what a bot analyses by default, live window, vs add_smc_columns",
        "live",
        ("pyvsmc live",),
        at_least(6),
    ),
    Pairing("both books, live window, vs add_smc_columns", "live, both books", ("pyvsmc live",), at_least(1)),
)


def analysis_rows(frame: pd.DataFrame, say: Callable[[str], None]) -> list[Row]:
    """Time everything on the candles and put it side by side."""
    say(f"Timing the analysis and its peers on {len(frame):,} candles, {ROUNDS} rounds")
    everything = subjects.ours(frame) | subjects.pyvsmc(frame) | subjects.smartmoneyconcepts(frame)
    samples = take_turns(everything, ROUNDS)
    live = samples["live"]
    what = f"the same, a pair: {subjects.LIVE_CANDLES:,} candles"
    return [
        *(_row(pairing, samples) for pairing in PAIRINGS),
        measured(what, live.least * 1e3, at_most(3, " ms"), " ms", str(live)),
    ]


def _row(pairing: Pairing, samples: Mapping[str, Sample]) -> Row:
    theirs = together(samples, pairing.theirs)
    return compare(pairing.what, samples[pairing.ours], theirs, pairing.bar)
