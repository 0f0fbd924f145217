"""Judas swing: London sweeps one side of Asia's range, then turns.

Story: London's first move is the false one. It runs the stops beyond Asia's high or low, and a
shift of structure or a change in the state of delivery starts the day's real move. What it is on
this market: on BTC 15m London swept one side of Asia's range on 254 of 497 days, and New York
closed the other way on 48.8 % of them: a coin. Source: Core Content Month 8, intraday profiles
(POOL-2, SWEEP-2, MSS-1, CISD-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTJudasSwingStrategy(ICTObFvgStrategy):
    """Trade the turn in London after a sweep of Asia's range."""

    preset = Params.parse(
        {
            "setup": {
                "zones": [],
                "events": ["mss", "cisd"],
                "sweep_of": ["asia"],
                "require": ["swept"],
                "windows": ["london"],
                "target": "liquidity",
            },
            "session_pools": True,
            "htf_gate": False,
        }
    )
