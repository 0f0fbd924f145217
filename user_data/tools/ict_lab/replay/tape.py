"""Candles of several pairs, end to end, so that all of their trades are followed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Floats
from ict_lab.replay.markets import Market

Ints = npt.NDArray[np.int64]
# Candles that are looked at as one where a price is searched for.
WIDTHS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Tape:
    """All markets end to end, first as a long sees them, then upside down, as a short does.

    Prices of the second half are negated, high and low swapped; so one rule follows both sides.

    Attributes
    ----------
    open, high, low, swing : Floats
        Shape (2n,). `swing` is what a stop may trail behind, known before the candle; NaN for none.
    paid_before, paid : Floats
        Funding that a position of one unit has paid before the open of each candle, and with it.
    begins, ends : Mapping[str, int]
        First and last candle of the backtest for each pair, in the first half.
    dates : Mapping[str, Ints]
        Open times of the candles from `begins` to `ends`, nanoseconds since 1970, UTC.
    """

    open: Floats
    high: Floats
    low: Floats
    swing: Floats
    paid_before: Floats
    paid: Floats
    begins: Mapping[str, int]
    ends: Mapping[str, int]
    dates: Mapping[str, Ints]

    @cached_property
    def times(self) -> Ints:
        """Open times of the candles, nanoseconds since 1970, UTC, shape (2n,)."""
        return np.concatenate([*self.dates.values()] * 2)

    @cached_property
    def pairs(self) -> Ints:
        """Number of the pair of each candle, in the order of the markets, shape (2n,)."""
        lengths = [len(dates) for dates in self.dates.values()]
        return np.tile(np.arange(len(lengths)).repeat(lengths), 2)

    @cached_property
    def extremes(self) -> Mapping[int, tuple[Floats, Floats]]:
        """Lowest low and highest high of the `WIDTHS` candles from each one on, shape (2n,)."""
        low, high = self.low, self.high
        found = {1: (low, high)}
        for narrow, width in pairwise(WIDTHS):
            low = np.append(np.fmin(low[:-narrow], low[narrow:]), low[-narrow:])
            high = np.append(np.fmax(high[:-narrow], high[narrow:]), high[-narrow:])
            found[width] = low, high
        return found

    @property
    def half(self) -> int:
        """Candles in one half: add it to see a candle as a short does."""
        return len(self.open) // 2

    def pair_of(self, at: Ints) -> Ints:
        """Return the number of the pair that each candle belongs to, in the order of the markets."""
        return self.pairs[at]

    def time_of(self, at: Ints) -> Ints:
        """Open time of each candle, nanoseconds since 1970, UTC."""
        return self.times[at]

    def last_of(self, at: Ints) -> Ints:
        """Last candle of the pair that each candle belongs to, in the same half."""
        return np.array(list(self.ends.values()))[self.pair_of(at)] + at // self.half * self.half


def tape_of(markets: Sequence[Market], trail_timeframe: str = "none") -> Tape:
    """Lay markets end to end, cut to the candles of the backtest.

    Parameters
    ----------
    markets : Sequence[Market]
        The markets; analysed where stops trail.
    trail_timeframe : str
        Timeframe whose swings stops trail behind (EXIT-3).
    """
    lengths = [len(market.frame) - market.first for market in markets]
    begins = np.cumsum([0, *lengths])[:-1].tolist()
    names = [market.pair for market in markets]
    parts = [_seen_by_both(market, trail_timeframe) for market in markets]
    joined = {name: np.concatenate([part[name] for part in parts], axis=1).ravel() for name in parts[0]}
    return Tape(
        **joined,
        begins=dict(zip(names, begins, strict=True)),
        ends={name: at + count - 1 for name, at, count in zip(names, begins, lengths, strict=True)},
        dates={market.pair: market.times[market.first :] for market in markets},
    )


def _seen_by_both(market: Market, trail_timeframe: str) -> dict[str, Floats]:
    shown = slice(market.first, None)
    opened, high, low = (market.frame[name].to_numpy(float)[shown] for name in ("open", "high", "low"))
    before, paid = market.paid_before[shown], market.paid[shown]
    return {
        "open": np.stack([opened, -opened]),
        "high": np.stack([high, -low]),
        "low": np.stack([low, -high]),
        "swing": _swings(market, trail_timeframe)[:, shown],
        "paid_before": np.stack([before, -before]),
        "paid": np.stack([paid, -paid]),
    }


def _swings(market: Market, trail_timeframe: str) -> Floats:
    """Swings behind which a stop trails, as known at the close of the candle before."""
    before = np.full((2, len(market.frame)), np.nan)
    if trail_timeframe != "none" and market.columns is not None:
        swing = market.columns.higher_swing
        for row, side in enumerate(BOTH_SIDES):
            before[row, 1:] = side * swing[trail_timeframe, -side][:-1]
    return before
