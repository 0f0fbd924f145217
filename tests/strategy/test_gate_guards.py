"""What the gate refuses, and how it goes without its database, a stop's look-up or an answer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import ccxt
import pytest
from freqtrade.enums import State as BotState
from freqtrade.exceptions import DependencyException, InvalidOrderException, TemporaryError
from freqtrade.persistence import Order, Trade
from freqtrade.rpc import RPC, RPCException
from ict_host.intents import State
from ict_host.one_entry import AdditionalEntryError
from ict_host.seams import access

from tests.strategy.benches import PLAN, Desk
from tests.strategy.exchange import BUSY, ETH
from tests.strategy.host import opened, saved
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC

# Entries


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_further_entry_into_an_open_trade_is_refused(desk: Desk, side: str) -> None:
    desk.gate.plan(BTC, PLAN, "ob")
    with pytest.raises(AdditionalEntryError):
        desk.order(side=side, initial_order=False)
    assert (desk.client.sent, desk.rows()) == ([], [])


def test_freqtrades_api_says_why_a_forced_further_entry_is_refused(desk: Desk) -> None:
    opened()

    def execute_entry(pair: str, stake: float, *_: Any, trade: Trade, **__: Any) -> bool:
        return bool(desk.order(pair=pair, initial_order=trade is None))

    strategy = SimpleNamespace(position_adjustment_enable=True, order_types={"entry": "market"})
    rpc = RPC.__new__(RPC)
    rpc._config = {"max_open_trades": 3, "force_entry_enable": True}
    rpc._freqtrade = SimpleNamespace(
        config=rpc._config, strategy=strategy, execute_entry=execute_entry, _exit_lock=Lock(),
        state=BotState.RUNNING, trading_mode="futures",
        exchange=SimpleNamespace(get_markets=lambda **_: [BTC]),
        wallets=SimpleNamespace(get_trade_stake_amount=lambda *_: 100.0),
    )  # fmt: skip
    rpc._force_entry_validations = lambda *_: None
    with pytest.raises(RPCException) as caught:
        rpc._rpc_force_entry(BTC, None)
    assert caught.value.message == f"{BTC}: a trade is open; another entry would bypass its size and the caps"
    assert desk.client.sent == []


def test_no_entry_without_a_planned_stop(desk: Desk) -> None:
    with pytest.raises(DependencyException, match="no entry without a planned stop"):
        desk.order(planned=False)
    desk.order()
    # A plan is for one order, and for its pair.
    with pytest.raises(DependencyException):
        desk.order(planned=False)
    desk.gate.plan(ETH, PLAN, None)
    with pytest.raises(DependencyException):
        desk.order(planned=False)
    assert len(desk.client.sent) == 1
    desk.gate.plan(BTC, PLAN, None)
    desk.exit()
    desk.order(planned=False)


def test_a_trade_knows_the_plan_of_its_own_order(desk: Desk) -> None:
    trade, entry = opened()
    assert desk.gate.plan_of(trade) is None
    entry.order_id = desk.order()["id"]
    desk.gate.plan(BTC, {"stop": 1.0}, "later")
    desk.order(planned=False)
    assert desk.gate.plan_of(trade) == PLAN
    trade.orders.clear()
    assert desk.gate.plan_of(trade) is None


# Stops


@pytest.mark.parametrize(("side", "asked", "planned", "placed"), [
    ("sell", 57_000.0, 59_400.0, 59_400.0),  # Freqtrade's static stop, looser
    ("sell", 59_700.0, 59_400.0, 59_700.0),  # moved up since: never back
    ("sell", 57_000.0, None, 57_000.0),
    ("buy", 63_000.0, 60_600.0, 60_600.0),
    ("buy", 60_300.0, 60_600.0, 60_300.0),
    ("buy", 63_000.0, None, 63_000.0),
])  # fmt: skip
def test_no_stop_is_looser_than_planned(
    desk: Desk, side: str, asked: float, planned: float | None, placed: float
) -> None:
    if planned:
        desk.planned[BTC] = planned
    desk.planned[ETH] = 1.0
    desk.stop(asked, side)
    assert desk.client.sent[0]["stopPrice"] == placed
    assert desk.rows()[0].price == placed


# A database that can't be written


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    Trade.session.remove()
    access.database().dispose()
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_while_the_database_is_locked_goes_out_what_protects_alone(desk: Desk) -> None:
    with locked(desk):
        with pytest.raises(DependencyException, match="recorded"):
            desk.order()
        assert desk.client.sent == []
        desk.exit()
        desk.stop()
    assert (len(desk.client.sent), desk.rows()) == (2, [])
    desk.order()


def test_a_database_that_can_be_read_but_not_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No entry; an answer that can't be written is still an answer."""
    full = Mock(side_effect=OSError("disk full"))
    monkeypatch.setattr(desk.intents, "answered", full)
    assert desk.order()["id"] == "1001"
    assert desk.states == [State.SENT]
    for step, error, said in (
        ("write", DependencyException, "can't be recorded: disk full"), ("open", TemporaryError, "be read"),
    ):  # fmt: skip
        monkeypatch.setattr(desk.intents, step, full)
        with pytest.raises(error, match=said):
            desk.order(pair=ETH)
        desk.exit()
        desk.stop()
    assert [sent["side"] for sent in desk.client.sent] == ["buy", *["sell"] * 4]


# A stop that can't be looked up


def with_stop() -> tuple[Trade, Order]:
    trade, _ = opened()
    stop = resting_stop(trade, is_open=True)
    stop.stop_price = trade.stop_loss
    return trade, stop


