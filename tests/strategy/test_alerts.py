"""Alerts: what the newest candle shows, once, also over a restart; who only alerts enters nothing."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from ict_host.alerts import AN_HOUR, MOST_AN_HOUR, Alerts
from ict_host.reports import Reporter
from ict_host.signals import Signals

from ict.candles import Candles
from ict.catalogue.zone_kinds import ORDER_BLOCK
from ict.columns import Columns
from ict.desk.grid import Grid
from ict.market.chart import Chart
from ict.params import Params, expanded
from ict.setups.entries import find_entries
from tests.strategy.host import BTC, CANDLE, NOW
from tests.strategy.live import running, start
from tests.support.markets import candle_frame
from tests.unit.test_setups import zones_of

pytestmark = pytest.mark.usefixtures("book")

TOP, BOTTOM, GRID = 59_500.0, 59_000.0, Grid(tick=0.1, lot=0.001)
ZONE_LINE = "First close in: Bullish order block 59,000.0 - 59,500.0, 15m"
PARAMS = {"setup": {"require": [], "entry": {"at": "zone"}}, "htf_gate": False}


def signals_of(*closes: float) -> Signals:
    """Analyse flat candles; a block from 59,000 to 59,500 is known at the second of them."""
    dates = pd.date_range(end=NOW - CANDLE, periods=len(closes), freq=CANDLE)
    prices = dict.fromkeys(("open", "high", "low", "close"), closes)
    candles = Candles.from_frame(pd.DataFrame({"date": dates, **prices, "volume": 1.0}))
    chart = Chart(candles, Params.parse(expanded(PARAMS)))
    chart = chart.with_zones(ORDER_BLOCK.find, zones_of((1, TOP, BOTTOM, 1, -1)))
    always, tick = np.ones(len(closes), np.bool_), np.full(len(closes), 0.1)
    return Signals.find(pd.DatetimeIndex(dates), Columns(chart), always, tick, find_entries)


def looked(signals: Signals, *alerts: str, **settings: Any) -> list[str]:
    """Lines about the alerts of a bot that has just started."""
    said: list[str] = []
    block = {"alerts": list(alerts), **settings}
    made = Alerts(Reporter({"ict_messages": block}), said.append)
    made.look(BTC, "15m", CANDLE, signals, GRID)
    return said[0].splitlines()[2:] if said else []


def test_the_first_close_in_a_zone_is_an_alert_and_the_second_is_none() -> None:
    assert looked(signals_of(60_000.0, 60_000.0, 60_000.0, TOP), "ob") == [ZONE_LINE]
    assert looked(signals_of(60_000.0, 60_000.0, 59_200.0, 59_100.0), "ob") == []
    # The candle that made it known is no return.
    assert looked(signals_of(60_000.0, 59_400.0), "ob") == []


def test_a_signal_says_where_to_enter_and_where_to_stop() -> None:
    """EXIT-1: 0.2 % below the block is 58,882, and the target is twice as far from its edge."""
    (line,) = looked(signals_of(*[60_000.0] * 4), "signal")
    levels = "Signal: Long @ 59,500.0, stop 58,882.0 (-1.04%), target 60,736.0 (+2.08%)"
    assert line == f"{levels}, score 0.0, order block"


def test_a_signal_names_the_pool_at_which_a_part_is_closed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """EXIT-5: of pools at 0.97 and 1.29 times the risk of 618, the first one that is a whole risk away."""
    setup = {**PARAMS["setup"], "first_target": "liquidity"}
    monkeypatch.setitem(PARAMS, "setup", setup)
    monkeypatch.setitem(PARAMS, "partial_exit_at_r", 1.0)
    monkeypatch.setattr(Signals, "draws_at", lambda *_: [60_100.0, 60_300.0])
    (line,) = looked(signals_of(*[60_000.0] * 4), "signal")
    assert "target 60,736.0 (+2.08%), first target, a part: 60,300.0 (+1.34%), score 0.0" in line


@pytest.mark.parametrize(("settings", "count"), [
    ({}, 1), ({"alert_timeframes": ["15m"]}, 1), ({"alert_timeframes": ["4h"]}, 0),
    ({"alert_pairs": ["BTC/.*"]}, 1), ({"alert_pairs": ["ETH/.*"]}, 0),
])  # fmt: skip
def test_they_are_narrowed_by_timeframe_and_pair(settings: dict[str, Any], count: int) -> None:
    assert len(looked(signals_of(60_000.0, 60_000.0, TOP), "ob", **settings)) == count


# With swings of one candle: a swing low of 90, which the last hour sweeps.
HOURS = [(100, 101, low, 100) for low in (99, 97, 90, 96, 98)] + [(100, 101, 89, 95)]


def of_hours(quarters: int) -> Signals:
    """Analyse the last hour's quarters, so many of them, with the hours before and the last one given."""
    params = Params.parse(expanded({**PARAMS, "swing_strength_candles": 1, "pool_swing_strength_candles": 1}))
    hours = candle_frame(HOURS, "2024-01-03 02:00", "1h")
    base = candle_frame([(100, 101, 89, 95)] * quarters, "2024-01-03 07:00")
    higher = {"1h": Candles.from_frame(hours), "4h": Candles.from_frame(hours[:0])}
    chart = Chart(Candles.from_frame(base), params, higher)
    always, tick = np.ones(quarters, np.bool_), np.full(quarters, 0.1)
    return Signals.find(pd.DatetimeIndex(base["date"]), Columns(chart), always, tick, find_entries)


