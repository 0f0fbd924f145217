"""Candles of a backtest's pairs, end to end, so that all of its trades are followed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from freqtrade.enums import CandleType
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_seconds

from ict import CandleError, Params, analyse
from ict.candles import Candles
from ict.columns import Columns
from ict_lab.candle_files import read_stored
from ict_lab.chance.rules import IctRules
from ict_lab.errors import LabError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True)
class Market:
    """One pair's candles.

    Attributes
    ----------
    pair : str
        Name.
    frame : pandas.DataFrame
        date, open, high, low, close, volume, shape (n,), up to the backtest's end and from long before
        its start; with the `ict_*` columns where the strategy is one of ours.
    higher : Mapping[str, pandas.DataFrame]
        Candles of the higher timeframes in use, where there are any in the data.
    first : int
        First candle of the backtest.
    paid_before, paid : Floats
        Funding that a long of one unit has paid before the open of each candle, and with it, shape (n,).
    """

    pair: str
    frame: pd.DataFrame
    higher: Mapping[str, pd.DataFrame]
    first: int
    paid_before: Floats
    paid: Floats

    @property
    def candles(self) -> Candles:
        """The candles alone."""
        return Candles.from_frame(self.frame)


@dataclass(frozen=True)
class Source:
    """Where candles come from.

    Attributes
    ----------
    folder : Path
        Freqtrade's data folder of the exchange.
    timeframe : str
        Of the strategy.
    futures : bool
        Whether the pairs are contracts.
    """

    folder: Path
    timeframe: str
    futures: bool

    def load(self, pair: str, timeframe: str, kind: CandleType | None = None) -> pd.DataFrame:
        """Load candles; without rows where there are none."""
        usual = CandleType.FUTURES if self.futures else CandleType.SPOT
        fill = kind is None
        try:
            return read_stored(self.folder, pair, timeframe, kind or usual, fill=fill)
        except (OperationalException, OSError, ValueError) as error:
            raise LabError(
                f"candles of {pair} {timeframe} in {self.folder} cannot be read: {error}"
            ) from error


def load_market(
    source: Source, pair: str, start: pd.Timestamp, end: pd.Timestamp, rules: IctRules | None
) -> Market:
    """Load and analyse a pair.

    Raises
    ------
    LabError
        When the candles of the backtest are not there.
    """
    frame = source.load(pair, source.timeframe)
    if frame.empty or frame["date"].iloc[0] > start or frame["date"].iloc[-1] < end:
        have = "none" if frame.empty else f"{frame['date'].iloc[0]} to {frame['date'].iloc[-1]}"
        raise LabError(
            f"{source.timeframe} candles of {pair} in {source.folder} must cover {start} to {end}, are {have}"
        )
    frame = frame[frame["date"] <= end].reset_index(drop=True)
    higher = {}
    if rules is not None:
        memory = rules.params.memory_candles(_candles_in(source.timeframe, pd.Timedelta(weeks=1)))
        frame = _since(frame, source.timeframe, start, memory)
        loaded = {name: source.load(pair, name) for name in rules.params.higher_timeframes}
        seen = {name: _since(candles, name, start, memory) for name, candles in loaded.items()}
        higher = {name: candles for name, candles in seen.items() if len(candles)}
        frame = _analysed(frame, rules.params, higher, f"{pair} {source.timeframe}")
    first = int(frame["date"].searchsorted(start))
    return Market(pair, frame, higher, first, *_funding(source, pair, frame["date"]))


def _analysed(
    frame: pd.DataFrame, params: Params, higher: Mapping[str, pd.DataFrame], name: str
) -> pd.DataFrame:
    try:
        return analyse(frame, params, higher)
    except CandleError as error:
        at = "" if error.at is None else f", at {error.at:%Y-%m-%d %H:%M} UTC"
        raise LabError(f"the candles of {name} cannot be analysed: {error}{at}") from error


def _since(frame: pd.DataFrame, timeframe: str, start: pd.Timestamp, memory: int) -> pd.DataFrame:
    """Leave out candles that the backtest did not see: it loads so many before its start, and no more."""
    first = start - memory * pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
    return frame[frame["date"] >= first].reset_index(drop=True)


def _candles_in(timeframe: str, length: pd.Timedelta) -> int:
    return int(length.total_seconds() // timeframe_to_seconds(timeframe))


def _funding(source: Source, pair: str, dates: pd.Series[pd.Timestamp]) -> tuple[Floats, Floats]:
    """Add up what a long of one unit pays: rate times mark price, as Freqtrade's backtest has it."""
    nothing = np.zeros(len(dates))
    if not source.futures:
        return nothing, nothing
    rate = source.load(pair, "1h", CandleType.FUNDING_RATE)
    mark = source.load(pair, "1h", CandleType.MARK)
    if rate.empty or mark.empty:
        return nothing, nothing
    column = "funding_rate" if "funding_rate" in rate else "open"
    both = rate[["date", column]].merge(mark[["date", "open"]], on="date", suffixes=("", "_mark"))
    paid = (both.iloc[:, 1] * both.iloc[:, 2]).fillna(0.0).cumsum().to_numpy(float)
    total = np.concatenate([[0.0], paid])
    before, upto = (both["date"].searchsorted(dates, side=side) for side in ("left", "right"))
    return total[before], total[upto]


