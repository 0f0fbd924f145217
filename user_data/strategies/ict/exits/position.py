"""What an exit rule knows: the trade as it was entered, and the moment that it is judged at."""

import math
from dataclasses import dataclass

import numpy as np

from ict.candles import Bools, Floats, Ints
from ict.tie import TIE

Seen = float | Floats


@dataclass(frozen=True, slots=True)
class Position:
    """A trade's prices as its own side sees them: a short's are negated.

    Attributes
    ----------
    entry, stop : float or Floats
        Fill and first stop, in the quote currency; the stop is below the entry.
    part : float or Floats
        Pool at which a part is closed (EXIT-5); NaN for none.
    """

    entry: Seen
    stop: Seen
    part: Seen = math.nan

    def gain_in_r(self, price: Seen) -> Seen:
        """Gain at a price, in multiples of the risk."""
        risk = np.subtract(self.entry, self.stop)
        with np.errstate(divide="ignore", invalid="ignore"):
            gain: Floats = np.where(risk > 0, np.subtract(price, self.entry) / risk, -np.inf)
        return gain

    def has_gained(self, price: Seen, least_r: float) -> Bools:
        """Whether the gain at a price is at least so many R (EXIT-4, EXIT-5)."""
        gained: Bools = np.greater_equal(self.gain_in_r(price), least_r - TIE)
        return gained


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a trade's life, prices as its own side sees them.

    Attributes
    ----------
    price : float or Floats
        Price now; a simulation of candles takes the best of the candle where that is what counts.
    swing : float or Floats
        Last confirmed swing that a stop may trail behind (a long's low, a short's high); NaN for none.
    closes : int or Ints
        Candles that have closed since the fill, the fill's own counted (see `closes_since`).
    """

    price: Seen
    swing: Seen = math.nan
    closes: int | Ints = 0
