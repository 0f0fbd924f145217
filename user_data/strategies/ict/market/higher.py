"""Higher timeframes, seen from base candles only after their own candles have closed (HTF-1)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ict.candles import Candles, Direction, Floats, Ints
from ict.market.lookup import look_up
from ict.market.structure import find_structure
from ict.market.volatility import average_true_range, volatility_percentile

MINUTE = 60_000_000_000
# Length of a candle, nanoseconds.
TIMEFRAMES = {"1h": 60 * MINUTE, "4h": 240 * MINUTE, "1d": 1440 * MINUTE}


class HigherView:
    """A higher timeframe as base candles see it (HTF-1); every answer is of shape (n,).

    Parameters
    ----------
    candles : Candles
        Base candles, shape (n,).
    higher : Candles
        Candles of the higher timeframe.
    span : int
        Length of a higher candle, nanoseconds.
    strength : int
        Strength of the swings on the higher timeframe, in its candles.
    """

    def __init__(self, candles: Candles, higher: Candles, span: int, strength: int) -> None:
        self._higher = higher
        self._seen = last_closed(candles, higher, span)
        self._structure = find_structure(higher, strength)

    def trend(self) -> npt.NDArray[np.int8]:
        """Trend after the last closed higher candle, 0 before the first break."""
        return look_up(self._structure.trend, self._seen, 0)

    def atr(self) -> Floats:
        """Average true range of the last closed higher candle, price units, NaN where there is none."""
        return self._show(average_true_range(self._higher))

    def swing(self, side: Direction) -> Floats:
        """Price of the last confirmed swing high (+1) or swing low (-1), NaN where there is none."""
        swings = self._structure.swings[side]
        return self._show(swings.at_candles(swings.last_known(len(self._higher))))

    def volatility_percentile(self) -> Floats:
        """Rank of the relative average true range among the latest ones, 0 to 100 (VOL-1)."""
        relative = average_true_range(self._higher) / self._higher.close
        return self._show(volatility_percentile(relative))

    def _show(self, values: Floats) -> Floats:
        return look_up(values, self._seen, np.nan)


def last_closed(candles: Candles, higher: Candles, span: int) -> Ints:
    """Index of the last higher candle that had closed when each base candle did; -1 where none had."""
    # As far as is known at each candle: the length of a candle is the smallest distance so far.
    steps = np.minimum.accumulate(np.diff(candles.time))
    closes_at = candles.time + np.concatenate([np.zeros(min(len(candles), 1), np.int64), steps])
    closed: Ints = (higher.time + span).searchsorted(closes_at, side="right")
    return closed - 1


def base_step(candles: Candles) -> int:
    """Length of a candle in nanoseconds: the smallest distance of two; 0 where there are fewer than two."""
    return int(np.diff(candles.time).min()) if len(candles) > 1 else 0
