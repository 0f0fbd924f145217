"""Random entries: what chance alone would have made of the same trades, entered at another time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ict_lab.chance.draws import Draws
from ict_lab.chance.exits import follow, targets
from ict_lab.chance.markets import Course, Floats, Ints
from ict_lab.chance.parts import Part
from ict_lab.chance.replay import Replay
from ict_lab.chance.rules import ExitRule

# Paths followed at once.
_AT_ONCE = 200_000


def enter_at_random(
    parts: Sequence[Part], draws: int, random: np.random.Generator, progress: Callable[[int], None]
) -> Draws:
    """Enter the trades of backtests at other times, and measure what they made against it.

    Whether the simulation may be compared with them is for the caller to ask, see `LEAST_AGREEMENT`.

    Parameters
    ----------
    parts : Sequence[Part]
        Backtests that count together; at least one trade in them is replayed.
    draws : int
        How often.
    random : numpy.random.Generator
        Where to take chance from.
    progress : Callable
        Told how many draws of a backtest were made since it was told last.
    """
    sums = [sums_by_chance(part.course, part.replayed, part.rule, draws, random, progress) for part in parts]
    count = sum(len(part.replayed.entries) for part in parts)
    net, gross = (np.sum(values, axis=0) / count for values in zip(*sums, strict=True))
    actual = np.concatenate([part.replayed.results.net_r for part in parts]).mean()
    return Draws(net, gross, float(count), float(actual), count)


def sums_by_chance(
    course: Course,
    replayed: Replay,
    rule: ExitRule,
    draws: int,
    random: np.random.Generator,
    progress: Callable[[int], None],
) -> tuple[Floats, Floats]:
    """Move all entries by the same random time, around the end to the start, and follow them again.

    Sides, stops (in percent of the price), targets (in R), exits, fees and the rhythm of the entries,
    within a pair and across pairs, stay as they were; only what the market did around them is another.
    Funding is that of the new time. Moved entries may overlap where the exits are later than the real
    ones were.

    Parameters
    ----------
    course : Course
        The candles.
    replayed : Replay
        The strategy's own entries.
    rule : ExitRule
        What ends trades.
    draws : int
        How often.
    random : numpy.random.Generator
        Where to take chance from.
    progress : Callable
        Told how many draws were made since it was told last.

    Returns
    -------
    tuple[Floats, Floats]
        Sum of the trades' R after and before costs, each of shape (draws,).
    """
    net, gross = np.empty(draws), np.empty(draws)
    step = max(1, _AT_ONCE // max(1, len(replayed.entries)))
    for start in range(0, draws, step):
        shifts = random.random(min(step, draws - start))
        net_r, gross_r = _moved(course, replayed, rule, shifts)
        net[start : start + len(shifts)] = net_r.sum(axis=1)
        gross[start : start + len(shifts)] = gross_r.sum(axis=1)
        progress(len(shifts))
    return net, gross


def _moved(course: Course, replayed: Replay, rule: ExitRule, shifts: Floats) -> tuple[Floats, Floats]:
    """R of the entries moved by each part of the time that there is, after and before costs."""
    entries, count, half = replayed.entries, len(replayed.entries), course.half
    side = entries.at // half * half
    begins, spans = _spans(course, entries.at - side)
    distance = replayed.results.risk / np.abs(course.open[entries.at])
    moved = (entries.at - side - begins + (1 + shifts[:, None] * (spans - 1)).astype(np.int64)) % spans
    at = (moved + begins + side).ravel()
    opened = course.open[at]
    stop = opened - np.abs(opened) * np.tile(distance, len(shifts))
    last = np.tile(begins + spans - 1 + side, len(shifts))
    if rule.held:
        last = np.minimum(last, at + np.tile(entries.last - entries.at, len(shifts)))
    again = replace(
        entries[np.tile(np.arange(count), len(shifts))],
        at=at,
        stop=stop,
        target=targets(opened, stop, rule),
        last=last,
    )
    results = follow(course, again, rule)
    return results.net_r.reshape(-1, count), results.gross_r.reshape(-1, count)


def _spans(course: Course, at: Ints) -> tuple[Ints, Ints]:
    """First candle and number of candles of the pair that each candle belongs to."""
    begins = np.array(list(course.begins.values()))
    pair = np.searchsorted(begins, at, side="right") - 1
    spans = np.array(list(course.ends.values())) - begins + 1
    return begins[pair], spans[pair]
