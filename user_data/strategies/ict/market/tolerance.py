"""Comparisons of price distances in which a tie counts, in spite of rounding errors."""

from __future__ import annotations

from ict.candles import Bools, Floats
from ict.tie import TIE


def reaches(size: Floats, least: Floats, close: Floats) -> Bools:
    """Whether each size is at least the minimum; a tie counts.

    Parameters
    ----------
    size, least, close : Floats
        Price units, of one shape. The tolerance is a share of the close.
    """
    enough: Bools = size >= least - TIE * close
    return enough
