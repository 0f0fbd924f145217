"""Which candles are there: the range that all pairs share, and the files that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType

from ict_lab.candles import FORMATS, readable
from ict_lab.errors import LabError
from ict_lab.walkforward.windows import DAY


def common_range(datadir: Path, pairs: Sequence[str], timeframe: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Find the whole UTC days of which every pair has candles, the end not included.

    Raises
    ------
    LabError
        When a pair has none, or the pairs have no day in common.
    """
    if not datadir.is_dir():
        raise LabError(f"datadir must be a folder with candles, there is none at {datadir}")
    handlers = [get_datahandler(datadir, name) for name in FORMATS]
    starts, ends = [], []
    for pair in pairs:
        with readable(f"candles of {pair} {timeframe} in {datadir}"):
            stored = [handler.ohlcv_data_min_max(pair, timeframe, CandleType.FUTURES) for handler in handlers]
        first, last, count = max(stored, key=lambda found: found[2])
        if not count:
            raise LabError(
                f"no {timeframe} candles of {pair} in {datadir}; download them with `freqtrade download-data`"
            )
        starts.append(pd.Timestamp(first).ceil("D"))
        ends.append((pd.Timestamp(last) + pd.Timedelta(timeframe.replace("m", "min"))).floor("D"))
    start, end = max(starts), min(ends)
    if end - start < DAY:
        raise LabError(f"{', '.join(pairs)} have no whole day of {timeframe} candles in common in {datadir}")
    return start, end


def files_of(datadir: Path, pairs: Sequence[str]) -> list[Path]:
    """Files of the pairs' futures candles, of every timeframe, with mark prices and funding rates."""
    names = {pair.replace("/", "_").replace(":", "_") for pair in pairs}
    files = (datadir / "futures").glob("*-*-*.*")
    return sorted(path for path in files if path.name.partition("-")[0] in names)
