"""Unicorn: a breaker and a gap at one place, after a sweep.

Story: liquidity is swept, price turns through the order block that had led there and leaves a gap
in it; what the two have in common is the entry. The sweep is part of the zone's own rule; structure
has to shift, too. Source: Core Content Month 4, Breaker Block and Fair Value Gap, as one zone
(UNI-1, MSS-1, LIM-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTUnicornStrategy(ICTObFvgStrategy):
    """Rest at what a breaker and a gap have in common, once structure has shifted."""

    preset = Params.parse(
        {
            "setup": {
                "zones": ["unicorn"],
                "require": ["mss"],
                "entry": {"at": "zone"},
                "stop": "sweep",
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
