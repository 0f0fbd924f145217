"""What the patterns that are not built would need: candles that open away from the last ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ict.candles import Candles
from ict.market.volatility import average_true_range
from ict_lab.candles import read_candles
from ict_lab.defaults import PAIR, TIMEFRAME
from ict_lab.docs.markdown import table
from ict_lab.errors import LabError

# Bodies nearer than this to each other are a tick apart, not a gap.
LEAST_ATR = 0.05


def counted(folder: Path) -> str:
    """Count the gaps between neighbouring candles of BTC/USDT:USDT, 15m.

    Raises
    ------
    LabError
        When the candles are not there.
    """
    frame = read_candles(folder, PAIR, TIMEFRAME, fill=False)
    if frame.empty:
        raise LabError(f"no candles of {PAIR} {TIMEFRAME} in {folder}")
    candles = Candles.from_frame(frame)
    bodies, prices = gaps(candles)
    found = f"in {len(candles):,} candles of {PAIR} {TIMEFRAME}"
    rows = [
        ["volume imbalance", f"bodies more than {LEAST_ATR} ATR apart", f"{bodies:,}"],
        ["vacuum block, opening gap", "ranges apart", f"{prices:,}"],
    ]
    return table(("pattern", "what it needs of two neighbouring candles", found), rows)


def gaps(candles: Candles) -> tuple[int, int]:
    """Count neighbouring candles whose bodies lie apart, and those whose ranges do."""
    top, bottom = np.maximum(candles.open, candles.close), np.minimum(candles.open, candles.close)
    least = LEAST_ATR * average_true_range(candles)[1:]
    # While there is no average yet, no comparison with it holds.
    apart = (bottom[1:] - top[:-1] > least) | (bottom[:-1] - top[1:] > least)
    away = (candles.low[1:] > candles.high[:-1]) | (candles.high[1:] < candles.low[:-1])
    return int(apart.sum()), int(away.sum())
