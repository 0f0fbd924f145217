"""A part that is closed before the end (EXIT-5)."""

from dataclasses import dataclass
from typing import Self

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
        Gain in R, above 0; at a pool the least that it must be worth.
    share : float
        Part of the position, 0 to 1.
    at_pool : bool
        Whether it is closed at the pool that the trade was given.
    """

    at_r: float
    share: float
    at_pool: bool = False

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the rule of the `partial_exit_` settings; None where it is off."""
        at_r, at_pool = params.partial_exit_at_r, params.partial_exit_at == "liquidity"
        return cls(at_r, params.partial_exit_percent / 100, at_pool) if at_r or at_pool else None

    def is_due(self, trade: Position, now: Moment) -> bool | Bools:
        """Whether the gain, or the pool, is reached (EXIT-5)."""
        if self.at_pool:
            reached: Bools = np.greater_equal(now.price, trade.part)
            return reached
        return trade.has_gained(now.price, self.at_r)

    def __str__(self) -> str:
        where = "at the first pool " if self.at_pool else ""
        return f"{self.share:.0%} closed {where}from {self.at_r:g} R"
