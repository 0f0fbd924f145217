"""What a league says of the candles that it lacks."""

from pathlib import Path

import pandas as pd
import pytest
from ict_lab.league.stretch import find_stretch

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")
PAIR, DATES = "BTC/USDT:USDT", pd.date_range("2024-01-01", periods=2 * 96, freq="15min", tz="UTC", unit="ms")
NONE = f"{PAIR}: no funding rates or mark prices, the results are without funding"
PART = f"{PAIR}: {{}} of 5 fundings lack rate or mark price and count as zero"
HOLES = f"{PAIR}: {{}} of 179 candles of 15m are missing and count as flat"


def store(folder: Path, kind: str, dates: pd.DatetimeIndex, price: float) -> None:
    prices = dict.fromkeys(("open", "high", "low", "close", "volume"), price)
    pd.DataFrame({"date": dates, **prices}).to_feather(folder / "futures" / f"BTC_USDT_USDT-{kind}.feather")


@pytest.mark.parametrize(("paid", "holes", "said"), [
    (slice(None), slice(0), []), (slice(0, 3), slice(0), [PART.format(3)]), (slice(0), slice(0), [NONE]),
    # Before the stretch nothing is missed.
    (slice(1, None), slice(2, 7), []), (slice(None), slice(30, 34), [HOLES.format(4)]),
])  # fmt: skip
def test_what_is_missing_in_a_stretch_is_said(
    paid: slice, holes: slice, said: list[str], tmp_path: Path
) -> None:
    (tmp_path / "futures").mkdir()
    for kind in ("1h-futures", "4h-futures", "1d-futures", "1h-mark"):
        store(tmp_path, kind, DATES[::4], 100.0)
    store(tmp_path, "15m-futures", DATES.delete(holes), 100.0)
    store(tmp_path, "1h-funding_rate", DATES[::32][paid], 0.0001)
    stretch = find_stretch(tmp_path, [PAIR], "15m", "", 13)
    assert (list(stretch.missing), stretch.start) == (said, DATES[13])
