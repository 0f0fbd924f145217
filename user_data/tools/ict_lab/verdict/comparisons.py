"""What a track record is measured against: random entries, and placebo zones; or why it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ict.candles import Floats
from ict_lab.chance.own_trades import disagreement
from ict_lab.chance.placebo import LEAST_OVERLAP, PlaceboZones, draw_placebos
from ict_lab.chance.random_entries import enter_at_random
from ict_lab.errors import LabError
from ict_lab.replay.exits import Results
from ict_lab.runs.settings import enters_at_zones
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.verdict.track_record import TrackRecord

# What is drawn, how many draws were made since the last call, and of how many.
Progress = Callable[[str, int, int], None]
Compared = tuple[NullDistribution | None, str]


def by_chance(record: TrackRecord, draws: int, random: np.random.Generator, progress: Progress) -> Compared:
    """Enter the trades at other times; None with the reason where that would say nothing."""
    if not (draws and len(record.trades)):
        return None, ""
    if differs := disagreement(record.own):
        return None, f"random entries are not compared: {differs}"
    of_all = draws * len(record.runs)

    def made(count: int) -> None:
        progress("random entries", count, of_all)

    try:
        return enter_at_random(record.runs, draws, random, made), ""
    except LabError as error:
        return None, f"random entries are not compared: {error}"


def by_placebo(record: TrackRecord, draws: int, random: np.random.Generator, progress: Progress) -> Compared:
    """Trade placebo zones; None with the reason where that would say nothing."""
    if not all(enters_at_zones(traced.run.setup) for traced in record.runs):
        return None, "no placebo zones: the entries of this strategy are not at order blocks"
    if not (draws and len(record.trades)):
        return None, ""
    zones = [PlaceboZones(traced) for traced in record.runs]
    real = [of_run.real() for of_run in zones]
    overlap = min(of_run.overlap(replayed) for of_run, replayed in zip(zones, real, strict=True))
    if overlap < LEAST_OVERLAP:
        return None, (
            f"no placebo zones: the replay that trades them has only {overlap:.0%} of the entries in common "
            f"with the backtest, of {LEAST_OVERLAP:.0%} that it takes"
        )
    of_all = draws * len(zones)

    def made(count: int) -> None:
        progress("placebo zones", count, of_all)

    drawn = [draw_placebos(of_run, draws, random, made) for of_run in zones]
    together = [[replayed.results for replayed in of_draw] for of_draw in zip(*drawn, strict=True)]
    return NullDistribution(
        net_r=np.array([_mean(results, "net_r") for results in together]),
        gross_r=np.array([_mean(results, "gross_r") for results in together]),
        trades=float(np.mean([sum(len(result.risk) for result in results) for results in together])),
        actual=_mean([replayed.results for replayed in real], "net_r"),
        actual_trades=sum(len(replayed.entries) for replayed in real),
    ), ""


def _mean(results: Sequence[Results], name: str) -> float:
    joined: Floats = np.concatenate([getattr(result, name) for result in results])
    # Zones that gave no entry at all made nothing.
    return float(joined.mean()) if len(joined) else 0.0
