"""Follow trades from their entries to their exits, as Freqtrade's backtest does, or under worse fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ict_lab.chance.markets import Course, Floats, Ints
from ict_lab.chance.rules import ExitRule

# A stop is moved for no less than this part of its price, as in the strategy.
WORTH_MOVING = 0.0001


@dataclass(frozen=True)
class Fills:
    """How stops are filled and what trading costs.

    Attributes
    ----------
    through_gaps : bool
        Whether a stop that the candle opens beyond is filled at the open. Freqtrade fills it at its
        price.
    stop_slippage : float
        How much worse than that a stop is filled, ratio of the price.
    fee_factor : float
        By how much the fees are multiplied.
    """

    through_gaps: bool = False
    stop_slippage: float = 0.0
    fee_factor: float = 1.0


@dataclass(frozen=True)
class Entries:
    """Trades to follow, each of shape (n,), prices as their own side sees them (see `Course`).

    Attributes
    ----------
    at : Ints
        Candle at whose open the trade is entered, in the half of its side.
    stop, target : Floats
        First stop, and where a trade is closed with a gain; an infinite target is none.
    last : Ints
        Candle at whose open a trade that is still running is closed.
    fee_open, fee_close : Floats
        Ratio of the price.
    """

    at: Ints
    stop: Floats
    target: Floats
    last: Ints
    fee_open: Floats
    fee_close: Floats

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, chosen: slice | npt.NDArray[np.bool_] | Ints) -> Entries:
        return Entries(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Results:
    """How trades ended, each of shape (n,), for one unit of each.

    Attributes
    ----------
    ended_at : Ints
        Candle of the exit.
    exit : Floats
        Price of the last exit, as the trade's own side sees it.
    gross, fees, funding : Floats
        Result of the prices, fees (never negative) and funding received, in the quote currency.
    risk : Floats
        Distance from the entry to the first stop.
    """

    ended_at: Ints
    exit: Floats
    gross: Floats
    fees: Floats
    funding: Floats
    risk: Floats

    @property
    def net(self) -> Floats:
        """Result after fees and funding, in the quote currency."""
        return self.gross - self.fees + self.funding

    @property
    def net_r(self) -> Floats:
        """Result after fees and funding, in R."""
        return self.net / self.risk

    @property
    def gross_r(self) -> Floats:
        """Result of the prices alone, in R."""
        return self.gross / self.risk


def follow(course: Course, entries: Entries, rule: ExitRule, fills: Fills | None = None) -> Results:
    """Follow trades to their ends.

    Within a candle the stop comes before the target, unless it was moved since the entry: Freqtrade has
    it so. A position that is still open at `last` is closed at that candle's open.

    Parameters
    ----------
    course : Course
        The candles.
    entries : Entries
        The trades.
    rule : ExitRule
        What ends them.
    fills : Fills, optional
        How stops are filled; as in Freqtrade's backtest without.
    """
    fills = fills or Fills()
    entry = course.open[entries.at]
    risk = entry - entries.stop
    walk = _Walk(course, rule, fills, entry, entries.stop, entries.target)
    ended_at, price, parted_at = walk.to_the_end(entries)
    part = np.where(parted_at < ended_at, rule.part, 0.0)
    received = part * course.open[parted_at] + (1 - part) * price
    fees = fills.fee_factor * (entries.fee_open * np.abs(entry) + entries.fee_close * np.abs(received))
    paid = part * course.paid[parted_at] + (1 - part) * course.paid[ended_at]
    funding = course.paid_before[entries.at] - paid
    return Results(ended_at, price, received - entry, fees, funding, risk)


def targets(entry: Floats, stop: Floats, rule: ExitRule) -> Floats:
    """Where trades are closed with a gain (EXIT-1), as their own side sees it; infinite for none."""
    return entry + rule.target_r * (entry - stop) if rule.target_r else np.full(len(entry), np.inf)


@dataclass
class _Walk:
    """All trades go from candle to candle together; those that have ended drop out."""

    course: Course
    rule: ExitRule
    fills: Fills
    entry: Floats
    first_stop: Floats
    target: Floats

    def to_the_end(self, entries: Entries) -> tuple[Ints, Floats, Ints]:
        """Give candle and price of the exits, and the candle at whose open a part was closed before.

        Freqtrade's backtest asks for a partial exit at each open. Without one before the exit, the candle
        of the exit stands for it.
        """
        ended_at = entries.last.copy()
        parted_at = np.full(len(entries), len(self.course.open), np.int64)
        price = self.course.open[ended_at].copy()
        stop = self.first_stop.copy()
        running, now = np.arange(len(entries)), entries.at.copy()
        while len(running):
            parts = self._gained(running, self.course.open[now], self.rule.part_at_r)
            parted_at[running[parts]] = np.minimum(parted_at[running[parts]], now[parts])
            if self.rule.trails or self.rule.break_even_at_r:
                stop[running] = self._moved(running, now, stop[running])
            ended, left = self._left(running, now, stop[running], now == entries.at[running])
            ended_at[running[ended]], price[running[ended]] = now[ended], left[ended]
            goes_on = ~ended & (now < entries.last[running])
            running, now = running[goes_on], now[goes_on] + 1
        return ended_at, price, np.minimum(parted_at, ended_at)

    def _gained(self, running: Ints, price: Floats, at_r: float) -> npt.NDArray[np.bool_]:
        """Which trades have gained so many R at a price; none where no gain is asked for."""
        entry = self.entry[running]
        return (price - entry >= at_r * (entry - self.first_stop[running])) & (at_r > 0)

    def _moved(self, running: Ints, now: Ints, stop: Floats) -> Floats:
        """Tighten stops (EXIT-3, EXIT-4), judged by the candle's best price, as Freqtrade's backtest does."""
        high, low, swing = self.course.high[now], self.course.low[now], self.course.swing[now]
        earned = np.where(high > swing, swing - self.rule.stop_buffer * np.abs(swing), -np.inf)
        gained = self._gained(running, high, self.rule.break_even_at_r)
        earned = np.where(gained, np.maximum(earned, self.entry[running]), earned)
        moves = (stop < low) & (earned - stop > WORTH_MOVING * np.abs(stop))
        return np.where(moves, earned, stop)

    def _left(
        self, running: Ints, now: Ints, stop: Floats, at_entry: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.bool_], Floats]:
        """Which trades end at this candle, and at what price."""
        high, low, opened = self.course.high[now], self.course.low[now], self.course.open[now]
        target, moved = self.target[running], stop > self.first_stop[running]
        stopped, reached = stop >= low, high >= target
        at_stop = stopped & ~(moved & reached)
        fill = np.where(stop > high, opened, stop)
        # A stop that moved in the candle of the entry: Freqtrade takes it as far below the open as it
        # was set below the high.
        pessimistic = np.maximum(low, opened - np.abs(opened) * (high - stop) / np.abs(high))
        fill = np.where(at_entry & moved, pessimistic, fill)
        if self.fills.through_gaps:
            fill = np.minimum(fill, opened)
        fill = fill - self.fills.stop_slippage * np.abs(fill)
        return stopped | reached, np.where(at_stop, fill, np.maximum(target, low))
