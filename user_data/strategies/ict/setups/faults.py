"""Why a setup could never enter: what in its settings rules out every entry."""

from collections.abc import Iterator

from ict.params import Params

# Facts of the entry zone itself, by the kind of zone that has them (SIG-3).
_OF_ENTRY_ZONE = {
    **dict.fromkeys(("displaced", "left_gap", "broke_structure", "swept_first"), "ob"),
    "true_breaker": "breaker",
}
# Kinds of pools that a switch turns on (POOL-2); all others are there.
_SWITCHED = {
    "month": "month_pools",
    **dict.fromkeys(("session", "asia", "london", "new_york"), "session_pools"),
}


def setup_faults(params: Params) -> Iterator[str]:
    """Give a sentence for each fault, naming the settings; none where the setup can enter.

    Parameters
    ----------
    params : Params
        The setup.
    """
    yield from second_market_faults(params)
    if fault := params.threshold_fault:
        yield fault
    yield from _faults_of_triggers(params)
    for fact, kind in _OF_ENTRY_ZONE.items():
        if params.use(fact) == "required" and kind not in params.entry_zones:
            yield (
                f"use_{fact} must not be required without {kind} in entry_zones, whose fact it is: "
                "no entry would ever be made"
            )
    if not params.entry_weekdays:
        yield "entry_weekdays must not be empty: no entry would ever be made"
    if params.use("swept") == "required" or _enters_by_sweeps_alone(params):
        yield from _fault_of_pools("swept_kinds", params.swept_kinds, params)
    if params.aims_at_pools:
        yield from _fault_of_pools("draw_kinds", params.draw_kinds, params)


def second_market_faults(params: Params) -> Iterator[str]:
    """Say where a fact needs a second market that is not named (SMT-1)."""
    if params.use("smt") != "off" and not params.reference_pairs:
        yield "use_smt needs reference_pairs: without a second market nothing diverges"


def _faults_of_triggers(params: Params) -> Iterator[str]:
    if params.entry_at == "zone" and params.entry_events:
        events = ", ".join(params.entry_events)
        yield f"entry_events must be empty with entry_at zone, was {events}: an order rests in zones alone"
    if not (params.entry_zones or params.entry_events):
        yield "entry_zones and entry_events must not both be empty: no entry would ever be made"


def _enters_by_sweeps_alone(params: Params) -> bool:
    return params.entry_events == ("sweep",) and not params.entry_zones


def _fault_of_pools(name: str, kinds: tuple[str, ...], params: Params) -> Iterator[str]:
    if not any(kind not in _SWITCHED or getattr(params, _SWITCHED[kind]) for kind in kinds):
        given = ", ".join(kinds) or "empty"
        yield f"{name} must hold a kind of pool that is on, was {given}: no entry would ever be made"
