"""A trade as either side tells it, and what the market's own path says about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np

from ict_lab.parity.scenario import BALANCE, BLOCK, CANDLE_MS, FIRST_LOOK_MS, LOOK_MS, SYMBOL, TICK, Scenario
from loopback.clock import FixedClock
from loopback.market.course import Course
from loopback.market.source import Kind
from loopback.market.view import MarketView

STOP, TARGET, END = "stop", "target", "end of the replay"
REASONS = {
    "stoploss_on_exchange": STOP, "stop_loss": STOP, "roi": TARGET, "force_exit": END, None: END,
}  # fmt: skip
RISK_REWARD = 2.0
# Of config.json, and of the loopback exchange, for each side.
BALANCE_RATIO, TAKER_FEE = 0.95, 0.0005


@dataclass(frozen=True)
class Deal:
    """One trade; times in milliseconds UTC, `side` +1 or -1, prices in USDT, `amount` in the base coin.

    `opened` is when it filled, of a backtest the open of that candle; `equity` is what the account was worth
    at the entry, in USDT; `rested` says whether its entry did.
    """

    side: int
    opened: int
    closed: int
    entry: float
    exit: float | None
    amount: float
    reason: str
    stop: float
    target: float
    profit: float
    equity: float
    rested: bool

    @classmethod
    def live(cls, row: Mapping[str, Any], equity: float, scenario: Scenario) -> Self:
        """Take a trade from the replay."""
        closed = scenario.end_ms if row["closed"] is None else row["closed"]
        rest = {name: row[name] for name in row if name not in ("closed", "reason")}
        reason, rested = REASONS[row["reason"]], scenario.rests
        return cls(closed=closed, reason=reason, equity=equity, rested=rested, **rest)

    @classmethod
    def backtest(cls, row: Mapping[str, Any], equity: float, scenario: Scenario) -> Self:
        """Take a trade from the backtest's export, whose stop never moved; its target follows from EXIT-1."""
        entry, stop, side = row["open_rate"], row["stop_loss_abs"], -1 if row["is_short"] else 1
        # An entry that rested is planned at the zone's price, a tick before its own (LIM-3).
        planned = entry + side * TICK if scenario.rests else entry
        return cls(
            side=side,
            # Its own time of opening is that of the placing.
            opened=row["orders"][0]["order_filled_timestamp"],
            closed=row["close_timestamp"],
            entry=entry,
            exit=row["close_rate"],
            amount=row["amount"],
            reason=REASONS[row["exit_reason"]],
            stop=stop,
            target=planned + RISK_REWARD * (planned - stop),
            profit=row["profit_abs"],
            equity=equity,
            rested=scenario.rests,
        )

    @property
    def candle(self) -> int:
        """Open time of the candle of the entry."""
        return self.opened // CANDLE_MS * CANDLE_MS

    @property
    def exit_candle(self) -> int:
        """Open time of the candle of the exit."""
        return self.closed // CANDLE_MS * CANDLE_MS

    @property
    def key(self) -> tuple[int, int]:
        """What makes two trades the same one: the candle of the entry, and the side."""
        return self.candle, self.side

    @property
    def aims_from(self) -> int:
        """When its target begins to count: after the fill's candle where its entry rested (LIM-3)."""
        return self.candle + CANDLE_MS if self.rested else self.opened

    @property
    def day(self) -> str:
        """The UTC day of the entry."""
        return f"{datetime.fromtimestamp(self.opened / 1000, UTC):%Y-%m-%d}"

    @property
    def risk(self) -> float:
        """Distance from the entry to the stop in USDT."""
        return self.side * (self.entry - self.stop)

    @property
    def size_by_rule(self) -> float:
        """RISK-1, worked out from this trade's own equity, entry and stop, before it is cut to lots."""
        usable = self.equity * BALANCE_RATIO
        lost = self.risk + TAKER_FEE * (self.entry + self.stop)
        by_risk = usable * BLOCK["risk_per_trade_percent"] / 100 / lost
        margin = usable * BLOCK["max_position_percent"] / 100
        return float(min(by_risk, margin * BLOCK["position_leverage"] / self.entry))

    def __str__(self) -> str:
        opened = datetime.fromtimestamp(self.opened / 1000, UTC)
        return f"{'long' if self.side > 0 else 'short'} of {opened:%d %b %H:%M:%S}"


