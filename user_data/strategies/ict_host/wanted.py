"""Which columns come with the candles: those that somebody will ask for, or all of them.

Entries and exits ask by the settings in force, FreqUI for what it plots, messages for what they report. A
column that is left out is computed when it is used anyway, or its name is in an error.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from freqtrade.enums import TRADE_MODES, RunMode

from ict.catalogue.table import Declared, Named
from ict.columns import Columns
from ict.market.chart import Chart
from ict.params import Params
from ict.setups.entries import FindEntries
from ict.setups.resting import find_resting
from ict_host.start_error import start_error

logger = logging.getLogger(__name__)

KEY = "ict_columns"
USED, ALL = "used", "all"
# What exits read from an analysed frame (EXIT-2, EXIT-3); there only where the settings ask for it.
_OF_EXITS: tuple[Declared[Any], ...] = (Columns.higher_atr, Columns.higher_swing)
# What messages about patterns read.
_OF_MESSAGES = (
    Columns.ob_direction, Columns.ob_bottom, Columns.ob_top,
    Columns.fvg_direction, Columns.fvg_bottom, Columns.fvg_top,
    Columns.bos, Columns.choch, Columns.sweep,
)  # fmt: skip
# For so many settings the columns are kept.
_KEPT = 32
# Candles on which it is tried out what entries ask for: what that is hangs on the settings alone.
_TRIED = 100


class Wanted:
    """The columns that are to come with the candles.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration.
    find_entries : FindEntries
        What the strategy finds its entries by.
    own : str
        What the strategy says itself: `used` or `all`; the configuration wins.
    reports_patterns : bool
        Whether messages report patterns.

    Raises
    ------
    OperationalException
        When `ict_columns` is neither.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        find_entries: FindEntries,
        *,
        own: str,
        reports_patterns: bool = False,
    ) -> None:
        self._all = _wants_all(config, own)
        read = (*_OF_EXITS, *(_OF_MESSAGES if reports_patterns else ()))
        self._find_entries, self._read = find_entries, {one.pattern for one in read}
        self._found: dict[Params, tuple[Named, ...]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Hyperopt sends a strategy to its workers: what was found there is found again."""
        return {**vars(self), "_found": {}}

    def of(self, chart: Chart) -> tuple[Named, ...]:
        """List the columns that are wanted with a chart's settings."""
        params = chart.params
        if params not in self._found:
            # Hyperopt has others in each epoch; groups of pairs have a few at once.
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[params] = tuple(self._columns(chart))
        return self._found[params]

    def _columns(self, chart: Chart) -> Iterator[Named]:
        asked = None if self._all else self._asked(chart)
        plotted = {name for name, *_ in Columns.plotted(chart.params)}
        for name, one, key in Columns.named(chart.params):
            if asked is None or name in asked or name in plotted or one.pattern in self._read:
                yield name, one, key

    def _asked(self, chart: Chart) -> frozenset[str] | None:
        """Names of what entries ask for; None where that is not known."""
        try:
            return asked_by(self._find_entries, chart)
        except Exception:
            # The entries of an own strategy may need more candles than these.
            logger.info("Not known which columns the entries ask for: all are analysed", exc_info=True)
            return None


def asked_by(find_entries: FindEntries, chart: Chart) -> frozenset[str]:
    """Try out which columns the entries of a chart's settings ask for, on the newest of its candles."""
    few = Columns(Chart(chart.candles[-_TRIED:], chart.params))
    count = len(few.chart.candles)
    if chart.params.entry_at == "zone":
        find_resting(few, np.ones(count), np.ones(count, np.bool_))
    else:
        find_entries(few)
    return few.asked


def _wants_all(config: Mapping[str, Any], own: str) -> bool:
    said = config.get(KEY, own)
    if said not in (USED, ALL):
        raise start_error(config, f"{KEY} must be {USED} or {ALL}, was {said!r}")
    mode = config.get("runmode")
    if mode == RunMode.HYPEROPT and not config.get("analyze_per_epoch"):
        # Analysed once for all epochs, and any of them may ask for another fact.
        return True
    if KEY in config or said == ALL:
        return bool(said == ALL)
    # What is not for trading, such as a bias analysis or a chart, is for looking at.
    return mode not in (*TRADE_MODES, RunMode.BACKTEST, RunMode.HYPEROPT) or config.get("export") == "signals"
