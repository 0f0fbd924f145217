"""A stop that moves to the entry (EXIT-4)."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ict.candles import Floats
from ict.exits.position import Moment, Position, Seen
from ict.params import Params


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Move the stop to the entry once the trade has gained so much.

    Attributes
    ----------
    at_r : float
        Gain in R, above 0.
    """

    at_r: float

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the rule of `break_even_at_r`; None where it is off."""
        return cls(params.break_even_at_r) if params.break_even_at_r else None

    def stop(self, trade: Position, now: Moment) -> Seen:
        """Stop at the entry (EXIT-4); minus infinity where the gain is not reached."""
        earned: Floats = np.where(trade.has_gained(now.price, self.at_r), trade.entry, -np.inf)
        return earned

    def __str__(self) -> str:
        return f"stop at the entry from {self.at_r:g} R"
