"""The environment of a research process: none of the bot's keys, and every package is found.

Workers of a walk-forward get this module by value, so it imports the standard library alone.
"""

from __future__ import annotations

import os
from pathlib import Path


def research_environment(*packages: Path, without: str | tuple[str, ...] = "FREQTRADE__") -> dict[str, str]:
    """Return this process's environment for a child.

    Parameters
    ----------
    packages : Path
        Folders in which it finds packages first, such as the strategies and the tools.
    without : str or tuple[str, ...]
        Beginnings of the names of the variables to leave out. Freqtrade reads its keys from such, and they
        would win over a configuration.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(without)}
    paths = [*map(str, packages), *filter(None, [kept.get("PYTHONPATH")])]
    # Wide enough for Freqtrade's tables.
    added = {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    return kept | added | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
