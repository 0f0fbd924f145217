"""From patterns to the public `ict_*` columns: one value a candle, known at that candle's close.

Absence has one spelling: NaN for a price, 0 for a direction, an empty word for a label.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Direction, Floats, absent
from ict.confluence import entry_zones, evidence_in
from ict.desk.levels import stop_of_zone
from ict.errors import ParameterError
from ict.market.chart import Chart
from ict.market.dealing_range import range_position
from ict.market.sessions import KILL_ZONES, kill_zones
from ict.market.structure import broke, direction_at
from ict.market.swings import Swings
from ict.market.zones import Zones, edges

Columns = dict[str, npt.NDArray[Any]]

GROUPS = (
    "order_blocks",
    "gaps",
    "entry",
    "later_zones",
    "structure",
    "dealing_range",
    "liquidity",
    "quality",
    "reversal",
    "session",
    "trend",
    "score",
)
MVP_GROUPS = ("order_blocks", "gaps", "entry")
_SCORE_NEEDS = ("entry", "gaps", "dealing_range", "trend")
_SIDES: dict[Direction, tuple[str, str, str]] = {1: ("bull", "long", "high"), -1: ("bear", "short", "low")}


def columns_of(chart: Chart, groups: Collection[str] = GROUPS) -> Columns:
    """`ict_*` columns of a chart, by name, each of shape (n,).

    Parameters
    ----------
    chart : Chart
        The patterns.
    groups : Collection[str]
        Which of `GROUPS` to compute.

    Raises
    ------
    ParameterError
        When a group has an unknown name.
    """
    wanted = tuple(groups)
    for name in wanted:
        if name not in GROUPS:
            raise ParameterError(f"groups must be among {', '.join(GROUPS)}, was {name!r}")
    needed = {*wanted, *(_SCORE_NEEDS if "score" in wanted else ())}
    built = {name: build(chart) for name, build in _FROM_CHART.items() if name in needed}
    if "trend" in needed:
        built["trend"] = _trend_columns(chart)
    if "score" in needed:
        built["score"] = _score_columns(chart, ChainMap(*(built[name] for name in _SCORE_NEEDS)))
    return {column: values for name in GROUPS if name in wanted for column, values in built[name].items()}


def _order_block_columns(chart: Chart) -> Columns:
    return _newly_known(chart.blocks, len(chart.candles), "ict_ob")


def _gap_columns(chart: Chart) -> Columns:
    columns = _newly_known(chart.gaps, len(chart.candles), "ict_fvg")
    holding = chart.holding(chart.gaps)
    for side, (name, _, _) in _SIDES.items():
        columns[f"ict_in_{name}_fvg"] = holding[side] >= 0
    return columns


def _newly_known(zones: Zones, count: int, prefix: str) -> Columns:
    # A candle never makes zones of both sides, so each has at most one place to stand.
    return {
        f"{prefix}_direction": _direction_known(zones, count),
        f"{prefix}_top": _at(zones.known_at, zones.top, count),
        f"{prefix}_bottom": _at(zones.known_at, zones.bottom, count),
    }


def _entry_columns(chart: Chart) -> Columns:
    columns: Columns = {}
    for side, zone in entry_zones(chart.blocks, chart.candles, chart.params).items():
        name, trade, _ = _SIDES[side]
        columns[f"ict_{name}_ob_top"], columns[f"ict_{name}_ob_bottom"] = zone.top, zone.bottom
        columns[f"ict_{trade}_stop"] = zone.stop
    return columns


def _later_zone_columns(chart: Chart) -> Columns:
    columns: Columns = {}
    breakers = chart.holding(chart.breakers)
    inversions = chart.holding(chart.inversions)
    for side, (name, _, _) in _SIDES.items():
        top, bottom = edges(chart.breakers, breakers[side])
        columns[f"ict_{name}_breaker_top"], columns[f"ict_{name}_breaker_bottom"] = top, bottom
        columns[f"ict_in_{name}_ifvg"] = inversions[side] >= 0
    return columns


def _structure_columns(chart: Chart) -> Columns:
    count, structure = len(chart.candles), chart.structure
    highs, lows, bos = structure.swings[1], structure.swings[-1], structure.breaks.is_continuation
    return {
        "ict_swing_high": _at(highs.confirmed_at, highs.price, count),
        "ict_swing_low": _at(lows.confirmed_at, lows.price, count),
        "ict_swing_label": _swing_labels(highs, lows, count),
        "ict_trend": structure.trend,
        "ict_bos": direction_at(structure.breaks, bos, count),
        "ict_choch": direction_at(structure.breaks, ~bos, count),
        "ict_displacement": chart.displacement,
    }


def _swing_labels(highs: Swings, lows: Swings, count: int) -> npt.NDArray[np.object_]:
    labels = np.full(count, "", np.object_)
    labels[highs.confirmed_at] = highs.labels()
    is_high = np.zeros(count, np.bool_)
    is_high[highs.confirmed_at] = True
    both = lows.confirmed_at[is_high[lows.confirmed_at]]
    of_highs = labels[both]
    labels[lows.confirmed_at] = lows.labels()
    labels[both] = [",".join(filter(None, pair)) for pair in zip(of_highs, labels[both], strict=True)]
    return labels


def _trend_columns(chart: Chart) -> Columns:
    columns: Columns = {}
    params = chart.params
    for timeframe in chart.timeframes:
        view = chart.seen(timeframe)
        columns[f"ict_trend_{timeframe}"] = view.trend()
        if timeframe in params.stop_timeframes:
            columns[f"ict_atr_{timeframe}"] = view.atr()
            for side, (_, _, extreme) in _SIDES.items():
                columns[f"ict_swing_{extreme}_{timeframe}"] = view.swing(side)
        if timeframe == params.volatility_timeframe:
            columns[f"ict_volatility_percentile_{timeframe}"] = view.volatility_percentile()
    return columns


def _dealing_range_columns(chart: Chart) -> Columns:
    columns: Columns = {"ict_range_position": range_position(chart.candles, chart.structure)}
    for side, (name, _, _) in _SIDES.items():
        band = chart.ote[side]
        columns[f"ict_{name}_ote_top"], columns[f"ict_{name}_ote_bottom"] = band.top, band.bottom
        columns[f"ict_in_{name}_ote"] = band.holds_close
    return columns


def _liquidity_columns(chart: Chart) -> Columns:
    count = len(chart.candles)
    columns: Columns = {"ict_sweep": chart.swept[-1].astype(np.int8) - chart.swept[1].astype(np.int8)}
    for side, (_, _, extreme) in _SIDES.items():
        equal = chart.liquidity.equal[side]
        columns[f"ict_equal_{extreme}s"] = _at(equal.known_at, equal.level, count)
    return columns


def _quality_columns(chart: Chart) -> Columns:
    """OB-2's facts of the block that became known at each candle; the gap it left, when that is known."""
    candles, count = chart.candles, len(chart.candles)
    block, gap = _direction_known(chart.blocks, count), _direction_known(chart.gaps, count)
    block_before = np.append(np.int8(0), block[:-1])[:count]
    displacement = absent(count)
    measured = (block != 0) & (chart.atr > 0)
    np.divide(block * (candles.close - candles.open), chart.atr, out=displacement, where=measured)
    broke_structure, swept_first = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for side in BOTH_SIDES:
        swept_first |= (block == side) & chart.recently_swept[-side]
        broke_structure |= (block == side) & broke(chart.structure.breaks, side, count)
    return {
        "ict_ob_displacement": displacement,
        "ict_ob_left_gap": np.where((gap == block) | (gap == block_before), gap, np.int8(0)),
        "ict_ob_broke_structure": broke_structure,
        "ict_ob_swept_first": swept_first,
    }


