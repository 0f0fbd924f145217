"""Which scores the entries of a setup can have (SIG-2, SIG-3)."""

from collections.abc import Collection

from ict.facts import FACTS
from ict.params import Params


def reachable_scores(params: Params, searched: Collection[str] = ()) -> tuple[float, ...]:
    """Give the scores that an entry can have, ascending: no other threshold differs in effect.

    Required facts hold at every entry, and so does the one kind of zone where nothing else triggers.

    Parameters
    ----------
    params : Params
        The setup.
    searched : Collection[str]
        Facts whose use is not settled: each may count or not.
    """
    in_use = [name for name in FACTS if name in searched or params.use(name) != "off"]
    alone = params.entry_zones if len(params.entry_zones) == 1 and not params.entry_events else ()
    held = {name for name in in_use if params.use(name) == "required" or name in alone} - {*searched}
    sums = {sum(params.points(name) for name in held)}
    for name in (name for name in in_use if name not in held):
        # A float's rounding error is no other score.
        sums |= {round(known + params.points(name), 9) for known in sums}
    return tuple(sorted(sums))
