"""2022 model: a sweep, a shift of structure with displacement, and the return into the gap of that leg.

Story: stops are taken, a strong move breaks structure the other way and leaves a gap; price comes
back into it in discount (a short: premium). Stop beyond the sweep, target at the next pool of
liquidity. Source: 2022 Mentorship, episodes 2 (Elements To A Trade Setup) and 3 (market structure
shifts) (REV-1, MSS-1, PD-1).
"""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICT2022ModelStrategy(ICTObFvgStrategy):
    """Trade the return into the gap of a leg that shifted structure after a sweep, in discount."""

    preset = Params.parse(
        {
            "setup": {
                "zones": [],
                "events": ["gap"],
                "require": ["swept", "mss", "discount"],
                "target": "liquidity",
            },
            "htf_gate": False,
        }
    )
