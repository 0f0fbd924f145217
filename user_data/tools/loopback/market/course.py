"""The price at each moment: along its candles, or where it has been steered."""

from dataclasses import dataclass, replace

import numpy as np

from loopback.market.candles import Candle, Candles
from loopback.market.intervals import LENGTH_MS, open_of
from loopback.market.path import so_far
from loopback.market.source import Kind, Market
from loopback.market.trail import Trail, slots, trail_of
from loopback.symbols import SPECS


@dataclass(frozen=True)
class _Steering:
    """A stretch of time (milliseconds UTC, the end exclusive) in which the price follows `trail`."""

    start_ms: int
    trail: Trail
    end_ms: float = np.inf

    def at(self, time_ms: float) -> float:
        return float(np.interp(time_ms, self.trail.time_ms, self.trail.price))


class Course:
    """The course of one price of one contract over time.

    Parameters
    ----------
    market
        The candles.
    symbol, kind
        Which price of which contract.
    """

    def __init__(self, market: Market, symbol: str, kind: Kind) -> None:
        self._base = market.base(symbol, kind)
        self._spec = SPECS[symbol]
        self._kind = kind
        self._steerings: list[_Steering] = []
        self._slots: dict[int, Candle] = {}

    @property
    def steered_since_ms(self) -> int | None:
        """When the price was first steered, in milliseconds UTC; None if never."""
        return self._steerings[0].start_ms if self._steerings else None

    def at(self, time_ms: float) -> float:
        """Return the price (USDT) at a time (milliseconds UTC) after trading has begun."""
        for steering in reversed(self._steerings):
            if steering.start_ms <= time_ms < steering.end_ms:
                return steering.at(time_ms)
        return self._on_candles(time_ms)

    def trail(self, start_ms: float, stop_ms: float) -> Trail:
        """Return the course after `start_ms` up to and including `stop_ms` (milliseconds UTC)."""
        way = Trail.of()
        for begin, end, steering in self._stretches(start_ms, stop_ms):
            inner = steering.trail if steering else self._candle_trail(begin, end)
            price = steering.at if steering else self._on_candles
            way = (
                way
                + Trail.of((begin, price(begin)))
                + inner.between(begin, end)
                + Trail.of((end, price(end)))
            )
        return way + Trail.of((stop_ms, self.at(stop_ms)))

    def steer(self, start_ms: int, price: float, over_ms: int = 0) -> None:
        """Steer the price off its candles: in a straight line to `price` (USDT), where it stays.

        Parameters
        ----------
        start_ms
            Now, in milliseconds UTC; nothing before it changes.
        price
            Target in USDT.
        over_ms
            Duration in milliseconds; 0 for a jump.
        """
        first = self.at(start_ms) if over_ms else price
        way = Trail.of((start_ms, first), (start_ms + over_ms, price))
        self._steerings = [*self._ended(start_ms), _Steering(start_ms, way)]

    def release(self, now_ms: int) -> None:
        """Return the price to its candles from `now_ms` (milliseconds UTC) on."""
        self._steerings = self._ended(now_ms)

    def steered_candles(self, first_ms: int, now_ms: int) -> Candles:
        """Return candles of the lowest interval that follow the steered price.

        Parameters
        ----------
        first_ms
            Open time of the first one in milliseconds UTC.
        now_ms
            Up to when, in milliseconds UTC; the last candle is unfinished.
        """
        opens = slots(first_ms, now_ms + 1, self._base.interval)
        rows = np.array([self._slot(int(open_ms), now_ms)[1:] for open_ms in opens])
        return Candles(self._base.interval, opens, *rows.T)

    def _ended(self, now_ms: int) -> list[_Steering]:
        """Return a new list in which the last steering ends; readers in other threads keep the old one."""
        return [replace(steering, end_ms=min(steering.end_ms, now_ms)) for steering in self._steerings]

    def _slot(self, open_ms: int, now_ms: int) -> Candle:
        if open_ms in self._slots:
            return self._slots[open_ms]
        length = LENGTH_MS[self._base.interval]
        end_ms = min(now_ms, open_ms + length - 1)
        prices = [self._grid(price) for price in (self.at(open_ms), *self.trail(open_ms, end_ms).price)]
        volume = self._volume(open_ms, (end_ms + 1 - open_ms) / length)
        candle = Candle(open_ms, prices[0], max(prices), min(prices), prices[-1], volume)
        if end_ms < now_ms:
            self._slots[open_ms] = candle
        return candle

    def _volume(self, open_ms: int, fraction: float) -> float:
        row = int(np.searchsorted(self._base.open_ms, open_ms))
        if row == len(self._base) or self._base.open_ms[row] != open_ms:
            return 0.0
        return float(self._spec.to_step(float(self._base.volume[row]) * fraction))

    def _grid(self, price: float) -> float:
        return float(self._spec.to_tick(price)) if self._kind is Kind.LAST else round(price, 8)

    def _stretches(self, start_ms: float, stop_ms: float) -> list[tuple[float, float, _Steering | None]]:
        """Cut the time into stretches that follow either the candles or one steering."""
        parts: list[tuple[float, float, _Steering | None]] = []
        cursor = start_ms
        for steering in self._steerings:
            begin, end = max(cursor, steering.start_ms), min(stop_ms, steering.end_ms)
            if end <= begin:
                continue
            if begin > cursor:
                parts.append((cursor, begin, None))
            parts.append((begin, end, steering))
            cursor = end
        if cursor < stop_ms:
            parts.append((cursor, stop_ms, None))
        return parts

    def _on_candles(self, time_ms: float) -> float:
        row = max(int(np.searchsorted(self._base.open_ms, time_ms, "right")) - 1, 0)
        candle = self._base[row]
        fraction = (time_ms - candle.open_ms) / LENGTH_MS[self._base.interval]
        return so_far(candle, min(1.0, max(0.0, fraction))).close

    def _candle_trail(self, start_ms: float, stop_ms: float) -> Trail:
        first = max(int(np.searchsorted(self._base.open_ms, start_ms, "right")) - 1, 0)
        stop = int(np.searchsorted(self._base.open_ms, stop_ms, "right"))
        following = float(self._base.open_ms[stop]) if stop < len(self._base) else np.inf
        return trail_of(self._base.rows(first, stop), following)


def first_steered_open(course: Course, interval: str) -> int | None:
    """Return the open time (milliseconds UTC) of the first candle that steering has touched, or None."""
    since = course.steered_since_ms
    return None if since is None else int(open_of(np.array([since]), interval)[0])
