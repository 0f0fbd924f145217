"""One pair's candles, with what Freqtrade's backtest takes from them besides: funding, ticks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from freqtrade.enums import CandleType
from freqtrade.exchange import timeframe_to_seconds

from ict import CandleError, Params
from ict.analysis import Analysis
from ict.candles import Candles, Floats
from ict.columns import Columns
from ict.desk.grid import ticks_of_months
from ict.market.chart import Chart
from ict.memory import memory_candles
from ict_lab.candles import read_candles
from ict_lab.errors import LabError

Ints = npt.NDArray[np.int64]
WEEK_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Market:
    """One pair's candles.

    Attributes
    ----------
    pair : str
        Name.
    frame : pandas.DataFrame
        date, open, high, low, close, volume, shape (n,), up to the backtest's end and from long before
        its start.
    higher : Mapping[str, pandas.DataFrame]
        Candles of the higher timeframes in use, where there are any in the data.
    first : int
        First candle of the backtest: its signal is the first that is traded.
    paid_before, paid : Floats
        Funding that a long of one unit has paid before the open of each candle, and with it, shape (n,).
    columns : Columns or None
        The analysis, where the strategy is one of ours.
    tick : float
        The exchange's tick, where the candles do not say it; NaN where it is not known.
    """

    pair: str
    frame: pd.DataFrame
    higher: Mapping[str, pd.DataFrame]
    first: int
    paid_before: Floats
    paid: Floats
    columns: Columns | None = None
    tick: float = math.nan

    def analysed_as(self, columns: Columns) -> Market:
        """Return the same candles, and what was found of them, with another analysis."""
        other = copy(self)
        object.__setattr__(other, "columns", columns)
        return other

    @cached_property
    def candles(self) -> Candles:
        """The candles alone."""
        return Candles.from_frame(self.frame)

    @property
    def chart(self) -> Chart:
        """What its analysis rests on."""
        assert self.columns is not None
        return self.columns.chart

    @cached_property
    def times(self) -> Ints:
        """Open times, nanoseconds since 1970, UTC."""
        return np.asarray(self.frame["date"].dt.as_unit("ns").astype("int64"), np.int64)

    @cached_property
    def ticks(self) -> Floats:
        """Tick at each candle, as Freqtrade's backtest takes it from the month's prices."""
        months = ticks_of_months(self.frame).ffill()
        # Months of whole prices alone say nothing: Freqtrade asks the exchange then.
        months = months.fillna(self.tick).fillna(months.min()).fillna(1.0)
        starts = pd.DatetimeIndex(months.index).as_unit("ns").asi8
        return np.asarray(months, np.float64)[np.searchsorted(starts, self.times, side="right") - 1]


def load_market(
    folder: Path,
    pair: str,
    timeframe: str,
    start: pd.Timestamp,
    end: pd.Timestamp,
    params: Params | None,
    tick: float = math.nan,
) -> Market:
    """Load a pair, and analyse it where it is traded by our settings.

    Parameters
    ----------
    folder : pathlib.Path
        Freqtrade's data folder of the exchange.
    pair, timeframe : str
        As Freqtrade names them.
    start, end : pandas.Timestamp
        First and last candle of the backtest.
    params : Params or None
        Settings of the analysis; None for none.
    tick : float
        See `Market`.

    Raises
    ------
    LabError
        When the candles of the backtest are not there.
    """
    frame = read_candles(folder, pair, timeframe)
    if frame.empty or frame["date"].iloc[0] > start or frame["date"].iloc[-1] < end:
        have = "none" if frame.empty else f"{frame['date'].iloc[0]} to {frame['date'].iloc[-1]}"
        raise LabError(f"{timeframe} candles of {pair} in {folder} must cover {start} to {end}, are {have}")
    frame, higher, columns = frame[frame["date"] <= end].reset_index(drop=True), {}, None
    if params is not None:
        memory = memory_candles(params, WEEK_SECONDS // timeframe_to_seconds(timeframe))
        higher = higher_of(folder, pair, params.higher_timeframes, start, memory)
        frame = _since(frame, timeframe, start, memory)
        second = second_market_of(folder, pair, timeframe, params, start, memory)
        columns = _analysed(frame, params, higher, second, f"{pair} {timeframe}")
    first = int(frame["date"].searchsorted(start))
    return Market(pair, frame, higher, first, *funding_of(folder, pair, frame["date"]), columns, tick)


def higher_of(
    folder: Path, pair: str, timeframes: Sequence[str], start: pd.Timestamp, memory: int
) -> dict[str, pd.DataFrame]:
    """Load candles of higher timeframes, those that a backtest sees; none of a timeframe without a file."""
    loaded = {name: read_candles(folder, pair, name) for name in timeframes}
    seen = {name: _since(candles, name, start, memory) for name, candles in loaded.items()}
    return {name: candles for name, candles in seen.items() if len(candles)}


def second_market_of(
    folder: Path, pair: str, timeframe: str, params: Params, start: pd.Timestamp, memory: int
) -> pd.DataFrame | None:
    """Load the candles that a pair is compared with (SMT-1); None for none, or none that are there."""
    if (other := params.reference_of(pair)) is None:
        return None
    candles = read_candles(folder, other, timeframe)
    return None if candles.empty else _since(candles, timeframe, start, memory)


def _analysed(
    frame: pd.DataFrame,
    params: Params,
    higher: Mapping[str, pd.DataFrame],
    second: pd.DataFrame | None,
    name: str,
) -> Columns:
    try:
        return Analysis(frame, params, higher, second).columns()
    except CandleError as error:
        at = "" if error.at is None else f", at {error.at:%Y-%m-%d %H:%M} UTC"
        raise LabError(f"the candles of {name} cannot be analysed: {error}{at}") from error


def _since(frame: pd.DataFrame, timeframe: str, start: pd.Timestamp, memory: int) -> pd.DataFrame:
    """Leave out candles that the backtest did not see: it loads so many before its start, and no more."""
    first = start - memory * pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
    return frame[frame["date"] >= first].reset_index(drop=True)


def funding_rates(folder: Path, pair: str) -> pd.DataFrame:
    """Read when funding was due and at which rate: date and rate, without rows where none is known."""
    rates = read_candles(folder, pair, "1h", CandleType.FUNDING_RATE, fill=False) if ":" in pair else None
    if rates is None or rates.empty:
        return pd.DataFrame({"date": [], "rate": []})
    column = "funding_rate" if "funding_rate" in rates else "open"
    return rates[["date", column]].rename(columns={column: "rate"})


def funding_of(folder: Path, pair: str, dates: pd.Series[pd.Timestamp]) -> tuple[Floats, Floats]:
    """Add up what a long of one unit pays: rate times mark price, as Freqtrade's backtest has it."""
    due = fundings(folder, pair)
    if due.empty:
        return np.zeros(len(dates)), np.zeros(len(dates))
    total = np.concatenate([[0.0], due["paid"].cumsum().to_numpy(float)])
    before, upto = (due["date"].searchsorted(dates, side=side) for side in ("left", "right"))
    return total[before], total[upto]


def fundings(folder: Path, pair: str) -> pd.DataFrame:
    """List what a long of one unit pays, and when: only where both rate and mark price are known."""
    rate = funding_rates(folder, pair)
    mark = rate if rate.empty else read_candles(folder, pair, "1h", CandleType.MARK, fill=False)
    if mark.empty:
        return pd.DataFrame({"date": [], "paid": []})
    both = rate.merge(mark[["date", "open"]], on="date")
    return both.assign(paid=both["rate"] * both["open"])[["date", "paid"]].dropna(ignore_index=True)
