"""Change in the state of delivery: a close through the candles that ran into a sweep.

Story: a row of falling candles takes the stops below an old low; the first close above the open of
that row says that delivery has changed, often before structure shifts. In discount (a short:
premium) alone. Source: 2024 Mentorship, change in the state of delivery (CISD-1, PD-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTCisdStrategy(ICTObFvgStrategy):
    """Trade a change in the state of delivery in discount, stopped beyond its sweep."""

    preset = Params.parse(
        {
            "setup": {
                "zones": [],
                "events": ["cisd"],
                "require": ["discount"],
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
