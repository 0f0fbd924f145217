"""A block of the higher timeframe, confirmed by a shift of structure on the lower one.

Story: price comes back into an order block of 4h. It is not bought blindly there: liquidity has to
be swept on the chart, and structure to shift at a close still within the block. Stop beyond that
sweep. Source: Core Content Month 4, Orderblocks; 2022 Mentorship, episode 3 (HTFZ-1, MSS-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTHigherBlockStrategy(ICTObFvgStrategy):
    """Trade a shift of structure within an order block of the higher timeframe."""

    preset = Params.parse(
        {
            "setup": {
                "zones": [],
                "events": ["mss"],
                "require": ["htf_ob"],
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
