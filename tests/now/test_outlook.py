"""The answer on candles: it is the strategy's own, and its zones and levels are those of the chart."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ict_host.calendar import Calendar
from ict_host.outlook import pair_outlook
from ict_host.signals import Signals
from pandas import DatetimeIndex

from ict import Params
from ict.analysis import Analysis
from ict.now.facts import PairNow, SideNow
from ict.now.sentences import nearer
from ict.setups.entries import Entries, find_entries
from tests.support.markets import and_real, candle_frame, stretch, traded

CANDLE = timedelta(minutes=15)
COUNT = 900
FEES = (0.0005, 0.0005)


def outlook(
    frame: Any, folder: Path, find: Any = find_entries, costs: Any = None, **settings: Any
) -> PairNow:
    """Ask for the newest close of a frame."""
    params = Params.parse(settings)
    columns, opens = Analysis(frame, params).columns(), DatetimeIndex(frame["date"])
    calendar, tick = Calendar(params, folder), np.full(len(frame), 0.1)
    allows = calendar.allows_rest if params.entry_at == "zone" else calendar.allows_market
    signals = Signals.find(opens, columns, allows(opens, CANDLE), tick, find)
    return pair_outlook(
        "BTC/USDT:USDT", "15m", CANDLE, signals, calendar, fees=FEES, tick=tick, **(costs or {})
    )


@pytest.mark.parametrize("market", and_real("BTC"))
@pytest.mark.parametrize("settings", [
    {"entry_threshold": 2.0},
    {"entry_threshold": 2.0, "entry_windows": ["london", "new_york"]},
    {"setup": {"zones": ["ob", "fvg"], "require": [], "entry": {"at": "zone"}, "windows": ["asia"]}},
])  # fmt: skip
def test_it_says_entry_where_the_strategy_signals_one(
    market: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    """At each of many newest closes; without an entry a reason is there for each side."""
    signals = set()
    for stop in range(20_000, 20_600, 11):
        pair = outlook(stretch(traded(market), stop - COUNT, stop), tmp_path, **settings)
        signals.add(pair.signal)
        for side in pair.sides:
            assert (not side.blocks) == (side.side == pair.signal)
            assert "own_rule" not in {block.cause for block in side.blocks}
    assert len(signals) > 1


def test_a_window_is_the_reason_where_only_it_forbids_the_entry(tmp_path: Path) -> None:
    found = 0
    for stop in range(20_000, 20_400, 7):
        frame = stretch(traded("BTC"), stop - COUNT, stop)
        always = outlook(frame, tmp_path, entry_threshold=2.0)
        if always.signal:
            kept = outlook(frame, tmp_path, entry_threshold=2.0, entry_windows=["03:00-03:15"])
            assert kept.signal == 0
            assert [block.cause for block in nearer(kept.sides).blocks] == ["window"]
            # 03:00 in New York, which is 07:00 or 08:00 UTC.
            opens_at = datetime.fromisoformat(nearer(kept.sides).blocks[0].about["opens_at"])
            assert (opens_at.minute, opens_at.tzinfo) == (0, UTC)
            assert opens_at.hour in (7, 8)
            found += 1
    assert found


def test_entries_of_ones_own_have_a_reason_of_their_own(tmp_path: Path) -> None:
    """A strategy that finds entries in another way is not contradicted."""

    def always_long(columns: Any) -> Entries:
        count = len(columns.chart.candles)
        return Entries.of(np.ones(count, np.int8), np.full(count, 1.0), np.full(count, "mine", np.object_))

    frame = stretch(traded("BTC"), 20_000 - COUNT, 20_000)
    long, short = outlook(frame, tmp_path, always_long, entry_threshold=0.0, htf_gate=False).sides
    assert long.blocks == ()
    assert short.blocks


def test_zones_and_levels_by_hand(tmp_path: Path) -> None:
    """A gap from 101 to 103 is left below the price, a swing high at 111 above it."""
    rows = [(100, 101, 99, 100)] * 6
    rows += [(100, 106, 100, 105), (105, 107, 103, 106), (106, 111, 105, 110), (110, 110, 107, 108)]
    rows += [(108, 109, 107, 108)] * 4
    pair = outlook(candle_frame(rows), tmp_path, use_ob="off", entry_zones=["fvg"])
    assert pair.market is not None
    (gap,) = (zone for zone in pair.market.zones if zone.side == 1)
    assert (gap.kind, gap.bottom, gap.top, gap.touches) == ("fvg", 101.0, 103.0, 0)
    assert (gap.age_candles, gap.away.price) == (6, -5.0)
    assert gap.away.percent == pytest.approx(-5 / 108 * 100)
    above = [(level.kind, level.price, level.away.price) for level in pair.market.levels if level.side == 1]
    assert above == [("swing", 111.0, 3.0)]


def priced(sides: Iterable[SideNow]) -> list[SideNow]:
    return [side for side in sides if side.price == side.price]


def test_the_stop_is_the_one_that_an_order_would_have(tmp_path: Path) -> None:
    """The gap's far edge is 101, less 0.13 % of it 100.8687: on a grid of 0.1 a long's stop is 100.9."""
    rows = [(100, 101, 99, 100)] * 6
    rows += [(100, 106, 100, 105), (105, 107, 103, 106), (106, 111, 105, 110), (110, 110, 107, 108)]
    settings = {"entry_zones": ["fvg"], "use_ob": "off", "stop_buffer": 0.0013}
    long, _ = outlook(candle_frame(rows), tmp_path, **settings).sides
    assert (long.price, long.stop) == (103.0, 100.9)
    frame = stretch(traded("BTC"), 0, COUNT)
    far = 9.0 * Analysis(frame, Params()).columns().higher_atr["4h"][-1]
    wide = priced(outlook(frame, tmp_path, min_stop_atr=9.0).sides)
    assert wide
    assert all(far <= abs(side.price - side.stop) < far + 0.2 for side in wide)


def test_a_spread_is_paid_once_over_the_stops_distance(tmp_path: Path) -> None:
    """Unlike a fee it does not grow with the price, and unknown it is no zero."""
    frame = stretch(traded("BTC"), 0, COUNT)
    known, unknown = (outlook(frame, tmp_path, costs=costs).sides for costs in ({"spread": 2.5}, {}))
    assert priced(known)
    for side in priced(known):
        assert side.spread_r * abs(side.price - side.stop) == pytest.approx(2.5)
    assert all(math.isnan(side.spread_r) and math.isnan(side.funding_r) for side in unknown)


def test_funding_is_paid_by_one_side_and_received_by_the_other(tmp_path: Path) -> None:
    """0.01 % in 8 hours, held for 4: 0.005 % of the price, over the stop's distance."""
    costs = {"funding_hourly": 0.0001 / 8, "held_hours": 4.0}
    frames = [stretch(traded("BTC"), start, start + COUNT) for start in range(0, 3 * COUNT, COUNT)]
    checked = priced(side for frame in frames for side in outlook(frame, tmp_path, costs=costs).sides)
    assert {side.side for side in checked} == {1, -1}
    for side in checked:
        paid = side.side * 0.00005 * side.price
        assert side.funding_r * abs(side.price - side.stop) == pytest.approx(paid)


def test_without_candles_and_with_alerts_alone_there_is_no_entry(tmp_path: Path) -> None:
    calendar, nothing = Calendar(Params(), tmp_path), np.zeros(0)
    without = pair_outlook("BTC/USDT:USDT", "15m", CANDLE, None, calendar, fees=FEES, tick=nothing)
    alerts = outlook(stretch(traded("BTC"), 20_000 - COUNT, 20_000), tmp_path, alerts_only=True)
    for pair, cause in ((without, "no_candles"), (alerts, "alerts_only")):
        assert (pair.enters, [block.cause for block in pair.blocks]) == (0, [cause])