@pytest.mark.parametrize(
    ("quarters", "asked", "said"),
    [(4, ["1h"], ["Sell-side liquidity swept: swing low, 1h"]), (3, ["1h"], []), (4, [], []),
     (4, ["4h"], [])],
    ids=["at its close", "while it runs", "no setting looks at it", "of four hours none has closed"],
)  # fmt: skip
def test_a_sweep_of_a_higher_timeframe_is_an_alert_at_its_close(
    quarters: int, asked: list[str], said: list[str]
) -> None:
    assert looked(of_hours(quarters), "sweep", alert_timeframes=asked) == said


def test_no_alert_comes_twice_over_restarts() -> None:
    signals = signals_of(60_000.0, 60_000.0, TOP)
    assert [looked(signals, "ob") for _ in range(3)] == [[ZONE_LINE], [], []]


def test_no_more_than_so_many_come_in_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    alerts = Alerts(Reporter({"ict_messages": {"alerts": ["ob"]}}), said.append)
    signals = signals_of(60_000.0, 60_000.0, TOP)
    for hour in (0, 1):
        monkeypatch.setattr("ict_host.alerts.monotonic", lambda hour=hour: 1.0 + 1.01 * hour * AN_HOUR)
        for number in range(MOST_AN_HOUR + 5):
            alerts.look(f"{hour}{number}/USDT:USDT", "15m", CANDLE, signals, GRID)
    assert len(said) == 2 * MOST_AN_HOUR


def test_a_bot_that_only_alerts_enters_nothing() -> None:
    """Neither by its columns, nor by hand: `/forcelong` asks for a size and a confirmation, too."""
    block = {"alerts_only": True, "htf_gate": False}
    strategy = running(runmode=RunMode.DRY_RUN, ict=block, ict_messages={"alerts": ["ob"]})
    frame = pd.DataFrame({"date": pd.date_range(end=NOW - CANDLE, periods=4, freq=CANDLE), "close": 1.0})
    strategy._find_signals = lambda *given: signals_of(*[60_000.0] * 4)
    entered = strategy.populate_entry_trend(frame, {"pair": BTC})
    assert strategy._signals[BTC].direction[-1] == 1
    assert not entered[["enter_long", "enter_short"]].any().any()
    assert entered["enter_tag"].isna().all()
    asked = {"pair": BTC, "current_time": NOW, "side": "long", "entry_tag": "force_entry"}
    sized = {"proposed_stake": 9_500.0, "min_stake": 5.0, "max_stake": 9_500.0, "leverage": 1.0}
    assert strategy.custom_stake_amount(current_rate=59_400.0, **sized, **asked) == 0
    order = {"order_type": "market", "amount": 0.01, "rate": 59_400.0, "time_in_force": "GTC"}
    assert strategy.confirm_trade_entry(**order, **asked) is False
    assert "alerts\\_only is on: no entries" in strategy.dp.sent[-1]


@pytest.mark.parametrize(("runmode", "messages", "fault"), [
    (RunMode.LIVE, {"alerts": ["ob"]}, "alerts_only needs dry_run true"),
    (RunMode.DRY_RUN, {}, "alerts_only needs ict_messages.alerts"),
])  # fmt: skip
def test_alerts_alone_start_only_where_they_can_not_trade(
    runmode: RunMode, messages: dict[str, Any], fault: str
) -> None:
    with pytest.raises(OperationalException, match=fault):
        start(runmode, ict={**PARAMS, "alerts_only": True}, ict_messages=messages)
