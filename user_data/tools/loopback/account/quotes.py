"""Prices up to the account's own time."""

from decimal import Decimal

from loopback.market.source import Kind
from loopback.market.trail import Trail
from loopback.market.view import MarketView
from loopback.symbols import SPECS


class Quotes:
    """Prices at the account's own time, which follows the exchange's clock from event to event.

    Parameters
    ----------
    view
        The market.
    """

    def __init__(self, view: MarketView) -> None:
        self._view = view
        self._seen: dict[tuple[str, Kind], float] = {}
        self.now_ms = view.now_ms()

    def last(self, symbol: str) -> Decimal:
        """Return the last trade's price in USDT."""
        return SPECS[symbol].to_tick(self._price(symbol, Kind.LAST))

    def mark(self, symbol: str) -> Decimal:
        """Return the mark price in USDT."""
        return Decimal(f"{self._price(symbol, Kind.MARK):.8f}")

    def watched(self, symbol: str, kind: Kind) -> Decimal:
        """Return the last price or the mark price in USDT."""
        return self.mark(symbol) if kind is Kind.MARK else self.last(symbol)

    def ahead(self, symbol: str, kind: Kind, until_ms: int) -> Trail:
        """Return the path from the price last seen to the one at `until_ms` (milliseconds UTC)."""
        seen = Trail.of((self.now_ms, self._price(symbol, kind)))
        return seen + self._view.course(symbol, kind).trail(self.now_ms, until_ms)

    def go_to(self, time_ms: int) -> None:
        """Advance all prices to a time (milliseconds UTC)."""
        self.now_ms = time_ms
        for symbol, kind in self._seen:
            self._seen[symbol, kind] = self._view.course(symbol, kind).at(time_ms)

    def _price(self, symbol: str, kind: Kind) -> float:
        if (symbol, kind) not in self._seen:
            self._seen[symbol, kind] = self._view.course(symbol, kind).at(self.now_ms)
        return self._seen[symbol, kind]
