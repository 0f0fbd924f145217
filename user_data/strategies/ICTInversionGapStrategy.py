"""Inversion gap: a gap that price closed through, from the other side, after a sweep.

Story: a gap that should have held does not. After liquidity of that side was swept, it carries
price the other way. Source: Core Content Month 4, Fair Value Gap; 2023 Mentorship, inversion fair
value gaps (FVG-3, LIM-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTInversionGapStrategy(ICTObFvgStrategy):
    """Rest at the edge of an inversion gap, once liquidity was swept."""

    preset = Params.parse(
        {
            "setup": {
                "zones": ["ifvg"],
                "require": ["swept"],
                "entry": {"at": "zone"},
                "stop": "sweep",
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
