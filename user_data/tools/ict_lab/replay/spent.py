"""Zones that were entered, and are not to be again (ZONE-4)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ict.candles import Bools
from ict_lab.replay.tape import Ints

NO_ZONE = -1


def zone_ids(kind: Ints, zone: Ints) -> Ints:
    """Give each zone of a pair a number of its own, from its kind and its place there; `NO_ZONE` for none."""
    return np.where(kind < 0, NO_ZONE, (kind << 32) + zone)


@dataclass(frozen=True)
class Spent:
    """Zones of one pair that were entered.

    Attributes
    ----------
    ids : Ints
        Their numbers, ascending, shape (n,).
    rows : Ints
        Candle of the pair's frame in which each was entered first.
    """

    ids: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    rows: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def of(cls, ids: Ints, rows: Ints) -> Spent:
        """Note the zones of entries that filled, in the order of time."""
        ids, first = np.unique(ids, return_index=True)
        is_zone = ids != NO_ZONE
        return cls(ids[is_zone], rows[first][is_zone])

    def __len__(self) -> int:
        return len(self.ids)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Spent):
            return NotImplemented
        return np.array_equal(self.ids, other.ids) and np.array_equal(self.rows, other.rows)

    def allows(self, kind: Ints, zone: Ints, row: Ints) -> Bools:
        """Tell whether a zone may be entered by what is decided at a candle's close, each of shape (k,)."""
        asked = zone_ids(kind, zone)
        place = np.searchsorted(self.ids, asked)
        known = np.append(self.ids, NO_ZONE)[place] == asked
        allowed: Bools = ~known | (asked == NO_ZONE) | (row < np.append(self.rows, 0)[place])
        return allowed
