"""Candles of Freqtrade's data folder: what exists, and the chosen stretch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from freqtrade.exchange import timeframe_to_minutes

from ict.market.higher import TIMEFRAMES
from ict_lab.candles import no_contracts, read_candles, timeframes_of_pairs
from ict_lab.errors import LabError
from ict_lab.tune.setup import Setup

DOWNLOAD = "download some with `freqtrade download-data`, or name their folder with --datadir"


@dataclass(frozen=True)
class Stretch:
    """Candles that were chosen, and those that the analysis needs besides.

    Attributes
    ----------
    frame : pandas.DataFrame
        Date, open, high, low, close, volume; those that only warm the analysis up come first.
    first : int
        Row of the first chosen candle.
    higher : dict[str, pandas.DataFrame]
        Candles of higher timeframes, up to the same time; only those that have files.
    second : pandas.DataFrame or None
        Candles of the second market (SMT-1), up to the same time; None without a file.
    """

    frame: pd.DataFrame
    first: int
    higher: dict[str, pd.DataFrame]
    second: pd.DataFrame | None = None


def available(setup: Setup) -> dict[str, list[str]]:
    """List the timeframes of each pair that has candles, shortest first.

    Raises
    ------
    LabError
        When the folder is absent or has no candles of futures.
    """
    if not setup.datadir.is_dir():
        raise LabError(f"no candles: the folder {setup.datadir} is absent; {DOWNLOAD}")
    found = timeframes_of_pairs(setup.datadir)
    if not found:
        raise LabError(f"{no_contracts(setup.datadir)}; {DOWNLOAD}")
    return found


def stretch(
    setup: Setup,
    pair: str,
    timeframe: str,
    *,
    last_day: str,
    count: int,
    warm_up: int,
    reference: str | None = None,
) -> Stretch:
    """Take the candles up to a day, and those before that the analysis looks back on.

    Parameters
    ----------
    pair, timeframe : str
        As Freqtrade names them.
    last_day : str
        Day of the last candle, such as 2024-05-13, in UTC; empty for the newest.
    count, warm_up : int
        How many candles to show, and how many before them to analyse, as far as they exist.
    reference : str, optional
        Name of the second market.

    Raises
    ------
    LabError
        When there are no such candles.
    """
    whole = _load(setup.datadir, pair, timeframe)
    stop = _rows_until(whole, last_day)
    if stop == 0:
        raise LabError(f"no {timeframe} candles of {pair} are in {setup.datadir} up to {last_day}")
    first = max(stop - count, 0)
    start = max(first - warm_up, 0)
    frame = whole.iloc[start:stop].reset_index(drop=True)
    higher = {
        name: _until(candles, frame)
        for name in TIMEFRAMES
        if timeframe_to_minutes(name) > timeframe_to_minutes(timeframe)
        and len(candles := _load(setup.datadir, pair, name))
    }
    others = _load(setup.datadir, reference, timeframe) if reference else whole[:0]
    return Stretch(frame, first - start, higher, _until(others, frame) if len(others) else None)


def _until(candles: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    seen: pd.DataFrame = candles[candles["date"] <= frame["date"].iloc[-1]]
    return seen.reset_index(drop=True)


def time_range(frame: pd.DataFrame, first: int) -> str:
    """Freqtrade's --timerange of the candles from a row on, to the second."""
    dates = frame["date"].iloc[[first, -1]]
    return "-".join(str(int(date.timestamp())) for date in dates)


def _rows_until(whole: pd.DataFrame, last_day: str) -> int:
    if not last_day:
        return len(whole)
    end = pd.Timestamp(last_day, tz="UTC") + pd.Timedelta(days=1)
    return int((whole["date"] < end).sum())


_load = lru_cache(maxsize=16)(read_candles)
