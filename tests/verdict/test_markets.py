"""Candles that can't be analysed end a tool with a sentence: pair, timeframe, time."""

from pathlib import Path

import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.replay.markets import load_market

from ict import Params
from tests.report.exports import BTC, random_walk, write_candles


# Freqtrade's own reading of candles.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_an_impossible_candle_is_a_sentence(tmp_path: Path) -> None:
    frame = random_walk(400, seed=5)
    frame.loc[300, "high"] = frame.loc[300, "low"]
    folder = write_candles(tmp_path, frame)
    start, end = (pd.Timestamp(frame["date"][row]) for row in (200, 399))
    with pytest.raises(
        LabError, match=f"candles of {BTC} 15m cannot be analysed: .*, at 2024-01-06 03:00 UTC"
    ):
        load_market(folder, BTC, "15m", start, end, Params())
