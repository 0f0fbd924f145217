"""The tables of columns: unit, meaning, and how often each is set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ict import Params
from ict.analysis import Analysis
from ict.catalogue.kinds import Kind
from ict.catalogue.table import Declared, Key
from ict.columns import Columns
from ict_lab.candles import read_candles
from ict_lab.defaults import PAIR, TIMEFRAME
from ict_lab.docs.markdown import code, rows_of, table
from ict_lab.errors import LabError

SECOND = "ETH/USDT:USDT"
# Settings with which every column exists.
EVERY = Params(trail_timeframe="4h", min_stop_atr=1.0, max_volatility_percentile=50.0)
_WRITTEN = {"f": "float", "i": "whole number", "b": "true or false", "O": "text"}
_NOTHING = {"f": "NaN", "i": "0", "b": "false", "O": "an empty text"}
Rates = dict[str, str]


def measured(folder: Path) -> Rates:
    """Measure on how many candles each column is set, by its names.

    Parameters
    ----------
    folder : pathlib.Path
        Candles of BTC/USDT:USDT and, to compare with, of ETH/USDT:USDT, 15m.

    Raises
    ------
    LabError
        When they are not there.
    """
    candles, second = (read_candles(folder, pair, TIMEFRAME, fill=False) for pair in (PAIR, SECOND))
    if candles.empty or second.empty:
        raise LabError(f"no candles of {PAIR if candles.empty else SECOND} {TIMEFRAME} in {folder}")
    columns = Analysis(candles, EVERY, reference=second).columns()
    return {
        _names(one): " / ".join(f"{_percent(one, columns.array(one, *key)):.1f}" for key in _keys(one)) + " %"
        for one in Columns.declared()
    }


def stated(page: str) -> Rates:
    """Read the measured values from a page."""
    rows = [row for row in rows_of(page) if len(row) == 6]
    return {row[0]: row[4] for row in rows}


def units() -> str:
    """List what a column can hold."""
    rows = [[kind.unit, _WRITTEN[kind.dtype.kind], kind.values, _nothing(kind)] for kind in Kind]
    return table(("unit", "type", "values", "for none"), rows)


def columns(rates: Rates) -> str:
    """List every column."""
    rows = [
        [_names(one), one.group, one.kind.unit, one.rule, rates.get(_names(one), "?"), one.about]
        for one in Columns.declared()
    ]
    return table(("column", "group", "unit", "rule", "set on", "meaning"), rows)


def short() -> str:
    """List every column, in short."""
    rows = [[_names(one), one.kind.unit, f"{one.about} ({one.rule})"] for one in Columns.declared()]
    return table(("column", "unit", "meaning"), rows)


def _names(one: Declared[Any]) -> str:
    keys = (["<timeframe>" if isinstance(part, str) else part for part in key] for key in _keys(one))
    return ", ".join(dict.fromkeys(code(one.name(*key)) for key in keys))


def _keys(one: Declared[Any]) -> list[Key]:
    """Keys of a declaration's columns; of those of higher timeframes, of the first of them."""
    keys = list(one.keys(EVERY, EVERY.higher_timeframes))
    return [key for key in keys if "{timeframe}" not in one.pattern or key[0] == keys[0][0]]


def _percent(one: Declared[Any], values: npt.NDArray[Any]) -> float:
    """Share of the candles on which a column says something, in percent."""
    nothing = one.kind.nothing
    says = np.isfinite(values) if nothing != nothing else values != nothing
    return 100 * float(np.mean(says))


def _nothing(kind: Kind) -> str:
    return "0" if kind is Kind.POINTS else _NOTHING[kind.dtype.kind]
