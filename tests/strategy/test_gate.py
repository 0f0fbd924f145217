"""The gate that a live bot's orders go through: what is written down, looked up, repeated and refused."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

import ccxt
import pytest
from freqtrade.enums import State as BotState
from freqtrade.exceptions import (
    DependencyException,
    InvalidOrderException,
    RetryableOrderError,
    TemporaryError,
)
from freqtrade.persistence import Order, Trade
from freqtrade.rpc import RPC, RPCException
from ict_host import seams
from ict_host.gate import AdditionalEntryError, OrderGate, UnclearAnswerError, is_order, is_refusal
from ict_host.intents import Intent, Intents, Purpose, State

from tests.strategy.exchange import BUSY, ETH, Client, LiveBinance, Trouble
from tests.strategy.host import ENTRY, database, opened
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC

PLAN = {"stop": 59_400.0, "target": 61_200.0}
LOST = Trouble(ccxt.RequestTimeout("no answer"))
NEVER_ARRIVED = Trouble(ccxt.RequestTimeout("no answer"), arrives=False)
REFUSED = Trouble(ccxt.InvalidOrder("-4003"), arrives=False)


@dataclass
class Desk:
    """A gate with both its sides."""

    path: Path
    planned: dict[str, float] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client()
        self.exchange = LiveBinance(self.client)
        self.intents = Intents(seams.database())
        self.gate = OrderGate(self.exchange, self.intents, self.holding, self.planned.get)

    @contextmanager
    def holding(self) -> Iterator[None]:
        self.held.append("begins")
        yield
        self.held.append("ends")

    def order(self, *, pair: str = BTC, amount: float = 0.01, planned: bool = True, **given: Any) -> Any:
        if planned and not given.get("reduceOnly"):
            self.gate.plan(pair, PLAN, "ob")
        asked = {"ordertype": "market", "side": "buy", "rate": ENTRY, "leverage": 3.0} | given
        return self.exchange.create_order(pair=pair, amount=amount, **asked)

    def exit(self, amount: float = 0.01) -> Any:
        return self.order(amount=amount, side="sell", reduceOnly=True, initial_order=False)

    def stop(self, price: float = 59_400.0, side: str = "sell") -> Any:
        types = {"stoploss": "market"}
        given = {"pair": BTC, "amount": 0.01, "stop_price": price, "side": side, "leverage": 3.0}
        return self.exchange.create_stoploss(order_types=types, **given)

    def rows(self) -> list[Intent]:
        return self.intents._where()

    @property
    def states(self) -> list[State]:
        return [row.state for row in self.rows()]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("freqtrade.exchange.common.calculate_backoff", lambda *_: 0.0)
    path = tmp_path / "trades.sqlite"
    with database(f"sqlite:///{path}"):
        yield Desk(path)


SENDS: dict[str, Callable[[Desk], Any]] = {
    "entry": Desk.order,
    "exit": Desk.exit,
    "stop": Desk.stop,
}
each_order = pytest.mark.parametrize("name", SENDS)


def grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time pass in which an order can still arrive."""
    monkeypatch.setattr("ict_host.gate.LATEST_ARRIVAL", timedelta(seconds=-1))


# Written down before it is sent


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("entry", {"side": "buy", "price": ENTRY, "plan": PLAN, "tag": "ob"}),
        ("exit", {"side": "sell", "price": ENTRY, "plan": {}, "tag": ""}),
        ("stop", {"side": "sell", "price": 59_400.0, "plan": {}, "tag": ""}),
    ],
)
def test_an_order_is_written_down_before_it_is_sent(desk: Desk, name: str, expected: dict[str, Any]) -> None:
    before: list[Intent] = []
    desk.client.on_send = lambda: before.extend(desk.rows())
    order = SENDS[name](desk)
    (first,), (after,), (sent,) = before, desk.rows(), desk.client.sent
    expected |= {"purpose": Purpose(name), "pair": BTC, "amount": 0.01, "leverage": 3.0}
    assert {key: getattr(first, key) for key in expected} == expected
    assert (first.state, first.order_id) == (State.SENT, "")
    assert abs(datetime.now(UTC) - first.sent_at) < timedelta(minutes=1)
    assert (after.state, after.order_id) == (State.ACCEPTED, order["id"])
    assert sent["clientOrderId"] == first.client_id == after.client_id
    assert first.client_id.startswith("ict-")
    assert len(first.client_id) <= 36
    assert desk.held == ["begins", "ends"]


