"""Breaker: the block that failed after a sweep, from the other side.

Story: an order block leads price beyond old stops and then fails. Those who sold it are under water
and buy back where they sold, so price is bought there. Without a sweep it is a mitigation block,
which is not traded here. Source: Core Content Month 4, Breaker Block and Mitigation Blocks (ZONE-3,
MIT-1, LIM-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTBreakerStrategy(ICTObFvgStrategy):
    """Rest at the edge of a true breaker."""

    preset = Params.parse(
        {
            "setup": {
                "zones": ["breaker"],
                "require": ["true_breaker"],
                "entry": {"at": "zone"},
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
