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
    sweep_extreme : Floats
        Low (short: high) of the latest such sweep: the stop goes beyond it.
    """

    at: Ints
    sweep_extreme: Floats


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
        extreme = candles.low if side > 0 else candles.high
        found[side] = Reversals(at[recent], extreme[swept_at[recent]])
    return found


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
    left = _gaps_of_reversals(gaps, breaks, origins, reversals)
    found = {}
    for side, inside in newest_holding(left, candles.close).items():
        at = (inside >= 0).nonzero()[0]
        broke_at = left.known_at[inside[at]]
        reversal = reversals[side].at.searchsorted(broke_at)
        found[side] = Reversals(at, reversals[side].sweep_extreme[reversal])
    return found


def _gaps_of_reversals(
    gaps: Zones, breaks: Breaks, origins: Origins, reversals: dict[Direction, Reversals]
) -> Zones:
    """Gaps that the leg of a reversal left, each known at its break, where they still live then."""
    chosen, known_at = [], []
    for side in BOTH_SIDES:
        mine = breaks.at.searchsorted(reversals[side].at)
        of_side = (gaps.direction == side).nonzero()[0]
        # The leg that a gap can belong to is that of the next reversal of its side.
        leg = breaks.at[mine].searchsorted(gaps.known_at[of_side])
        of_side, leg = of_side[leg < len(mine)], mine[leg[leg < len(mine)]]
        known, ended = gaps.known_at[of_side], gaps.ended_at[of_side]
        left = (known > origins.at[leg]) & ((ended < 0) | (ended > breaks.at[leg]))
        chosen.append(of_side[left])
        known_at.append(breaks.at[leg[left]])
    at: Ints = np.concatenate(known_at)
    order = at.argsort(kind="stable")
    return replace(gaps[np.concatenate(chosen)[order]], known_at=at[order])
