"""The comparison with random entries, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress

from ict_lab.chance.draws import Draws
from ict_lab.chance.parts import read_part
from ict_lab.chance.random_entries import enter_at_random
from ict_lab.chance.replay import LEAST_AGREEMENT
from ict_lab.chance.rules import ExitRule
from ict_lab.errors import LabError
from ict_lab.trades import Backtest

DRAWS = 500
SEED = 1


@dataclass(frozen=True)
class AgainstChance:
    """A backtest among random entries.

    Attributes
    ----------
    draws : Draws
        What they made.
    rule : ExitRule
        What ended them, besides their stops.
    agreement : float
        Share of the backtest's own trades that the simulation behind them ends as Freqtrade did.
    """

    draws: Draws
    rule: ExitRule
    agreement: float


def against_chance(backtest: Backtest, datadir: Path, console: Console) -> AgainstChance:
    """Enter a backtest's trades at other times, as the verdict does.

    Parameters
    ----------
    backtest : Backtest
        With trades.
    datadir : pathlib.Path
        Folder of the exchange's candles.
    console : rich.console.Console
        Is shown how far it is.

    Raises
    ------
    LabError
        When the candles are not there, a first stop is not known, or the simulation ends too few of the
        trades as Freqtrade did.
    """
    part = read_part(backtest, datadir)
    count, known = len(backtest.trades), len(part.replayed.trades)
    # Where neither the export nor a signal of ours says the first stop, it has moved: mostly winners.
    # Without them it would be a comparison with another strategy.
    if known < count:
        raise LabError(f"the first stop of {count - known} of {count} trades is not known")
    agreement = part.replayed.agreement
    if agreement < LEAST_AGREEMENT:
        raise LabError(
            f"the simulation behind random entries ends only {agreement:.1%} of the trades as Freqtrade did, "
            f"of {LEAST_AGREEMENT:.0%} that it takes"
        )
    random = np.random.default_rng(SEED)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("random entries", total=DRAWS)
        draws = enter_at_random([part], DRAWS, random, lambda made: bars.advance(bar, made))
    return AgainstChance(draws, part.rule, agreement)
