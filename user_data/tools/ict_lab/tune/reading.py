"""What the settings make of the chosen candles: the analysis, its entries, and their stops and targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from ict_host.signals import Signals

from ict import Params
from ict.desk.costs import fees_in_r, funding_in_r
from ict.desk.grid import Grid
from ict.desk.levels import Levels
from ict.desk.plan import EntryPlan, plan_entry
from ict.drawing import DrawingSettings
from ict.errors import IctError
from ict.exits.engine import Exits
from ict.setups.entries import FindEntries
from ict_lab.errors import LabError
from ict_lab.fees import TAKER_FEE
from ict_lab.funding import ExpectedFunding
from ict_lab.plotting import Annotation, drawn_on
from ict_lab.replay.engine import least_distance
from ict_lab.replay.exits import NEVER, simulate_exits
from ict_lab.replay.resting import waiting_of
from ict_lab.replay.tape import tape_of
from ict_lab.tune.candles import Stretch
from ict_lab.tune.signals import fees_of, market_of, signals_of
from ict_lab.words import Wording

# The pair's lot is not known here.
FINEST_STEP = 1e-8

# Candles that a screen's limits count for; a wide view has few screens, or nothing could be seen in it.
SCREEN_CANDLES, SCREENS = 300, 5
# Words of hundreds of events would cover the candles.
_LESS: dict[bool, dict[str, Any]] = {
    False: {},
    True: {"breaks": 0, "sweeps": 0, "pools": 0, "ote_bands": False},
}


@dataclass(frozen=True, slots=True)
class Rest:
    """How long an entry order rests (LIM-2, LIM-3), if nothing of the account ends it.

    Attributes
    ----------
    filled, over : int
        Row of the candle that fills it, and of the one at whose open it is cancelled; -1 for none.
    """

    filled: int
    over: int

    @property
    def ended(self) -> int:
        """Row at which it is filled or cancelled; -1 while it rests."""
        return self.filled if self.filled >= 0 else self.over


@dataclass(frozen=True)
class Entry:
    """A candle that signals an entry where the one before did not, or places an order that rests.

    Attributes
    ----------
    row : int
        Row of the candle.
    direction : int
        +1 long, -1 short.
    tag : str
        What agreed, such as ``ob+htf+fvg``.
    plan : EntryPlan or None
        What it would be, of an equity of 100; None where there would be no entry.
    refusal : str
        Why there would be none; empty where there would be one.
    rest : Rest or None
        Of an order that rests; None for an entry at the close.
    """

    row: int
    direction: int
    tag: str
    plan: EntryPlan | None
    refusal: str = ""
    rest: Rest | None = None

    @property
    def levels(self) -> Levels | None:
        """Entry, stop and target; None where there would be no entry."""
        return self.plan.levels if self.plan else None

    @property
    def margin_percent(self) -> float:
        """Margin of the position in percent of the equity, at the leverage set (RISK-1)."""
        return self.plan.notional / self.plan.leverage if self.plan else 0.0


@dataclass(frozen=True)
class Reading:
    """One analysis of a stretch.

    Attributes
    ----------
    stretch : Stretch
        Candles.
    params : Params
        Settings.
    signals : npt.NDArray[np.int8]
        +1 long, -1 short, 0 none at each candle of the stretch.
    entries : tuple[Entry, ...]
        The first of each run of signals among the chosen candles, oldest first; where entries rest, every
        order that would be placed while the pair has neither an order nor a position.
    """

    stretch: Stretch
    params: Params
    signals: npt.NDArray[np.int8]
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many candles were chosen."""
        return len(self.stretch.frame) - self.stretch.first

    @property
    def entry_rows(self) -> list[int]:
        """Rows of the entries, counted from the first chosen candle."""
        return [entry.row - self.stretch.first for entry in self.entries]

    @property
    def planned(self) -> list[EntryPlan]:
        """Plans of the entries that have one."""
        return [entry.plan for entry in self.entries if entry.plan]

    @property
    def cost_r(self) -> float:
        """Fees of both sides in the median entry, in R (RISK-7); NaN without entries."""
        fees = fees_of(self.params)
        costs = [fees_in_r(plan.levels.entry, plan.levels.stop, fees) for plan in self.planned]
        return float(np.median(costs)) if costs else float("nan")

    def funding_r(self, funding: float) -> float:
        """Funding of a long in the median entry, in R; a short the opposite. NaN without entries.

        Parameters
        ----------
        funding : float
            What a long pays while it is held, ratio of the notional.
        """
        paid = [
            entry.direction * funding_in_r(entry.levels.entry, entry.levels.stop, funding)
            for entry in self.entries
            if entry.levels
        ]
        return float(np.median(paid)) if paid else float("nan")

    def rows_between(self, start: pd.Timestamp, stop: pd.Timestamp) -> tuple[int, int]:
        """Find the rows of two times, counted from the first chosen candle; they may lie beyond it."""
        date = self.stretch.frame["date"]
        rows = date.searchsorted(pd.Index([start, stop]).as_unit(date.dt.unit))
        return int(rows[0]) - self.stretch.first, int(rows[1]) - self.stretch.first

    def annotations(self, start: int, stop: int) -> list[Annotation]:
        """Draw zones, levels and events of a view, as they were known at its last candle.

        Parameters
        ----------
        start, stop : int
            Rows of the view, `stop` not included.
        """
        seen = self.stretch.frame.iloc[:stop]
        screen = max(SCREEN_CANDLES, -(-(stop - start) // SCREENS))
        limits = DrawingSettings(
            screen_candles=min(screen, 5_000), drawn_candles=50_000, **_LESS[screen > SCREEN_CANDLES]
        )
        given, second = self.stretch.higher, self.stretch.second
        return drawn_on(seen, self.params, limits, higher=given, second=second, first=start)


def read(
    stretch: Stretch, params: Params, find_entries: FindEntries, timeframe: str, folder: Path
) -> Reading:
    """Analyse a stretch as the strategy does; for the parameters see `signals_of`.

    Raises
    ------
    LabError
        When the settings don't fit the candles, such as a higher timeframe below theirs.
    """
    try:
        signals = signals_of(stretch, params, find_entries, timeframe, folder)
    except IctError as error:
        raise LabError(str(error)) from error
    rests = params.entry_at == "zone"
    found = _orders(stretch, params, signals) if rests else _first_signals(stretch, signals)
    tags = signals.tag
    entries = tuple(_entry(signals, row, side, str(tags[row]), rest) for row, side, rest in found)
    return Reading(stretch, params, signals.direction, entries)


Found = tuple[int, int, Rest | None]


def _first_signals(stretch: Stretch, signals: Signals) -> Iterator[Found]:
    """Return the first candle of each run of signals, and its side."""
    direction = signals.direction
    before = np.append(np.int8(0), direction[:-1])
    rows = np.flatnonzero((direction != 0) & (direction != before))
    yield from ((int(row), int(direction[row]), None) for row in rows[rows >= stretch.first])


def _orders(stretch: Stretch, params: Params, signals: Signals) -> Iterator[Found]:
    """Return the closes whose orders rest, one at a time (LIM-1), and how long each does.

    None rests while the pair has a position, followed to its own end, nor in the candle that closes it.
    """
    market, exits = market_of(stretch, signals.columns), Exits.of(params)
    tape = tape_of([market], exits.trail_timeframe)
    least = least_distance(signals.columns, params, len(stretch.frame))
    waiting = waiting_of(market, tape, signals.in_time, least, TAKER_FEE, params, exits)
    # Where each order ends on the tape, and leaves the pair free from the next candle on.
    ended = np.where(waiting.over < NEVER, waiting.over - 1, 2 * tape.half)
    ended[waiting.filled < NEVER] = simulate_exits(tape, waiting.entries(TAKER_FEE, exits), exits).ended_at
    free, last = 0, len(stretch.frame) - 1
    for number in np.argsort(waiting.placed % tape.half, kind="stable").tolist():
        side = 1 if waiting.placed[number] < tape.half else -1
        shift = market.first - (tape.half if side < 0 else 0)
        placed, filled, over = (int(at[number]) for at in (waiting.placed, waiting.filled, waiting.over))
        if placed + shift >= free:
            free = int(ended[number]) + shift + 1
            rows = (at + shift if at + shift <= last else -1 for at in (filled, over))
            yield placed + shift - 1, side, Rest(*rows)


def _entry(signals: Signals, row: int, side: int, tag: str, rest: Rest | None) -> Entry:
    signal = signals.at(row, side)
    assert signal is not None
    params = signals.columns.chart.params
    grid = Grid(float(signals.tick[row]), FINEST_STEP)
    try:
        plan = plan_entry(
            signal, signal.close, grid=grid, fee=TAKER_FEE, equity=100.0,
            max_leverage=float(params.position_leverage), params=params,
        )  # fmt: skip
    except IctError as error:
        return Entry(row, side, tag, None, str(error), rest)
    return Entry(row, side, tag, plan, rest=rest)


def summary(reading: Reading, say: Wording, funding: ExpectedFunding) -> str:
    """Say what the settings make of the candles and what an entry is expected to cost, in a line."""
    parts = [say("summary_candles", count=f"{reading.count:,}"), _counts(reading, say)]
    planned = reading.planned
    if refused := len(reading.entries) - len(planned):
        parts.append(say("summary_refused", count=refused))
    if planned:
        distance = np.median([100 * plan.levels.risk / plan.levels.entry for plan in planned])
        margin = np.median([entry.margin_percent for entry in reading.entries if entry.plan])
        parts.append(say("summary_levels", stop=f"{distance:.2f}", margin=f"{margin:.1f}"))
        parts.append(_cost(reading, say, funding))
    return " · ".join(parts)


def _cost(reading: Reading, say: Wording, funding: ExpectedFunding) -> str:
    fees = say("summary_cost", cost=f"{reading.cost_r:.2f}")
    if np.isnan(funding.whole):
        return f"{fees}, {say('summary_no_funding')}"
    paid, hours = f"{reading.funding_r(funding.whole):.2f}", f"{funding.held_hours:.3g}"
    return f"{fees}, {say('summary_funding', funding=paid, hours=hours)}"


def _counts(reading: Reading, say: Wording) -> str:
    count = {"entries": len(reading.entries)}
    count |= {name: sum(one.direction == side for one in reading.entries) for name, side in _SIDES.items()}
    if reading.params.entry_at == "zone":
        rests = [entry.rest for entry in reading.entries if entry.rest]
        filled, back = (sum(one.filled >= 0 for one in rests), sum(one.over >= 0 for one in rests))
        return say("summary_orders", **count, filled=filled, back=back)
    closes = np.count_nonzero(reading.signals[reading.stretch.first :])
    return say("summary_entries", **count, closes=f"{closes:,}")


_SIDES = {"long": 1, "short": -1}
