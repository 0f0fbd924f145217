"""A market with shifted time, so that a bot on the wall clock can trade old candles."""

from loopback.market.candles import Candles
from loopback.market.intervals import DAY_MS, MONTH, IntArray
from loopback.market.source import Funding, Kind, Market

# Whole weeks keep weekdays, hours and the grid of every candle except months.
WEEK_MS = 7 * DAY_MS


class ShiftedMarket(Market):
    """Another market's candles and funding rates, shifted by whole weeks.

    Parameters
    ----------
    source
        The market that is shifted.
    weeks
        Number of weeks, into the future if positive.
    """

    def __init__(self, source: Market, weeks: int) -> None:
        super().__init__()
        self._source = source
        self.weeks = weeks
        self.prices = source.prices
        self._shift_ms = weeks * WEEK_MS

    @property
    def symbols(self) -> tuple[str, ...]:
        """The contracts of the source."""
        return self._source.symbols

    def describe(self) -> str:
        """Say what is served and how far it is shifted."""
        return f"{self._source.describe()}, moved by {self.weeks} weeks"

    def funding(self, symbol: str) -> Funding:
        """Return the source's funding rates at their new times."""
        funding = self._source.funding(symbol)
        return Funding(funding.time_ms + self._shift_ms, funding.rate)

    def lowest(self, symbol: str, kind: Kind) -> str | None:
        """Return the source's shortest interval, or None."""
        return self._source.lowest(symbol, kind)

    def load(self, symbol: str, kind: Kind, interval: str) -> Candles | None:
        """Return the source's candles at their new times; months are aggregated again."""
        if interval == MONTH:
            return None
        table = self._source.candles(symbol, kind, interval)
        moved: IntArray = table.open_ms + self._shift_ms
        return Candles(interval, moved, table.open, table.high, table.low, table.close, table.volume)


def shifted_to(source: Market, now_ms: int, spare_ms: int = DAY_MS) -> ShiftedMarket:
    """Shift a market so that its candles reach up to now and continue beyond it.

    Parameters
    ----------
    source
        The market to shift.
    now_ms
        Time that the candles must reach, in milliseconds UTC.
    spare_ms
        How much longer they must continue, in milliseconds. Because shifts are whole weeks, they continue for
        up to a week more; after that the price is constant.
    """
    end_ms = min(source.base(symbol, Kind.LAST).end_ms for symbol in source.symbols)
    weeks = -((end_ms - now_ms - spare_ms) // WEEK_MS)
    return ShiftedMarket(source, weeks)
