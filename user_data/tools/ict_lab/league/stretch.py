"""The candles of a league: which pairs, which stretch of time, and what of them is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from freqtrade.configuration import TimeRange
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_seconds

from ict_lab.candles import check_stored, empty_file, pairs_with, read_candles
from ict_lab.errors import LabError
from ict_lab.replay.markets import fundings
from ict_lab.runs.trades import FUNDED_EVERY

HIGHER = ("1h", "4h", "1d")


@dataclass(frozen=True)
class Stretch:
    """Candles that every variant is traded on.

    Attributes
    ----------
    folder : pathlib.Path
        Freqtrade's data folder of the exchange.
    pairs : tuple[str, ...]
        In the order of the whitelist.
    timeframe : str
        Of the candles.
    start, end : pandas.Timestamp
        First candle whose signal is traded, and the last one, UTC.
    missing : tuple[str, ...]
        What is not there, in words.
    """

    folder: Path
    pairs: tuple[str, ...]
    timeframe: str
    start: pd.Timestamp
    end: pd.Timestamp
    missing: tuple[str, ...]

    @property
    def days(self) -> int:
        """UTC days of the stretch."""
        return (self.end.floor("D") - self.start.floor("D")).days + 1

    @property
    def timerange(self) -> str:
        """First and last day, as Freqtrade writes them."""
        return f"{self.start:%Y%m%d}-{self.end:%Y%m%d}"


def find_stretch(folder: Path, pairs: Sequence[str], timeframe: str, timerange: str, memory: int) -> Stretch:
    """Find the stretch that all pairs share.

    Parameters
    ----------
    folder : pathlib.Path
        Freqtrade's data folder of the exchange.
    pairs : Sequence[str]
        Which; all that have such candles without.
    timeframe, timerange : str
        As Freqtrade writes them; no range is all there is.
    memory : int
        Candles that the analysis looks back on: a stretch begins so many after the first.

    Raises
    ------
    LabError
        When there are no such candles, or the pairs share no time.
    """
    check_stored(folder, pairs, timeframe)
    chosen = tuple(pairs or pairs_with(folder, timeframe))
    if not chosen:
        raise LabError(f"{folder} has no {timeframe} candles of any contract")
    dates = [read_candles(folder, pair, timeframe)["date"] for pair in chosen]
    if empty := [pair for pair, known in zip(chosen, dates, strict=True) if known.empty]:
        raise LabError(empty_file(folder, empty[0], timeframe))
    begun = max(one.iloc[0] for one in dates) + memory * pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
    start, end = _within(timerange, begun, min(one.iloc[-1] for one in dates))
    if not start < end:
        share = f"{', '.join(chosen)} share no stretch of {timeframe} candles"
        raise LabError(
            f"{share}: the first signal needs {memory:,} before it and is at {start:%Y-%m-%d %H:%M} or "
            f"later, the last candle is of {end:%Y-%m-%d %H:%M}"
        )
    missing = (one for pair in chosen for one in _missing(folder, pair, timeframe, (start, end)))
    return Stretch(folder, chosen, timeframe, start, end, tuple(missing))


def _within(timerange: str, start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    try:
        asked = TimeRange.parse_timerange(timerange or None)
    except OperationalException as error:
        raise LabError(f"--timerange: {error}") from error
    if asked.starttype == "date":
        start = max(start, pd.Timestamp(asked.startts, unit="s", tz="UTC"))
    if asked.stoptype == "date":
        end = min(end, pd.Timestamp(asked.stopts, unit="s", tz="UTC"))
    return start, end


def _missing(
    folder: Path, pair: str, timeframe: str, span: tuple[pd.Timestamp, pd.Timestamp]
) -> Iterator[str]:
    """Say what a pair lacks between two times, both included."""
    begin, end = span
    due = pd.date_range(begin.ceil(FUNDED_EVERY), end, freq=FUNDED_EVERY)
    unknown = len(due.difference(pd.DatetimeIndex(fundings(folder, pair)["date"])))
    if unknown == len(due):
        yield f"{pair}: no funding rates or mark prices, the results are without funding"
    elif unknown:
        yield f"{pair}: {unknown} of {len(due)} fundings lack rate or mark price and count as zero"
    whole = pd.date_range(begin, end, freq=pd.Timedelta(seconds=timeframe_to_seconds(timeframe)))
    there = read_candles(folder, pair, timeframe, fill=False)["date"]
    if holes := len(whole.difference(pd.DatetimeIndex(there))):
        yield f"{pair}: {holes} of {len(whole)} candles of {timeframe} are missing and count as flat"
    longer = [one for one in HIGHER if timeframe_to_seconds(one) > timeframe_to_seconds(timeframe)]
    made = [one for one in longer if read_candles(folder, pair, one).empty]
    if made:
        yield f"{pair}: no candles of {', '.join(made)}, made of {timeframe} where a model asks"
