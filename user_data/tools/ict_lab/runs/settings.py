"""The settings that made a backtest: from its export, over the defaults of the class that traded."""

from __future__ import annotations

import hashlib
import importlib
import math
from dataclasses import asdict
from typing import Any

import pandas as pd
from ict_host.parameters import GROUPS, IctParameters

from ict import IctError, Params
from ict.exits.engine import Exits
from ict.exits.target import Target
from ict.params import expanded, settings
from ict.setups.entries import find_entries
from ict_lab.errors import LabError
from ict_lab.replay.engine import Setup
from ict_lab.runs.export import Export

# Fewer exits at the target do not show where it was.
LEAST_TARGET_EXITS = 5


def setup_of(export: Export) -> Setup | None:
    """Return what one of our strategies traded; None for another house's, or where it differs by pair.

    The class is the one that is installed here; the settings are the export's: the `ict` block of its
    configuration, then the strategy's JSON file, then the preset's defaults.

    Raises
    ------
    LabError
        When a setting of the export is unknown or out of its range.
    """
    preset = strategy_named(export.strategy)
    if preset is None or export.config.get("ict", {}).get(GROUPS):
        return None
    values = {name: getattr(preset, name).value for name in settings()}
    for space in export.hyper_params.values():
        values |= {name: value for name, value in space.items() if name in values}
    try:
        params = Params.parse(values | expanded(dict(export.config.get("ict", {}))))
    except (IctError, TypeError, ValueError) as error:
        raise LabError(f"{export.source}: settings of {export.strategy}: {error}") from error
    return Setup(params, preset.find_entries)


def is_followed(setup: Setup | None) -> bool:
    """Whether one trade's end follows from its own entry: at a close, for multiples of the risk."""
    return setup is not None and setup.params.entry_at == "close" and not setup.params.aims_at_pools


def variants_tried(strategy: str) -> int:
    """Return how many variants the defaults of a class were chosen among, as the class says."""
    return int(getattr(strategy_named(strategy), "variants_tried", 0))


def enters_at_zones(setup: Setup | None) -> bool:
    """Whether entries come from zones alone (SIG-4, LIM-1), so that placebo zones can replace them."""
    if setup is None or setup.find_entries is not find_entries:
        return False
    return bool(setup.params.entry_zones) and not setup.params.entry_events


def exits_of(setup: Setup | None, trades: pd.DataFrame) -> Exits:
    """Return how trades end: by our settings, or as far as the trades of another strategy show it."""
    if setup is not None:
        return Exits.of(setup.params)
    target = target_of(trades)
    return Exits() if math.isnan(target) else Exits(Target(target))


def target_of(trades: pd.DataFrame) -> float:
    """Return the distance of the target in R, as the exits at one show it; NaN where there are too few."""
    ended = trades[trades["exit_reason"] == "roi"]
    distance = (ended["close_rate"] - ended["open_rate"]).abs()
    in_r = (distance / (ended["open_rate"] - ended["first_stop"]).abs()).dropna()
    return float(in_r.median()) if len(in_r) >= LEAST_TARGET_EXITS else float("nan")


def variant_of(export: Export, setup: Setup | None) -> dict[str, Any]:
    """Return what makes a backtest this variant and no other, whatever the candles."""
    # Groups of pairs, of which no single setup speaks.
    block = {"ict": export.config["ict"]} if export.config.get("ict") else {}
    return {
        "strategy": export.strategy,
        "source": hashlib.sha256(export.code.encode()).hexdigest(),
        "settings": asdict(setup.params) if setup else {**export.hyper_params, **block},
        "timeframe": export.results["timeframe"],
        "pairs": sorted(export.results["pairlist"]),
    }


def strategy_named(name: str) -> Any:
    """Return a strategy class of ours by its name; None for another house's."""
    try:
        found = getattr(importlib.import_module(name), name, None)
    except ImportError:
        return None
    return found if isinstance(found, type) and issubclass(found, IctParameters) else None
