"""How long a strategy holds its trades by exits of its own, which the candles do not show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ict.candles import Bools, Floats
from ict_lab.chance.own_trades import was_stopped
from ict_lab.chance.traced import TracedRun
from ict_lab.errors import LabError
from ict_lab.replay.tape import Ints

# With fewer exits of its own, it is not known when they come.
LEAST_EXITS = 20


@dataclass(frozen=True)
class HoldingTimes:
    """Times after which a strategy closes its trades.

    Attributes
    ----------
    candles : Ints
        Times that were seen, ascending.
    probability : Floats
        Of each, in all 1.
    """

    candles: Ints
    probability: Floats

    def draw(self, count: int, random: np.random.Generator) -> Ints:
        """Draw times, shape (count,)."""
        return random.choice(self.candles, count, p=self.probability)

    @classmethod
    def estimated(cls, candles: Ints, stopped: Bools) -> HoldingTimes:
        """Estimate them from trades, some of which a stop ended before the strategy did.

        Of those it is only known that they would have been held longer: Kaplan's and Meier's estimate
        ("Nonparametric Estimation from Incomplete Observations", Journal of the American Statistical
        Association 53, 1958). Taken as they are, they would make random entries end too early, and their
        spread too narrow. What lies beyond the longest trade counts as its time.

        Parameters
        ----------
        candles : Ints
            How long each trade was held.
        stopped : Bools
            Whether its stop ended it.
        """
        times, ended = np.unique(candles[~stopped], return_counts=True)
        at_risk = len(candles) - np.searchsorted(np.sort(candles), times, side="left")
        surviving = np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)])
        probability = -np.diff(surviving)
        longest = candles.max()
        if surviving[-1] > 0:
            times, probability = np.append(times, longest), np.append(probability, surviving[-1])
        return cls(times, probability / probability.sum())


def holding_times(run: TracedRun) -> HoldingTimes:
    """Estimate the holding times of a strategy with exits of its own.

    Raises
    ------
    LabError
        When too few of its trades ended by those.
    """
    stopped = was_stopped(run.own.trades)
    if (own := int(np.sum(~stopped))) < LEAST_EXITS:
        raise LabError(f"only {own} trades ended by the strategy's own exits, of {LEAST_EXITS} that it takes")
    held = run.own.entries.deadline - run.own.entries.at - stopped
    return HoldingTimes.estimated(held, stopped)
