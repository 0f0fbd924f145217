"""A second bookkeeper: who may enter at each candle by the rulebook, compared with the trades made."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from tests.strategy import record
from tests.strategy.record import CANDLE_MS, DAY_MS, FEE, START_EQUITY, USABLE, Backtest, Trade
from tests.strategy.settings import Settings

# What Freqtrade adds to the exchange's least notional in a backtest: 5 % reserve on an assumed stop of 5 %.
NOTIONAL_RESERVE = 1.05 / 0.95
AMOUNT_RESERVE = 1.05


def coins_of_risk(wallet: float, pair: str, entry: float, stop: float, settings: Settings) -> float:
    """RISK-1: what stop and fees allow, at most the largest position, in whole steps."""
    equity = wallet * USABLE
    loss = abs(entry - stop) + FEE * (entry + stop)
    by_position = equity * settings.max_position_percent / 100 * settings.position_leverage / entry
    coins = min(equity * settings.risk_per_trade_percent / 100 / loss, by_position)
    step = float(record.contract(pair).step)
    return int(coins / step * (1 + 1e-9)) * step


def least_notional(pair: str, price: float) -> float:
    """Compute the exchange's minimum of the pair as Freqtrade's backtest asks for it."""
    spec = record.contract(pair)
    return max(float(spec.min_notional) * NOTIONAL_RESERVE, float(spec.step) * price * AMOUNT_RESERVE)


HOUR_MS = DAY_MS // 24


@dataclass
class Ledger:
    """Realised results as they come, and the limits that go by them (RISK-2, RISK-4 to RISK-6).

    Attributes
    ----------
    entries
        Times of all entries.
    closes
        Time and profit of every exit, parts too.
    results
        Time and profit of every whole trade.
    """

    settings: Settings
    entries: list[int] = field(default_factory=list)
    closes: list[tuple[int, float]] = field(default_factory=list)
    results: list[tuple[int, float]] = field(default_factory=list)

    def wallet_at(self, time: int) -> float:
        return START_EQUITY + sum(profit for at, profit in self.closes if at < time)

    def cap(self, now: int) -> str:
        """Say which limit forbids an entry now; empty if none does."""
        settings, day = self.settings, now // DAY_MS * DAY_MS
        week = ((now // DAY_MS + 3) // 7 * 7 - 3) * DAY_MS  # 1970 began on a Thursday
        if self._lost(day) >= settings.max_daily_loss_percent:
            return "daily loss"
        if sum(at >= day for at in self.entries) >= settings.max_daily_trades:
            return "daily trades"
        if settings.max_weekly_loss_percent < 100 and self._lost(week) >= settings.max_weekly_loss_percent:
            return "weekly loss"
        if settings.max_drawdown_percent < 100 and self._drawdown(now) > settings.max_drawdown_percent:
            return "drawdown"
        return "losing streak" if settings.max_losing_streak and self._is_paused(now) else ""

    def _lost(self, start: int) -> float:
        """Walk through the closes, of each candle the losses first: nobody knows their order within it."""
        realised = lowest = 0.0
        for _, profit in sorted(close for close in self.closes if close[0] >= start):
            realised += profit
            lowest = min(lowest, realised)
        return -lowest / (self.wallet_at(start) * USABLE) * 100

    def _drawdown(self, now: int) -> float:
        begin = now - self.settings.drawdown_days * DAY_MS
        moments = sorted({at for at, _ in self.closes if at > begin})
        highest = max(self.wallet_at(at + 1) for at in [begin, *moments])
        return (1 - self.wallet_at(now + 1) / highest) * 100

    def _is_paused(self, now: int) -> bool:
        lost = 0
        paused_until = 0.0
        for at, profit in sorted(self.results, key=lambda result: (result[0], -result[1])):
            lost = lost + 1 if profit < 0 else 0
            if lost >= self.settings.max_losing_streak:
                paused_until = at + self.settings.streak_pause_hours * HOUR_MS
        return now < paused_until


@dataclass
class Replay:
    """The walk over one backtest.

    Attributes
    ----------
    complaints
        What the run did that the rulebook forbids, or did not do that it demands.
    refused
        How often each cause kept a signal from becoming a trade.
    equities
        Realised equity at each trade's entry, by its place among the trades.
    """

    run: Backtest
    complaints: list[str] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    equities: dict[Trade, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.equity = START_EQUITY
        self.open: list[Trade] = []
        self.made = {(trade.pair, trade.opened): trade for trade in self.run.trades}
        assert len(self.made) == len(self.run.trades)
        self.ledger = Ledger(self.run.settings)

    def walk(self) -> "Replay":
        for time in range(self.run.first_entry, self.run.end + 1, CANDLE_MS):
            # Freqtrade serves the pairs with an open position first, so that it frees equity for the others.
            for pair in dict.fromkeys([trade.pair for trade in self.open] + list(self.run.pairs)):
                self._candle(pair, time)
        self.complaints += [f"{trade}: not on any candle of the test" for trade in self.made.values()]
        return self

    def _candle(self, pair: str, time: int) -> None:
        held = next((trade for trade in self.open if trade.pair == pair), None)
        if held is not None:
            self._close_part(held, time)
        side = self._signal(pair, time)
        if held is not None:
            closed = self._close(held, time)
            # Freqtrade turns a position round within a candle, but does not re-enter the same side.
            if not closed or side != -held.side:
                side = self._refuse("a position is open", side)
        if side:
            self._enter(pair, time, side)

    def _signal(self, pair: str, time: int) -> int:
        chart = self.run.charts[pair]
        side, _ = chart.signal(chart.at(time) - 1)
        if not self._is_in_time(time):
            return self._refuse("the time", side)
        return self._refuse("the test ends", side) if time == self.run.end else side

    def _is_in_time(self, time: int) -> bool:
        """TIME-1, of windows in hours of New York's clock: a market entry at the open after its signal."""
        local = datetime.fromtimestamp(time / 1000, ZoneInfo("America/New_York"))
        spans = (window.split("-") for window in self.run.settings.entry_windows)
        days, now = self.run.settings.entry_weekdays, f"{local:%H:%M}"
        inside = [start <= now < end if start < end else now >= start or now < end for start, end in spans]
        return any(inside or [True]) and (not days or f"{local:%A}".lower() in days)

    def _enter(self, pair: str, time: int, side: int) -> None:
        chart = self.run.charts[pair]
        row = chart.at(time)
        entry = float(chart.open[row])
        cause = self._cause(pair, row, entry, side)
        trade = self.made.pop((pair, time), None)
        when = f"{pair} {'long' if side > 0 else 'short'} of {pd.Timestamp(time, unit='ms'):%Y-%m-%d %H:%M}"
        if cause:
            self._refuse(cause, side)
        if (trade is None) == (not cause):
            self.complaints.append(
                f"{when}: {'skipped without a cause' if trade is None else f'in spite of {cause}'}"
            )
        if trade is not None:
            self.equities[trade] = self.equity
            self.ledger.entries.append(time)
            self.open.append(trade)
            self._close(trade, time)

    def _cause(self, pair: str, row: int, entry: float, side: int) -> str:
        """Say why the rulebook forbids an entry; empty if it demands one."""
        chart, settings = self.run.charts[pair], self.run.settings
        if side * (entry - record.zone_stop(chart, pair, row, side, settings)) <= 0:
            return "a stop beyond the entry"
        stop, close = record.entry_stop(chart, pair, row, entry, side, settings), float(chart.close[row - 1])
        if abs(entry - stop) < 2.999 * float(record.contract(pair).tick):
            return "three ticks"
        if abs(entry - stop) < settings.min_stop_costs * FEE * (entry + stop) - 1e-9 * entry:
            return "the costs"
        risk = abs(close - record.entry_stop(chart, pair, row, close, side, settings))
        if abs(entry - close) > settings.max_chase_r * risk + 1e-9 * close:
            return "the chase"
        coins = coins_of_risk(self.equity, pair, entry, stop, settings)
        if coins <= 0 or coins * entry < least_notional(pair, entry):
            return "the exchange's minimum"
        if settings.max_cost_r and FEE * (entry + stop) > settings.max_cost_r * abs(entry - stop):
            return "the costs in R"
        if self._open_risk(coins * abs(entry - stop)) > settings.max_open_risk_percent:
            return "open risk"
        return self.ledger.cap(int(chart.time[row]))

    def _open_risk(self, of_this: float) -> float:
        """RISK-3, in percent of equity; stops that never move."""
        others = sum(trade.amount * abs(trade.entry - trade.first_stop) for trade in self.open)
        return (others + of_this) / (self.equity * USABLE) * 100

    def _close(self, trade: Trade, time: int) -> bool:
        if trade.closed != time:
            return False
        self.open.remove(trade)
        self._book(time, trade.profit - sum(fill.profit_of(trade) for fill in trade.parts))
        self.ledger.results.append((time, trade.profit))
        return True

    def _close_part(self, trade: Trade, time: int) -> None:
        """EXIT-5: a part's result counts on the day on which it was closed."""
        for fill in trade.parts:
            if fill.time == time:
                self._book(time, fill.profit_of(trade))

    def _book(self, time: int, profit: float) -> None:
        self.equity += profit
        self.ledger.closes.append((time, profit))

    def _refuse(self, cause: str, side: int) -> int:
        if side:
            self.refused[cause] = self.refused.get(cause, 0) + 1
        return 0
