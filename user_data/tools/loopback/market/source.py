"""The interface of every source of candles: whole histories, regardless of the exchange's clock."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from loopback.market.candles import Candles, FloatArray, aggregate_finished, no_candles
from loopback.market.intervals import LENGTH_MS, IntArray


class Kind(StrEnum):
    """Which price a candle shows; the values are Freqtrade's names in its files."""

    LAST = "futures"
    MARK = "mark"


class Prices(StrEnum):
    """Where prices come from: made up, or recorded at another time than a bot believes."""

    SYNTHETIC = "synthetic"
    RECORDED = "recorded"


@dataclass(frozen=True)
class Funding:
    """Funding rates in ascending order: times in milliseconds UTC, rates as a fraction of the notional."""

    time_ms: IntArray
    rate: FloatArray


NO_FUNDING = Funding(np.empty(0, dtype=np.int64), np.empty(0))


class Market(ABC):
    """A source of candles, mark prices and funding rates.

    A subclass names its lowest interval and loads the intervals that it has; all others are aggregated from
    the lowest and cached.
    """

    prices: Prices = Prices.SYNTHETIC

    def __init__(self) -> None:
        self._tables: dict[tuple[str, Kind, str], Candles] = {}

    @property
    @abstractmethod
    def symbols(self) -> tuple[str, ...]:
        """Contracts with candles, such as ``BTCUSDT``."""

    @abstractmethod
    def describe(self) -> str:
        """Say in one line what is served, synthetic or not."""

    @abstractmethod
    def funding(self, symbol: str) -> Funding:
        """Return all funding rates of a contract, past and future."""

    @abstractmethod
    def lowest(self, symbol: str, kind: Kind) -> str | None:
        """Return the shortest interval there is, or None if there are no candles."""

    @abstractmethod
    def load(self, symbol: str, kind: Kind, interval: str) -> Candles | None:
        """Read or make the candles of one interval, or return None if they have to be aggregated."""

    def candles(self, symbol: str, kind: Kind, interval: str) -> Candles:
        """Return all finished candles of an interval, past and future; none below the lowest interval."""
        key = (symbol, kind, interval)
        if key not in self._tables:
            self._tables[key] = self._make(symbol, kind, interval)
        return self._tables[key]

    def base(self, symbol: str, kind: Kind) -> Candles:
        """Return the candles of the lowest interval."""
        return self.candles(symbol, kind, self.lowest(symbol, kind) or "1m")

    def _make(self, symbol: str, kind: Kind, interval: str) -> Candles:
        lowest = self.lowest(symbol, kind)
        if lowest is None or LENGTH_MS[interval] < LENGTH_MS[lowest]:
            return no_candles(interval)
        loaded = self.load(symbol, kind, interval)
        return aggregate_finished(self.base(symbol, kind), interval) if loaded is None else loaded
