"""Follow trades from their entries to their exits, as Freqtrade's backtest does, or under worse fills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Floats
from ict.exits.engine import Exits, is_worth_moving
from ict.exits.position import Moment, Position
from ict.exits.time_stop import TimeStop
from ict_lab.replay.grids import nearest, onto_grid
from ict_lab.replay.tape import WIDTHS, Ints, Tape

# Candles searched first for an exit; each further search is this many times longer.
FIRST_LOOK, LONGER = 16, 4
# Windows of candles that are searched one by one.
FIRST_WINDOWS = 8
# Candles that are looked at together at the most.
AT_ONCE = 1 << 15
NEVER = np.iinfo(np.int64).max
# When a trade's stop was moved, nanoseconds since 1970, UTC, and the stops, in the quote currency.
Moves = tuple[list[int], list[float]]


class Reason(IntEnum):
    """Why a trade ended; the names are Freqtrade's."""

    STOP_LOSS = 0
    TRAILING_STOP_LOSS = 1
    ROI = 2
    TIME_STOP = 3
    FORCE_EXIT = 4


@dataclass(frozen=True)
class FillModel:
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
    """Trades to follow, each of shape (n,), prices as their own side sees them (see `Tape`).

    Attributes
    ----------
    at : Ints
        Candle in which the trade is entered, in the half of its side.
    entry, planned : Floats
        Price of the fill, and the price that stop, target and gains are measured from: a backtest fills
        a resting entry one tick beyond it (LIM-3).
    stop, target : Floats
        First stop, and where a trade is closed with a gain; an infinite target is none.
    tick : Floats
        The pair's tick, onto which a moved stop is rounded; 0 for none.
    deadline : Ints
        Candle at whose open the trade is closed whatever happens in it; `NEVER` for none.
    part, pool : Floats
        Share that a partial exit closes (EXIT-5), and the pool that it is closed at; NaN for none.
    fee_open, fee_close : Floats
        Ratio of the price.
    rests : Bools
        Whether the entry rested: then only the stop counts in the candle of the fill (LIM-3).
    """

    at: Ints
    entry: Floats
    planned: Floats
    stop: Floats
    target: Floats
    tick: Floats
    deadline: Ints
    part: Floats
    pool: Floats
    fee_open: Floats
    fee_close: Floats
    rests: Bools

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, chosen: slice | Bools | Ints) -> Entries:
        return Entries(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @classmethod
    def joined(cls, parts: Sequence[Entries]) -> Entries:
        """Put trades of several pairs one after the other."""
        names = cls.__dataclass_fields__
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True)
class Ends:
    """Where trades ended, each of shape (n,).

    Attributes
    ----------
    ended_at, parted_at : Ints
        Candle of the last exit, and of the exit of a part at its open; `NEVER` where no part was closed.
    exit : Floats
        Price of the last exit, as the trade's own side sees it.
    reason : npt.NDArray[np.int8]
        Of the last exit, see `Reason`.
    """

    ended_at: Ints
    parted_at: Ints
    exit: Floats
    reason: npt.NDArray[np.int8]

    def __getitem__(self, chosen: slice | Bools | Ints) -> Self:
        return type(self)(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Results(Ends):
    """What trades made, each of shape (n,), for one unit of each.

    Attributes
    ----------
    gross, fees, funding : Floats
        Result of the prices, fees (never negative) and funding received, in the quote currency.
    risk : Floats
        Distance from the entry to the first stop.
    """

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


def simulate_exits(tape: Tape, entries: Entries, exits: Exits, fills: FillModel | None = None) -> Results:
    """Follow trades to their ends, see `find_ends`, and add up what they made, see `results_of`."""
    return results_of(tape, entries, find_ends(tape, entries, exits, fills), fills)


def find_ends(tape: Tape, entries: Entries, exits: Exits, fills: FillModel | None = None) -> Ends:
    """Follow trades to their ends.

    Within a candle the stop comes before the target, unless it was moved since the entry: Freqtrade has
    it so. A position that is still open at the pair's last candle is closed at that candle's open.

    Parameters
    ----------
    tape : Tape
        The candles.
    entries : Entries
        The trades.
    exits : Exits
        What moves their stops and closes a part of them.
    fills : FillModel, optional
        How stops are filled; as in Freqtrade's backtest without.
    """
    trades = _Trades(tape, entries, exits, fills or FillModel(), tape.last_of(entries.at))
    ended_at, price, reason = trades.walked() if exits.stops else trades.searched()
    return Ends(ended_at, trades.parted(ended_at), price, reason)


def moved_stops(tape: Tape, entries: Entries, exits: Exits) -> list[Moves]:
    """List when each trade's stop was moved, and where to, for limits on the stop in force (RISK-3)."""
    noted: list[tuple[Ints, Ints, Floats]] = []
    _Trades(tape, entries, exits, FillModel(), tape.last_of(entries.at), noted).walked()
    found: list[Moves] = [([], []) for _ in range(len(entries))]
    for trades, candles, stops in noted:
        times, prices = tape.time_of(candles).tolist(), np.where(candles < tape.half, stops, -stops).tolist()
        for trade, time, price in zip(trades.tolist(), times, prices, strict=True):
            found[trade][0].append(time)
            found[trade][1].append(price)
    return found


def results_of(tape: Tape, entries: Entries, ends: Ends, fills: FillModel | None = None) -> Results:
    """Add up what trades made that ended so; for the parameters see `find_ends`."""
    fills, entry = fills or FillModel(), entries.entry
    ended_at, price = ends.ended_at, ends.exit
    share = np.where(ends.parted_at < NEVER, entries.part, 0.0)
    part_at = np.minimum(ends.parted_at, ended_at)
    received = share * tape.open[part_at] + (1 - share) * price
    fees = fills.fee_factor * (entries.fee_open * np.abs(entry) + entries.fee_close * np.abs(received))
    paid = share * tape.paid[part_at] + (1 - share) * tape.paid[ended_at]
    funding = tape.paid_before[entries.at] - paid
    return Results(
        ended_at, ends.parted_at, price, ends.reason, received - entry, fees, funding, entry - entries.stop
    )


def targets(entry: Floats, stop: Floats, exits: Exits) -> Floats:
    """Where trades are closed with a gain (EXIT-1), off the grid, as their own side sees it."""
    return np.asarray(exits.target.price(Position(entry, stop)), np.float64)


def deadlines(at: Ints, exits: Exits) -> Ints:
    """Candle at whose open a time stop closes a trade (EXIT-6); `NEVER` without one."""
    last = [at + rule.candles for rule in exits.closes if isinstance(rule, TimeStop)]
    return np.asarray(np.min([np.full(len(at), NEVER), *last], axis=0), np.int64)


@dataclass(frozen=True)
class _Trades:
    """Trades on their way, and how each ends."""

    tape: Tape
    entries: Entries
    exits: Exits
    fills: FillModel
    last: Ints
    # Trades, candles and stops, where someone asks how stops were moved.
    noted: list[tuple[Ints, Ints, Floats]] | None = None

    def searched(self) -> tuple[Ints, Floats, npt.NDArray[np.int8]]:
        """Return candle, price and reason of the exits where nothing moves the stops."""
        until = np.minimum(self.last, self.entries.deadline - 1)
        ended_at = self._first_touches(until)
        found = ended_at <= until
        ended_at = np.where(found, ended_at, np.minimum(self.last, self.entries.deadline))
        return self._closed(ended_at, self.entries.stop, found)

    def _first_touches(self, until: Ints) -> Ints:
        """Find the first candle that touches stop or target; one after `until` where none does.

        Whole windows of candles are passed over, and the one that touches is halved until a candle is left.
        """
        at, rests, every = self.entries.at, self.entries.rests, np.arange(len(until))
        # A resting entry's target counts from the candle after its fill.
        found = self._touching_windows(at + rests, until)
        for width in WIDTHS[-2::-1]:
            found += width * ~self._touched(every, found, width)
        return np.where(rests & (self.tape.low[at] <= self.entries.stop), at, np.minimum(found, until + 1))

    def _touching_windows(self, begin: Ints, until: Ints) -> Ints:
        """Find the first window, by its first candle, in which each trade touches stop or target."""
        found, rows, width = begin.copy(), np.arange(len(begin)), WIDTHS[-1]
        for _ in range(FIRST_WINDOWS):
            rows = rows[np.flatnonzero(~self._touched(rows, found[rows], width))]
            found[rows] += width
            rows = rows[np.flatnonzero(found[rows] <= until[rows])]
        start = found[rows]

        def touched(mine: Ints, windows: Ints) -> Bools:
            return self._touched(rows[mine, None], start[mine, None] + windows * width, width)

        found[rows] += width * first_where(touched, np.zeros_like(rows), (until[rows] - start) // width)
        return found

    def _touched(self, rows: Ints, at: Ints, width: int) -> Bools:
        """Whether stops or targets of trades are touched within windows; one behind the tape is its last."""
        lows, highs = self.tape.extremes[width]
        touched: Bools = lows.take(at, mode="clip") <= self.entries.stop.take(rows)
        touched |= highs.take(at, mode="clip") > self.entries.target.take(rows)
        return touched

    def walked(self) -> tuple[Ints, Floats, npt.NDArray[np.int8]]:
        """Do the same candle by candle where something moves the stops: those that have ended drop out."""
        stop, ended_at = self.entries.stop.copy(), np.minimum(self.last, self.entries.deadline)
        found = np.zeros(len(self.entries), np.bool_)
        running, now = np.arange(len(self.entries)), self.entries.at.copy()
        while len(running):
            live = now < self.entries.deadline[running]
            running, now = running[live], now[live]
            before = stop[running]
            stop[running] = self._moved(running, now, before)
            if self.noted is not None:
                moved = stop[running] > before
                self.noted.append((running[moved], now[moved], stop[running[moved]]))
            hit = (self.tape.low[now] <= stop[running]) | self._reached(running, now)
            ended_at[running[hit]], found[running[hit]] = now[hit], True
            goes_on = ~hit & (now < self.last[running])
            running, now = running[goes_on], now[goes_on] + 1
        return self._closed(ended_at, stop, found)

    def _moved(self, running: Ints, now: Ints, stop: Floats) -> Floats:
        """Tighten stops (EXIT-3, EXIT-4), judged by the candle's best price, as Freqtrade's backtest does."""
        high, low = self.tape.high[now], self.tape.low[now]
        first = Position(self.entries.planned[running], self.entries.stop[running])
        earned = self.exits.stop(first, Moment(high, self.tape.swing[now]))
        earned = onto_grid(np.asarray(earned), self.entries.tick[running])
        moves = (stop < low) & is_worth_moving(earned, stop) & ~self._just_filled(running, now)
        return np.where(moves, earned, stop)

    def _just_filled(self, running: Ints, now: Ints) -> Bools:
        """Whether it is the candle in which an entry filled that had rested (LIM-3)."""
        just: Bools = self.entries.rests[running] & (now == self.entries.at[running])
        return just

    def _reached(self, running: Ints, now: Ints) -> Bools:
        """Whether a candle goes beyond the target."""
        beyond: Bools = self.tape.high[now] > self.entries.target[running]
        return beyond & ~self._just_filled(running, now)

    def _closed(self, at: Ints, stop: Floats, found: Bools) -> tuple[Ints, Floats, npt.NDArray[np.int8]]:
        """Return candle, price and reason, of those that were found to touch a level and of the others."""
        high, low, opened = self.tape.high[at], self.tape.low[at], self.tape.open[at]
        target, moved = self.entries.target, stop > self.entries.stop
        stopped, reached = found & (stop >= low), found & self._reached(np.arange(len(at)), at)
        at_stop = stopped & ~(moved & reached)
        fill = np.where(stop > high, opened, stop)
        if (at_once := moved & (at == self.entries.at)).any():
            fill = np.where(at_once, self._pessimistic(at, stop), fill)
        if self.fills.through_gaps:
            fill = np.minimum(fill, opened)
        fill = fill - self.fills.stop_slippage * np.abs(fill)
        price = np.where(at_stop, fill, np.where(reached, np.maximum(target, opened), opened))
        on_time = at == self.entries.deadline
        reason = np.where(on_time, Reason.TIME_STOP, Reason.FORCE_EXIT)
        reason = np.where(reached, Reason.ROI, reason)
        reason = np.where(at_stop, np.where(moved, Reason.TRAILING_STOP_LOSS, Reason.STOP_LOSS), reason)
        return at, price, reason.astype(np.int8)

    def _pessimistic(self, at: Ints, stop: Floats) -> Floats:
        """Fill of a stop that moved in the candle of the entry, and was hit in it.

        Freqtrade takes it as far below the open as it was set below the high.
        """
        high, opened = self.tape.high[at], self.tape.open[at]
        below = opened - np.abs(opened) * (high - stop) / np.abs(high)
        return nearest(np.maximum(self.tape.low[at], below), self.entries.tick)

    def parted(self, ended_at: Ints) -> Ints:
        """Find the candle at whose open a part is closed, no later than the end (EXIT-5)."""
        if self.exits.partial is None:
            return np.full(len(ended_at), NEVER)

        def gained(rows: Ints, at: Ints) -> Bools:
            entries = self.entries
            fixed = (entries.planned, entries.stop, entries.pool)
            position = Position(*(prices[rows, None] for prices in fixed))
            return np.asarray(self.exits.part_is_due(position, Moment(self.tape.open[at])), np.bool_)

        found = first_where(gained, self.entries.at + self.entries.rests, ended_at)
        return np.where(found <= ended_at, found, NEVER)


def first_where(holds: Callable[[Ints, Ints], Bools], start: Ints, until: Ints) -> Ints:
    """Find for each trade the first candle at which something holds, in ever longer looks.

    Parameters
    ----------
    holds : Callable
        From trades, shape (m,), and candles, shape (m, k), to whether it holds at each.
    start, until : Ints
        First and last candle that count, shape (n,).

    Returns
    -------
    Ints
        The candle, or one after `until` where there is none.
    """
    found = until + 1
    rows, now, look = np.arange(len(start)), start.copy(), FIRST_LOOK
    while len(rows):
        left = []
        for part in np.array_split(np.arange(len(rows)), max(1, len(rows) * look // AT_ONCE)):
            mine = rows[part]
            at = now[part, None] + np.arange(look)
            inside = at <= until[mine, None]
            hit = holds(mine, np.minimum(at, until[mine, None])) & inside
            any_hit = hit.any(axis=1)
            found[mine[any_hit]] = now[part][any_hit] + hit[any_hit].argmax(axis=1)
            left.append(part[~any_hit & inside[:, -1]])
        stay = np.concatenate(left)
        rows, now, look = rows[stay], now[stay] + look, look * LONGER
    return found
