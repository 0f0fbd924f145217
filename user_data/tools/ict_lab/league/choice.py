"""Which models trade on which candles: what the command lines of the league and of the costs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqtrade.exchange import timeframe_to_seconds

from ict.memory import memory_candles
from ict_lab.defaults import TIMEFRAME
from ict_lab.league.stretch import Stretch, find_stretch
from ict_lab.league.subjects import Subject, own_setup, presets
from ict_lab.replay.markets import WEEK_SECONDS

if TYPE_CHECKING:
    import argparse

OPTIONS: dict[str, dict[str, Any]] = {
    "--datadir": {
        "type": Path, "default": Path("user_data/data/binance"), "help": "Freqtrade's folder of candles",
    },
    "--pairs": {"nargs": "+", "default": [], "metavar": "PAIR", "help": "which; all of the folder without"},
    "--timeframe": {"default": TIMEFRAME, "help": f"default {TIMEFRAME}; in a league another is exploratory"},
    "--timerange": {"default": "", "help": "as Freqtrade writes it; all that the pairs share without"},
    "--strategies": {"nargs": "+", "default": [], "metavar": "CLASS", "help": "some of the presets alone"},
    "--setup": {
        "type": Path, "action": "append", "default": [], "metavar": "FILE",
        "help": "a JSON file with a setup of yours, see docs/setups.md; may be given again; exploratory",
    },
}  # fmt: skip


def chosen(options: argparse.Namespace) -> tuple[list[Subject], Stretch]:
    """Return the models that the options name, and the stretch on which all of them can trade.

    Raises
    ------
    LabError
        When a model is unknown or wrong, or the folder has no such candles.
    """
    models = [*presets(options.strategies), *map(own_setup, options.setup)]
    a_week = WEEK_SECONDS // timeframe_to_seconds(options.timeframe)
    memory = max(memory_candles(one.params, a_week) for one in models)
    return models, find_stretch(options.datadir, options.pairs, options.timeframe, options.timerange, memory)
