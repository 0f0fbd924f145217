"""A market whose last closed candle is inside a live order block, or away from it, as a test needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from loopback.market.candles import Candles
from loopback.market.intervals import LENGTH_MS
from loopback.market.source import NO_FUNDING, Funding, Kind, Market

INTERVAL = "15m"
Side = Literal["long", "short"]
Row = tuple[float, float, float, float]

# Enough history for the strategy's memory, and hours to come in which the price stays where it is.
_BEFORE, _AFTER = 1_600, 48
# In thousandths of the price, as seen by a long; a short sees the mirror image. The falling candle is the
# block, from -6 to +1; the next one leaves it with a body of 9 in a range of 10.5; then price is back in it.
_BLOCK: Row = (0.0, 1.0, -6.0, -5.0)
_IMPULSE: Row = (-5.0, 5.0, -5.5, 4.0)
_STILL: Row = (0.0, 0.0, 0.0, 0.0)
_FAR_EDGE, _NEAR_EDGE = -6.0, 1.0
# Ten hours: long enough for a swing of hourly candles to be confirmed.
_SWING_AGO = 40


@dataclass(frozen=True)
class Retest:
    """A price, in USDT, and the side on which its order block is.

    Attributes
    ----------
    price, side
        As above.
    swing
        Where a swing of the day turned that has held since, in thousandths of the price in the trade's
        favour; none at 0.
    now
        Where the price is, in thousandths in the trade's favour: inside the block, which ends at 1, or
        away from it, so that an entry can rest there.
    """

    price: float
    side: Side
    swing: float = 0.0
    now: float = 0.0

    @property
    def far_edge(self) -> float:
        """The block's edge behind which the stop goes, in USDT."""
        return self.at(_FAR_EDGE)

    @property
    def near_edge(self) -> float:
        """The block's edge that the price meets first, in USDT."""
        return self.at(_NEAR_EDGE)

    def at(self, thousandths: float) -> float:
        """Return the price so many thousandths in the trade's favour, in USDT."""
        return self.price * (1 + (1 if self.side == "long" else -1) * thousandths / 1_000)

    def row(self, row: Row) -> Row:
        """Return a candle's open, high, low and close in USDT."""
        opened, high, low, close = (self.at(value) for value in row)
        return opened, max(high, low), min(high, low), close


class RetestMarket(Market):
    """Candles of 15 minutes in which every contract is at its place by its order block now, and stays there.

    Parameters
    ----------
    retests
        By contract.
    now_ms
        When that is, in milliseconds UTC.
    """

    def __init__(self, retests: Mapping[str, Retest], now_ms: int) -> None:
        super().__init__()
        self._retests = dict(retests)
        length = LENGTH_MS[INTERVAL]
        now_open = now_ms // length * length
        self._opens = now_open + length * np.arange(-_BEFORE, _AFTER, dtype=np.int64)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The contracts given."""
        return tuple(self._retests)

    def describe(self) -> str:
        """Say what is served."""
        return f"handmade retests of {', '.join(self._retests)}"

    def funding(self, symbol: str) -> Funding:
        """Return no rates: what a trade earns can then be worked out from its prices and fees."""
        return NO_FUNDING

    def lowest(self, symbol: str, kind: Kind) -> str | None:
        """Return 15 minutes for last and mark price, which are the same."""
        return INTERVAL if symbol in self._retests else None

    def load(self, symbol: str, kind: Kind, interval: str) -> Candles | None:
        """Return the candles of 15 minutes; all others are aggregated."""
        if interval != INTERVAL:
            return None
        retest = self._retests[symbol]
        now = (retest.now,) * 4
        rows = [_STILL] * (_BEFORE - 3) + [_BLOCK, _IMPULSE] + [now] * (1 + _AFTER)
        rows[_BEFORE - _SWING_AGO] = (0.0, 0.0, retest.swing, 0.0)
        prices = np.array([retest.row(row) for row in rows])
        table = np.column_stack((prices, np.full(len(rows), 10.0)))
        return Candles(INTERVAL, self._opens, *table.T)
