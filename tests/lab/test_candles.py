"""Candles on disk that can't be used are a sentence, not a traceback of Freqtrade's or of pandas'."""

from pathlib import Path

import pandas as pd
import pytest
from ict_lab import costs
from ict_lab.candles import common_range
from ict_lab.errors import LabError

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")
PAIR = "BTC/USDT:USDT"


def write(folder: Path, kind: str) -> None:
    file = folder / "futures" / "BTC_USDT_USDT-15m-futures.feather"
    file.parent.mkdir()
    date = pd.date_range("2024-01-01", periods=0 if kind == "empty" else 300, freq="15min", tz="UTC")
    prices = dict.fromkeys(("open", "high", "low", "close"), 100.0)
    pd.DataFrame({"date": date, **prices, "volume": 1.0}).to_feather(file)
    if kind == "cut":
        file.write_bytes(file.read_bytes()[:1000])


@pytest.mark.parametrize(("kind", "said"), [
    ("cut", f"candles of {PAIR} 15m in FOLDER can't be read: Not an Arrow file."),
    ("empty", f"the 15m candles of {PAIR} in FOLDER are an empty file"),
    ("few", f"{PAIR} share no stretch of 15m candles: the first signal needs 1,088 before it and is at "
     "2024-01-12 08:00 or later, the last candle is of 2024-01-04 02:45"),
])  # fmt: skip
def test_a_tool_says_what_is_wrong(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, said: str
) -> None:
    write(tmp_path, kind)
    words = ["--datadir", str(tmp_path), "--strategies", "ICTObFvgStrategy"]
    assert costs.main(words) == 2
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", f"make costs: {said}\n".replace("FOLDER", str(tmp_path)))


def test_a_search_names_the_file_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, "cut")
    with pytest.raises(LabError, match=r"^candles of BTC/USDT:USDT 15m in .* can't be read: Not an Arrow"):
        common_range(tmp_path, [PAIR], "15m")
