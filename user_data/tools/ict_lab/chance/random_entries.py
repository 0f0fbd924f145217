"""Random entries: what chance alone would have made of the same trades, entered at another time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ict.candles import Floats
from ict.exits.engine import Exits
from ict_lab.chance.holding_times import HoldingTimes, holding_times
from ict_lab.chance.traced import TracedRun
from ict_lab.replay.exits import Entries, deadlines, simulate_exits, targets
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
    ones were. Exits that the candles do not show come after times drawn again, see `HoldingTimes`.

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
    entries, exits = run.own.entries, run.run.exits
    again = moved_entries(run.tape, entries, exits, shifts)
    again = replace(again, target=targets(again.entry, again.stop, exits))
    if held:
        again = replace(again, deadline=again.at + held.draw(len(again), random))
    results = simulate_exits(run.tape, again, exits)
    return results.net_r.reshape(-1, len(entries)), results.gross_r.reshape(-1, len(entries))


def moved_entries(tape: Tape, entries: Entries, exits: Exits, shifts: Floats) -> Entries:
    """Move entries by parts of the time that there is, all by the same, around the end to the start.

    Sides, stops in percent of the price, targets and pools in R stay as they were; what rested is
    entered at the open.

    Parameters
    ----------
    tape, entries, exits : Tape, Entries, Exits
        Entries on their candles, shape (n,), and what ends them.
    shifts : Floats
        Each from 0 to 1, shape (m,).

    Returns
    -------
    Entries
        Shape (m * n,), one shift's after the other.
    """
    times, count = len(shifts), len(entries)
    side = entries.at // tape.half * tape.half
    begins, spans = _spans(tape, entries.at)
    moved = (entries.at - side - begins + (1 + shifts[:, None] * (spans - 1)).astype(np.int64)) % spans
    at = (moved + begins + side).ravel()
    opened, again = tape.open[at], entries[np.tile(np.arange(count), times)]
    stop = opened - np.abs(opened) * np.tile((entries.entry - entries.stop) / np.abs(entries.entry), times)

    def moved_level(level: Floats) -> Floats:
        reach = (level - entries.entry) / (entries.entry - entries.stop)
        there: Floats = opened + np.tile(reach, times) * (opened - stop)
        return there

    return replace(
        again,
        at=at,
        entry=opened,
        planned=opened,
        stop=stop,
        target=moved_level(entries.target),
        pool=moved_level(entries.pool),
        tick=np.zeros(len(at)),
        deadline=deadlines(at, exits),
        rests=np.zeros(len(at), np.bool_),
    )


def _spans(tape: Tape, at: Ints) -> tuple[Ints, Ints]:
    """First candle and number of candles of the pair that each candle belongs to."""
    begins, ends = (np.array(list(of_pairs.values())) for of_pairs in (tape.begins, tape.ends))
    pair = tape.pair_of(at)
    return begins[pair], (ends - begins + 1)[pair]
