"""Which columns FreqUI plots, and in which colours: Freqtrade's `plot_config`."""

from __future__ import annotations

from typing import Any

from ict.catalogue.kinds import Kind, Plot
from ict.catalogue.table import Declared, Key
from ict.columns import Columns
from ict.drawing.colours import ACCENT, BEARISH, BULLISH, SPENT, Colour, css
from ict.params import Params


def plot_config(params: Params) -> dict[str, Any]:
    """Arrange the columns that are plotted: on the candles, and in panels below them.

    Parameters
    ----------
    params : Params
        Which higher timeframes there are.
    """
    on_candles: dict[str, Any] = {}
    panels: dict[str, dict[str, Any]] = {}
    for name, column, key in Columns.plotted(params):
        if column.plot is not None:
            panel = panels.setdefault(column.plot.panel, {}) if column.plot.panel else on_candles
            panel[name] = _style(column.plot, _colour(column, key))
    return {"main_plot": on_candles, "subplots": panels}


def _style(plot: Plot, colour: Colour) -> dict[str, Any]:
    style: dict[str, Any] = {"color": css(colour)}
    if plot.dots:
        style |= {"type": "scatter", "scatterSymbolSize": plot.dots}
    return style | {"type": "bar"} if plot.bars else style


def _colour(column: Declared[Any], key: Key) -> Colour:
    """Colour of the side that a column speaks for; a direction may be of either, so it has none."""
    if column.kind is Kind.DIRECTION:
        return ACCENT if column.plot and column.plot.accent else SPENT
    # What comes from a swing high is down.
    side = -key[-1] if "{extreme}" in column.pattern else key[-1]
    return BULLISH if side > 0 else BEARISH
