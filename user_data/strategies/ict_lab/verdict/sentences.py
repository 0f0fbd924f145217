"""The verdict in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ict_lab.verdict.judgement import Judgement, counted, number


def headline(judgements: Sequence[Judgement]) -> str:
    """Say in one sentence what was shown, of all that was judged."""
    if len(judgements) == 1:
        return sentence(judgements[0])
    shown = [judged.subject.name for judged in judgements if judged.shown]
    tried = counted(max(judged.sharpe.trials for judged in judgements), "variant")
    if not shown:
        return f"No evidence of an edge in any of {len(judgements)} strategies; {tried} tried."
    names = ", ".join(shown)
    return f"Evidence of an edge in {len(shown)} of {len(judgements)}: {names}; {tried} tried."


def sentence(judged: Judgement) -> str:
    """Say in one sentence what was shown of one subject."""
    made = f"{judged.subject.name} made {number(judged.expectancy.value)} R a trade after costs"
    low, high = judged.expectancy.low, judged.expectancy.high
    sure = f", 95 % interval {number(low)} to {number(high)}" if math.isfinite(low) else ""
    facts = f"{made} ({counted(judged.trades, 'trade')}{sure})"
    if judged.chance is not None:
        facts += f", random entries with the same stops {number(float(judged.chance.net_r.mean()))} R"
    if judged.shown:
        return f"Evidence of an edge: {facts}{_of_what(judged)}."
    loses = " (a loss is shown)" if judged.expectancy.high < 0 else ""
    # For a loss there is nothing to explain away.
    because = "" if loses else f"; {judged.doubts[0]}"
    return f"No evidence of an edge{loses}: {facts}{because}."


def _of_what(judged: Judgement) -> str:
    luck = (
        f", and more than the best of {judged.sharpe.trials} would by luck ({judged.sharpe.probability:.0%})"
    )
    zones = ""
    if judged.placebo is not None and judged.placebo.p_value > 0.05:
        same = f"placebo zones do as well (p = {judged.placebo.p_value:.2f})"
        zones = f"; it does not lie in the order blocks, {same}"
    fragile = "; it does not survive worse costs" if judged.stress[-1].expectancy_r <= 0 else ""
    seen = "" if judged.subject.unseen else "; its rules may have been chosen on these candles"
    return luck + zones + fragile + seen
