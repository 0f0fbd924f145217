"""Columns of structure and of the dealing range."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ict.candles import Direction, Floats
from ict.catalogue.kinds import Group, Kind, Plot
from ict.catalogue.placing import Signs, flags_at, prices_at
from ict.catalogue.table import Column, Sided, Table
from ict.market.chart import Chart
from ict.market.dealing_range import range_position
from ict.market.structure import Structure, direction_at

_MAJOR = "the last break of major structure"
_LEG = "the leg since the last break"


def _confirmed(chart: Chart, structure: Structure, side: Direction) -> Floats:
    swings = structure.swings[side]
    return prices_at(swings.confirmed_at, swings.price, len(chart.candles))


def _swing_labels(chart: Chart) -> npt.NDArray[np.object_]:
    highs, lows = chart.structure.swings[1], chart.structure.swings[-1]
    labels = np.empty(len(chart.candles), np.object_)
    labels.fill("")
    labels[highs.confirmed_at] = highs.labels()
    both = lows.confirmed_at[flags_at(highs.confirmed_at, len(labels))[lows.confirmed_at]]
    of_highs = labels[both]
    labels[lows.confirmed_at] = lows.labels()
    labels[both] = [",".join(filter(None, pair)) for pair in zip(of_highs, labels[both], strict=True)]
    return labels


def _bos(chart: Chart, structure: Structure) -> Signs:
    breaks = structure.breaks
    return direction_at(breaks, breaks.is_continuation, len(chart.candles))


def _choch(chart: Chart, structure: Structure) -> Signs:
    breaks = structure.breaks
    return direction_at(breaks, ~breaks.is_continuation, len(chart.candles))


class StructureColumns(Table):
    """Swings, trend and breaks; the leg that runs and the range that price is in."""

    swing = Sided(
        "ict_swing_{extreme}", Kind.PRICE, Group.STRUCTURE, "SWING-1",
        "the swing that is confirmed here; it lies `swing_strength_candles` back",
        lambda chart, side: _confirmed(chart, chart.structure, side), plot=Plot("swing {extreme}", dots=4),
    )  # fmt: skip
    swing_label = Column(
        "ict_swing_label", Kind.WORD, Group.STRUCTURE, "SWING-1",
        'HH, LH, HL or LL; "HH,LL" where a high and a low are confirmed at once', _swing_labels,
        words=("HH", "LH", "HL", "LL"), remembers="the swing before it",
    )  # fmt: skip
    trend = Column(
        "ict_trend", Kind.DIRECTION, Group.STRUCTURE, "CHOCH-1", "trend after this close",
        lambda chart: chart.structure.trend,
        plot=Plot("trend", "trend", bars=True), remembers="the last break",
    )  # fmt: skip
    bos = Column(
        "ict_bos", Kind.DIRECTION, Group.STRUCTURE, "BOS-1", "break of structure here",
        lambda chart: _bos(chart, chart.structure),
        remembers="the trend before it",
    )  # fmt: skip
    choch = Column(
        "ict_choch", Kind.DIRECTION, Group.STRUCTURE, "CHOCH-1", "change of character here",
        lambda chart: _choch(chart, chart.structure),
        remembers="the trend before it",
    )  # fmt: skip
    displacement = Column(
        "ict_displacement", Kind.DIRECTION, Group.STRUCTURE, "DISP-1", "the candle displaced price that way",
        lambda chart: chart.displacement,
    )  # fmt: skip

    major_swing = Sided(
        "ict_major_swing_{extreme}", Kind.PRICE, Group.MAJOR, "MAJOR-1",
        "the major swing that is confirmed here; it lies `major_swing_strength_candles` back",
        lambda chart, side: _confirmed(chart, chart.major, side),
    )  # fmt: skip
    major_trend = Column(
        "ict_major_trend", Kind.DIRECTION, Group.MAJOR, "MAJOR-1", "major trend after this close",
        lambda chart: chart.major.trend, remembers=_MAJOR,
    )  # fmt: skip
    major_bos = Column(
        "ict_major_bos", Kind.DIRECTION, Group.MAJOR, "MAJOR-1", "break of major structure here",
        lambda chart: _bos(chart, chart.major), remembers=_MAJOR,
    )  # fmt: skip
    major_choch = Column(
        "ict_major_choch", Kind.DIRECTION, Group.MAJOR, "MAJOR-1", "change of major character here",
        lambda chart: _choch(chart, chart.major), remembers=_MAJOR,
    )  # fmt: skip
    strong = Sided(
        "ict_strong_{extreme}", Kind.PRICE, Group.MAJOR, "STRONG-1",
        "where the leg of the latest break of major structure began",
        lambda chart, side: chart.major_legs.of_side(-side, chart.major_legs.origin), remembers=_MAJOR,
    )  # fmt: skip
    weak = Sided(
        "ict_weak_{extreme}", Kind.PRICE, Group.MAJOR, "STRONG-1", "how far that leg has come",
        lambda chart, side: chart.major_legs.of_side(side, chart.major_legs.peak), remembers=_MAJOR,
    )  # fmt: skip

    divergence = Column(
        "ict_smt", Kind.DIRECTION, Group.SECOND_MARKET, "SMT-1",
        "swings of the pair and of the second market diverge here; 0 without `reference_pairs`",
        lambda chart: chart.divergence, remembers="the last two swings of both markets",
    )  # fmt: skip

    range_position = Column(
        "ict_range_position", Kind.RATIO, Group.DEALING_RANGE, "PD-1",
        "place of the close between the last swing low and high; below 0.5 is discount",
        lambda chart: range_position(chart.candles, chart.structure), remembers="the last swings",
    )  # fmt: skip
    ote_top = Sided(
        "ict_{side}_ote_top", Kind.PRICE, Group.DEALING_RANGE, "OTE-1",
        "upper edge of the OTE band of a running leg of that side",
        lambda chart, side: chart.ote[side].top, remembers=_LEG,
    )  # fmt: skip
    ote_bottom = Sided(
        "ict_{side}_ote_bottom", Kind.PRICE, Group.DEALING_RANGE, "OTE-1", "its lower edge",
        lambda chart, side: chart.ote[side].bottom, remembers=_LEG,
    )  # fmt: skip
    in_ote = Sided(
        "ict_in_{side}_ote", Kind.FLAG, Group.DEALING_RANGE, "OTE-1", "the close is in that band",
        lambda chart, side: chart.ote[side].holds_close, remembers=_LEG,
    )  # fmt: skip
