"""What a track record is measured against: random entries, and placebo zones; or why it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from ict.candles import Floats
from ict_lab.chance.own_trades import disagreement
from ict_lab.chance.placebo import Placebo, draw_placebos
from ict_lab.chance.random_entries import enter_at_random
from ict_lab.chance.traced import TracedRun
from ict_lab.errors import LabError
from ict_lab.replay.engine import Replayed, as_trades
from ict_lab.replay.exits import Results
from ict_lab.replay.scene import Scene
from ict_lab.runs.settings import enters_at_zones
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.verdict.track_record import TrackRecord

# What is drawn, how many draws were made since the last call, and of how many.
Progress = Callable[[str, int, int], None]
# With fewer entries in common, placebo zones would be compared with another strategy.
LEAST_OVERLAP = 0.9
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
    if not all(enters_at_zones(traced.run.own_setup) for traced in record.runs):
        return None, "no placebo zones: the entries of this strategy are not at zones"
    if not (draws and len(record.trades)):
        return None, ""
    zones = [placebo_of(traced) for traced in record.runs]
    real = [of_run.real() for of_run in zones]
    overlap = min(map(overlap_of, real, record.runs))
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


def placebo_of(traced: TracedRun) -> Placebo:
    """Make the placebo of a backtest's setup, which must be one of ours."""
    run = traced.run
    assert run.own_setup is not None
    contracts = [run.contract(market.pair) for market in traced.markets]
    fee = float(run.trades["fee_open"].mean())
    return Placebo(Scene(traced.markets, traced.tape, run.account, contracts, fee), run.own_setup)


def overlap_of(replayed: Replayed, traced: TracedRun) -> float:
    """Share of the entries that a replay and a backtest have in common."""
    entries = [_entries(trades) for trades in (as_trades(replayed, traced.tape), traced.run.trades)]
    most = max(map(len, entries))
    return len(entries[0] & entries[1]) / most if most else 1.0


def _entries(trades: pd.DataFrame) -> set[tuple[str, bool, int]]:
    opened = trades["open_date"].dt.as_unit("ns").astype("int64")
    return set(zip(trades["pair"], trades["is_short"], opened, strict=True))


def _mean(results: Sequence[Results], name: str) -> float:
    joined: Floats = np.concatenate([getattr(result, name) for result in results])
    # Zones that gave no entry at all made nothing.
    return float(joined.mean()) if len(joined) else 0.0
