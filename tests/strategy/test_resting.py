"""Entries that rest, as Freqtrade asks for them: price, confirmation, and when they are taken back."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import time_machine
from freqtrade.enums import RunMode
from freqtrade.persistence import Order, PairLocks, Trade
from freqtrade.strategy.interface import IStrategy
from ict_host.book import open_risk_of
from ict_host.entry import IctEntry
from ict_host.records import LevelRecords
from ict_host.signals import Signals

from ict.candles import Candles
from ict.catalogue.zone_kinds import GAP, ORDER_BLOCK
from ict.columns import Columns
from ict.desk.levels import Levels
from ict.market.chart import Chart
from ict.market.zones import Zones
from ict.setups.entries import find_entries
from ict.words.settings import MessageSettings
from tests.strategy import host
from tests.strategy.host import BTC, CANDLE, ENTRY, FEE, MAKER_FEE, NOW, TICK
from tests.unit.test_setups import zones_of

pytestmark = pytest.mark.usefixtures("book")

REST = {"setup": {"require": [], "entry": {"at": "zone"}}, "htf_gate": False, "max_position_percent": 100.0}
# A block below the price, known at the third of six candles, whose edge is the limit price.
TOP, BOTTOM = 59_500.0, 59_000.0


def resting(
    *others: tuple[int, float, float, int, int],
    ended: int = -1,
    block: dict[str, Any] | None = None,
    gaps: Zones | None = None,
) -> IStrategy:
    """Load a strategy that rests, on six flat candles with one block; the last has closed just now."""
    strategy = host.load(block or REST)
    strategy.wallets, strategy.dp = host.Wallets(), host.Provider()
    dates = pd.date_range(end=NOW - CANDLE, periods=6, freq=CANDLE)
    prices = dict.fromkeys(("open", "high", "low", "close"), ENTRY)
    candles = Candles.from_frame(pd.DataFrame({"date": dates, **prices, "volume": 1.0}))
    zones = zones_of(*others, (1, TOP, BOTTOM, 2, ended))
    chart = Chart(candles, strategy.params()).with_zones(ORDER_BLOCK.find, zones)
    chart = chart if gaps is None else chart.with_zones(GAP.find, gaps)
    always, tick = np.ones(6, np.bool_), np.full(6, TICK)
    strategy._signals[BTC] = Signals.find(pd.DatetimeIndex(dates), Columns(chart), always, tick, find_entries)
    return strategy


def asked_price(strategy: IStrategy, market: float) -> float:
    price: float = strategy.custom_entry_price(
        pair=BTC, trade=None, current_time=NOW, proposed_rate=market, entry_tag="ob", side="long"
    )
    return price


def confirmed(strategy: IStrategy, rate: float) -> bool:
    return bool(
        strategy.confirm_trade_entry(
            pair=BTC, order_type="limit", amount=0.01, rate=rate, time_in_force="GTC", current_time=NOW,
            entry_tag="ob", side="long",
        )
    )  # fmt: skip


def pending(filled: float = 0.0) -> tuple[Trade, Order]:
    """Make an order that was placed at the close before the newest one."""
    trade, order = host.opened("long", rate=TOP, at=NOW - CANDLE)
    order.order_type, order.status, order.ft_is_open = "limit", "open", True
    order.filled, order.remaining, order.order_filled_date = filled, 0.01 - filled, None
    return trade, order


def is_taken_back(strategy: IStrategy, order: tuple[Trade, Order], after: timedelta = timedelta(0)) -> bool:
    return bool(
        strategy.check_entry_timeout(pair=BTC, trade=order[0], order=order[1], current_time=NOW + after)
    )


def reason_of(strategy: IStrategy) -> str:
    """Have Freqtrade say that the order is cancelled, and return why the strategy says that it is."""
    said: list[str] = []
    strategy._reporter.settings = MessageSettings()
    strategy._post = said.append
    strategy._on_taken_back({"trade_id": 1, "pair": BTC, "direction": "Long", "order_rate": TOP})
    (text,) = said
    assert text.startswith(f"Entry order cancelled\nPair: {BTC}\nSide: Long\nEntry: 59,500.0\nReason: ")
    return text.partition("Reason: ")[2]


def test_the_settings_decide_the_type_of_the_order() -> None:
    assert [host.load(block).order_types["entry"] for block in (REST, {})] == ["limit", "market"]
    assert host.load({**REST, "entry_post_only": True}).order_time_in_force["entry"] == "PO"


@pytest.mark.parametrize(
    ("market", "price"),
    # A market at the very price of a backtest's order, too, is there already.
    [(60_000.0, TOP - TICK), (TOP + TICK, TOP - TICK), *((at, at) for at in (TOP, TOP - TICK, 59_200.0))],
)
def test_a_backtest_rests_one_tick_beyond(market: float, price: float) -> None:
    """LIM-3; at or beyond the limit the answer is the market's price, which is then refused."""
    strategy = resting()
    assert asked_price(strategy, market) == pytest.approx(price)
    assert confirmed(strategy, price) == (market > TOP)


