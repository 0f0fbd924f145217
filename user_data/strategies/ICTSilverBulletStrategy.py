"""Silver bullet: a sweep, then the first return into a gap within one of three hours of New York's day.

Story: at 03, 10 and 14 o'clock price runs for a pool of liquidity. Once the other side's stops are
taken, a gap of the new direction is the entry and the opposite pool the target. The gap may be
older than the hour; the order rests within it alone. Source: 2023 Mentorship, the silver bullet as
a time based trading model (SIG-3, TIME-1, LIM-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTSilverBulletStrategy(ICTObFvgStrategy):
    """Rest at a gap's edge in the silver bullet hours, once liquidity was swept."""

    preset = Params.parse(
        {
            "setup": {
                "zones": ["fvg"],
                "require": ["swept"],
                "windows": ["silver_bullet"],
                "entry": {"at": "zone"},
                "stop": "swing",
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
