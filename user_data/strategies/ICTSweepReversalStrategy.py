"""Reversals: a sweep of liquidity, then a break of structure the other way (REV-1)."""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params
from ict.confluence import reversal_entries


class ICTSweepReversalStrategy(ICTObFvgStrategy):
    """Trade the break that follows a sweep, stopped beyond the sweep, for a multiple of the risk."""

    find_entries = staticmethod(reversal_entries)

    preset = Params(htf_gate=False)
