"""Candles on disk, in whichever format Freqtrade wrote them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from freqtrade.constants import AVAILABLE_DATAHANDLERS
from freqtrade.data.history import load_pair_history
from freqtrade.enums import CandleType
from freqtrade.exceptions import FreqtradeException

from ict_lab.errors import LabError

# Feather is what Freqtrade writes unless it is told otherwise.
FORMATS = sorted(AVAILABLE_DATAHANDLERS, key=lambda name: name != "feather")


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
