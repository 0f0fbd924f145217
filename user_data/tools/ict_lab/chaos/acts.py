"""How to cause each fault of the catalogue, by its name."""

from collections.abc import Callable
from typing import TypeVar

# Takes the world and a fault's arguments; returns false where the fault did not apply.
Act = Callable[..., bool | None]
AnAct = TypeVar("AnAct", bound=Act)

ACTS: dict[str, Act] = {}


def acts(name: str) -> Callable[[AnAct], AnAct]:
    """Register a function as the cause of a fault."""

    def register(act: AnAct) -> AnAct:
        ACTS[name] = act
        return act

    return register
