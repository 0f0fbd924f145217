"""Candles on disk, in whichever format Freqtrade wrote them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from freqtrade.constants import AVAILABLE_DATAHANDLERS
from freqtrade.data.history import load_pair_history
from freqtrade.enums import CandleType

# Feather is what Freqtrade writes unless it is told otherwise.
FORMATS = sorted(AVAILABLE_DATAHANDLERS, key=lambda name: name != "feather")


def read_stored(folder: Path, pair: str, timeframe: str, kind: CandleType, *, fill: bool) -> pd.DataFrame:
    """Read candles of the first format that has any; without rows where none has.

    Parameters
    ----------
    folder : pathlib.Path
        The exchange's folder, as Freqtrade's `--datadir`.
    pair, timeframe : str
        As Freqtrade names them.
    kind : CandleType
        Futures, spot, mark prices or funding rates.
    fill : bool
        Whether missing candles are filled in.
    """
    found = pd.DataFrame()
    for name in FORMATS:
        found = load_pair_history(
            pair, timeframe, folder, fill_up_missing=fill, data_format=name, candle_type=kind
        )
        if len(found):
            break
    return found
