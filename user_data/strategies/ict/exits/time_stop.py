"""An exit after so many candles (EXIT-6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self

import numpy as np

from ict.candles import Bools
from ict.exits.position import Moment, Position
from ict.params import Params


@dataclass(frozen=True, slots=True)
class TimeStop:
    """Close the trade at the close of its last candle.

    Attributes
    ----------
    candles : int
        Candles that it may last, that of the fill included.
    """

    candles: int
    reason: ClassVar[str] = "time_stop"

    @classmethod
    def of(cls, params: Params) -> Self | None:
        """Make the rule of `max_hold_candles`; None where it is off."""
        return cls(params.max_hold_candles) if params.max_hold_candles else None

    def is_due(self, trade: Position, now: Moment) -> bool | Bools:
        """Whether so many candles have closed since the fill (EXIT-6)."""
        due: Bools = np.greater_equal(now.closes, self.candles)
        return due

    def __str__(self) -> str:
        return f"closed after {self.candles} candles"


def closes_since(filled_at: datetime, now: datetime, candle: timedelta) -> int:
    """Count the candles that have closed since a fill, the fill's own included (EXIT-6).

    Parameters
    ----------
    filled_at, now : datetime
        Timezone-aware. A fill at a candle's first moment belongs to that candle.
    candle : timedelta
        Length of a candle, at most a day: candles begin at multiples of it, in UTC.
    """
    length = candle.total_seconds()
    return int(now.timestamp() // length - filled_at.timestamp() // length)
