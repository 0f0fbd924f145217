"""Optimal trade entry with the trend: a block or a gap within the OTE band.

Story: a leg breaks structure on the chart in the direction of the 4h trend. Price gives back 62 to
79 % of it, into an order block or a gap. Stop beyond the last swing. Source: OTE Pattern Recognition
Series (OTE-1, HTF-1, LIM-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTOteTrendStrategy(ICTObFvgStrategy):
    """Rest at a block or a gap in the OTE band of a leg that goes with the 4h trend."""

    preset = Params.parse(
        {
            "setup": {
                "zones": ["ob", "fvg"],
                "require": ["htf", "ote"],
                "entry": {"at": "zone"},
                "stop": "swing",
            },
        }
    )
