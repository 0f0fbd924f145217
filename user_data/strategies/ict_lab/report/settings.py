"""The settings of the patterns, as the export holds them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from ict import ParameterError, Params
from ict.params import settings
from ict_lab.errors import LabError


def pattern_settings(source: Path, strategy: str) -> Params:
    """Read the settings by which a strategy found its patterns.

    The `ict` block of the configuration wins over the strategy's JSON file, as in the strategy itself.
    What neither says is the product's default.

    Parameters
    ----------
    source : pathlib.Path
        The export; only a .zip holds settings.
    strategy : str
        Name of the class.

    Raises
    ------
    LabError
        When a value is out of its range.
    """
    if source.suffix != ".zip":
        return Params()
    file = _member(source, f"{source.stem}_{strategy}.json").get("params", {}).get("patterns", {})
    block = _member(source, f"{source.stem}_config.json").get("ict", {})
    patterns = {name for name, setting in settings().items() if setting.space == "patterns"}
    values = {name: value for name, value in {**file, **block}.items() if name in patterns}
    try:
        return Params.parse(values)
    except ParameterError as error:
        raise LabError(f"the settings in {source} are not valid: {error}") from error


def _member(source: Path, name: str) -> dict[str, Any]:
    with zipfile.ZipFile(source) as archive:
        if name not in archive.namelist():
            return {}
        content = json.loads(archive.read(name))
    return content if isinstance(content, dict) else {}
