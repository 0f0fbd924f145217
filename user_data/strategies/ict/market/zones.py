"""Zones and what ends them (ZONE-1 to ZONE-3), shared by order blocks, gaps and their successors."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.candles import Bools, Candles, Direction, Floats, Ints
from ict.market.runs import Members, members
from ict.market.search import NEVER, both_ways, first_beyond, in_parts

Price = TypeVar("Price", float, Floats)

# Most zones end early: candles of life for which a listing has room, a zone on average.
_LIFE_TO_EXPECT = 32
# The same for live zones of a kind and side at a candle.
_ZONES_TO_EXPECT = 8


class EndReason(IntEnum):
    """Why a zone ended."""

    ALIVE = 0
    EXPIRED = 1
    INVALIDATED = 2
    FILLED = 3
    MEAN_THRESHOLD = 4
    EXHAUSTED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Price zones and what ended them, in the order in which they became known.

    Compared by identity, so that a chart can look them up.

    Attributes
    ----------
    direction : npt.NDArray[np.int8]
        +1 demand (bullish), -1 supply (bearish), shape (m,).
    top, bottom : Floats
        Edges, price units, top >= bottom.
    origin_at, known_at : Ints
        Candle where the zone is drawn from, and the candle at whose close it became known.
    ended_at : Ints
        Candle that ended it; -1 while it is alive. It is live at known_at < j < ended_at.
    reason : npt.NDArray[np.int8]
        An `EndReason`.
    touches : Ints
        Times that price came back. The candle that ended a zone counts only where it exhausted it.
    block_known_at : Ints
        Candle at whose close the order block of a breaker, or of a unicorn's breaker, became known; -1 for
        other kinds.
    """

    direction: npt.NDArray[np.int8]
    top: Floats
    bottom: Floats
    origin_at: Ints
    known_at: Ints
    ended_at: Ints
    reason: npt.NDArray[np.int8]
    touches: Ints
    block_known_at: Ints

    def __len__(self) -> int:
        return len(self.known_at)

    def __getitem__(self, chosen: Ints | Bools | slice) -> "Zones":
        return Zones(*(getattr(self, name)[chosen] for name in self.__slots__))

    @property
    def middle(self) -> Floats:
        """Mean threshold of a block, consequent encroachment of a gap."""
        return (self.top + self.bottom) / 2

    @classmethod
    def born(
        cls,
        top: Floats,
        bottom: Floats,
        origin_at: Ints,
        known_at: Ints,
        direction: npt.NDArray[np.int8],
        block_known_at: Ints | None = None,
    ) -> "Zones":
        """Make zones that are alive and untouched."""
        count = len(known_at)
        ended_at, reason, touches = np.full(count, -1), np.zeros(count, np.int8), np.zeros(count, np.int64)
        block = np.full(count, -1) if block_known_at is None else block_known_at
        return cls(direction, top, bottom, origin_at, known_at, ended_at, reason, touches, block)

    def to_frame(self, time: Ints | None = None) -> pd.DataFrame:
        """Tabulate the zones, one a row; with open times, candle numbers also become dates."""
        table = pd.DataFrame({name: getattr(self, name) for name in self.__slots__})
        table["reason"] = [EndReason(code).name.lower() for code in self.reason]
        if time is not None:
            dates = pd.to_datetime(time, utc=True)
            for name in ("origin", "known", "ended"):
                at = table[f"{name}_at"].to_numpy()
                table[f"{name}_date"] = dates[at].where(at >= 0) if len(dates) else pd.NaT
        return table


@dataclass(frozen=True, slots=True)
class LifeRules:
    """What ends a zone of one kind (ZONE-1, ZONE-2).

    Attributes
    ----------
    max_age_candles : int
        A zone older than this is expired.
    break_reason : EndReason
        INVALIDATED: a close beyond the far edge ends it. MEAN_THRESHOLD: a close beyond the middle.
        FILLED: a wick that reaches the far edge.
    max_touches : int or None
        Touches survived; None where touches do not count.
    mean_threshold : bool
        Whether a close beyond the middle ends it as well.
    """

    max_age_candles: int
    break_reason: EndReason
    max_touches: int | None = None
    mean_threshold: bool = False


