"""Higher timeframes, seen from base candles only after their own candles have closed (HTF-1)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, MINUTE, Bools, Candles, Direction, Floats, Ints
from ict.market.fair_value_gaps import find_fair_value_gaps
from ict.market.lookup import look_up
from ict.market.order_blocks import find_order_blocks
from ict.market.runs import members, run_starts
from ict.market.structure import Structure, find_structure
from ict.market.volatility import average_true_range, volatility_percentile
from ict.market.zones import Zones
from ict.params import Params

# Length of a candle, nanoseconds.
TIMEFRAMES = {"1h": 60 * MINUTE, "4h": 240 * MINUTE, "1d": 1440 * MINUTE}


class HigherPatterns:
    """The patterns of a higher timeframe on its own candles, whatever base candles see of them.

    Parameters
    ----------
    candles : Candles
        Candles of the higher timeframe, shape (h,).
    params : Params
        Settings of the patterns; what they count in candles are these candles.
    """

    def __init__(self, candles: Candles, params: Params) -> None:
        self.candles, self._params = candles, params

    @cached_property
    def structure(self) -> Structure:
        """Swings, breaks and trend (SWING-1, BOS-1, CHOCH-1)."""
        return find_structure(self.candles, self._params.swing_strength_candles)

    @cached_property
    def blocks(self) -> Zones:
        """Order blocks (OB-1)."""
        return find_order_blocks(self.candles, self._params)

    @cached_property
    def gaps(self) -> Zones:
        """Fair value gaps (FVG-1)."""
        return find_fair_value_gaps(self.candles, self._params)

    @cached_property
    def atr(self) -> Floats:
        """Average true range, price units, shape (h,)."""
        return average_true_range(self.candles)

    @cached_property
    def volatility(self) -> Floats:
        """Rank of the relative average true range among the latest ones, 0 to 100 (VOL-1), shape (h,)."""
        return volatility_percentile(self.atr / self.candles.close)


class HigherView:
    """A higher timeframe as base candles see it (HTF-1, HTFZ-1); all arrays by candle have shape (n,).

    Parameters
    ----------
    candles : Candles
        Base candles, shape (n,).
    patterns : HigherPatterns
        Patterns of the higher timeframe.
    span : int
        Length of a higher candle, nanoseconds.
    """

    def __init__(self, candles: Candles, patterns: HigherPatterns, span: int) -> None:
        self._candles, self.patterns, self._higher = candles, patterns, patterns.candles
        self._seen = last_closed(candles, self._higher, span)

    @property
    def closed(self) -> Candles:
        """Candles of the higher timeframe that have closed with the newest base candle."""
        return self._higher[: self._seen[-1] + 1] if len(self._seen) else self._higher[:0]

    @property
    def closes_now(self) -> bool:
        """Whether the newest base candle is the first that sees a higher candle as closed."""
        return len(self._seen) > 1 and bool(self._seen[-1] > self._seen[-2])

    @cached_property
    def blocks(self) -> Zones:
        """Order blocks of the higher timeframe (OB-1), on base candles."""
        return self._on_base(self.patterns.blocks)

    @cached_property
    def gaps(self) -> Zones:
        """Fair value gaps of the higher timeframe (FVG-1), on base candles."""
        return self._on_base(self.patterns.gaps)

    def trend(self) -> npt.NDArray[np.int8]:
        """Trend after the last closed higher candle, 0 before the first break."""
        return look_up(self.patterns.structure.trend, self._seen, 0)

    def atr(self) -> Floats:
        """Average true range of the last closed higher candle, price units, NaN where there is none."""
        return self._show(self.patterns.atr)

    def swing(self, side: Direction) -> Floats:
        """Price of the last confirmed swing high (+1) or swing low (-1), NaN where there is none."""
        swings = self.patterns.structure.swings[side]
        return self._show(swings.at_candles(swings.last_known(len(self._higher))))

    def volatility_percentile(self) -> Floats:
        """Rank of the relative average true range among the latest ones, 0 to 100 (VOL-1)."""
        return self._show(self.patterns.volatility)

    def in_block(self, side: Direction) -> Bools:
        """Whether a live order block of a side holds the close (HTFZ-1)."""
        return self._in_blocks[side]

    def in_gap(self, side: Direction) -> Bools:
        """Whether a live gap of a side holds the close (HTFZ-1)."""
        return self._in_gaps[side]

    @cached_property
    def _in_blocks(self) -> dict[Direction, Bools]:
        return self._holds_close(self.blocks)

    @cached_property
    def _in_gaps(self) -> dict[Direction, Bools]:
        return self._holds_close(self.gaps)

    def _holds_close(self, zones: Zones) -> dict[Direction, Bools]:
        """Whether a live zone of each side holds each close.

        Zones are live for whole runs of base candles that see the same higher candle, so only runs whose
        closes come near a zone are searched.
        """
        close, starts = self._candles.close, run_starts(self._seen)
        holds = {side: np.zeros(len(close), np.bool_) for side in BOTH_SIDES}
        if not len(starts):
            return holds
        lowest, highest = np.minimum.reduceat(close, starts), np.maximum.reduceat(close, starts)
        until = np.where(zones.ended_at < 0, len(close), zones.ended_at)
        runs = members(starts.searchsorted(zones.known_at + 1), starts.searchsorted(until))
        near = (lowest[runs.member] <= runs.each(zones.top)) & (
            highest[runs.member] >= runs.each(zones.bottom)
        )
        zone, run = runs.range_of(near.nonzero()[0]), runs.member[near]
        lived = members(starts[run], np.append(starts[1:], len(close))[run])
        price = close[lived.member]
        inside = (price <= lived.each(zones.top[zone])) & (price >= lived.each(zones.bottom[zone]))
        side = lived.each(zones.direction[zone])
        for direction, column in holds.items():
            column[lived.member[inside & (side == direction)]] = True
        return holds

    def _on_base(self, zones: Zones) -> Zones:
        """Zones by base candles: live from the first that sees the candle at whose close they were known."""
        origin_at = self._candles.time.searchsorted(self._higher.time[zones.origin_at])
        first_at, end_at = (self._seen.searchsorted(at) for at in (zones.known_at, zones.ended_at))
        ended_at = np.where(zones.ended_at < 0, -1, end_at)
        return replace(zones, origin_at=origin_at, known_at=first_at - 1, ended_at=ended_at)

    def _show(self, values: Floats) -> Floats:
        return look_up(values, self._seen, np.nan)


def last_closed(candles: Candles, higher: Candles, span: int) -> Ints:
    """Index of the last higher candle that had closed when each base candle did; -1 where none had."""
    closes_at = candles.time + candles.step
    closed: Ints = (higher.time + span).searchsorted(closes_at, side="right")
    return closed - 1