def _reversal_columns(chart: Chart) -> Columns:
    columns: Columns = {}
    for side, (_, trade, _) in _SIDES.items():
        for name, entries in (("reversal", chart.reversals[side]), ("retest", chart.retests[side])):
            stop = stop_of_zone(entries.extreme, side, chart.params.stop_buffer)
            stops = _at(entries.at, stop, len(chart.candles))
            columns[f"ict_{trade}_{name}"] = np.isfinite(stops)
            columns[f"ict_{trade}_{name}_stop"] = stops
    return columns


def _session_columns(chart: Chart) -> Columns:
    names = np.array(["", *KILL_ZONES], dtype=np.object_)
    return {"ict_kill_zone": names[kill_zones(chart.candles.time)]}


def _score_columns(chart: Chart, facts: Mapping[str, npt.NDArray[Any]]) -> Columns:
    return {
        f"ict_{trade}_score": evidence_in(facts, side, chart.params).score
        for side, (_, trade, _) in _SIDES.items()
    }


def _direction_known(zones: Zones, count: int) -> npt.NDArray[np.int8]:
    direction = np.zeros(count, np.int8)
    direction[zones.known_at] = zones.direction
    return direction


def _at(where: npt.NDArray[np.int64], values: Floats, count: int) -> Floats:
    column = absent(count)
    column[where] = values
    return column


_FROM_CHART: dict[str, Callable[[Chart], Columns]] = {
    "order_blocks": _order_block_columns,
    "gaps": _gap_columns,
    "entry": _entry_columns,
    "later_zones": _later_zone_columns,
    "structure": _structure_columns,
    "dealing_range": _dealing_range_columns,
    "liquidity": _liquidity_columns,
    "quality": _quality_columns,
    "reversal": _reversal_columns,
    "session": _session_columns,
}
