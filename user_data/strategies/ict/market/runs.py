"""Runs of equal values, such as the candles of an hour, a day or a leg; and ranges, member by member."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Ints

Values = TypeVar("Values", bound=npt.NDArray[Any])


def begins_run(values: npt.NDArray[Any]) -> Bools:
    """Whether each value differs from the one before it; the first one does.

    NumPy's `diff` with `prepend` gives the same, but takes many times as long on a short array.

    Parameters
    ----------
    values : npt.NDArray
        Shape (n,).
    """
    begins = np.empty(len(values), np.bool_)
    begins[:1] = True
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    return begins


def ends_run(values: npt.NDArray[Any]) -> Bools:
    """Whether each value differs from the one after it; the last one does."""
    ends = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=ends[:-1])
    return ends


def run_starts(values: npt.NDArray[Any]) -> Ints:
    """Index of the first value of each run."""
    return begins_run(values).nonzero()[0]


@dataclass(frozen=True, slots=True)
class Members:
    """Every member of some ranges, range by range.

    Attributes
    ----------
    member : Ints
        Shape (total members,).
    lengths : Ints
        Members of each range, shape (m,).
    """

    member: Ints
    lengths: Ints

    def each(self, values: Values) -> Values:
        """Give every member the value of its range; many times faster than a lookup."""
        repeated: Any = values.repeat(self.lengths)
        return repeated  # type: ignore[no-any-return]

    def range_of(self, places: Ints) -> Ints:
        """Return the number of the range of the members at these indices."""
        # For more than a few this is many times faster than a search for each.
        return self.each(np.arange(len(self.lengths)))[places]


def members(first: Ints, stop: Ints) -> Members:
    """List every member of each range.

    Parameters
    ----------
    first, stop : Ints
        First member of each range and the one after its last, shape (m,); a range may be empty.
    """
    lengths = np.maximum(stop - first, 0)
    before = lengths.cumsum() - lengths
    member: Ints = (first - before).repeat(lengths)
    member += np.arange(len(member))
    return Members(member, lengths)
