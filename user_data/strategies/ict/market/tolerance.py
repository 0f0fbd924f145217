"""Sizes made of prices, compared as a trader would: ties count, whatever a float makes of them."""

from __future__ import annotations

from ict.candles import Bools, Floats

# Share of the close below which a difference is a float's error; far below any exchange's tick.
TOLERANCE = 1e-9


def reaches(size: Floats, least: Floats, close: Floats) -> Bools:
    """Whether each size is at least the minimum; a tie counts.

    Parameters
    ----------
    size, least, close : Floats
        Price units, of one shape. The tolerance is a share of the close.
    """
    enough: Bools = size >= least - TOLERANCE * close
    return enough
