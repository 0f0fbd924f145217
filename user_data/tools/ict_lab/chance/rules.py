"""The rules that made a backtest: settings from its export, entries and exits from its strategy."""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from ict_host.parameters import IctParameters

from ict import IctError, Params
from ict.confluence import FindEntries, block_entries
from ict.params import settings
from ict_lab.errors import LabError
from ict_lab.trades import Backtest

# Fewer exits at the target tell nothing about where it was.
LEAST_TARGET_EXITS = 5


@dataclass(frozen=True)
class IctRules:
    """Settings of one of our strategies, and how it finds its entries.

    Attributes
    ----------
    params : Params
        Settings in force in the backtest.
    find_entries : Callable
        From the columns of an analysis to entries.
    """

    params: Params
    find_entries: FindEntries

    @property
    def enters_at_zones(self) -> bool:
        """Whether entries come from order blocks (SIG-1), so that placebo zones can stand for them."""
        return self.find_entries is block_entries


@dataclass(frozen=True)
class ExitRule:
    """What ends a trade besides its stop.

    Attributes
    ----------
    target_r : float
        Distance of the target over the stop's; 0 for none.
    trails : bool
        Whether the stop follows swings (EXIT-3).
    break_even_at_r : float
        Gain in R from which on the stop is at the entry (EXIT-4); 0 for never.
    stop_buffer : float
        How far beyond a swing the stop trails, ratio of its price.
    part_at_r, part : float
        Gain in R at which a part is closed once (EXIT-5), 0 for never; and how much of the trade.
    held : bool
        Whether a trade lasts no longer than the one it stands for: the rule of a strategy whose own
        exits are not known.
    """

    target_r: float = 0.0
    trails: bool = False
    break_even_at_r: float = 0.0
    stop_buffer: float = 0.0
    part_at_r: float = 0.0
    part: float = 0.0
    held: bool = False

    def __str__(self) -> str:
        parts = [f"target {self.target_r:g} R" if self.target_r else "no target"]
        parts += ["stop trailed behind swings"] if self.trails else []
        parts += [f"stop at the entry from {self.break_even_at_r:g} R"] if self.break_even_at_r else []
        parts += [f"{self.part:.0%} closed from {self.part_at_r:g} R"] if self.part_at_r else []
        parts += ["held as long as the trade it stands for"] if self.held else []
        return ", ".join(parts)


@dataclass(frozen=True)
class Export:
    """What an export says besides its trades.

    Attributes
    ----------
    config : Mapping
        Freqtrade's configuration.
    source : str
        Text of the strategy's own file; empty where it was not exported.
    hyper_params : Mapping
        The strategy's JSON file, space by space.
    """

    config: Mapping[str, Any]
    source: str
    hyper_params: Mapping[str, Mapping[str, Any]]


def read_export(backtest: Backtest) -> Export:
    """Read configuration, strategy and parameters from a backtest's export.

    Raises
    ------
    LabError
        When one of them is there and cannot be read.
    """
    if not zipfile.is_zipfile(backtest.source):
        return Export({}, "", {})
    with zipfile.ZipFile(backtest.source) as archive:
        texts = {Path(name).name: name for name in archive.namelist()}
        stem = next((name[: -len("_config.json")] for name in texts if name.endswith("_config.json")), "")

        def text(appendix: str) -> str:
            name = texts.get(f"{stem}_{appendix}")
            return archive.read(name).decode("utf-8", "replace") if name else ""

        config, hyper = text("config.json"), text(f"{backtest.strategy}.json")
        try:
            params = json.loads(hyper or "{}").get("params", {})
            return Export(json.loads(config or "{}"), text(f"{backtest.strategy}.py"), params)
        except (ValueError, AttributeError) as error:
            raise LabError(f"{backtest.source}: its settings cannot be read: {error}") from error


def ict_rules(backtest: Backtest, export: Export) -> IctRules | None:
    """Return the settings of one of our strategies; None for a strategy of another house.

    The class is the one that is installed here; the settings are the export's: the `ict` block of its
    configuration, then the strategy's JSON file, then the preset's defaults.

    Raises
    ------
    LabError
        When a setting of the export is unknown or out of its range.
    """
    preset = _preset(backtest.strategy)
    if preset is None:
        return None
    values = {name: getattr(preset, name).value for name in settings()}
    for space in export.hyper_params.values():
        values |= {name: value for name, value in space.items() if name in values}
    try:
        return IctRules(Params.parse(values | dict(export.config.get("ict", {}))), preset.find_entries)
    except (IctError, TypeError, ValueError) as error:
        raise LabError(f"{backtest.source}: settings of {backtest.strategy}: {error}") from error


def _preset(name: str) -> Any:
    try:
        found = getattr(importlib.import_module(name), name, None)
    except ImportError:
        return None
    return found if isinstance(found, type) and issubclass(found, IctParameters) else None


def exit_rule(backtest: Backtest, rules: IctRules | None) -> ExitRule:
    """Return how trades end: by our settings, or as far as the trades of another strategy show it."""
    if rules is None:
        target = target_of(backtest.trades)
        return ExitRule(held=True) if math.isnan(target) else ExitRule(target_r=target)
    params = rules.params
    return ExitRule(
        target_r=params.risk_reward,
        trails=params.trail_timeframe != "none",
        break_even_at_r=params.break_even_at_r,
        stop_buffer=params.stop_buffer,
        part_at_r=params.partial_exit_at_r,
        part=params.partial_exit_percent / 100,
    )


def target_of(trades: pd.DataFrame) -> float:
    """Return the distance of the target in R, as the exits at one show it; NaN where there are too few."""
    ended = trades[trades["exit_reason"] == "roi"]
    distance = (ended["close_rate"] - ended["open_rate"]).abs()
    in_r = (distance / (ended["open_rate"] - ended["first_stop"]).abs()).dropna()
    return float(in_r.median()) if len(in_r) >= LEAST_TARGET_EXITS else float("nan")


def variant_of(backtest: Backtest, export: Export, rules: IctRules | None) -> dict[str, Any]:
    """Return what makes a backtest this variant and no other, whatever the candles."""
    return {
        "strategy": backtest.strategy,
        "source": hashlib.sha256(export.source.encode()).hexdigest(),
        "settings": asdict(rules.params) if rules else dict(export.hyper_params),
        "timeframe": backtest.timeframe,
        "pairs": sorted(backtest.pairs),
    }