@dataclass(frozen=True)
class Course:
    """All markets end to end, first as a long sees them, then upside down, as a short does.

    Prices of the second half are negated, high and low swapped; so one rule follows both sides.

    Attributes
    ----------
    open, high, low, swing : Floats
        Shape (2n,). `swing` is what a stop may trail behind, known before the candle; NaN for none.
    paid_before, paid : Floats
        Funding that a position of one unit has paid before the open of each candle, and with it.
    begins, ends : Mapping[str, int]
        First and last candle of the backtest for each pair, in the first half.
    dates : Mapping[str, Ints]
        Open times of the candles from `begins` to `ends`, nanoseconds since 1970, UTC.
    """

    open: Floats
    high: Floats
    low: Floats
    swing: Floats
    paid_before: Floats
    paid: Floats
    begins: Mapping[str, int]
    ends: Mapping[str, int]
    dates: Mapping[str, Ints]

    @property
    def half(self) -> int:
        """Candles in one half: add it to see a candle as a short does."""
        return len(self.open) // 2


def course_of(markets: Sequence[Market], rules: IctRules | None) -> Course:
    """Lay markets end to end, cut to the candles of the backtest."""
    begins, ends, dates, parts, offset = {}, {}, {}, [], 0
    for market in markets:
        shown = market.frame.iloc[market.first :]
        begins[market.pair], ends[market.pair] = offset, offset + len(shown) - 1
        dates[market.pair] = shown["date"].dt.as_unit("ns").astype("int64").to_numpy()
        offset += len(shown)
        parts.append(_seen_by_both(market, rules))
    joined = {name: np.concatenate([part[name] for part in parts], axis=1).ravel() for name in parts[0]}
    return Course(**joined, begins=begins, ends=ends, dates=dates)


def _seen_by_both(market: Market, rules: IctRules | None) -> dict[str, Floats]:
    shown = slice(market.first, None)
    opened, high, low = (market.frame[name].to_numpy(float)[shown] for name in ("open", "high", "low"))
    before, paid = market.paid_before[shown], market.paid[shown]
    return {
        "open": np.stack([opened, -opened]),
        "high": np.stack([high, -low]),
        "low": np.stack([low, -high]),
        "swing": _swings(market, rules)[:, shown],
        "paid_before": np.stack([before, -before]),
        "paid": np.stack([paid, -paid]),
    }


def _swings(market: Market, rules: IctRules | None) -> Floats:
    """Swings behind which a stop trails, as known at the close of the candle before."""
    count = len(market.frame)
    if rules is None or rules.params.trail_timeframe == "none":
        return np.full((2, count), np.nan)
    swing, trail = Columns.read(market.frame).higher_swing, rules.params.trail_timeframe
    before = np.full((2, count), np.nan)
    before[0, 1:], before[1, 1:] = swing[trail, -1][:-1], -swing[trail, 1][:-1]
    return before
