"""Entries that rest, as Freqtrade asks for them: price, confirmation, and when they are taken back."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.persistence import Order, Trade
from freqtrade.strategy.interface import IStrategy
from ict_host.signals import Signals

from ict.candles import Candles
from ict.catalogue.zone_kinds import ORDER_BLOCK
from ict.columns import Columns
from ict.market.chart import Chart
from ict.setups.entries import find_entries
from tests.strategy.host import (
    BTC,
    CANDLE,
    ENTRY,
    FEE,
    MAKER_FEE,
    NOW,
    TICK,
    Provider,
    Wallets,
    load,
    memory_database,
    opened,
)
from tests.unit.test_setups import zones_of

REST = {"setup": {"require": [], "entry": {"at": "zone"}}, "htf_gate": False, "max_position_percent": 100.0}
# A block below the price, known at the third of six candles, whose edge is the limit price.
TOP, BOTTOM = 59_500.0, 59_000.0


@pytest.fixture(autouse=True)
def _database() -> Iterator[None]:
    with memory_database():
        yield


def resting(*, ended: int = -1, block: dict[str, Any] | None = None) -> IStrategy:
    """Load a strategy that rests, on six flat candles with one block; the last has closed just now."""
    strategy = load(block or REST)
    strategy.wallets, strategy.dp = Wallets(), Provider()
    dates = pd.date_range(end=NOW - CANDLE, periods=6, freq=CANDLE)
    prices = dict.fromkeys(("open", "high", "low", "close"), ENTRY)
    candles = Candles.from_frame(pd.DataFrame({"date": dates, **prices, "volume": 1.0}))
    zones = zones_of((1, TOP, BOTTOM, 2, ended))
    chart = Chart(candles, strategy.params()).with_zones(ORDER_BLOCK.find, zones)
    always, tick = np.ones(6, np.bool_), np.full(6, TICK)
    strategy._signals[BTC] = Signals.find(pd.DatetimeIndex(dates), Columns(chart), always, tick, find_entries)
    return strategy


def asked_price(strategy: IStrategy, market: float) -> float:
    """Ask at which price to enter while the market is at another."""
    price: float = strategy.custom_entry_price(
        pair=BTC, trade=None, current_time=NOW, proposed_rate=market, entry_tag="ob", side="long"
    )
    return price


def confirmed(strategy: IStrategy, rate: float) -> bool:
    """Ask whether an order may go out at a price."""
    return bool(
        strategy.confirm_trade_entry(
            pair=BTC, order_type="limit", amount=0.01, rate=rate, time_in_force="GTC", current_time=NOW,
            entry_tag="ob", side="long",
        )
    )  # fmt: skip


def pending(filled: float = 0.0) -> tuple[Trade, Order]:
    """Make an order that was placed at the close before the newest one."""
    trade, order = opened("long", rate=TOP, at=NOW - CANDLE)
    order.order_type, order.status, order.ft_is_open = "limit", "open", True
    order.filled, order.remaining, order.order_filled_date = filled, 0.01 - filled, None
    return trade, order


def is_taken_back(strategy: IStrategy, order: tuple[Trade, Order], after: timedelta = timedelta(0)) -> bool:
    """Ask whether an order's time is over."""
    return bool(
        strategy.check_entry_timeout(pair=BTC, trade=order[0], order=order[1], current_time=NOW + after)
    )


def test_the_settings_decide_the_type_of_the_order() -> None:
    assert load(REST).order_types["entry"] == "limit"
    assert load({}).order_types["entry"] == "market"
    post_only = load({**REST, "entry_post_only": True})
    assert post_only.order_time_in_force["entry"] == "PO"


@pytest.mark.parametrize(
    ("market", "price"),
    [(60_000.0, TOP - TICK), (TOP + TICK, TOP - TICK), (TOP, TOP), (59_200.0, 59_200.0)],
)
def test_a_backtest_rests_one_tick_beyond(market: float, price: float) -> None:
    """LIM-3; at or beyond the limit the answer is the market's price, which is then refused."""
    strategy = resting()
    assert asked_price(strategy, market) == pytest.approx(price)
    assert confirmed(strategy, price) == (market > TOP)


def test_there_is_one_attempt_at_a_close() -> None:
    strategy = resting()
    assert [confirmed(strategy, TOP - TICK) for _ in range(2)] == [True, False]


def test_it_stays_while_its_zone_lives() -> None:
    assert not is_taken_back(resting(), pending())


@pytest.mark.parametrize(("late", "over"), [(timedelta(minutes=2), False), (timedelta(seconds=121), True)])
def test_without_new_candles_it_is_taken_back(late: timedelta, over: bool) -> None:
    """Nobody knows then whether its zone lives."""
    assert is_taken_back(resting(), pending(), after=CANDLE + late) == over


def test_it_is_taken_back_where_exchange_and_book_differ() -> None:
    strategy = resting()
    strategy._guard = SimpleNamespace(differs_on=[BTC].__contains__, plan_of=lambda trade: None)
    assert is_taken_back(strategy, pending())


def test_it_is_taken_back_with_its_zone() -> None:
    strategy = resting(ended=5)
    assert is_taken_back(strategy, pending())


def test_the_rest_of_a_partial_fill_is_taken_back() -> None:
    """LIM-2: for Freqtrade the part has no amount before."""
    assert is_taken_back(resting(), pending(filled=0.004))


def test_what_can_not_be_judged_is_taken_back(caplog: pytest.LogCaptureFixture) -> None:
    strategy, order = resting(), pending()
    strategy._is_wanted = lambda *asked: 1 / 0
    assert is_taken_back(strategy, order)
    assert "can't be judged" in caplog.text


def test_without_a_target_it_is_taken_back_and_that_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """TGT-1: flat candles have no pool above."""
    setup = {"require": [], "entry": {"at": "zone"}, "target": "liquidity"}
    strategy = resting(block={**REST, "setup": setup})
    assert is_taken_back(strategy, pending())
    assert "ERROR" not in caplog.text


@pytest.mark.parametrize(("after", "over"), [(0, False), (119, False), (121, True)])
def test_an_entry_at_the_market_must_not_hang(after: int, over: bool) -> None:
    trade, order = opened("long", at=NOW)
    order.status, order.ft_is_open = "open", True
    assert is_taken_back(load({}), (trade, order), timedelta(seconds=after)) == over


@pytest.mark.parametrize(
    ("post_only", "live", "entry"),
    [(False, True, FEE), (True, True, MAKER_FEE), (True, False, FEE)],
)
def test_only_post_only_is_sure_to_pay_the_makers_fee(post_only: bool, live: bool, entry: float) -> None:
    """RISK-7: a backtest books one fee whatever the order was."""
    strategy = resting(block={**REST, "entry_post_only": post_only})
    strategy._is_live = live
    asked: list[tuple[float, float]] = []
    strategy._limits.account = lambda *given, fees, **named: asked.append(fees)
    strategy._account(BTC, strategy._signal(BTC, "long", NOW), NOW, TOP, 0.01)
    assert asked == [(entry, FEE)]
