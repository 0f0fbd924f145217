"""Random entries: what chance alone would have made of the same trades, entered at another time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ict.candles import Floats
from ict_lab.chance.holding_times import HoldingTimes, holding_times
from ict_lab.chance.traced import TracedRun
from ict_lab.replay.exits import deadlines, simulate_exits, targets
from ict_lab.replay.tape import Ints, Tape
from ict_lab.statistics.null_distribution import NullDistribution

# Paths followed at once.
_AT_ONCE = 200_000


def enter_at_random(
    runs: Sequence[TracedRun], draws: int, random: np.random.Generator, progress: Callable[[int], None]
) -> NullDistribution:
    """Enter the trades of backtests at other times, and measure what they made against it.

    Whether the simulation may be compared with them is for the caller to ask, see `disagreement`.

    Parameters
    ----------
    runs : Sequence[TracedRun]
        Backtests that count together; at least one trade in them is followed.
    draws : int
        How often.
    random : numpy.random.Generator
        Where to take chance from.
    progress : Callable
        Gets how many draws of a backtest were made since its last call.

    Raises
    ------
    LabError
        When a strategy has exits of its own, and too few of its trades show when those come.
    """
    sums = [sums_by_chance(run, draws, random, progress) for run in runs]
    count = sum(len(run.own.entries) for run in runs)
    net, gross = (np.sum(values, axis=0) / count for values in zip(*sums, strict=True))
    actual = np.concatenate([run.own.results.net_r for run in runs]).mean()
    return NullDistribution(net, gross, float(count), float(actual), count)


def sums_by_chance(
    run: TracedRun, draws: int, random: np.random.Generator, progress: Callable[[int], None]
) -> tuple[Floats, Floats]:
    """Move all entries by the same random time, around the end to the start, and follow them again.

    Sides, stops (in percent of the price), targets (in R), exits, fees and the rhythm of the entries,
    within a pair and across pairs, stay as they were; only what the market did around them is another.
    Funding is that of the new time. Moved entries may overlap where the exits are later than the real
    ones were. Exits that the candles do not show come after times drawn anew, see `HoldingTimes`.

    Parameters
    ----------
    run : TracedRun
        The strategy's own entries, on their candles.
    draws, random, progress
        As in `enter_at_random`.

    Returns
    -------
    tuple[Floats, Floats]
        Sum of the trades' R after and before costs, each of shape (draws,).
    """
    held = holding_times(run) if run.run.has_exits_of_its_own else None
    net, gross = np.empty(draws), np.empty(draws)
    step = max(1, _AT_ONCE // max(1, len(run.own.entries)))
    for start in range(0, draws, step):
        shifts = random.random(min(step, draws - start))
        net_r, gross_r = _moved(run, shifts, held, random)
        net[start : start + len(shifts)] = net_r.sum(axis=1)
        gross[start : start + len(shifts)] = gross_r.sum(axis=1)
        progress(len(shifts))
    return net, gross


def _moved(
    run: TracedRun, shifts: Floats, held: HoldingTimes | None, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """R of the entries moved by each part of the time that there is, after and before costs."""
    tape, entries, count, times = run.tape, run.own.entries, len(run.own.entries), len(shifts)
    side = entries.at // tape.half * tape.half
    begins, spans = _spans(tape, entries.at)
    distance = run.own.results.risk / np.abs(tape.open[entries.at])
    moved = (entries.at - side - begins + (1 + shifts[:, None] * (spans - 1)).astype(np.int64)) % spans
    at = (moved + begins + side).ravel()
    opened = tape.open[at]
    stop = opened - np.abs(opened) * np.tile(distance, times)
    again = replace(
        entries[np.tile(np.arange(count), times)],
        at=at,
        stop=stop,
        target=targets(opened, stop, run.run.exits),
        tick=np.zeros(len(at)),
        deadline=at + held.draw(len(at), random) if held else deadlines(at, run.run.exits),
    )
    results = simulate_exits(tape, again, run.run.exits)
    return results.net_r.reshape(-1, count), results.gross_r.reshape(-1, count)


def _spans(tape: Tape, at: Ints) -> tuple[Ints, Ints]:
    """First candle and number of candles of the pair that each candle belongs to."""
    begins, ends = (np.array(list(of_pairs.values())) for of_pairs in (tape.begins, tape.ends))
    pair = tape.pair_of(at)
    return begins[pair], (ends - begins + 1)[pair]
