"""The comparison with random entries, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.progress import Progress

from ict_lab.chance.own_trades import disagreement
from ict_lab.chance.random_entries import enter_at_random
from ict_lab.chance.traced import TracedRun
from ict_lab.errors import LabError
from ict_lab.statistics.null_distribution import SEED, NullDistribution

DRAWS = 500


@dataclass(frozen=True)
class AgainstChance:
    """A backtest among random entries.

    Attributes
    ----------
    draws : NullDistribution
        What they made.
    exits : str
        What ended them, besides their stops.
    held_anew : bool
        Whether the strategy has exits that the candles do not show.
    agreement : float
        Share of the backtest's own trades that the simulation behind them ends as Freqtrade did.
    """

    draws: NullDistribution
    exits: str
    held_anew: bool
    agreement: float


def against_chance(traced: TracedRun, console: Console) -> AgainstChance:
    """Enter a backtest's trades at other times, as the verdict does.

    Parameters
    ----------
    traced : TracedRun
        The backtest on its candles.
    console : rich.console.Console
        Shows how far it is.

    Raises
    ------
    LabError
        When a first stop is not known, or the simulation ends too few of the trades as Freqtrade did.
    """
    count, known = len(traced.run.trades), len(traced.own.trades)
    # Where neither the export nor a signal of ours says the first stop, it has moved: mostly winners.
    # Without them it would be a comparison with another strategy.
    if known < count:
        raise LabError(f"the first stop of {count - known} of {count} trades is not known")
    if differs := disagreement([traced.own]):
        raise LabError(differs)
    random = np.random.default_rng(SEED)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("random entries", total=DRAWS)
        draws = enter_at_random([traced], DRAWS, random, lambda made: bars.advance(bar, made))
    agreement = float(traced.own.agree.mean())
    return AgainstChance(draws, str(traced.run.exits), traced.run.has_exits_of_its_own, agreement)
