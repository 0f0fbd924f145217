"""What higher timeframes say at each candle, rebuilt from the raw 15m candles by the oracle's rules."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.oracle.candles import Candles, average_true_range, read_candles
from tests.oracle.structure import find_breaks, find_swings, higher_candles, length_of, trend_of
from tests.strategy.settings import Settings

TREND, STRENGTH = "4h", 3
RANKED, LEAST_RANKED = 90, 30
Column = np.ndarray


@dataclass(frozen=True)
class Outlook:
    """Of each base candle: trends by timeframe, swings to trail behind by side, and more.

    `volatility` is VOL-1 of the day, `least_distance` that of EXIT-2 in the quote currency.
    """

    trend: dict[str, Column]
    swing: dict[int, Column]
    volatility: Column
    least_distance: Column


@dataclass(frozen=True)
class Higher:
    """Candles of a higher timeframe, and which of them each base candle sees; -1 for none."""

    candles: Candles
    seen: np.ndarray

    @classmethod
    def make(cls, base: Candles, timeframe: str) -> "Higher":
        """HTF-1: a higher candle is seen from the base candle that completes it."""
        candles, length = higher_candles(base, timeframe), length_of(timeframe)
        seen, at = [], -1
        for opens in base.date:
            closes = opens + pd.Timedelta(minutes=15)
            while at + 1 < len(candles) and candles.date[at + 1] + length <= closes:
                at += 1
            seen.append(at)
        return cls(candles, np.array(seen))

    def show(self, values: list[float], nothing: float = np.nan) -> Column:
        """Spread values of higher candles over the base candles that see them."""
        return np.array([*values, nothing])[self.seen]

    def ranges(self) -> list[float]:
        """Compute Wilder's average true range."""
        return average_true_range(self.candles.high, self.candles.low, self.candles.close)

    def trend(self) -> Column:
        """BOS-1, CHOCH-1."""
        swings = find_swings(self.candles.high, self.candles.low, STRENGTH)
        return self.show(trend_of(find_breaks(self.candles.close, swings), len(self.candles)), 0)

    def swings(self, side: int) -> Column:
        """SWING-1: price of the last confirmed swing high (+1) or swing low (-1)."""
        swings = find_swings(self.candles.high, self.candles.low, STRENGTH)
        confirmed = {swing.confirmed_at: swing.price for swing in swings if swing.side == side}
        prices, last = [], np.nan
        for i in range(len(self.candles)):
            last = confirmed.get(i, last)
            prices.append(last)
        return self.show(prices)

    def volatility(self) -> Column:
        """VOL-1: rank of the relative range among the latest 90, unknown with fewer than 30."""
        relative = [size / close for size, close in zip(self.ranges(), self.candles.close, strict=True)]
        ranks = []
        for i, value in enumerate(relative):
            known = [other for other in relative[max(i - RANKED + 1, 0) : i + 1] if other == other]
            enough = len(known) >= LEAST_RANKED
            ranks.append(100 * sum(other <= value for other in known) / len(known) if enough else np.nan)
        return self.show(ranks)


def outlook_of(history: pd.DataFrame, count: int, settings: Settings) -> Outlook:
    """Look at the last `count` candles of a history that is as long as can be had."""
    base = read_candles(history)
    needed = {TREND, settings.second_trend_timeframe, settings.trail_timeframe} - {"none"}
    views = {timeframe: Higher.make(base, timeframe) for timeframe in needed}
    nothing = np.full(len(base), np.nan)
    trailed = views.get(settings.trail_timeframe)
    swing = {side: trailed.swings(side) if trailed else nothing for side in (1, -1)}
    looks_at_days = settings.max_volatility_percentile < 100
    volatility = Higher.make(base, "1d").volatility() if looks_at_days else nothing
    atr = views[TREND].show(views[TREND].ranges()) if settings.min_stop_atr else np.zeros(len(base))
    return Outlook(
        trend={timeframe: view.trend()[-count:] for timeframe, view in views.items()},
        swing={side: prices[-count:] for side, prices in swing.items()},
        volatility=volatility[-count:],
        least_distance=(settings.min_stop_atr * atr)[-count:],
    )
