"""What the settings make of the chosen candles: the analysis, its entries, and their stops and targets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict import Params
from ict.analysis import Analysis
from ict.candles import Floats
from ict.columns import Columns
from ict.desk.grid import Grid, ticks_of_months
from ict.desk.levels import Levels
from ict.desk.plan import EntryPlan, Signal, plan_entry
from ict.drawing import DrawingSettings
from ict.errors import IctError
from ict.setups.entries import Entries, find_entries
from ict_lab.errors import LabError
from ict_lab.plotting import Annotation, drawn_on
from ict_lab.tune.candles import Stretch

# Binance's, of an account without a discount. Here nobody knows the pair's lot.
TAKER_FEE, FINEST_STEP = 0.0005, 1e-8

# Candles that a screen's limits count for; a wide view has few screens, or nothing could be seen in it.
SCREEN_CANDLES, SCREENS = 300, 5
# Words of hundreds of events would cover the candles.
_LESS: dict[bool, dict[str, Any]] = {
    False: {},
    True: {"breaks": 0, "sweeps": 0, "pools": 0, "ote_bands": False},
}


@dataclass(frozen=True)
class Entry:
    """A candle that signals an entry where the one before did not.

    Attributes
    ----------
    row : int
        Row of the candle.
    direction : int
        +1 long, -1 short.
    tag : str
        What agreed, such as ``ob+htf+fvg``.
    plan : EntryPlan or None
        Entry at the close, of an equity of 100; None where there would be none, as with too near a stop.
    """

    row: int
    direction: int
    tag: str
    plan: EntryPlan | None

    @property
    def levels(self) -> Levels | None:
        """Entry at the close, stop and target; None where there would be no entry."""
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
        The first of each run of signals among the chosen candles, oldest first.
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


def read(stretch: Stretch, params: Params) -> Reading:
    """Analyse a stretch as the strategy does.

    Raises
    ------
    LabError
        When the settings don't fit the candles, such as a higher timeframe below theirs.
    """
    try:
        higher = {name: stretch.higher[name] for name in params.higher_timeframes if name in stretch.higher}
        columns = Analysis(stretch.frame, params, higher, stretch.second).columns()
        found = find_entries(columns)
    except IctError as error:
        raise LabError(str(error)) from error
    before = np.append(np.int8(0), found.direction[:-1])
    begins = np.flatnonzero((found.direction != 0) & (found.direction != before))
    plans = _Plans.make(stretch.frame, columns, found, params)
    entries = tuple(
        Entry(int(row), int(found.direction[row]), str(found.tag[row]), plans.at(row))
        for row in begins[begins >= stretch.first]
    )
    return Reading(stretch, params, found.direction, entries)


@dataclass(frozen=True)
class _Plans:
    """What each signal would be, entered at its close."""

    frame: pd.DataFrame
    found: Entries
    least: Floats
    ticks: pd.Series[float]
    params: Params

    @classmethod
    def make(cls, frame: pd.DataFrame, columns: Columns, found: Entries, params: Params) -> _Plans:
        least = np.zeros(len(frame))
        if params.min_stop_atr:
            least = params.min_stop_atr * columns.higher_atr[params.trend_timeframe]
        return cls(frame, found, least, ticks_of_months(frame), params)

    def at(self, row: int) -> EntryPlan | None:
        close, side = float(self.frame["close"].iloc[row]), int(self.found.direction[row])
        tick: Any = self.ticks.asof(self.frame["date"].iloc[row])
        signal = Signal(side, float(self.found.stop[row]), float(self.least[row]), np.nan, close)
        with suppress(IctError):
            return plan_entry(
                signal,
                close,
                grid=Grid(float(tick) if tick > 0 else FINEST_STEP, FINEST_STEP),
                fee=TAKER_FEE,
                equity=100.0,
                max_leverage=float(self.params.position_leverage),
                params=self.params,
            )
        return None


def summary(reading: Reading) -> str:
    """Say what the settings make of the candles, in a line."""
    frame, first = reading.stretch.frame, reading.stretch.first
    signals = reading.signals[first:]
    sides = {name: sum(entry.direction == side for entry in reading.entries) for name, side in _SIDES.items()}
    text = (
        f"{len(frame) - first:,} candles · {len(reading.entries)} entries, {sides['long']} long and "
        f"{sides['short']} short · {np.count_nonzero(signals):,} candles signal one"
    )
    known = [entry for entry in reading.entries if entry.levels is not None]
    if not known:
        return text
    distances = [100 * one.levels.risk / one.levels.entry for one in known if one.levels]
    margin = np.median([entry.margin_percent for entry in known])
    return f"{text} · median stop {np.median(distances):.2f} % away, margin {margin:.1f} % of the equity"


_SIDES = {"long": 1, "short": -1}