def test_what_freqtrade_wants_of_an_order_stays(desk: Desk) -> None:
    desk.exit()
    desk.stop()
    first, second = desk.client.sent
    assert (first["reduceOnly"], first["type"], first["amount"]) == (True, "market", 0.01)
    assert (second["reduceOnly"], second["stopPrice"], second["type"]) == (True, 59_400.0, "stop_market")
    assert first["clientOrderId"] != second["clientOrderId"]


def test_an_order_of_ccxt_that_is_none_of_freqtrades_is_left_alone(desk: Desk) -> None:
    desk.client.create_order(BTC, "market", "buy", 0.01)
    assert "clientOrderId" not in desk.client.sent[0]
    assert desk.rows() == []


def test_a_signal_waits_for_a_cancel_too(desk: Desk) -> None:
    desk.exchange.cancel_order(desk.stop()["id"], BTC, {"stop": True})
    assert desk.held == ["begins", "ends"] * 2
    assert desk.client.cancelled == ["1001"]


# Refusals, and answers that leave an order's fate open

UNCLEAR = {
    "BaseError", "ExchangeError", "OperationFailed", "NetworkError", "DDoSProtection", "RateLimitExceeded",
    "ExchangeNotAvailable", "OnMaintenance", "InvalidNonce", "ChecksumError", "RequestTimeout", "BadResponse",
    "NullResponse", "CancelPending", "UnsubscribeError", "DuplicateOrderId",
}  # fmt: skip
CLEAR = {
    "AuthenticationError", "PermissionDenied", "AccountNotEnabled", "AccountSuspended", "ArgumentsRequired",
    "BadRequest", "BadSymbol", "OperationRejected", "NoChange", "MarginModeAlreadySet", "MarketClosed",
    "ManualInteractionNeeded", "RestrictedLocation", "InsufficientFunds", "InvalidAddress", "AddressPending",
    "InvalidOrder", "OrderNotFound", "OrderNotCached", "OrderImmediatelyFillable", "OrderNotFillable",
    "ContractUnavailable", "NotSupported", "InvalidProxySettings", "ExchangeClosedByUser",
}  # fmt: skip


def _classes(top: type[Exception] = ccxt.BaseError) -> Iterator[type[Exception]]:
    yield top
    for below in top.__subclasses__():
        yield from _classes(below)


def test_each_error_of_ccxt_is_a_refusal_or_unclear() -> None:
    refused = {
        error.__name__: is_refusal(error(""))
        for error in _classes()
        if error.__module__ == "ccxt.base.errors"
    }
    assert refused == dict.fromkeys(UNCLEAR, False) | dict.fromkeys(CLEAR, True)
    assert not is_refusal(KeyError("orderId"))


@each_order
def test_a_refusal_is_passed_on_and_nobody_asks(desk: Desk, name: str) -> None:
    desk.client.troubles.append(REFUSED)
    with pytest.raises(InvalidOrderException):
        SENDS[name](desk)
    assert (desk.states, desk.client.asked) == ([State.REFUSED], [])
    SENDS[name](desk)
    assert desk.states == [State.REFUSED, State.ACCEPTED]


