"""Candles of the traded pairs, read as Freqtrade reads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from freqtrade.enums import CandleType

from ict_lab.candle_files import read_stored


def read_candles(datadir: Path, pairs: Iterable[str], timeframe: str) -> dict[str, pd.DataFrame]:
    """Read the candles of pairs; those that are absent or not readable are left out.

    Parameters
    ----------
    datadir : pathlib.Path
        The exchange's folder, as Freqtrade's `--datadir`.
    pairs : Iterable[str]
        Such as "BTC/USDT:USDT"; a colon means a contract.
    timeframe : str
        Of the backtest.
    """
    found = {}
    for pair in pairs:
        kind = CandleType.FUTURES if ":" in pair else CandleType.SPOT
        frame = read_stored(datadir, pair, timeframe, kind, fill=False)
        if len(frame):
            found[pair] = frame
    return found
