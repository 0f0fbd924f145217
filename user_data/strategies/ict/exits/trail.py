"""A stop that trails behind swings (EXIT-3)."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ict.candles import Floats
from ict.exits.position import Moment, Position, Seen
from ict.params import Params


@dataclass(frozen=True, slots=True)
class Trail:
    """Move the stop behind a higher timeframe's last confirmed swing.

    Attributes
    ----------
    timeframe : str
        Whose swings.
    stop_buffer : float
        How far beyond the swing, ratio of its price.
    """

    timeframe: str
    stop_buffer: float

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the rule of `trail_timeframe`; None where it is off."""
        timeframe = params.trail_timeframe
        return cls(timeframe, params.stop_buffer) if timeframe != "none" else None

    def stop(self, trade: Position, now: Moment) -> Seen:
        """Stop behind the swing (EXIT-3); minus infinity where the price is not beyond it."""
        behind = now.swing * (1 - np.sign(now.swing) * self.stop_buffer)
        earned: Floats = np.where(np.greater(now.price, now.swing), behind, -np.inf)
        return earned

    def __str__(self) -> str:
        return f"stop trailed behind {self.timeframe} swings"