UNCLEAR_ANSWERS = {
    "timeout": ccxt.RequestTimeout("t"),
    "busy": ccxt.ExchangeNotAvailable("503"),
    "too many requests": ccxt.DDoSProtection("429"),
    "unknown code": ccxt.ExchangeError("-1"),
    "parser fails": KeyError("status"),
    "empty": {},
    "no answer": None,
    "page": "<html>",
    "list": [],
    "id None": {"id": None, "status": "open"},
    "id in words": {"id": "None", "status": "open"},
    "id empty": {"id": "", "status": "open"},
    "no such status": {"id": "1", "status": "sort of"},
}


@each_order
@pytest.mark.parametrize("answer", UNCLEAR_ANSWERS.values(), ids=UNCLEAR_ANSWERS)
def test_an_order_with_an_unclear_answer_is_found_again(desk: Desk, name: str, answer: Any) -> None:
    desk.client.troubles.append(Trouble(answer))
    order = SENDS[name](desk)
    (sent,) = desk.client.sent
    assert (order["id"], desk.states, desk.client.asked) == (
        "1001",
        [State.ACCEPTED],
        [sent["clientOrderId"]],
    )


@each_order
@pytest.mark.parametrize("answer", UNCLEAR_ANSWERS.values(), ids=UNCLEAR_ANSWERS)
def test_an_order_that_never_arrived(desk: Desk, name: str, answer: Any) -> None:
    """A stop may be sent again at once; an entry or an exit could still arrive."""
    desk.client.troubles.append(Trouble(answer, arrives=False))
    with pytest.raises(TemporaryError):
        SENDS[name](desk)
    assert desk.states == [State.REFUSED if name == "stop" else State.SENT]


@each_order
@pytest.mark.parametrize("look", [BUSY, {}, None, {"id": None}], ids=["busy", "empty", "none", "no id"])
def test_nobody_can_say_what_became_of_it(desk: Desk, name: str, look: Any) -> None:
    desk.client.troubles.append(LOST)
    desk.client.blind = {} if look is None else look
    with pytest.raises(TemporaryError):
        SENDS[name](desk)
    assert desk.states == [State.SENT]
    desk.client.blind = None
    found = SENDS[name](desk)
    # The one that was sent first is the answer, so nothing is sent twice.
    assert (found["id"], desk.states, len(desk.client.sent)) == ("1001", [State.ACCEPTED], 1)


@pytest.mark.parametrize("status", ["open", "closed", "canceled", "expired", "rejected", None])
def test_an_order_has_an_id_and_a_state(status: str | None) -> None:
    assert is_order({"id": "7", "status": status})
    assert is_order({"id": 7, "status": status})
    assert not is_order({"status": status})
    assert not is_order({"id": "7", "status": "sort of"})


# What may be sent again