def live_deals(rows: Iterable[Mapping[str, Any]], scenario: Scenario) -> list[Deal]:
    """Return the replay's trades in order, each with the equity of its entry."""
    return _with_equity(Deal.live, sorted(rows, key=lambda row: row["opened"]), scenario)


def backtest_deals(rows: Iterable[Mapping[str, Any]], scenario: Scenario) -> list[Deal]:
    """Return the backtest's trades in order, each with the equity of its entry."""
    return _with_equity(Deal.backtest, sorted(rows, key=lambda row: row["open_timestamp"]), scenario)


def _with_equity(read: Any, rows: Iterable[Mapping[str, Any]], scenario: Scenario) -> list[Deal]:
    equity, deals = BALANCE, []
    for row in rows:
        deals.append(read(row, equity, scenario))
        equity += deals[-1].profit
    return deals


class PricePath:
    """The price's way, which the exchange follows inside the candles."""

    def __init__(self, scenario: Scenario) -> None:
        self._end_ms = scenario.end_ms
        view = MarketView(scenario.make_market(), FixedClock(scenario.end_ms))
        self._course: Course = view.course(SYMBOL, Kind.LAST)

    def at(self, time_ms: int) -> float:
        """Return the price (USDT) at a moment (milliseconds UTC)."""
        return self._course.at(time_ms)

    def extreme(self, candle: int, side: int) -> float:
        """Return the price of a candle that is furthest against a side, on its tick."""
        prices = np.round(self._course.trail(candle, candle + CANDLE_MS - 1).price, 1)
        return float(prices.min() if side > 0 else prices.max())

    def reached(self, start_ms: int, level: float, falling: bool) -> int:
        """Return when the price is first at a level or beyond it, at the end of the days if it never is."""
        crossing = self._course.trail(start_ms, self._end_ms).first_at(level, falling)
        return self._end_ms if crossing is None else crossing.time_ms

    def first_seen(self, deal: Deal) -> tuple[int, str]:
        """Return when a live trade's stop was reached or its target seen by a look, and which was first."""
        when, what = self.first_event(deal)
        if what == STOP:
            return when, what
        first = -(-(deal.aims_from - FIRST_LOOK_MS) // LOOK_MS) * LOOK_MS + FIRST_LOOK_MS
        looks = np.arange(first, self._end_ms, LOOK_MS)
        way = self._course.trail(deal.opened, self._end_ms)
        # A long sells at the bid, which is the last price; a short buys at the ask, a tick above.
        price = np.round(np.interp(looks, way.time_ms, way.price), 1) + (TICK if deal.side < 0 else 0.0)
        # Both lie on ticks, and Freqtrade leaves for a profit beyond its ROI, not at it.
        seen = np.flatnonzero(deal.side * (price - deal.target) > TICK / 1_000)
        look = int(looks[seen[0]]) if len(seen) else self._end_ms
        stopped = way.first_at(deal.stop, falling=deal.side > 0)
        if stopped is not None and stopped.time_ms < look:
            return stopped.time_ms, STOP
        return look, TARGET if len(seen) else END

    def first_event(self, deal: Deal) -> tuple[int, str]:
        """Return when the price first reached a trade's stop or target (milliseconds UTC), and which."""
        # Candles have their prices on ticks, so half a tick before a level counts as there.
        levels = {
            STOP: (deal.opened, deal.stop, deal.side > 0),
            TARGET: (deal.aims_from, deal.target, deal.side < 0),
        }
        found = [(self._end_ms, END)]
        for name, (start, level, falling) in levels.items():
            when = self.reached(start, level + (TICK / 2 if falling else -TICK / 2), falling)
            if when < self._end_ms:
                found.append((when, name))
        return min(found)
