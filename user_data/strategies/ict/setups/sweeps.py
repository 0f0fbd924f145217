"""Sweeps that count for a setup (SIG-3, SIG-4)."""

from __future__ import annotations

import numpy as np

from ict.candles import Bools, Direction
from ict.catalogue.patterns import Patterns


def sweeps_for(columns: Patterns, side: Direction, part: slice = slice(None)) -> Bools:
    """Whether a candle sweeps liquidity, of `swept_kinds`, that an entry of this side waits for.

    Parameters
    ----------
    columns : Patterns
        What the market shows.
    side : Direction
        Side of the entry: a long waits for a sweep of the sell side.
    part : slice, optional
        The candles to look at, m of them; all by default.

    Returns
    -------
    Bools
        Shape (m,).
    """
    swept, kinds = columns.swept[-side][part], {*columns.chart.params.swept_kinds}
    counting = {words for words in {*swept} if kinds & {*words.split("+")}}
    return np.fromiter((words in counting for words in swept), np.bool_, len(swept))