def test_no_second_entry_while_the_first_is_unclear(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.client.troubles.append(NEVER_ARRIVED)
    with pytest.raises(TemporaryError):
        desk.order()
    with pytest.raises(UnclearAnswerError, match="last entry is not known yet"):
        desk.order()
    assert len(desk.client.sent) == 1
    desk.order(pair=ETH)
    desk.stop()
    grow_old(monkeypatch)
    assert desk.order()["status"] == "closed"
    assert desk.states == [State.REFUSED, State.ACCEPTED, State.ACCEPTED, State.ACCEPTED]


def test_an_entry_that_can_still_arrive_is_waited_for(desk: Desk) -> None:
    """15 seconds: the exchange takes no order that is older than ten."""
    desk.client.troubles.append(NEVER_ARRIVED)
    with pytest.raises(TemporaryError):
        desk.order()
    (intent,) = desk.rows()
    for seconds, state in ((14, State.SENT), (16, State.REFUSED)):
        aged = Intent(
            **{name: getattr(intent, name) for name in intent.__slots__}
            | {"sent_at": datetime.now(UTC) - timedelta(seconds=seconds)}
        )
        assert desk.gate.resolve(aged) is None
        assert desk.states == [state]


def test_a_stop_is_sent_again_whatever_became_of_the_last(desk: Desk) -> None:
    """Two stops only reduce, and the spare one is found; no stop at all costs money."""
    desk.client.troubles.append(LOST)
    desk.client.blind = BUSY
    with pytest.raises(TemporaryError):
        desk.stop()
    desk.stop()
    assert desk.states == [State.SENT, State.ACCEPTED]


@pytest.mark.parametrize(("amount", "repeats"), [(0.009, False), (0.01, True), (0.011, True)])
def test_a_partial_exit_is_not_sold_twice(desk: Desk, amount: float, repeats: bool) -> None:
    opened()
    desk.client.troubles.append(LOST)
    desk.client.blind = BUSY
    with pytest.raises(TemporaryError):
        desk.exit(amount)
    if repeats:
        desk.exit(amount)
    else:
        with pytest.raises(UnclearAnswerError, match="last exit is not known yet"):
            desk.exit(amount)
    assert len(desk.client.sent) == 1 + repeats


def test_an_unclear_entry_holds_up_nothing_that_protects(desk: Desk) -> None:
    """Another trade of the pair is open: its exits are orders of their own, and so is its stop."""
    opened()
    desk.client.troubles.append(LOST)
    desk.client.blind = BUSY
    with pytest.raises(TemporaryError):
        desk.order()
    assert desk.exit(0.004)["id"] == "1002"
    desk.client.blind = None
    assert desk.stop()["id"] == "1003"
    assert desk.states == [State.SENT, State.ACCEPTED, State.ACCEPTED]


def test_what_was_never_sent_is_not_waited_for(desk: Desk) -> None:
    """The leverage could not be set, so no order went out."""

    def fails() -> None:
        raise TemporaryError("leverage")

    desk.exchange.prepare = fails
    with pytest.raises(TemporaryError, match="leverage"):
        desk.order()
    assert (desk.states, desk.client.sent) == ([State.REFUSED], [])
    desk.exchange.prepare = lambda: None
    desk.order()
    assert desk.states == [State.REFUSED, State.ACCEPTED]


@each_order
def test_an_order_that_ended_unfilled_is_no_answer_to_the_next(desk: Desk, name: str) -> None:
    desk.client.troubles.append(LOST)
    desk.client.blind = BUSY
    with pytest.raises(TemporaryError):
        SENDS[name](desk)
    desk.client.blind = None
    desk.client.orders["1001"] |= {"status": "expired", "filled": 0.0}
    assert SENDS[name](desk)["id"] == "1002"


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
    assert caught.value.message == f"{BTC}: a trade is open; a further entry would pass its size and the caps"
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
    desk.exit()


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


@pytest.mark.parametrize(
    ("side", "asked", "planned", "placed"),
    [
        ("sell", 57_000.0, 59_400.0, 59_400.0),  # Freqtrade's static stop, looser
        ("sell", 59_700.0, 59_400.0, 59_700.0),  # moved up since: never back
        ("sell", 57_000.0, None, 57_000.0),
        ("buy", 63_000.0, 60_600.0, 60_600.0),
        ("buy", 60_300.0, 60_600.0, 60_300.0),
        ("buy", 63_000.0, None, 63_000.0),
    ],
)
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
def locked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let another process hold the database."""
    other = sqlite3.connect(desk.path, isolation_level=None)
    Trade.session.remove()
    seams.database().dispose()
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Desk]:
    """Make a desk that does not wait five seconds for a locked database."""
    path = tmp_path / "trades.sqlite"
    with database(f"sqlite:///{path}?timeout=0.01"):
        yield Desk(path)


def test_no_entry_while_the_database_is_locked(impatient: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with locked(impatient, monkeypatch), pytest.raises(DependencyException, match="written down"):
        impatient.order()
    assert (impatient.client.sent, impatient.rows()) == ([], [])
    impatient.order()


@pytest.mark.parametrize("name", ["exit", "stop"])
def test_what_protects_goes_out_while_the_database_is_locked(
    impatient: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with locked(impatient, monkeypatch):
        SENDS[name](impatient)
    assert (len(impatient.client.sent), impatient.rows()) == (1, [])


def test_an_entry_that_can_be_read_but_not_written_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(intent: Intent) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(desk.intents, "write", full)
    with pytest.raises(DependencyException, match="can't be written down: disk full"):
        desk.order()
    desk.exit()
    desk.stop()
    assert [sent["side"] for sent in desk.client.sent] == ["sell", "sell"]


def test_an_answer_that_cant_be_written_is_still_an_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(desk.intents, "answered", full)
    assert desk.order()["id"] == "1001"
    assert desk.states == [State.SENT]


# A stop that can't be looked up


def with_stop() -> tuple[Trade, Order]:
    trade, _ = opened()
    stop = resting_stop(trade, is_open=True)
    stop.stop_price = trade.stop_loss
    return trade, stop


@pytest.mark.parametrize(
    "error",
    [BUSY, ccxt.DDoSProtection("429"), ccxt.ExchangeError("-1100"), ccxt.InvalidOrder("-4000"), {}, None],
    ids=["busy", "429", "-1100", "invalid", "empty", "nothing"],
)
def test_a_stop_that_cant_be_looked_up_is_taken_as_last_seen(desk: Desk, error: Any) -> None:
    trade, stop = with_stop()
    desk.client.blind = {} if error is None else error
    found = desk.exchange.fetch_stoploss_order(stop.order_id, BTC)
    known = {
        "id": stop.order_id,
        "status": "open",
        "side": "sell",
        "stopPrice": trade.stop_loss,
        "filled": 0.0,
    }
    assert {key: found[key] for key in known} == known
    # What Freqtrade does not replace.
    assert found["status_stop"] == "triggered"
    assert set(desk.gate.unseen) == {trade.id}
    assert desk.gate.unseen[trade.id]
    desk.client.blind = None
    desk.client.orders[stop.order_id] = {"id": stop.order_id, "symbol": BTC, "status": "open"}
    assert desk.exchange.fetch_stoploss_order(stop.order_id, BTC)["status"] == "open"
    assert desk.gate.unseen == {}


def test_a_stop_that_the_exchange_does_not_know_is_freqtrades_to_replace(desk: Desk) -> None:
    _, stop = with_stop()
    with pytest.raises(RetryableOrderError):
        desk.exchange.fetch_stoploss_order(stop.order_id, BTC)
    assert desk.gate.unseen == {}


@pytest.mark.parametrize("order_id", ["of no trade", None])
def test_a_stop_that_the_book_does_not_know_has_no_last_state(desk: Desk, order_id: str | None) -> None:
    _, stop = with_stop()
    desk.client.blind = BUSY
    pair = BTC if order_id else ETH
    with pytest.raises(TemporaryError):
        desk.exchange.fetch_stoploss_order(order_id or stop.order_id, pair)
    assert desk.gate.unseen == {}


# Bodies that are no answer


@pytest.mark.parametrize("page", ["<html>", "", None, 7])
def test_a_page_is_no_answer(desk: Desk, page: Any) -> None:
    desk.client.page = page
    with pytest.raises(ccxt.BadResponse, match="no JSON"):
        desk.client.fetch("https://fapi")


@pytest.mark.parametrize("page", [{}, {"code": 200}, [], [1]])
def test_json_is_an_answer(desk: Desk, page: Any) -> None:
    desk.client.page = page
    assert desk.client.fetch("https://fapi") == page


@pytest.mark.parametrize("answer", [{}, {"id": "None"}, "<html>", None])
def test_no_order_in_a_look_up_is_an_error(desk: Desk, answer: Any) -> None:
    """Freqtrade would book it: id "None", no status, no amount."""
    desk.client.blind = answer if answer is not None else []
    with pytest.raises(TemporaryError, match="holds no order"):
        desk.exchange.fetch_order("1001", BTC)
