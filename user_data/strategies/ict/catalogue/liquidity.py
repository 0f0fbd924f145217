"""Columns of liquidity: equal highs and lows, sweeps, and the reversals that follow them."""

from __future__ import annotations

import numpy as np

from ict.candles import Bools, Direction, Floats
from ict.catalogue.kinds import Group, Kind
from ict.catalogue.placing import Signs, flags_at, prices_at
from ict.catalogue.table import Column, Sided, Table
from ict.market.chart import Chart
from ict.market.reversal import Reversals
from ict.market.zones import stop_of_zone

_SWING = "the swing that broke"


def _sweep(chart: Chart) -> Signs:
    return chart.swept[-1].astype(np.int8) - chart.swept[1].astype(np.int8)


def _equal(chart: Chart, side: Direction) -> Floats:
    groups = chart.liquidity.equal[side]
    return prices_at(groups.known_at, groups.level, len(chart.candles))


def _entered(chart: Chart, entries: Reversals) -> Bools:
    return flags_at(entries.at, len(chart.candles))


def _stopped(chart: Chart, entries: Reversals, side: Direction) -> Floats:
    stop = stop_of_zone(entries.extreme, side, chart.params.stop_buffer)
    return prices_at(entries.at, stop, len(chart.candles))


class LiquidityColumns(Table):
    """Where liquidity lies, where it was taken, and what came of it."""

    sweep = Column(
        "ict_sweep", Kind.DIRECTION, Group.LIQUIDITY, "SWEEP-1",
        "1 sell-side liquidity was swept, -1 buy-side; 0 also where both were", _sweep,
    )  # fmt: skip
    equal = Sided(
        "ict_equal_{extreme}s", Kind.PRICE, Group.LIQUIDITY, "EQ-1",
        "level of the group of equal highs (lows) whose newest swing is confirmed here", _equal,
    )  # fmt: skip

    reversal = Sided(
        "ict_{trade}_reversal", Kind.FLAG, Group.REVERSAL, "REV-1",
        "structure breaks that way after a sweep of the other side",
        lambda chart, side: _entered(chart, chart.reversals[side]), remembers=_SWING,
    )  # fmt: skip
    reversal_stop = Sided(
        "ict_{trade}_reversal_stop", Kind.PRICE, Group.REVERSAL, "REV-1",
        "stop beyond the extreme from that sweep to the break",
        lambda chart, side: _stopped(chart, chart.reversals[side], side), remembers=_SWING,
    )  # fmt: skip
    retest = Sided(
        "ict_{trade}_retest", Kind.FLAG, Group.REVERSAL, "REV-1",
        "the close is back in a gap of such a leg",
        lambda chart, side: _entered(chart, chart.retests[side]), remembers=_SWING,
    )  # fmt: skip
    retest_stop = Sided(
        "ict_{trade}_retest_stop", Kind.PRICE, Group.REVERSAL, "REV-1",
        "stop of that reversal; in gaps of several, of the newest",
        lambda chart, side: _stopped(chart, chart.retests[side], side), remembers=_SWING,
    )  # fmt: skip
