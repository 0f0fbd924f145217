"""Candles on disk, in whichever format Freqtrade wrote them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from freqtrade.constants import AVAILABLE_DATAHANDLERS
from freqtrade.data.history import get_datahandler, load_pair_history
from freqtrade.enums import CandleType, TradingMode
from freqtrade.exceptions import FreqtradeException
from freqtrade.exchange import timeframe_to_minutes

from ict_lab.errors import LabError

# Feather is what Freqtrade writes unless it is told otherwise.
FORMATS = sorted(AVAILABLE_DATAHANDLERS, key=lambda name: name != "feather")


def pairs_with(folder: Path, timeframe: str) -> list[str]:
    """List the contracts that have candles of a timeframe, in the order of their names.

    Parameters
    ----------
    folder : pathlib.Path
        The exchange's folder, as Freqtrade's `--datadir`.
    timeframe : str
        As Freqtrade names it.
    """
    return sorted(pair for pair, found in timeframes_of_pairs(folder).items() if timeframe in found)


def timeframes_of_pairs(folder: Path) -> dict[str, list[str]]:
    """List the timeframes of each contract that has candles, shortest first."""
    rows = {
        row
        for name in FORMATS
        for row in get_datahandler(folder, name).ohlcv_get_available_data(folder, TradingMode.FUTURES)
    }
    found: dict[str, list[str]] = {}
    for pair, timeframe, kind in sorted(rows, key=lambda row: (row[0], timeframe_to_minutes(row[1]))):
        if kind is CandleType.FUTURES:
            found.setdefault(pair, []).append(timeframe)
    return found


def read_candles(
    folder: Path, pair: str, timeframe: str, kind: CandleType | None = None, *, fill: bool = True
) -> pd.DataFrame:
    """Read candles of the first format that has any; without rows where none has.

    Parameters
    ----------
    folder : pathlib.Path
        The exchange's folder, as Freqtrade's `--datadir`.
    pair, timeframe : str
        As Freqtrade names them; a pair with a colon is a contract.
    kind : CandleType, optional
        Mark prices or funding rates; without, the pair's own candles.
    fill : bool
        Whether missing candles are filled in.

    Raises
    ------
    LabError
        When a file can't be read.
    """
    usual = CandleType.FUTURES if ":" in pair else CandleType.SPOT
    try:
        for name in FORMATS:
            found: pd.DataFrame = load_pair_history(
                pair, timeframe, folder, fill_up_missing=fill, data_format=name, candle_type=kind or usual
            )
            if len(found):
                return found
    except (FreqtradeException, OSError, ValueError) as error:
        raise LabError(f"candles of {pair} {timeframe} in {folder} can't be read: {error}") from error
    return found
