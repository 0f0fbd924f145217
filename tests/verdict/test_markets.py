"""Candles that can't be analysed end a tool with a sentence: pair, timeframe, time."""

from pathlib import Path

import numpy as np
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


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_a_market_is_compared_with_the_second_one(tmp_path: Path) -> None:
    """SMT-1: some swings of two random walks diverge, and a pair is not compared with itself."""
    frame, second = random_walk(400, seed=5), random_walk(400, seed=6)
    folder = write_candles(write_candles(tmp_path, frame), second, "ETH/USDT:USDT")
    start, end = (pd.Timestamp(frame["date"][row]) for row in (200, 399))

    def diverged(*pairs: str) -> int:
        market = load_market(folder, BTC, "15m", start, end, Params(reference_pairs=pairs))
        return int(np.count_nonzero(market.chart.divergence))

    assert diverged() == 0
    assert diverged(BTC, "ETH/USDT:USDT") > 0
