"""`make peers`: what others call an order block, read from their descriptions."""

from pathlib import Path

import pandas as pd
import pytest
from ict_lab.peers import luxalgo_blocks, main, our_blocks

from tests.support.markets import candle_frame, synthetic


def test_luxalgos_internal_block_by_hand() -> None:
    """A high at 0 is broken by the close of 12: the lowest candle between is 6, and 15's wick ends it.

    The low of 6 is broken by the close of 15: the highest candle between is 12.
    """
    falling = [(100.0, 107.0 - n, 100.0 - n, 101.0 - n) for n in range(1, 7)]
    rising = [(96.0, 95.0 + n, 88.0 + n, 94.5 + n) for n in range(7, 12)]
    candles = candle_frame(
        [
            (105.0, 110.0, 100.0, 104.0),
            *falling,
            *rising,
            (106.0, 112.0, 105.0, 111.0),  # closes above 110
            (111.0, 111.0, 104.0, 105.0),
            (105.0, 106.0, 95.0, 96.0),
            (96.0, 97.0, 92.0, 93.0),  # below 94
        ]
    )
    found = [tuple(row) for row in luxalgo_blocks(candles).itertuples(index=False)]
    assert found == [(1, 101.0, 94.0, 6, 12, 15), (-1, 112.0, 105.0, 12, 15, -1)]


def test_ours_is_known_at_the_next_close() -> None:
    blocks = our_blocks(synthetic(2000, seed=3))
    assert len(blocks) > 20
    assert ((blocks["known_at"] - blocks["origin_at"]) >= 1).all()


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_the_table_without_the_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "futures").mkdir()
    frame: pd.DataFrame = synthetic(600, seed=3)
    frame.to_feather(tmp_path / "futures" / "BTC_USDT_USDT-15m-futures.feather")
    assert main(["--datadir", str(tmp_path)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[2].startswith("| ours (OB-1) | ")
    assert rows[3].startswith("| LuxAlgo, internal | ")
    assert main(["--datadir", str(tmp_path / "none")]) == 2
    assert "200 candles of BTC/USDT:USDT 15m are needed, 0 were found" in capsys.readouterr().err