def live(born: Zones, candles: Candles, rules: LifeRules) -> Zones:
    """Find when and why each zone ends (ZONE-1, ZONE-2).

    Parameters
    ----------
    born : Zones
        Zones of either side, alive and untouched, oldest first.
    candles : Candles
        Shape (n,).
    rules : LifeRules
        What ends these zones.

    Returns
    -------
    Zones
        The same zones with `ended_at`, `reason` and `touches` filled in.
    """
    span, count = rules.max_age_candles + 1, len(candles)
    expires_at = born.known_at + span
    ended_at = np.where(expires_at < count, expires_at, NEVER)
    reason = np.full(len(born), EndReason.EXPIRED.value, np.int8)
    # In the order of ZONE-1: of two reasons on one candle, the earlier one names the end.
    _end_before(ended_at, reason, _broken_at(born, candles, rules), rules.break_reason)
    if rules.mean_threshold:
        past_middle_at = _closes_beyond(born, born.middle, candles, span)
        _end_before(ended_at, reason, past_middle_at, EndReason.MEAN_THRESHOLD)
    alive = ended_at == NEVER
    ended_at[alive], reason[alive] = -1, EndReason.ALIVE.value
    touches = born.touches.copy()
    if rules.max_touches is not None:
        _exhaust(born, candles, rules.max_touches, ended_at, reason, touches)
    return replace(born, ended_at=ended_at, reason=reason, touches=touches)


def _end_before(ended_at: Ints, reason: npt.NDArray[np.int8], at: Ints, because: EndReason) -> None:
    """End zones at other candles where those come earlier, in place."""
    reason[at < ended_at] = because.value
    np.minimum(ended_at, at, out=ended_at)


def _broken_at(zones: Zones, candles: Candles, rules: LifeRules) -> Ints:
    far_edge = np.where(zones.direction > 0, zones.bottom, zones.top)
    span = rules.max_age_candles + 1
    if rules.break_reason is not EndReason.FILLED:
        held = far_edge if rules.break_reason is EndReason.INVALIDATED else zones.middle
        return _closes_beyond(zones, held, candles, span)
    wicks, against = (candles.high, candles.low), -zones.direction
    return first_beyond(wicks, far_edge, against, zones.known_at, horizon=span, touching_counts=True)


def _closes_beyond(zones: Zones, level: Floats, candles: Candles, span: int) -> Ints:
    return first_beyond(candles.close, level, -zones.direction, zones.known_at, horizon=span)


def _exhaust(
    born: Zones,
    candles: Candles,
    max_touches: int,
    ended_at: Ints,
    reason: npt.NDArray[np.int8],
    touches: Ints,
) -> None:
    """Count touches (ZONE-1 c) and end the zones with one too many, in place."""
    wicks = both_ways(candles.low, candles.high)
    for part in in_parts(len(born), _LIFE_TO_EXPECT):
        at, zone = _touches(born[part], ended_at[part], wicks)
        total = np.bincount(zone, minlength=len(touches[part]))
        fatal = total.cumsum() - total + max_touches
        exhausted = total > max_touches
        ended_at[part][exhausted] = at[fatal[exhausted]]
        reason[part][exhausted] = EndReason.EXHAUSTED.value
        touches[part] = np.minimum(total, max_touches + 1)


