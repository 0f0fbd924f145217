"""The `setup` block of the configuration: a model as a trader describes it, made into settings."""

from __future__ import annotations

from collections.abc import Mapping

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


def expanded(values: Mapping[str, object]) -> dict[str, object]:
    """Return settings with their `setup` block made into settings; a setting beside the block wins over it.

    Raises
    ------
    ParameterError
        When the block is wrong.
    """
    beside = {name: value for name, value in values.items() if name != "setup"}
    return (_settings_of(values["setup"]) if "setup" in values else {}) | beside


def _settings_of(block: object) -> dict[str, object]:
    """Make settings of a `setup` block.

    A block that names facts, by `require` or `points`, names all of them: the others are off, and the
    threshold is 0 unless it is given.

    Parameters
    ----------
    block : object
        As the configuration has it; the settings' own values are checked by `Params`.

    Raises
    ------
    ParameterError
        For what is no block, and for a key or a fact that is none; it names the nearest one.
    """
    given = _block(block, "setup", [*_KEYS, "entry", *_FACT_KEYS])
    values: dict[str, object] = {}
    if any(key in given for key in _FACT_KEYS):
        values |= _facts(given) | {"entry_threshold": 0.0}
    entry = _block(given.get("entry", {}), "setup.entry", [*_ENTRY_KEYS])
    values |= {_ENTRY_KEYS[key]: value for key, value in entry.items()}
    return values | {_KEYS[key]: value for key, value in given.items() if key in _KEYS}


def _facts(given: Mapping[str, object]) -> dict[str, object]:
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
    return {f"use_{name}": use for name, use in uses.items()} | {
        f"points_{name}": value for name, value in counted.items()
    }


def _block(block: object, where: str, keys: list[str]) -> Mapping[str, object]:
    if not isinstance(block, Mapping):
        raise ParameterError(f"{where} must be a block of settings, was {block!r}")
    for key in block:
        if key not in keys:
            raise unknown_word(where, key, keys)
    return block