@pytest.mark.parametrize(("rates", "placed"), [
    ([TOP - TICK] * 2, [True, False]), ([TOP + TICK, TOP - TICK], [False, False]),
    ([TOP - 2 * TICK, TOP - TICK], [False, False]),
])  # fmt: skip
def test_there_is_one_attempt_at_a_close(rates: list[float], placed: list[bool]) -> None:
    """LIM-3: at or beyond the candle's open it is not placed, nor once price has come back."""
    strategy = resting()
    assert [confirmed(strategy, rate) for rate in rates] == placed


@pytest.mark.parametrize(("market", "placed"), [(TOP + TICK, True), (TOP, False), (BOTTOM / 2, False)])
def test_one_that_was_forced_where_the_price_is_already_is_not_placed(market: float, placed: bool) -> None:
    strategy = resting()
    strategy._is_live, strategy.dp._exchange.market = True, market
    assert confirmed(strategy, TOP) == placed


def test_the_limits_count_the_stop_of_the_limit_price() -> None:
    """EXIT-2: the zone is one tick high, so the order's price in a backtest is its other edge."""
    strategy = resting()
    signal = replace(strategy._signal(BTC, "long", NOW), stop=TOP - TICK, least_distance=100.0)
    strategy._signal = lambda *_: signal
    assert confirmed(strategy, TOP - TICK)


