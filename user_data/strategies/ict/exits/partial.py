"""A part that is closed on the way (EXIT-5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ict.candles import Bools
from ict.exits.position import Moment, Position
from ict.params import Params


@dataclass(frozen=True, slots=True)
class Partial:
    """Close a part of the trade, once.

    Attributes
    ----------
    at_r : float
        Gain in R, above 0.
    share : float
        Part of the position, 0 to 1.
    """

    at_r: float
    share: float

    @classmethod
    def of(cls, params: Params) -> Partial | None:
        """Make the rule of `partial_exit_at_r` and `partial_exit_percent`; None where it is off."""
        at_r = params.partial_exit_at_r
        return cls(at_r, params.partial_exit_percent / 100) if at_r else None

    def is_due(self, trade: Position, now: Moment) -> bool | Bools:
        """Whether the gain is reached (EXIT-5)."""
        due: Bools = np.greater_equal(trade.gain_in_r(now.price), self.at_r)
        return due

    def __str__(self) -> str:
        return f"{self.share:.0%} closed from {self.at_r:g} R"
