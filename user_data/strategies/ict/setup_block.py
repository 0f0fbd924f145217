"""The `setup` block of the configuration: a model as a trader describes it, made into settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ict.errors import ParameterError, unknown_word
from ict.facts import FACTS

# A key of the block and the setting that it gives.
_KEYS = {
    "zones": "entry_zones",
    "events": "entry_events",
    "sweep_of": "swept_kinds",
    "threshold": "entry_threshold",
    "windows": "entry_windows",
    "weekdays": "entry_weekdays",
    "blackouts": "blackout_file",
    "stop": "stop_behind",
    "target": "target_at",
    "min_target_r": "min_target_r",
    "first_target": "partial_exit_at",
    "one_entry_per_zone": "one_entry_per_zone",
}
_ENTRY_KEYS = {"at": "entry_at", "depth": "entry_depth", "post_only": "entry_post_only"}
_FACT_KEYS = ("require", "points")


class Written(NamedTuple):
    """A setting's value, and where in the block it is written."""

    value: object
    where: str


def settings_of(block: object) -> dict[str, Written]:
    """Make settings of a `setup` block.

    A block that names facts, by `require` or `points`, names all of them: the others are off, and the
    threshold is 0 unless it is given.

    Parameters
    ----------
    block : object
        As the configuration has it.

    Returns
    -------
    dict[str, Written]
        By the names of the settings; the values are not checked.

    Raises
    ------
    ParameterError
        For what is no block, and for a key or a fact that is none; it names the nearest one.
    """
    given = _block(block, "setup", [*_KEYS, "entry", *_FACT_KEYS])
    values: dict[str, Written] = {}
    if any(key in given for key in _FACT_KEYS):
        values |= _facts(given) | {"entry_threshold": Written(0.0, "setup")}
    entry = _block(given.get("entry", {}), "setup.entry", [*_ENTRY_KEYS])
    values |= {_ENTRY_KEYS[key]: Written(value, f"setup.entry.{key}") for key, value in entry.items()}
    return values | {
        _KEYS[key]: Written(value, f"setup.{key}") for key, value in given.items() if key in _KEYS
    }


def _facts(given: Mapping[str, object]) -> dict[str, Written]:
    required, points = given.get("require", []), given.get("points", {})
    if not isinstance(required, list | tuple):
        raise ParameterError(f"setup.require must be a list of facts, was {required!r}")
    counted = _block(points, "setup.points", [*FACTS])
    for name in required:
        if name not in FACTS:
            raise unknown_word("setup.require", name, FACTS)
    uses = (
        dict.fromkeys(FACTS, "off") | dict.fromkeys(counted, "points") | dict.fromkeys(required, "required")
    )
    return {f"use_{name}": Written(use, "setup") for name, use in uses.items()} | {
        f"points_{name}": Written(value, f"setup.points.{name}") for name, value in counted.items()
    }


def _block(block: object, where: str, keys: list[str]) -> Mapping[str, object]:
    if not isinstance(block, Mapping):
        raise ParameterError(f"{where} must be a block of settings, was {block!r}")
    for key in block:
        if key not in keys:
            raise unknown_word(where, key, keys)
    return block