@pytest.mark.parametrize(
    "error",
    [ccxt.DDoSProtection("429"), ccxt.RequestTimeout("10 s"), ccxt.InvalidOrder("-4000"), BUSY,
     ccxt.ExchangeError("-1100"), {}, None],
    ids=["429", "timeout", "invalid", "busy", "-1100", "empty", "nothing"],
)  # fmt: skip
def test_a_stop_that_cant_be_looked_up_is_taken_as_last_seen(
    desk: Desk, error: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A minute of Freqtrade's further attempts would keep the next trades from their target."""
    trade, stop = with_stop()
    desk.client.blind = {} if error is None else error
    found = desk.exchange.fetch_stoploss_order(stop.order_id, BTC)
    known = {"id": stop.order_id, "status": "open", "side": "sell", "filled": 0.0}
    known["stopPrice"] = trade.stop_loss
    assert {key: found[key] for key in known} == known
    # What Freqtrade does not replace.
    assert found["status_stop"] == "triggered"
    assert set(desk.gate.unseen) == {trade.id}
    assert desk.gate.unseen[trade.id]
    slow = isinstance(error, ccxt.DDoSProtection | ccxt.RequestTimeout | ccxt.InvalidOrder)
    assert ("Retrying still" in caplog.text) is not slow
    desk.client.blind = None
    known = {"id": stop.order_id, "symbol": BTC, "status": "open", "stopPrice": trade.stop_loss}
    desk.client.orders[stop.order_id] = known
    assert desk.exchange.fetch_stoploss_order(stop.order_id, BTC)["status"] == "open"
    assert desk.gate.unseen == {}


@pytest.mark.parametrize(("cancel", "look", "status"), [
    (None, None, "canceled"), (BUSY, None, "open"), (ccxt.OrderNotFound("-2011"), None, "open"),
    (ccxt.OrderNotFound("-2011"), ccxt.OrderNotFound("-2013"), "open"), (None, BUSY, "open"),
])  # fmt: skip
def test_an_entry_rests_until_somebody_says_that_it_does_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, cancel: Exception | None, look: Any, status: str
) -> None:
    """Freqtrade takes an entry that can't be looked up for cancelled, and forgets its trade."""
    trade, order = opened("long")
    order.ft_is_open, order.status, order.ft_order_side = True, "open", "buy"
    saved(trade)
    rests = {"id": order.order_id, "status": "open", "filled": 0.0, "info": {"orderId": 1}}
    desk.client.orders = {order.order_id: desk.client.put("buy", 0.01) | rests}
    desk.client.blind = look
    if cancel:
        monkeypatch.setattr(desk.client, "cancel_order", Mock(side_effect=cancel))
    # Freqtrade asks five times, and waits longer each time.
    monkeypatch.setattr("freqtrade.exchange.common.time.sleep", lambda seconds: None)
    found = desk.exchange.cancel_order_with_result(order.order_id, BTC, 0.01)
    assert (found["id"], found["status"]) == (order.order_id, status)


def test_an_exit_whose_cancel_is_unclear_is_an_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    trade, _ = opened()
    monkeypatch.setattr(desk.client, "cancel_order", Mock(side_effect=BUSY))
    monkeypatch.setattr("freqtrade.exchange.common.time.sleep", lambda seconds: None)
    for order_id in (resting_stop(trade, is_open=True).order_id, "of no trade"):
        with pytest.raises(InvalidOrderException, match="503"):
            desk.exchange.cancel_order_with_result(order_id, BTC, 0.01)


@pytest.mark.parametrize(("age", "waits"), [(14, True), (16, False)])
def test_a_stop_that_the_exchange_does_not_know_is_freqtrades_to_replace(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, age: float, waits: bool
) -> None:
    """Freqtrade waits 35 s for it, which is of use only while the order may still arrive."""
    waited: list[float] = []
    monkeypatch.undo()  # its own pauses
    monkeypatch.setattr("freqtrade.exchange.common.time.sleep", waited.append)
    trade, stop = with_stop()
    stop.order_date = datetime.now(UTC) - timedelta(seconds=age)
    saved(trade)
    for look in (desk.exchange.fetch_stoploss_order, desk.exchange.fetch_order):
        with pytest.raises(InvalidOrderException):
            look(stop.order_id, BTC)
    assert (waited, desk.gate.unseen) == ([1, 2, 5, 10, 17] * 2 * waits, {})


def test_a_stop_that_the_book_does_not_know_has_no_last_state(desk: Desk) -> None:
    _, stop = with_stop()
    desk.client.blind = BUSY
    for order_id, pair in (("of no trade", BTC), (stop.order_id, ETH)):
        with pytest.raises(TemporaryError):
            desk.exchange.fetch_stoploss_order(order_id, pair)
    desk.client.blind = None
    foreign = desk.client.put("sell", 0.01, stopPrice=59_400.0)["id"]
    assert desk.exchange.fetch_stoploss_order(foreign, BTC)["id"] == foreign
    assert desk.gate.unseen == {}


# Bodies that are no answer


def test_a_page_is_no_answer_and_json_is_one(desk: Desk) -> None:
    for page in ("<html>", "", None, 7):
        desk.client.page = page
        with pytest.raises(ccxt.BadResponse, match="no JSON"):
            desk.client.fetch("https://fapi")
    for answer in ({}, {"code": 200}, [], [1]):
        desk.client.page = answer
        assert desk.client.fetch("https://fapi") == answer


@pytest.mark.parametrize("answer", [{}, {"id": "None"}, {"id": "0"}, "<html>", None])
def test_no_order_in_a_look_up_is_an_error(desk: Desk, answer: Any) -> None:
    """Freqtrade would book it: id "None", no status, no amount."""
    desk.client.blind = answer if answer is not None else []
    with pytest.raises(TemporaryError, match="holds no order"):
        desk.exchange.fetch_order("1001", BTC)
