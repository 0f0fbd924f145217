"""An order that rests, by hand: where it lies, when it fills, and when it is taken back (LIM-1 to LIM-3)."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from ict_lab.errors import LabError
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.engine import Setup, as_trades, replay
from ict_lab.replay.markets import Market
from ict_lab.replay.scene import Scene
from ict_lab.replay.tape import tape_of

from ict import Params
from ict.analysis import Analysis
from ict.setups.entries import find_entries

SETTINGS = {
    "setup": {"zones": ["fvg"], "require": [], "entry": {"at": "zone"}},
    "entry_threshold": 0.0, "htf_gate": False, "stop_buffer": 0.0, "min_stop_costs": 0.0,
}  # fmt: skip
# Open, high, low, close. The third candle leaves a gap from 101 to 103: an order for 103, in a backtest at
# 102.9, with its stop at 101 and its target at 107, which is 103 + 2 * (103 - 101).
BEFORE = [(100, 101, 99, 100.5), (100.5, 104, 100, 103.5), (103.5, 105, 103, 104.5)]
QUIET = (104.5, 105, 104, 104.5)


def traded(candles: list[tuple[float, ...]], **settings: Any) -> pd.DataFrame:
    """Trade the gap of the third candle, and what else there may be, with fees of nothing."""
    rows = [*BEFORE, *candles, *[QUIET] * 3]
    frame = pd.DataFrame(rows, columns=["open", "high", "low", "close"], dtype=float)
    dates = pd.date_range("2024-01-01", periods=len(frame), freq="15min", tz="UTC")
    frame = frame.assign(date=dates, volume=1.0)[["date", "open", "high", "low", "close", "volume"]]
    params, nothing = Params.parse(SETTINGS | settings), np.zeros(len(frame))
    # A price with a decimal says what the tick is.
    market = Market("BTC/USDT:USDT", frame, {}, 0, nothing, nothing, Analysis(frame, params).columns())
    tape, setup = tape_of([market]), Setup(params, find_entries)
    scene = Scene([market], tape, Account(10_000.0, 1), [Contract(0.001)], 0.0)
    found = as_trades(replay(scene, setup), tape)
    candle = pd.Timedelta("15min")
    return found.assign(
        **{name: (found[f"{name}_date"] - dates[0]) // candle for name in ("open", "filled", "close")}
    )


FALLS_THROUGH = (104.5, 105, 102.8, 104)


@pytest.mark.parametrize(("candles", "expected"), [
    # Through the price, and to the target in the next candle.
    ([FALLS_THROUGH, (104, 107.5, 103.5, 107)], (3, 3, 4, 102.9, 107.0, "roi")),
    # A candle that only touches the price does not fill it.
    ([(104.5, 105, 103, 104), QUIET, FALLS_THROUGH, (104, 108, 104, 107)], (3, 5, 6, 102.9, 107, "roi")),
    # In the candle of the fill the target does not count, but the stop does.
    ([(104.5, 107.5, 102.8, 104), QUIET, (104, 108, 104, 107)], (3, 3, 5, 102.9, 107, "roi")),
    ([(104.5, 107.5, 100.9, 104)], (3, 3, 3, 102.9, 101.0, "stop_loss")),
])  # fmt: skip
def test_an_order_fills_where_a_candle_trades_through_it(
    candles: list[tuple[float, ...]], expected: tuple[object, ...]
) -> None:
    first = traded(candles).iloc[0]
    names = ["open", "filled", "close", "open_rate", "close_rate", "exit_reason"]
    assert tuple(first[names]) == expected


def test_an_order_is_taken_back_with_its_zone_and_for_a_nearer_one() -> None:
    """Gaps live two candles here: the third candle after it falls through a price at which nothing rests.

    The gap from 105 to 106 of the sixth candle is nearer: its order fills, at 105.9.
    """
    assert traded([QUIET, QUIET, QUIET, FALLS_THROUGH, QUIET], fvg_max_age_candles=2).empty
    nearer = [(104.5, 105, 104, 104.8), (104.8, 107, 104.7, 106.8), (106.8, 108, 106, 107.5)]
    first = traded([*nearer, (107.5, 108, 105.8, 107)]).iloc[0]
    assert (first["open"], first["filled"], first["open_rate"], first["first_stop"]) == (6, 6, 105.9, 105.0)


@pytest.mark.parametrize(("settings", "filled"), [({}, [3, 6]), ({"one_entry_per_zone": True}, [3])])
def test_a_zone_is_entered_once_where_that_is_asked(settings: dict[str, Any], filled: list[int]) -> None:
    """The gap is entered at 102.9, left at the target of 107, and traded through again (ZONE-4)."""
    again = [FALLS_THROUGH, (104, 107.5, 103.5, 107), (107, 107.2, 104, 105), (105, 105.2, 102.8, 104)]
    assert traded(again, **settings)["filled"].tolist() == filled


def test_blackouts_that_are_not_there_are_an_error_of_the_tool() -> None:
    with pytest.raises(LabError, match=r"blackout_file .*missing\.csv can't be read: No such file"):
        traded([FALLS_THROUGH], blackout_file="missing.csv")
