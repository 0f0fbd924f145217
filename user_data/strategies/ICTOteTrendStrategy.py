"""Optimal trade entry with the trend: a block or a gap within the OTE band.

Story: the 4h trend and structure on the chart agree. Of the leg that broke structure price gives
back 62 to 79 %, into an order block or a gap. Stop beyond the last swing. Source: OTE Pattern
Recognition Series (OTE-1, HTF-1, LIM-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTOteTrendStrategy(ICTObFvgStrategy):
    """Rest at a block or a gap in the OTE band, with the trend of both timeframes."""

    preset = Params.parse(
        {
            "setup": {
                "zones": ["ob", "fvg"],
                "require": ["htf", "trend", "ote"],
                "entry": {"at": "zone"},
                "stop": "swing",
            },
        }
    )
