"""Spots: the places and prices at which the facts of a setup are evaluated."""

from dataclasses import dataclass

import numpy as np

from ict.candles import Bools, Direction, Floats, Ints
from ict.market.lookup import look_up


@dataclass(frozen=True, slots=True)
class Spots:
    """Prices at the closes of candles, each with the zone that an entry there would come from.

    Attributes
    ----------
    side : Direction
        Side of the entry.
    candle : Ints
        Candle at whose close the question is asked, shape (k,).
    price : Floats
        Price of the entry: the close, or the limit price of a resting one.
    kind : Ints
        Index of the entry zone's kind in `entry_zones`, -1 for none.
    zone : Ints
        Index of the entry zone among those of its kind, -1 for none.
    is_resting : bool
        Whether the prices are those of resting entries: then the zone's own kind holds (LIM-1).
    """

    side: Direction
    candle: Ints
    price: Floats
    kind: Ints
    zone: Ints
    is_resting: bool = False

    def __len__(self) -> int:
        return len(self.candle)

    def __getitem__(self, chosen: Ints | Bools) -> "Spots":
        candle, price, kind, zone = self.candle, self.price, self.kind, self.zone
        return Spots(
            self.side, candle[chosen], price[chosen], kind[chosen], zone[chosen], is_resting=self.is_resting
        )

    def within(self, kind: int) -> Bools:
        """Whether a resting entry's own zone is of a kind."""
        within: Bools = self.is_resting & (self.kind == kind)
        return within


def of_zone(values: Bools, spots: Spots, kind: int) -> Bools:
    """Whether it is so of each spot's entry zone; False where that is of another kind."""
    return look_up(values, np.where(spots.kind == kind, spots.zone, -1), False)
