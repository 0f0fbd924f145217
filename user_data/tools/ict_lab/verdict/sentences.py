"""The verdict in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ict_lab.formatting import counted, number
from ict_lab.verdict.judgement import SIGNIFICANT, Judgement


def headline(judgements: Sequence[Judgement]) -> str:
    """Say in one sentence what was shown, of all that was judged."""
    if len(judgements) == 1:
        return sentence(judgements[0])
    shown = [judged for judged in judgements if judged.shown]
    tried = counted(max(judged.sharpe.trials for judged in judgements), "variant")
    if not shown:
        return f"No evidence of an edge in any of {len(judgements)} strategies; {tried} tried."
    names = ", ".join(f"{judged.record.name}{_limits(judged)}" for judged in shown)
    return f"Evidence of an edge in {len(shown)} of {len(judgements)}: {names}. {tried} tried."


def sentence(judged: Judgement) -> str:
    """Say in one sentence what was shown of one record."""
    mean = judged.expectancy
    made = f"{judged.record.name} made {number(mean.mean)} R a trade after costs"
    sure = f", 95 % interval {number(mean.low)} to {number(mean.high)}" if mean.has_interval else ""
    facts = f"{made} ({counted(judged.trades, 'trade')}{sure})"
    if judged.chance is not None:
        facts += f", random entries with the same stops {number(judged.chance.mean)} R"
    if judged.shown:
        more = f", more than the best of {counted(judged.sharpe.trials, 'variant')} without an edge would"
        return f"Evidence of an edge: {facts}{more}{_limits(judged)}."
    # For a loss there is nothing to explain away.
    if mean.shows_loss:
        return f"No evidence of an edge (a loss is shown): {facts}."
    return f"No evidence of an edge: {facts}; {judged.doubts[0]}{_too_small(judged)}."


def _limits(judged: Judgement) -> str:
    zones = ""
    if judged.placebo is not None and judged.placebo.p_value > SIGNIFICANT:
        same = f"placebo zones do as well (p = {judged.placebo.p_value:.2f})"
        zones = f"; it does not lie in the order blocks, {same}"
    seen = "" if judged.record.unseen else "; its rules may have been chosen on these candles"
    return zones + seen


def _too_small(judged: Judgement) -> str:
    """Say which edge could not be seen: no evidence is none of its absence."""
    if not math.isfinite(judged.smallest_edge):
        return ""
    return f"; an edge below {number(judged.smallest_edge)} R a trade would be missed more than once in five"
