"""Timing: things take turns, so that a busy moment of the machine hits all of them alike."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ict_lab.bench.rows import Sample

Work = Callable[[], object]


@dataclass(frozen=True)
class Subject:
    """Something to time.

    Parameters
    ----------
    work
        What is timed; its inputs are ready before.
    each_round
        How often it runs in a round.
    """

    work: Work
    each_round: int = 1


def seconds_of(work: Work) -> float:
    """Run once and return the seconds of the processor, of all threads, without the garbage collector's."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        started = time.process_time()
        work()
        return time.process_time() - started
    finally:
        if collecting:
            gc.enable()


def take_turns(subjects: Mapping[str, Subject], rounds: int) -> dict[str, Sample]:
    """Run every subject once to warm up, then all of them in turns; samples in the order of the rounds."""
    for subject in subjects.values():
        subject.work()
    seconds: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            gc.collect()
            seconds[name] += [seconds_of(subject.work) for _ in range(subject.each_round)]
    return {name: Sample(tuple(taken)) for name, taken in seconds.items()}


def together(samples: Mapping[str, Sample], names: tuple[str, ...]) -> Sample:
    """Add up what was done one after the other in each round."""
    return Sample(tuple(sum(turn) for turn in zip(*(samples[name].seconds for name in names), strict=True)))
