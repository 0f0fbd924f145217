"""The market up to the exchange's time: nothing later than now leaves this module."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from loopback.clock import Clock
from loopback.market.candles import Candle, Candles, aggregate
from loopback.market.course import Course, first_steered_open
from loopback.market.intervals import DAY_MS, LENGTH_MS, next_open, open_of
from loopback.market.path import so_far
from loopback.market.source import Funding, Kind, Market
from loopback.symbols import SPECS, SymbolSpec


@dataclass(frozen=True)
class Window:
    """Requested rows: open times in milliseconds UTC, both ends inclusive, at most `limit` rows."""

    start_ms: int | None
    end_ms: int | None
    limit: int

    def rows(self, times_ms: np.ndarray) -> slice:
        """Return the requested rows: from the start on if there is one, else the newest."""
        first = 0 if self.start_ms is None else int(np.searchsorted(times_ms, self.start_ms, "left"))
        stop = len(times_ms) if self.end_ms is None else int(np.searchsorted(times_ms, self.end_ms, "right"))
        if self.start_ms is None:
            return slice(max(first, stop - self.limit), stop)
        return slice(first, min(stop, first + self.limit))


class MarketView:
    """A market up to now.

    Parameters
    ----------
    market
        The whole history.
    clock
        What time it is on the exchange.
    """

    def __init__(self, market: Market, clock: Clock) -> None:
        self.market = market
        self._clock = clock
        self._courses: dict[tuple[str, Kind], Course] = {}

    def course(self, symbol: str, kind: Kind) -> Course:
        """Return the course of a price, past and future; the last price's without mark prices."""
        if not len(self.market.base(symbol, kind)):
            kind = Kind.LAST
        if (symbol, kind) not in self._courses:
            self._courses[symbol, kind] = Course(self.market, symbol, kind)
        return self._courses[symbol, kind]

    def now_ms(self) -> int:
        """Return the exchange's time in milliseconds UTC."""
        return self._clock.now_ms()

    def candles(self, symbol: str, kind: Kind, interval: str, window: Window) -> Candles:
        """Return finished candles, and at the end the unfinished one as it is now."""
        now = self.now_ms()
        table = self.market.candles(symbol, kind, interval)
        finished = int(np.searchsorted(next_open(table.open_ms, interval), now, "right"))
        seen = table.rows(0, finished)
        course = self.course(symbol, kind)
        steered_ms = first_steered_open(course, interval)
        if steered_ms is not None and len(table):
            whole = self._steered(seen, course, steered_ms, now)
            part = window.rows(whole.open_ms)
            return whole.rows(part.start, part.stop)
        running = self._running(symbol, kind, interval, now)
        # Only the newest rows can include the unfinished candle: do not copy a long table for old ones.
        if running is None or (window.end_ms is not None and window.end_ms < running.open_ms):
            part = window.rows(seen.open_ms)
            return seen.rows(part.start, part.stop)
        seen = seen.with_row(running)
        part = window.rows(seen.open_ms)
        return seen.rows(part.start, part.stop)

    def has_started(self, symbol: str) -> bool:
        """Whether the contract's first candle has begun."""
        base = self.market.base(symbol, Kind.LAST)
        return len(base) > 0 and int(base.open_ms[0]) <= self.now_ms()

    def last_price(self, symbol: str) -> Decimal:
        """Return the last trade's price (USDT) on the contract's grid; trading must have started."""
        return SPECS[symbol].to_tick(self.course(symbol, Kind.LAST).at(self.now_ms()))

    def mark_price(self, symbol: str) -> Decimal:
        """Return the mark price (USDT), or the last price where the market has no mark prices."""
        mark = self.market.base(symbol, Kind.MARK)
        if not len(mark) or int(mark.open_ms[0]) > self.now_ms():
            return self.last_price(symbol)
        return Decimal(f"{self.course(symbol, Kind.MARK).at(self.now_ms()):.8f}")

    def day(self, symbol: str) -> Candle:
        """Return the last 24 hours as one candle; without a trade in them, a flat one at the last price."""
        now = self.now_ms()
        base = self.market.base(symbol, Kind.LAST)
        window = Window(now - DAY_MS, now, DAY_MS)
        rows = self.candles(symbol, Kind.LAST, base.interval, window)
        if not len(rows):
            price = float(self.last_price(symbol))
            return Candle(now - DAY_MS, price, price, price, price, 0.0)
        volume = float(np.round(rows.volume.sum(), 8))
        high, low = float(rows.high.max()), float(rows.low.min())
        return Candle(int(rows.open_ms[0]), float(rows.open[0]), high, low, float(rows.close[-1]), volume)

    def funding(self, symbol: str, window: Window) -> Funding:
        """Return the funding rates that are due by now."""
        rates = self.market.funding(symbol)
        due = int(np.searchsorted(rates.time_ms, self.now_ms(), "right"))
        part = window.rows(rates.time_ms[:due])
        return Funding(rates.time_ms[part], rates.rate[part])

    def mark_price_at(self, symbol: str, time_ms: int) -> Decimal | None:
        """Return the mark price (USDT) at a past time, or None where there is none."""
        mark = self.market.base(symbol, Kind.MARK)
        row = int(np.searchsorted(mark.open_ms, time_ms, "right")) - 1
        return Decimal(f"{mark[row].open:.8f}") if row >= 0 else None

    def _steered(self, seen: Candles, course: Course, steered_ms: int, now: int) -> Candles:
        """Return the candles before the first steered one, and from there on those of the steered price."""
        before = seen.rows(0, int(np.searchsorted(seen.open_ms, steered_ms)))
        return before.followed_by(aggregate(course.steered_candles(steered_ms, now), seen.interval))

    def _running(self, symbol: str, kind: Kind, interval: str, now: int) -> Candle | None:
        """Return the current candle, made of the lowest interval's candles, or None."""
        base = self.market.base(symbol, kind)
        if now >= base.end_ms or LENGTH_MS[interval] < LENGTH_MS[base.interval]:
            return None
        opened = int(open_of(np.array([now]), interval)[0])
        rows = base.between(opened, now + 1)
        if not len(rows):
            return None
        newest = _grid(SPECS[symbol], kind, self._happened(rows, now))
        return aggregate(rows.rows(0, len(rows) - 1).with_row(newest), interval)[0]

    def _happened(self, rows: Candles, now: int) -> Candle:
        candle = rows[len(rows) - 1]
        return so_far(candle, min(1.0, (now - candle.open_ms) / LENGTH_MS[rows.interval]))


def _grid(spec: SymbolSpec, kind: Kind, candle: Candle) -> Candle:
    """Round the prices of an unfinished candle to the contract's grid."""
    if kind is Kind.MARK:
        return candle
    high, low, close = (float(spec.to_tick(price)) for price in (candle.high, candle.low, candle.close))
    return candle._replace(high=high, low=low, close=close, volume=float(spec.to_step(candle.volume)))