@pytest.mark.parametrize(("pair", "ended", "placed"), [
    (BTC, timedelta(0), False),
    (BTC, timedelta(seconds=1), False),
    (BTC, -timedelta(seconds=1), True),
    ("ETH/USDT:USDT", timedelta(0), True),
])  # fmt: skip
@pytest.mark.parametrize("live", [True, False])
def test_no_entry_at_a_close_at_which_the_pair_had_a_position(
    pair: str, ended: timedelta, placed: bool, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LIM-1: Freqtrade's backtest would place it at the open of the candle in which the position ends."""
    strategy, closed = resting(), SimpleNamespace(pair=pair, close_date_utc=NOW + ended)
    strategy._is_live = live
    monkeypatch.setattr(
        "ict_host.resting.closed_since",
        lambda start, live: [closed] if closed.close_date_utc >= start else [],
    )
    assert confirmed(strategy, TOP if live else TOP - TICK) == placed


@pytest.mark.parametrize(("late", "over"), [(-15, False), (2, False), (2.02, True)])
def test_it_stays_while_its_zone_lives_and_without_new_candles_it_is_taken_back(
    late: float, over: bool
) -> None:
    """Minutes after the next candle should have come: nobody knows then whether its zone lives."""
    assert is_taken_back(resting(), pending(), after=CANDLE + timedelta(minutes=late)) == over


def test_it_is_taken_back_where_exchange_and_book_differ() -> None:
    strategy = resting()
    strategy._guard = SimpleNamespace(differs_on=[BTC].__contains__, plan_of=lambda trade: None)
    assert is_taken_back(strategy, pending())


# Two more blocks, as `resting` takes them: one that price meets later, and one that it meets before.
FURTHER, NEARER = (1, 58_000.0, 57_500.0, 1, -1), (1, 59_800.0, 59_600.0, 1, -1)
ONCE = {**REST, "one_entry_per_zone": True}


def enter(strategy: IStrategy, trade: Trade, top: float) -> None:
    signals = strategy._signals[BTC]
    keys = (signals.at(row, 1).zone for row in range(6) if signals.at(row, 1))
    (zone,) = {key for key in keys if key.top == top}
    strategy._levels.fix(trade, Levels(top, BOTTOM, None), zone)


@pytest.mark.parametrize("live", [False, True])
def test_an_entered_zone_gives_way_to_the_next_one(live: bool) -> None:
    """ZONE-4: the nearest zone not entered is the candidate, none where all were; also after a restart."""
    strategy, alone = resting(FURTHER, block=ONCE), resting(block=ONCE)
    trade, _ = host.opened("long", rate=TOP)
    for one in (strategy, alone):
        one._levels = LevelRecords(live=live)
        enter(one, trade, TOP)
        if live:
            one._levels = LevelRecords(live=True)
    host.saved(trade)
    assert asked_price(strategy, ENTRY) == pytest.approx(FURTHER[1] - TICK)
    assert confirmed(strategy, FURTHER[1] - TICK)
    assert asked_price(alone, ENTRY) == ENTRY
    assert not confirmed(alone, TOP - TICK)


@pytest.mark.parametrize("runmode", [RunMode.BACKTEST, RunMode.DRY_RUN])
def test_a_trade_has_the_tag_of_the_zone_it_was_entered_in(runmode: RunMode) -> None:
    """ZONE-4: live with its signal, for it is known which zones were entered; in a backtest with its fill."""
    block = {
        "setup": {"zones": ["ob", "fvg"], "require": [], "entry": {"at": "zone"}, "one_entry_per_zone": True}
    }
    strategy = resting(block=block | {"htf_gate": False}, gaps=zones_of(FURTHER))
    strategy._is_live = runmode == RunMode.DRY_RUN
    enter(strategy, host.opened("long", rate=TOP, at=NOW - CANDLE)[0], TOP)
    tagged = strategy._tags(BTC, strategy._signals[BTC])[-1]
    assert tagged == ("fvg" if strategy._is_live else "ob")
    trade, order = host.opened("long", rate=FURTHER[1])
    trade.enter_tag = order.ft_order_tag = tagged
    host.saved(trade)
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    host.saved(trade)
    assert (trade.enter_tag, trade.orders[0].ft_order_tag) == ("fvg", "fvg")


def test_a_place_that_an_order_held_is_free_again() -> None:
    """RISK-2, LIM-2: the day is over for good only by what has filled."""
    strategy, (trade, order) = resting(block={**REST, "max_daily_trades": 1}), pending()
    trade.pair = "ETH/USDT:USDT"
    host.saved(trade)
    assert not confirmed(strategy, TOP - TICK)
    assert not PairLocks.is_global_lock(NOW)
    order.order_filled_date, order.ft_is_open, order.filled, order.status = NOW, False, 0.01, "closed"
    host.saved(trade)
    assert not confirmed(strategy, TOP - TICK)
    assert PairLocks.is_global_lock(NOW)


def test_a_zone_stays_entered_where_an_older_order_fills_later() -> None:
    """ZONE-4: a trade has the number of its order's placing, and may fill after a younger one."""
    strategy, (older, _), (younger, _) = (
        resting(block=ONCE),
        host.opened("short"),
        host.opened("long", rate=TOP),
    )
    assert (older.id, younger.id) == (1, 2)
    enter(strategy, younger, TOP)
    strategy._levels.fix(older, Levels(TOP, BOTTOM, None), None)
    assert not confirmed(strategy, TOP - TICK)


@pytest.mark.parametrize("is_spent", [False, True])
def test_only_a_zone_that_may_be_entered_is_a_nearer_one(is_spent: bool) -> None:
    """LIM-2."""
    strategy, own = resting(NEARER, block=ONCE), resting()._signals[BTC].at(5, 1)
    if is_spent:
        enter(strategy, host.opened("long", rate=NEARER[1])[0], NEARER[1])
    strategy._placed_signal = lambda trade, order: own
    assert is_taken_back(strategy, pending()) == (not is_spent)


def test_each_backtest_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else hyperopt's epochs would refuse what an earlier one tried."""
    strategy = resting(block=ONCE)
    assert [confirmed(strategy, TOP - TICK) for _ in range(2)] == [True, False]
    enter(strategy, host.opened("long", rate=TOP)[0], TOP)
    monkeypatch.setattr(IctEntry, "_find_signals", lambda *_: None)
    strategy._find_signals(BTC, pd.DataFrame(), strategy.params())
    assert confirmed(strategy, TOP - TICK)


NO_TARGET = {**REST, "setup": {"require": [], "entry": {"at": "zone"}, "target": "liquidity"}}


@pytest.mark.parametrize(("given", "filled", "reason"), [
    ({"ended": 5}, 0.0, "its zone has ended"),
    # LIM-2: for Freqtrade the part has no amount before.
    ({}, 0.004, "a part has filled"),
    # TGT-1: flat candles have no pool above.
    ({"block": NO_TARGET}, 0.0, "no target is left for it"),
])  # fmt: skip
def test_why_it_is_taken_back(
    given: dict[str, Any], filled: float, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    strategy = resting(**given)
    assert is_taken_back(strategy, pending(filled))
    assert reason_of(strategy).startswith(reason)
    # Once: the next order of this number is taken back by somebody else.
    assert reason_of(strategy) == "cancelled by Freqtrade or on the exchange"
    assert "ERROR" not in caplog.text


def test_what_can_not_be_judged_is_taken_back(caplog: pytest.LogCaptureFixture) -> None:
    strategy, order = resting(), pending()
    strategy._why_unwanted = lambda *asked: 1 / 0
    assert is_taken_back(strategy, order)
    assert "can't be judged" in caplog.text
    assert reason_of(strategy) == "it could not be checked, see the log"


def test_it_is_said_when_it_is_placed() -> None:
    """Stop 0.2 % below the block; 0.01 BTC lose 6.18 and both fees of 0.595 at it."""
    strategy, trade = resting(), pending()[0]
    host.saved(trade)
    said: list[str] = []
    strategy._post = said.append
    strategy._on_placed({"trade_id": trade.id, "order_type": "market"})
    assert said == []
    with time_machine.travel(NOW, tick=False):
        strategy._on_placed({"trade_id": trade.id, "order_type": "limit"})
    lines = said[0].splitlines()
    assert lines[:4] == ["Entry order placed", f"Pair: {BTC}", "Side: Long 1x", "Entry: 59,500.0"]
    assert lines[5] == "Stop: 58,882.0 (-1.04%)"
    assert lines[7] == "Risk: 6.77 USDT (0.07% of equity)"
    assert lines[-3:] == [
        "Zone: order block 59,000.0 - 59,500.0, 15m, 3 candles old, 0 touches",
        "Trends: 15m none, 4h none, 1d none",
        "Entries today (UTC): 1 / 5",
    ]


@pytest.mark.parametrize(("rate", "again", "reason"), [
    (TOP + TICK, False,
     "the entry must rest at 59500, was 59500.1: price is there already, or it was forced"),
    (TOP, True, "an entry was already tried at this close"),
])  # fmt: skip
def test_a_forced_or_late_entry_says_why_it_is_refused(rate: float, again: bool, reason: str) -> None:
    strategy, said = resting(), []
    strategy._refuse = lambda pair, side, why: said.append(why)
    strategy._is_live = True
    if again:
        strategy._tried[BTC] = strategy._newest_close(BTC, NOW)
    assert not confirmed(strategy, rate)
    assert said == [reason]


@pytest.mark.parametrize(("after", "over"), [(0, False), (119, False), (121, True)])
def test_an_entry_at_the_market_must_not_hang(after: int, over: bool) -> None:
    trade, order = host.opened("long", at=NOW)
    order.status, order.ft_is_open = "open", True
    assert is_taken_back(host.load({}), (trade, order), timedelta(seconds=after)) == over


@pytest.mark.parametrize(
    ("post_only", "live", "entry"), [(False, True, FEE), (True, True, MAKER_FEE), (True, False, FEE)]
)
def test_a_resting_entry_is_judged_at_its_limit(post_only: bool, live: bool, entry: float) -> None:
    """RISK-3, RISK-7: a backtest books one fee, and places the order a tick beyond its price."""
    strategy = resting(block={**REST, "entry_post_only": post_only})
    strategy._is_live = live
    asked: list[tuple[float, tuple[float, float]]] = []
    strategy._limits.account = lambda at, risk, *, fees, **named: asked.append((risk.entry, fees))
    strategy._account(BTC, strategy._signal(BTC, "long", NOW), NOW, TOP - 0.1, 0.01)
    assert asked == [(TOP, (entry, FEE))]
    trade, _ = pending()
    trade.open_rate = TOP - TICK
    assert open_risk_of(trade, strategy._planned).entry == TOP
