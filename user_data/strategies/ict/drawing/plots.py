"""What FreqUI plots beside the drawings: lines with a trader's names, and their `plot_config`.

FreqUI's legend shows the names of columns, so the plotted lines are columns of their own.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.candles import BOTH_SIDES, Floats
from ict.catalogue.kinds import Kind, Plot
from ict.catalogue.table import Declared, Key, filled
from ict.columns import Columns
from ict.drawing.colours import BEARISH, BULLISH, SPENT, Colour, css
from ict.params import Params

THRESHOLD = "threshold"
# For so many settings the lines are kept.
_KEPT = 32
_OF_DIRECTION = {1: "up", -1: "down"}


class _Line(NamedTuple):
    """A line of the plot: its name, its column, and the side of a direction that it shows."""

    name: str
    column: str
    plot: Plot
    colour: Colour
    direction: int = 0


def plot_config(params: Params) -> dict[str, Any]:
    """Arrange the lines: on the candles, and in panels below them.

    Parameters
    ----------
    params : Params
        Its higher timeframes.
    """
    on_candles: dict[str, Any] = {}
    panels: dict[str, dict[str, Any]] = {}
    for line in _lines(params):
        panel = panels.setdefault(line.plot.panel, {}) if line.plot.panel else on_candles
        panel[line.name] = _style(line)
    panels["score"][THRESHOLD] = {"color": css(SPENT)}
    return {"main_plot": on_candles, "subplots": panels}


def plotted(frame: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return the lines, a column each by its name, on the frame's index; NaN where nothing is plotted.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the `ict_*` columns.
    params : Params
        Settings of the analysis.
    """
    lines = _lines(params)
    # Both sides of a direction are read from one column.
    columns = {name: frame[name].to_numpy(np.float64) for name in {line.column for line in lines}}
    # pandas makes a frame of one array many times faster than one of a dozen.
    block = np.empty((len(lines) + 1, len(frame)))
    for row, line in zip(block, lines, strict=False):
        row[:] = _values(line, columns[line.column])
    block[-1] = params.entry_threshold
    return pd.DataFrame(block.T, frame.index, _names(params), copy=False)


@lru_cache(_KEPT)
def _names(params: Params) -> "pd.Index[str]":
    return pd.Index([*(line.name for line in _lines(params)), THRESHOLD])


@lru_cache(_KEPT)
def _lines(params: Params) -> tuple[_Line, ...]:
    return tuple(_found_lines(params))


def _found_lines(params: Params) -> Iterator[_Line]:
    for column, one, key in Columns.plotted(params):
        if one.plot is None:
            continue
        name = filled(one.plot.name, key)
        if one.kind is Kind.DIRECTION:
            for side in BOTH_SIDES:
                yield _Line(f"{name} {_OF_DIRECTION[side]}", column, one.plot, _colour(side), side)
        else:
            yield _Line(name, column, one.plot, _colour(_side(one, key)))


def _values(line: _Line, column: npt.NDArray[np.float64]) -> Floats:
    if not line.direction:
        return column
    return np.where(column == line.direction, line.direction * line.plot.height, np.nan)


def _style(line: _Line) -> dict[str, Any]:
    style: dict[str, Any] = {"color": css(line.colour)}
    if line.plot.dots:
        style |= {"type": "scatter", "scatterSymbolSize": line.plot.dots}
    return style | {"type": "bar"} if line.plot.bars else style


def _side(column: Declared[Any], key: Key) -> int:
    """Side of a column: what comes from a swing high is down."""
    return int(-key[-1] if "{extreme}" in column.pattern else key[-1])


def _colour(side: int) -> Colour:
    return BULLISH if side > 0 else BEARISH
