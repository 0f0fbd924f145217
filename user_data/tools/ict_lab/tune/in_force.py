"""Which value of each setting holds now and who says so, and what the page would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from ict import Params
from ict.errors import ParameterError
from ict.params import settings
from ict_lab.tune.stored import Stored


class Source(StrEnum):
    """Who sets a value; the later one wins."""

    STRATEGY = "strategy"
    FILE = "file"
    CONFIG = "config"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Held:
    """A value in force, right or wrong, and who sets it."""

    value: Any
    source: Source


@dataclass(frozen=True, slots=True)
class Change:
    """One setting in which the page differs from what is in force.

    Attributes
    ----------
    default, now, page
        The strategy's default, the value in force, the page's value.
    source : Source
        Who sets the value in force. The file has no effect where the configuration does.
    """

    name: str
    unit: str
    default: Any
    now: Any
    page: Any
    source: Source

    @property
    def goes_into_file(self) -> bool:
        """Whether writing the strategy's JSON file brings it about."""
        return self.source in (Source.STRATEGY, Source.FILE)


def in_force(
    defaults: Mapping[str, Any],
    stored: Stored,
    block: Mapping[str, Any],
    group: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Held]:
    """Find every setting's value as the strategy would: configuration, then JSON file, then default.

    Parameters
    ----------
    defaults : Mapping[str, Any]
        The strategy's own.
    stored : Stored
        Its JSON file.
    block : Mapping[str, Any]
        Settings of the `ict` block of the configuration.
    group : Mapping[str, Any]
        Those that the pair's group has for itself.
    """
    held = {name: Held(defaults[name], Source.STRATEGY) for name in settings()}
    held |= {name: Held(value, Source.FILE) for name, value in stored.values.items()}
    for source, given in ((Source.CONFIG, block), (Source.GROUP, group)):
        held |= {name: Held(value, source) for name, value in given.items() if name in held}
    return held


def starting_values(held: Mapping[str, Held], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Values for the page to begin with: those in force, and the default where one is wrong."""
    return {name: one.value if _is_right(name, one.value) else defaults[name] for name, one in held.items()}


def block_faults(block: Mapping[str, Any]) -> list[str]:
    """Say what is wrong in the `ict` block of the configuration."""
    faults = []
    for name, value in block.items():
        try:
            Params.parse({name: value})
        except ParameterError as error:
            faults.append(f"ict in the configuration: {error}")
    return faults


def changes(held: Mapping[str, Held], page: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[Change]:
    """List the settings in which the page differs from what is in force, in the order of declaration."""
    return [
        Change(name, setting.unit, defaults[name], held[name].value, page[name], held[name].source)
        for name, setting in settings().items()
        if not _same(page[name], held[name].value)
    ]


def _same(one: object, other: object) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return [*one] == [*other]
    # To Python True is 1; in a settings file it is not.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _is_right(name: str, value: object) -> bool:
    try:
        Params.parse({name: value})
    except ParameterError:
        return False
    return True
