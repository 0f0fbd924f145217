"""Reversal after a sweep of liquidity (REV-1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Candles, Direction, Floats, Ints
from ict.market.dealing_range import Origins
from ict.market.structure import Breaks
from ict.market.zones import Zones, newest_holding
from ict.params import Params


@dataclass(frozen=True, slots=True)
class Reversals:
    """Entries of one side after a sweep of the other side's liquidity, oldest first.

    Attributes
    ----------
    at : Ints
        Candle at whose close to enter, shape (m,), strictly rising.
    extreme : Floats
        Lowest low (short: highest high) from the latest such sweep to the break: the stop goes beyond it.
    """

    at: Ints
    extreme: Floats


def find_reversals(
    candles: Candles, breaks: Breaks, last_swept: dict[Direction, npt.NDArray[np.int32]], params: Params
) -> dict[Direction, Reversals]:
    """Find breaks of structure that come soon after a sweep of the opposite liquidity (REV-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    breaks : Breaks
        Breaks of structure.
    last_swept : dict[Direction, npt.NDArray[np.int32]]
        Latest sweep of the buy side (+1) and of the sell side (-1) up to each candle; -1 for none.
    params : Params
        `sweep_memory_candles`.
    """
    found = {}
    for side, lows in zip(BOTH_SIDES, (candles.low, -candles.high), strict=True):
        at = breaks.at[breaks.direction == side]
        swept_at = last_swept[-side][at]
        recent = (swept_at >= 0) & (at - swept_at <= params.sweep_memory_candles)
        found[side] = Reversals(at[recent], side * _lowest(lows, swept_at[recent], at[recent]))
    return found


def _lowest(lows: Floats, first: npt.NDArray[np.int32], last: Ints) -> Floats:
    """Lowest of each stretch of candles, both ends included."""
    # Of two bounds in a row, the first begins a stretch and the second what lies between two of them.
    bounds = np.column_stack([first, last + 1]).ravel()
    lowest: Floats = np.minimum.reduceat(np.append(lows, np.inf), bounds)[::2]
    return lowest


def find_retests(
    candles: Candles,
    gaps: Zones,
    breaks: Breaks,
    origins: Origins,
    reversals: dict[Direction, Reversals],
) -> dict[Direction, Reversals]:
    """Find closes back in a gap of the leg that broke structure after a sweep (REV-1).

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    gaps : Zones
        Fair value gaps with their life.
    breaks : Breaks
        Breaks of structure.
    origins : Origins
        Where their legs began.
    reversals : dict[Direction, Reversals]
        What `find_reversals` found of them.
    """
    left, reversal = _gaps_of_reversals(gaps, breaks, origins, reversals)
    found = {}
    for side, inside in newest_holding(left, candles.close).items():
        at = (inside >= 0).nonzero()[0]
        found[side] = Reversals(at, reversals[side].extreme[reversal[inside[at]]])
    return found


def _gaps_of_reversals(
    gaps: Zones, breaks: Breaks, origins: Origins, reversals: dict[Direction, Reversals]
) -> tuple[Zones, Ints]:
    """Gaps that the legs of reversals left, by the age of their break, and the reversal of each.

    They are known from the break on, or at the candle after it, whose gap is the breaking candle's own.
    """
    chosen, reversal, broke_at = [], [], []
    for side, entries in reversals.items():
        gap = (gaps.direction == side).nonzero()[0]
        # Of several legs that a gap belongs to, the first one counts; no later leg begins earlier.
        first = entries.at.searchsorted(gaps.known_at[gap] - 1)
        gap, first = gap[first < len(entries.at)], first[first < len(entries.at)]
        at, ended = entries.at[first], gaps.ended_at[gap]
        origin = origins.at[breaks.at.searchsorted(at)]
        left = (gaps.known_at[gap] > origin) & ((ended < 0) | (ended > at))
        chosen.append(gap[left])
        reversal.append(first[left])
        broke_at.append(at[left])
    at = np.concatenate(broke_at)
    order = at.argsort(kind="stable")
    zones = gaps[np.concatenate(chosen)[order]]
    known_at = np.maximum(zones.known_at, at[order])
    return replace(zones, known_at=known_at), np.concatenate(reversal)[order]
