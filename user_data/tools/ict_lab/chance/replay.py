"""Replay a backtest's own trades, to see whether our simulation ends them as Freqtrade did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.columns import Columns
from ict.desk.levels import LevelError, widened_stop
from ict_lab.chance.exits import Entries, Results, follow, targets
from ict_lab.chance.markets import Course, Floats, Ints, Market
from ict_lab.chance.rules import ExitRule, IctRules
from ict_lab.trades import in_r

# A trade agrees when it ends in the same candle and its result differs by no more than this, in R: what
# rounding a stop to the tick, or a fill to the amount's step, makes of a result.
TOLERANCE_R = 0.02
# With fewer trades in agreement nothing is compared with the simulation.
LEAST_AGREEMENT = 0.95


@dataclass(frozen=True)
class Replay:
    """A backtest's trades, as they were and as the simulation has them.

    Attributes
    ----------
    trades : pandas.DataFrame
        Those whose first stop and candles are known, shape (n,).
    entries : Entries
        The same, to be followed.
    results : Results
        What the simulation makes of them.
    agree : npt.NDArray[np.bool_]
        Where both end in the same candle with the same result.
    """

    trades: pd.DataFrame
    entries: Entries
    results: Results
    agree: npt.NDArray[np.bool_]

    @property
    def agreement(self) -> float:
        """Share of the trades that agree; 0 without trades."""
        return float(self.agree.mean()) if len(self.agree) else 0.0

    @property
    def amounts(self) -> Floats:
        """Units that each trade entered."""
        amounts: Floats = self.trades["entered"].to_numpy(float)
        return amounts


def replay(
    trades: pd.DataFrame, course: Course, markets: Sequence[Market], rule: ExitRule, rules: IctRules | None
) -> Replay:
    """Follow a backtest's own entries through the simulation.

    Parameters
    ----------
    trades : pandas.DataFrame
        Of a `Backtest`.
    course : Course
        Candles of its pairs.
    markets : Sequence[Market]
        The same, for the stops that signals gave.
    rule : ExitRule
        What ends the trades.
    rules : IctRules or None
        Where first stops come from when the export does not say them.
    """
    trades = _with_stops(trades, markets, rules)
    side = np.where(trades["is_short"], -1.0, 1.0)
    at, ended_at = _places(trades, "open_date", course), _places(trades, "close_date", course)
    ends = trades["pair"].map(course.ends).to_numpy(np.int64) + np.int64(course.half) * (side < 0)
    entries = Entries(
        at=at,
        stop=side * trades["first_stop"].to_numpy(float),
        target=targets(
            side * trades["open_rate"].to_numpy(float), side * trades["first_stop"].to_numpy(float), rule
        ),
        last=ended_at if rule.held else ends,
        fee_open=trades["fee_open"].to_numpy(float),
        fee_close=trades["fee_close"].to_numpy(float),
    )
    results = follow(course, entries, rule)
    differs = np.abs(results.net_r - trades["r_multiple"].to_numpy(float))
    agree = (results.ended_at == ended_at) & (differs <= TOLERANCE_R)
    return Replay(trades.reset_index(drop=True), entries, results, agree)


def _places(trades: pd.DataFrame, column: str, course: Course) -> Ints:
    """Candle of each trade's opening or closing, in the half of its side."""
    at = np.empty(len(trades), np.int64)
    pairs, times = trades["pair"].to_numpy(), trades[column].dt.as_unit("ns").astype("int64").to_numpy()
    for pair, begins in course.begins.items():
        mine = pairs == pair
        at[mine] = begins + np.searchsorted(course.dates[pair], times[mine], side="right") - 1
    return at + np.where(trades["is_short"], course.half, 0)


def _with_stops(trades: pd.DataFrame, markets: Sequence[Market], rules: IctRules | None) -> pd.DataFrame:
    """Add the stop that its signal gave where the export does not say it; drop trades without one."""
    first = trades["first_stop"].astype(float)
    if rules is not None and first.isna().any():
        signals = {market.pair: signals_of(market, rules) for market in markets}
        columns = trades[["pair", "open_date", "open_rate", "is_short"]]
        given = [signals[pair].stop_at(*trade) for pair, *trade in columns.itertuples(index=False)]
        first = first.fillna(pd.Series(given, index=trades.index))
    side = np.where(trades["is_short"], -1.0, 1.0)
    known = in_r(trades, first)
    stopped_behind: pd.Series[bool] = side * (known["open_rate"] - first) > 0
    return known.loc[stopped_behind]


@dataclass(frozen=True)
class Signals:
    """Entries that a strategy's rules signal, each of shape (n,), n candles of the market.

    Attributes
    ----------
    dates : pandas.Series
        Open times.
    direction : npt.NDArray[np.int8]
        +1 long, -1 short, 0 none.
    stop, least_distance : Floats
        Stop of the entry and its least distance (EXIT-2), in the quote currency.
    """

    dates: pd.Series[pd.Timestamp]
    direction: npt.NDArray[np.int8]
    stop: Floats
    least_distance: Floats

    def stop_at(self, opened: pd.Timestamp, entry: float, is_short: bool) -> float:
        """First stop of a trade that was opened at the candle after a signal; NaN where there was none."""
        row = int(self.dates.searchsorted(opened)) - 1
        side = -1 if is_short else 1
        if row < 0 or self.direction[row] != side:
            return float("nan")
        try:
            return widened_stop(float(self.stop[row]), entry, side, float(self.least_distance[row]))
        except LevelError:
            return float("nan")


def signals_of(market: Market, rules: IctRules, columns: Columns | None = None) -> Signals:
    """Find the entries in a market, or in columns that stand for its own."""
    frame, params = market.frame, rules.params
    if columns is None:
        columns = Columns.read(frame)
    entries = rules.find_entries(columns, params)
    least = np.zeros(len(frame))
    if params.min_stop_atr:
        least = params.min_stop_atr * columns.higher_atr[params.trend_timeframe]
    return Signals(frame["date"], entries.direction, entries.stop, least)
