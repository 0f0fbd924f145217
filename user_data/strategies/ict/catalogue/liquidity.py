"""Columns of liquidity: equal highs and lows, sweeps, and the reversals that follow them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ict.candles import Bools, Direction, Floats
from ict.catalogue.kinds import Group, Kind
from ict.catalogue.placing import Signs, flags_at, prices_at
from ict.catalogue.table import Column, Sided, Table
from ict.market.chart import Chart
from ict.market.liquidity import swept_kinds
from ict.market.reversal import Reversals
from ict.market.zones import stop_of_zone
from ict.params import LEVEL_KINDS, POOL_KINDS

_SWING = "the swing that broke"


def _sweep(chart: Chart) -> Signs:
    return chart.swept[-1].astype(np.int8) - chart.swept[1].astype(np.int8)


def _equal(chart: Chart, side: Direction) -> Floats:
    groups = chart.liquidity.equal[side]
    return prices_at(groups.known_at, groups.level, len(chart.candles))


def _entered(
    word: str, rule: str, about: str, turns: Callable[[Chart], Mapping[Direction, Reversals]]
) -> Sided[Bools]:
    """Declare where turns of each side can be entered."""
    return Sided(
        f"ict_{{trade}}_{word}", Kind.FLAG, Group.REVERSAL, rule, about,
        lambda chart, side: flags_at(turns(chart)[side].at, len(chart.candles)), remembers=_SWING,
    )  # fmt: skip


def _stopped(
    word: str, rule: str, about: str, turns: Callable[[Chart], Mapping[Direction, Reversals]], remembers: str
) -> Sided[Floats]:
    """Declare the stops of turns of each side."""

    def find(chart: Chart, side: Direction) -> Floats:
        found = turns(chart)[side]
        stop = stop_of_zone(found.extreme, side, chart.params.stop_buffer)
        return prices_at(found.at, stop, len(chart.candles))

    pattern = f"ict_{{trade}}_{word}_stop"
    return Sided(pattern, Kind.PRICE, Group.REVERSAL, rule, about, find, remembers=remembers)


def _turned(chart: Chart, turns: Mapping[Direction, Reversals]) -> Signs:
    """Sides of what turned, at the candles where it did: never both at one."""
    column = np.zeros(len(chart.candles), np.int8)
    for side, found in turns.items():
        column[found.at] = side
    return column


class LiquidityColumns(Table):
    """Where liquidity lies, where it was taken, and what followed."""

    sweep = Column(
        "ict_sweep", Kind.DIRECTION, Group.LIQUIDITY, "SWEEP-1",
        "1 sell-side liquidity was swept, -1 buy-side; 0 also where both were", _sweep,
    )  # fmt: skip
    equal = Sided(
        "ict_equal_{extreme}s", Kind.PRICE, Group.LIQUIDITY, "EQ-1",
        "level of the group of equal highs (lows) whose newest swing is confirmed here", _equal,
    )  # fmt: skip
    draw = Sided(
        "ict_{pool}_side", Kind.PRICE, Group.LIQUIDITY, "POOL-3",
        "nearest level above (below) the close where liquidity waits",
        lambda chart, side: chart.draw[side].level,
    )  # fmt: skip
    draw_kind = Sided(
        "ict_{pool}_side_kind", Kind.WORD, Group.LIQUIDITY, "POOL-3",
        f"what that level is: {', '.join(LEVEL_KINDS)}",
        lambda chart, side: chart.draw[side].kind, words=LEVEL_KINDS,
    )  # fmt: skip
    swept = Sided(
        "ict_{pool}_side_swept", Kind.WORD, Group.LIQUIDITY, "SWEEP-2",
        f'what was swept of that side here, joined by "+": {", ".join(POOL_KINDS)}',
        lambda chart, side: swept_kinds(chart.liquidity.pools[side], len(chart.candles)),
    )  # fmt: skip

    reversal = _entered(
        "reversal", "REV-1", "structure breaks that way after a sweep of the other side",
        lambda chart: chart.reversals,
    )  # fmt: skip
    reversal_stop = _stopped(
        "reversal", "REV-1", "stop beyond the extreme from that sweep to the break",
        lambda chart: chart.reversals, _SWING,
    )  # fmt: skip
    retest = _entered(
        "retest", "REV-1", "the close is back in a gap of such a leg", lambda chart: chart.retests
    )
    retest_stop = _stopped(
        "retest", "REV-1", "stop of that reversal; in gaps of several, of the newest",
        lambda chart: chart.retests, _SWING,
    )  # fmt: skip
    mss = Column(
        "ict_mss", Kind.DIRECTION, Group.REVERSAL, "MSS-1",
        "structure shifts here: such a break with a displacement since the sweep",
        lambda chart: _turned(chart, chart.shifts), remembers=_SWING,
    )  # fmt: skip
    mss_stop = _stopped(
        "mss", "MSS-1", "stop beyond the extreme from that sweep on", lambda chart: chart.shifts, _SWING
    )
    cisd = Column(
        "ict_cisd", Kind.DIRECTION, Group.REVERSAL, "CISD-1",
        "the state of delivery changes here: a close beyond the open of the run into a sweep",
        lambda chart: _turned(chart, chart.changes_of_delivery),
    )  # fmt: skip
    cisd_stop = _stopped(
        "cisd", "CISD-1", "stop beyond the extreme from that sweep on",
        lambda chart: chart.changes_of_delivery, "",
    )  # fmt: skip
