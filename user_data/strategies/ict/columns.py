"""The columns of an analysis: what the patterns say, and the points that a setup gives it (SIG-2)."""

from __future__ import annotations

from ict.catalogue.kinds import MVP_GROUPS, Group, Kind, Plot
from ict.catalogue.patterns import Patterns
from ict.catalogue.table import Derived
from ict.setups.entries import score_at_closes

__all__ = ["GROUPS", "MVP_GROUPS", "Columns"]

GROUPS = tuple(Group)


class Columns(Patterns):
    """Every column, each computed on first use."""

    score = Derived(
        "ict_{trade}_score", Kind.POINTS, Group.SCORE, "SIG-2", "points for an entry on that side",
        score_at_closes, plot=Plot("{trade} score", "score"),
        remembers="the trend and the OTE leg in it", needs_higher=True,
    )  # fmt: skip
