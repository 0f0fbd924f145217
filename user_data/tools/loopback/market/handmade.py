"""Candles written out by a test, so that every result can be worked out by hand."""

from collections.abc import Mapping, Sequence

import numpy as np

from loopback.market.candles import Candles
from loopback.market.intervals import LENGTH_MS
from loopback.market.source import NO_FUNDING, Funding, Kind, Market

Row = tuple[float, float, float, float]


class HandmadeMarket(Market):
    """Candles of one contract and one interval, one after another, and funding rates.

    Parameters
    ----------
    symbol
        The contract.
    start_ms
        Open time of the first candle in milliseconds UTC.
    rows
        Open, high, low and close of each candle in USDT.
    mark
        The same for the mark price; with None the last price is used.
    interval
        Interval of the candles.
    funding
        Funding rates (fractions) by their time in milliseconds UTC.
    """

    def __init__(
        self,
        symbol: str,
        start_ms: int,
        rows: Sequence[Row],
        mark: Sequence[Row] | None = None,
        interval: str = "5m",
        funding: Mapping[int, float] | None = None,
    ) -> None:
        super().__init__()
        self._symbol = symbol
        self._interval = interval
        self._start_ms = start_ms
        self._rows = {Kind.LAST: rows, Kind.MARK: mark or ()}
        self._funding = dict(sorted((funding or {}).items()))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The contract."""
        return (self._symbol,)

    def describe(self) -> str:
        """Say what is served."""
        return f"handmade candles of {self._symbol}"

    def funding(self, symbol: str) -> Funding:
        """Return the rates given."""
        if not self._funding:
            return NO_FUNDING
        return Funding(np.array(list(self._funding), dtype=np.int64), np.array(list(self._funding.values())))

    def lowest(self, symbol: str, kind: Kind) -> str | None:
        """Return the interval if there are candles of that kind."""
        return self._interval if self._rows[kind] else None

    def load(self, symbol: str, kind: Kind, interval: str) -> Candles | None:
        """Return the candles given."""
        if interval != self._interval:
            return None
        table = np.array(self._rows[kind], dtype=float).reshape(-1, 4)
        opens = self._start_ms + LENGTH_MS[interval] * np.arange(len(table), dtype=np.int64)
        volume = np.full((len(table), 1), 10.0)
        return Candles(interval, opens, *np.hstack((table, volume)).T)
