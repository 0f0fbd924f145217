"""The target (EXIT-1)."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ict.exits.position import Position, Seen
from ict.params import Params


@dataclass(frozen=True, slots=True)
class Target:
    """Close the trade at so many times its risk.

    Attributes
    ----------
    at_r : float
        Distance of the target over the stop's; 0 for no target.
    """

    at_r: float = 0.0

    @classmethod
    def of(cls, params: Params) -> Self:
        """Make the rule of `risk_reward`."""
        return cls(params.risk_reward)

    def price(self, trade: Position) -> Seen:
        """Price of the target, off the grid; infinite where there is none (EXIT-1)."""
        entry, distance = trade.entry, np.subtract(trade.entry, trade.stop)
        return entry + self.at_r * distance if self.at_r else np.full_like(distance, np.inf)

    def __str__(self) -> str:
        return f"target {self.at_r:g} R" if self.at_r else "no target"
