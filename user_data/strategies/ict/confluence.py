"""What agrees at each candle, and the entry that a trader would take from it (SIG-1, SIG-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, absent
from ict.desk.levels import stop_of_zone
from ict.market.zones import Zones, edges, newest_holding
from ict.params import Params

_TRADES: dict[Direction, str] = {1: "long", -1: "short"}
TREND_POINTS, BLOCK_POINTS, GAP_POINTS, OTE_POINTS = 2.0, 2.0, 1.5, 1.5


@dataclass(frozen=True, slots=True)
class EntryZones:
    """The order block of one side that price is in, at each candle.

    Attributes
    ----------
    top, bottom : Floats
        Edges of the newest live block that contains the close, NaN where none does.
    stop : Floats
        Where a trade from that block would be stopped (EXIT-1), NaN where there is none.
    """

    top: Floats
    bottom: Floats
    stop: Floats


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


def entry_zones(blocks: Zones, candles: Candles, params: Params) -> dict[Direction, EntryZones]:
    """Find at each candle and for each side the order block of SIG-1, and its stop.

    Parameters
    ----------
    blocks : Zones
        Order blocks with their life.
    candles : Candles
        Shape (n,).
    params : Params
        `stop_buffer`.
    """
    zones, holding = {}, newest_holding(blocks, candles.close)
    for side in BOTH_SIDES:
        top, bottom = edges(blocks, holding[side])
        far_edge = bottom if side > 0 else top
        zones[side] = EntryZones(top, bottom, stop_of_zone(far_edge, side, params.stop_buffer))
    return zones


def only_side(stop: Floats, other_stop: Floats) -> Bools:
    """Where SIG-1 gives an entry: a block of this side holds the close, and none of the other side."""
    only: Bools = np.isfinite(stop) & ~np.isfinite(other_stop)
    return only


def evidence_in(columns: Mapping[str, npt.NDArray[Any]], side: Direction, params: Params) -> Evidence:
    """Read one side's evidence from the columns of an analysis.

    Parameters
    ----------
    columns : Mapping
        `ict_trend_*`, `ict_*_stop`, `ict_in_*_fvg`, `ict_in_*_ote`.
    side : Direction
        +1 long, -1 short.
    params : Params
        `trend_timeframe`.
    """
    mine, other, name = ("long", "short", "bull") if side > 0 else ("short", "long", "bear")
    return Evidence(
        trend=columns[f"ict_trend_{params.trend_timeframe}"] == side,
        block=only_side(columns[f"ict_{mine}_stop"], columns[f"ict_{other}_stop"]),
        gap=columns[f"ict_in_{name}_fvg"].astype(np.bool_),
        ote=columns[f"ict_in_{name}_ote"].astype(np.bool_),
    )


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
FindEntries = Callable[[Mapping[str, npt.NDArray[Any]], Params], Entries]


def block_entries(columns: Mapping[str, npt.NDArray[Any]], params: Params) -> Entries:
    """Enter where an order block holds the close and enough agrees with it (SIG-1, SIG-2).

    Parameters
    ----------
    columns : Mapping
        The columns of an analysis, as arrays.
    params : Params
        `entry_threshold` and the settings of the gate.
    """
    entries = _none_of(len(columns["ict_long_stop"]))
    for side, trade in _TRADES.items():
        evidence = evidence_in(columns, side, params)
        enters = evidence.block & (evidence.score >= params.entry_threshold)
        enters &= _gate_open(columns, side, params)
        agreed = {"ob": evidence.block, "htf": evidence.trend, "fvg": evidence.gap, "ote": evidence.ote}
        _enter(entries, enters, side, columns[f"ict_{trade}_stop"], agreed)
    return entries


def reversal_entries(columns: Mapping[str, npt.NDArray[Any]], params: Params) -> Entries:
    """Enter where structure breaks after a sweep, or at the retest of that leg's gap (REV-1).

    Parameters
    ----------
    columns : Mapping
        The columns of an analysis, as arrays.
    params : Params
        `reversal_at` and the settings of the gate.
    """
    event, reason = ("reversal", "sweep+break") if params.reversal_at == "break" else ("retest", "sweep+fvg")
    entries = _none_of(len(columns["ict_long_reversal"]))
    both = columns[f"ict_long_{event}"] & columns[f"ict_short_{event}"]
    for side, trade in _TRADES.items():
        enters = columns[f"ict_{trade}_{event}"] & ~both & _gate_open(columns, side, params)
        _enter(entries, enters, side, columns[f"ict_{trade}_{event}_stop"], {reason: enters})
    return entries


def _none_of(count: int) -> Entries:
    return Entries(np.zeros(count, np.int8), absent(count), np.full(count, None, dtype=np.object_))


def _gate_open(columns: Mapping[str, npt.NDArray[Any]], side: Direction, params: Params) -> Bools:
    """Whether higher timeframes and the daily range allow an entry on this side."""
    first = columns[f"ict_trend_{params.trend_timeframe}"]
    allowed: Bools = np.ones(len(first), np.bool_)
    for timeframe in (params.trend_timeframe, params.second_trend_timeframe):
        if not params.htf_gate or timeframe == "none":
            continue
        trend = columns[f"ict_trend_{timeframe}"]
        allowed &= trend == side if params.htf_must_agree else trend != -side
    if params.max_volatility_percentile < 100:
        # Unknown is NaN, and not below anything.
        allowed &= columns["ict_volatility_percentile_1d"] <= params.max_volatility_percentile
    return allowed


def _enter(
    entries: Entries, enters: Bools, side: Direction, stop: Floats, agreed: Mapping[str, Bools]
) -> None:
    entries.direction[enters] = side
    entries.stop[enters] = stop[enters]
    for at in enters.nonzero()[0]:
        entries.tag[at] = "+".join(name for name, holds in agreed.items() if holds[at])
