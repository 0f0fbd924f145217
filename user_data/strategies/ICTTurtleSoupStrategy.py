"""Turtle soup: a false break of the day's, the week's or equal highs and lows, entered at its close.

Story: breakout traders buy above an old high; the candle that runs it closes back below, and they
are wrong. Swings of three candles are no old highs and do not count. Source: Connors and Raschke,
Street Smarts; Core Content Month 4, Liquidity Pools (SWEEP-2, SIG-4).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTTurtleSoupStrategy(ICTObFvgStrategy):
    """Trade against the sweep of a day, a week or equal highs and lows, stopped beyond it."""

    preset = Params.parse(
        {
            "setup": {
                "zones": [],
                "events": ["sweep"],
                "sweep_of": ["week", "day", "equal"],
                "require": [],
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
