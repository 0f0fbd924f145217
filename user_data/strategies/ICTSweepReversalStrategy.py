"""Reversals: a sweep of liquidity, then a break of structure the other way (REV-1)."""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTSweepReversalStrategy(ICTObFvgStrategy):
    """Trade the break that follows a sweep, stopped beyond the sweep, for a multiple of the risk."""

    preset = Params.parse({"setup": {"zones": [], "events": ["break"], "require": []}, "htf_gate": False})
