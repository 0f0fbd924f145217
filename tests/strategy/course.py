"""A position's course by the rulebook, candle by candle: EXIT-1 to EXIT-6, from raw candles alone."""

from dataclasses import dataclass, field

from tests.strategy.record import Backtest, Chart, Trade, contract, entry_stop, on_grid

# A stop is not moved for less than this part of its price.
WORTH_MOVING = 0.0001


@dataclass(frozen=True)
class End:
    """Where a position should end: `moved` counts the stop's steps after the first one."""

    reason: str
    row: int
    price: float
    stop: float
    moved: int


@dataclass
class Course:
    """One position on its way.

    Attributes
    ----------
    stop
        The stop in force; `moved` counts its steps.
    parts
        Rows at whose open a part should have been closed (EXIT-5).
    """

    run: Backtest
    trade: Trade
    moved: int = 0
    parts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chart: Chart = self.run.charts[self.trade.pair]
        self.entered = self.chart.at(self.trade.opened)
        self.settings, self.side, self.entry = self.run.settings, self.trade.side, self.trade.entry
        self.first_stop = entry_stop(
            self.chart, self.trade.pair, self.entered, self.entry, self.side, self.settings
        )
        self.stop = self.first_stop
        self.risk = abs(self.entry - self.first_stop)
        self.tick = float(contract(self.trade.pair).tick) * (1 + 1e-6)

    def gain_in_r(self, price: float) -> float:
        return self.side * (price - self.entry) / self.risk

    def walk(self) -> End:
        last = self.chart.at(self.run.end)
        for row in range(self.entered, last + 1):
            if end := self._candle(row):
                return end
        return End("force_exit", last, float(self.chart.open[last]), self.stop, self.moved)

    def _candle(self, row: int) -> End | None:
        chart, settings, side = self.chart, self.settings, self.side
        good, bad = (chart.high, chart.low) if side > 0 else (chart.low, chart.high)
        at_r = settings.partial_exit_at_r
        if at_r and not self.parts and self.gain_in_r(chart.open[row]) >= at_r:
            self.parts.append(row)
        # At a close, which is the next candle's open: nothing of that candle comes before it.
        if 0 < settings.max_hold_candles <= row - self.entered:
            return End("time_stop", row, float(chart.open[row]), self.stop, self.moved)
        if side * (bad[row] - self.stop) > 0:
            self._tighten(row, float(good[row]))
        # Freqtrade rounds stops to ticks and compares rounded profits: within one it may be either.
        is_last = self.trade.closed == chart.time[row]
        slack = self.tick if is_last else -self.tick
        stopped = side * (bad[row] - self.stop) <= (slack if self.trade.reason != "roi" else -self.tick)
        goal = self.entry + side * settings.risk_reward * self.risk
        reached = settings.risk_reward > 0 and side * (good[row] - goal) >= -slack
        # A stop that never moved comes before the target, one that moved behind it.
        if stopped and not (self.moved and reached):
            reason = "trailing_stop_loss" if self.moved else "stop_loss"
            return End(reason, row, self.stop, self.stop, self.moved)
        return End("roi", row, goal, self.stop, self.moved) if reached else None

    def _tighten(self, row: int, best: float) -> None:
        """EXIT-3, EXIT-4: with the swing that had been confirmed before this candle, at its best price."""
        earned = []
        if self.settings.break_even_at_r and self.gain_in_r(best) >= self.settings.break_even_at_r:
            earned.append(self.entry)
        swing = float(self.chart.outlook.swing[-self.side][row - 1])
        if self.side * (best - swing) > 0:
            earned.append(swing * (1 - self.side * self.settings.stop_buffer))
        for stop in (on_grid(price, self.trade.pair, self.side) for price in earned):
            if self.side * (stop - self.stop) > WORTH_MOVING * stop:
                self.stop = stop
                self.moved += 1
