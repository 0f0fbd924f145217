"""The strategies to choose from: found by Freqtrade's own search, each with the defaults of its class."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from freqtrade.resolvers import StrategyResolver
from ict_host.parameters import IctParameters

from ict.params import settings
from ict.setups.entries import FindEntries, find_entries
from ict_lab.errors import LabError


@dataclass(frozen=True)
class Preset:
    """A strategy of the folder.

    Attributes
    ----------
    name, about : str
        Name of the class and the first line of its docstring.
    file : Path
        Where it is written; its JSON file lies beside it.
    timeframe : str
        Its candles.
    defaults : dict
        Its own value of every setting.
    find_entries : FindEntries
        What finds its entries at closes.
    """

    name: str
    about: str
    file: Path
    timeframe: str
    defaults: dict[str, Any]
    find_entries: FindEntries = find_entries

    @property
    def settings_file(self) -> Path:
        """The JSON file that Freqtrade reads with the strategy."""
        return self.file.with_suffix(".json")


def find_presets(folder: Path) -> dict[str, Preset]:
    """Find the strategies of a folder that trade by the settings of `ict`, by name.

    Raises
    ------
    LabError
        When the folder is absent or has none.
    """
    if not folder.is_dir():
        raise LabError(f"strategies must be in a folder, {folder} is none")
    # Freqtrade does so when it loads one: strategies import what lies beside them.
    if str(folder.resolve()) not in sys.path:
        sys.path.append(str(folder.resolve()))
    # Freqtrade's public search looks only below a user directory.
    found = StrategyResolver._search_all_objects(folder.resolve(), enum_failed=False)
    presets = {one["name"]: _preset(one) for one in found if issubclass(one["class"], IctParameters)}
    if not presets:
        raise LabError(f"no strategy with the settings of ict is in {folder}")
    return dict(sorted(presets.items()))


def _preset(found: Mapping[str, Any]) -> Preset:
    strategy = found["class"]
    return Preset(
        name=found["name"],
        about=(inspect.getdoc(strategy) or "").partition("\n")[0],
        file=Path(found["location"]),
        timeframe=strategy.timeframe,
        defaults={name: getattr(strategy, name).value for name in settings()},
        find_entries=strategy.find_entries,
    )
