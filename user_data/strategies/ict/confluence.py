"""What agrees at each candle, and the entry that a trader would take from it (SIG-1, SIG-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Direction, Floats, absent
from ict.catalogue.patterns import Patterns
from ict.params import Params

TREND_POINTS, BLOCK_POINTS, GAP_POINTS, OTE_POINTS = 2.0, 2.0, 1.5, 1.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an entry on one side, each of shape (n,).

    Attributes
    ----------
    trend, block, gap, ote : Bools
        The higher timeframe's trend agrees; SIG-1 gives an entry; the close is in a live gap; the
        close is in the OTE band.
    """

    trend: Bools
    block: Bools
    gap: Bools
    ote: Bools

    @property
    def score(self) -> Floats:
        """Points of SIG-2, 0 to 7."""
        score: Floats = (
            TREND_POINTS * self.trend
            + BLOCK_POINTS * self.block
            + GAP_POINTS * self.gap
            + OTE_POINTS * self.ote
        )
        return score


def only_side(stop: Floats, other_stop: Floats) -> Bools:
    """Where SIG-1 gives an entry: a block of this side holds the close, and none of the other side."""
    only: Bools = np.isfinite(stop) & ~np.isfinite(other_stop)
    return only


def evidence_in(columns: Patterns, side: Direction, params: Params) -> Evidence:
    """Read one side's evidence from the columns of an analysis.

    Parameters
    ----------
    columns : Patterns
        The columns.
    side : Direction
        +1 long, -1 short.
    params : Params
        `trend_timeframe`.
    """
    return Evidence(
        trend=columns.higher_trend[params.trend_timeframe] == side,
        block=only_side(columns.stop[side], columns.stop[-side]),
        gap=columns.in_fvg[side],
        ote=columns.in_ote[side],
    )


def score(columns: Patterns, params: Params, side: Direction) -> Floats:
    """Points that speak for an entry on a side (SIG-2), shape (n,)."""
    return evidence_in(columns, side, params).score


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries at the closes of candles, each of shape (n,).

    Attributes
    ----------
    direction : npt.NDArray[np.int8]
        +1 long, -1 short, 0 none.
    stop : Floats
        Stop of the entry, NaN where there is none.
    tag : npt.NDArray[np.object_]
        What agreed, such as ``ob+htf+fvg``; None where there is no entry.
    """

    direction: npt.NDArray[np.int8]
    stop: Floats
    tag: npt.NDArray[np.object_]


# What a preset trades: from the columns of an analysis to its entries.
FindEntries = Callable[[Patterns, Params], Entries]


def block_entries(columns: Patterns, params: Params) -> Entries:
    """Enter where an order block holds the close and enough agrees with it (SIG-1, SIG-2).

    Parameters
    ----------
    columns : Patterns
        The columns of an analysis.
    params : Params
        `entry_threshold` and the settings of the gate.
    """
    entries = _none_of(len(columns.stop[1]))
    for side in BOTH_SIDES:
        evidence = evidence_in(columns, side, params)
        enters = evidence.block & (evidence.score >= params.entry_threshold)
        enters &= _gate_open(columns, side, params)
        agreed = {"ob": evidence.block, "htf": evidence.trend, "fvg": evidence.gap, "ote": evidence.ote}
        _enter(entries, enters, side, columns.stop[side], agreed)
    return entries


def reversal_entries(columns: Patterns, params: Params) -> Entries:
    """Enter where structure breaks after a sweep, or at the retest of that leg's gap (REV-1).

    Parameters
    ----------
    columns : Patterns
        The columns of an analysis.
    params : Params
        `reversal_at` and the settings of the gate.
    """
    event, stop, reason = (
        (columns.reversal, columns.reversal_stop, "sweep+break")
        if params.reversal_at == "break"
        else (columns.retest, columns.retest_stop, "sweep+fvg")
    )
    entries = _none_of(len(event[1]))
    both = event[1] & event[-1]
    for side in BOTH_SIDES:
        enters = event[side] & ~both & _gate_open(columns, side, params)
        _enter(entries, enters, side, stop[side], {reason: enters})
    return entries


def _none_of(count: int) -> Entries:
    return Entries(np.zeros(count, np.int8), absent(count), np.full(count, None, dtype=np.object_))


def _gate_open(columns: Patterns, side: Direction, params: Params) -> Bools:
    """Whether higher timeframes and the daily range allow an entry on this side."""
    allowed: Bools = np.ones(len(columns.higher_trend[params.trend_timeframe]), np.bool_)
    for timeframe in (params.trend_timeframe, params.second_trend_timeframe):
        if not params.htf_gate or timeframe == "none":
            continue
        trend = columns.higher_trend[timeframe]
        allowed &= trend == side if params.htf_must_agree else trend != -side
    if params.max_volatility_percentile < 100:
        # Unknown is NaN, and not below anything.
        rank = columns.volatility_percentile[params.volatility_timeframe]
        allowed &= rank <= params.max_volatility_percentile
    return allowed


def _enter(
    entries: Entries, enters: Bools, side: Direction, stop: Floats, agreed: Mapping[str, Bools]
) -> None:
    entries.direction[enters] = side
    entries.stop[enters] = stop[enters]
    # One word for each of the few ways to agree, and not one for each of many thousand candles.
    bits = sum(holds[enters].astype(np.int64) << bit for bit, holds in enumerate(agreed.values()))
    ways, way = np.unique(bits, return_inverse=True)
    tags = [
        "+".join(name for bit, name in enumerate(agreed) if of_way >> bit & 1) for of_way in ways.tolist()
    ]
    entries.tag[enters] = np.array(tags, np.object_)[way]