def _touches(born: Zones, ended_at: Ints, wicks: Floats) -> tuple[Ints, Ints]:
    """Candle and zone of every touch before the zone's end, zone by zone.

    The wicks are the lows, for bullish zones, followed by the highs negated.
    """
    lived, overlaps = _reached(born, ended_at, wicks)
    # The candle at whose close the zone became known counts as overlapping: the first one is no touch.
    back = overlaps[1:] > overlaps[:-1]
    starts = lived.lengths.cumsum()[:-1]
    back[starts[(starts > 0) & (starts < len(overlaps))] - 1] = False
    touch = back.nonzero()[0] + 1
    return lived.member[touch] % (len(wicks) // 2), lived.range_of(touch)


def _reached(zones: Zones, ended_at: Ints, prices: Floats) -> tuple[Members, Bools]:
    """Every candle of each zone's life, and whether its price is in the zone.

    The first half of the prices is for bullish zones; the second half, negated, for bearish ones, whose
    candle numbers are shifted into it.
    """
    bullish, count = zones.direction > 0, len(prices) // 2
    row = np.where(bullish, 0, count)
    lived = members(zones.known_at + 1 + row, np.where(ended_at < 0, count, ended_at) + row)
    # While it is live no close was beyond the far edge: to reach the near one is to be inside.
    near = np.where(bullish, zones.top, -zones.bottom)
    return lived, prices.take(lived.member) <= lived.each(near)


def reborn(zones: Zones, ended: Bools, candles: Candles, rules: LifeRules) -> Zones:
    """Make zones of the opposite side, with the same edges, from the candles that ended their parents.

    Parameters
    ----------
    zones : Zones
        Parents, with their ends, shape (m,).
    ended : Bools
        Which of them become new zones, shape (m,).
    candles : Candles
        Shape (n,).
    rules : LifeRules
        What ends the new zones.
    """
    which = ended.nonzero()[0]
    which = which[zones.ended_at[which].argsort(kind="stable")]
    known_at, direction = zones.ended_at[which], -zones.direction[which]
    born = Zones.born(
        zones.top[which], zones.bottom[which], zones.origin_at[which], known_at, direction,
        zones.block_known_at[which],
    )  # fmt: skip
    return live(born, candles, rules)


def newest_holding(zones: Zones, close: Floats) -> dict[Direction, Ints]:
    """Find at each candle, and for each side, the newest live zone that contains the close.

    Returns
    -------
    dict[Direction, Ints]
        Index into `zones`, shape (n,); -1 where there is none.
    """
    count = len(close)
    # One row for each side, end to end.
    newest, closes = np.full(2 * count, -1), both_ways(close, close)
    for part in in_parts(len(zones), _LIFE_TO_EXPECT):
        lived, inside = _reached(zones[part], zones.ended_at[part], closes)
        held = inside.nonzero()[0]
        # Later zones come later in the list, and in NumPy the last assignment wins.
        newest[lived.member[held]] = part.start + lived.range_of(held)
    return {1: newest[:count], -1: newest[count:]}


def far_edge(zones: Zones, side: Direction) -> Floats:
    """Edge of each zone beyond which a trade of this side has its stop."""
    return zones.bottom if side > 0 else zones.top


def stop_of_zone(far_edge: Price, direction: Direction, stop_buffer: float) -> Price:
    """Stop beyond the far edge of a zone (EXIT-1): below a long's, above a short's."""
    return far_edge * (1 - direction * stop_buffer)


class Listing:
    """The live zones of a kind and side, candle by candle.

    Parameters
    ----------
    zones : Zones
        Zones of either side with their life.
    side : Direction
        Side to list.
    count : int
        Candles.
    """

    def __init__(self, zones: Zones, side: Direction, count: int) -> None:
        self.zones = zones
        mine = (zones.direction == side).nonzero()[0]
        until = np.where(zones.ended_at < 0, count, zones.ended_at)
        lived = members(zones.known_at[mine] + 1, until[mine])
        order = lived.member.argsort(kind="stable")
        self._zone = lived.each(mine)[order]
        self._start = lived.member[order].searchsorted(np.arange(count + 1))

    def holds(self, candle: Ints, price: Floats) -> Bools:
        """Whether any live zone at each candle contains the price, shape (k,)."""
        held = np.zeros(len(candle), np.bool_)
        for part in in_parts(len(candle), _ZONES_TO_EXPECT):
            there = members(self._start[candle[part]], self._start[candle[part] + 1])
            zone, at = self._zone[there.member], there.each(price[part])
            inside = ((self.zones.bottom[zone] <= at) & (at <= self.zones.top[zone])).nonzero()[0]
            held[part.start + there.range_of(inside)] = True
        return held
