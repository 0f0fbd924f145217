"""What lets each fault of the catalogue come about, by its name."""

from collections.abc import Callable
from typing import TypeVar

# Takes the world and a fault's arguments; false if there was nothing that could go wrong.
Act = Callable[..., bool | None]
AnAct = TypeVar("AnAct", bound=Act)

ACTS: dict[str, Act] = {}


def acts(name: str) -> Callable[[AnAct], AnAct]:
    """Make a function the act of a fault."""

    def register(act: AnAct) -> AnAct:
        ACTS[name] = act
        return act

    return register
