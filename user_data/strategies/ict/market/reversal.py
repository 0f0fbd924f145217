"""Reversals after a sweep of liquidity (REV-1), and shifts of market structure (MSS-1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
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
        Lowest low (short: highest high) from the sweep to the turn: the stop goes beyond it.
    """

    at: Ints
    extreme: Floats

    def __getitem__(self, chosen: Bools) -> "Reversals":
        return Reversals(self.at[chosen], self.extreme[chosen])


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
    for side in BOTH_SIDES:
        at = breaks.at[breaks.direction == side]
        swept_at = last_swept[-side][at]
        recent = (swept_at >= 0) & (at - swept_at <= params.sweep_memory_candles)
        at, swept_at = at[recent], swept_at[recent]
        found[side] = Reversals(at, furthest_between(candles, swept_at, at, side))
    return found


def furthest_between(candles: Candles, first: npt.NDArray[Any], last: Ints, side: Direction) -> Floats:
    """Lowest low (side -1: highest high) of each stretch of candles, both ends included.

    Parameters
    ----------
    candles : Candles
        Shape (n,).
    first, last : Ints
        Ends of the stretches, shape (m,).
    side : Direction
        Side of the trades that are stopped beyond it.
    """
    # Of two bounds in a row, the first begins a stretch and the second what lies between two of them.
    bounds = np.column_stack([first, last + 1]).ravel()
    lows = np.append(side * (candles.low if side > 0 else candles.high), np.inf)
    lowest: Floats = side * np.minimum.reduceat(lows, bounds)[::2]
    return lowest


def find_shifts(
    reversals: Mapping[Direction, Reversals],
    last_swept: Mapping[Direction, npt.NDArray[np.int32]],
    last_displaced: Mapping[Direction, npt.NDArray[np.int32]],
) -> dict[Direction, Reversals]:
    """Find shifts of market structure: reversals with a displacement since their sweep (MSS-1).

    Parameters
    ----------
    reversals : Mapping[Direction, Reversals]
        What `find_reversals` found.
    last_swept : Mapping[Direction, npt.NDArray[np.int32]]
        Latest sweep of each side up to each candle; -1 for none.
    last_displaced : Mapping[Direction, npt.NDArray[np.int32]]
        The same for the latest displacement in each direction (DISP-1).
    """
    return {
        side: found[last_displaced[side][found.at] >= last_swept[-side][found.at]]
        for side, found in reversals.items()
    }


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
        What `find_reversals` found on the same candles.
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

    Each is known by the break, or at the candle after it, for the gap of the breaking candle itself.
    """
    chosen, reversal, broke_at = [], [], []
    for side, entries in reversals.items():
        gap = (gaps.direction == side).nonzero()[0]
        # The first of the legs that share a gap counts; no later leg begins earlier.
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
