"""The gate that a live bot's orders go through: what is written down, looked up and repeated."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import ccxt
import pytest
from freqtrade.exceptions import ExchangeError, InvalidOrderException, TemporaryError
from ict_host.gate import UnclearAnswerError, is_order, is_refusal
from ict_host.intents import Intent, Intents, Purpose, State
from ict_host.seams import access

from tests.strategy.benches import LOST, NEVER_ARRIVED, PLAN, REFUSED, SENDS, Desk
from tests.strategy.exchange import BUSY, ETH, Trouble
from tests.strategy.host import ENTRY, NOW, opened, saved
from tests.strategy.support import BTC

each_order = pytest.mark.parametrize("name", SENDS)


def lose(desk: Desk, send: Callable[[Desk], Any]) -> None:
    """Send an order that arrives and whose answer is lost, while nobody can look it up."""
    desk.client.troubles.append(LOST)
    desk.client.blind = BUSY
    with pytest.raises(TemporaryError):
        send(desk)


# Written down before it is sent


@pytest.mark.parametrize(("name", "expected"), [
    ("entry", {"side": "buy", "price": ENTRY, "plan": PLAN, "tag": "ob"}),
    ("exit", {"side": "sell", "price": ENTRY, "plan": {}, "tag": ""}),
    ("stop", {"side": "sell", "price": 59_400.0, "plan": {}, "tag": ""}),
])  # fmt: skip
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
    """And a signal waits for a cancel, too."""
    desk.exit()
    stop = desk.stop()
    first, second = desk.client.sent
    assert (first["reduceOnly"], first["type"], first["amount"]) == (True, "market", 0.01)
    assert (second["reduceOnly"], second["stopPrice"], second["type"]) == (True, 59_400.0, "stop_market")
    assert first["clientOrderId"] != second["clientOrderId"]
    desk.exchange.cancel_order(stop["id"], BTC, {"stop": True})
    assert desk.held == ["begins", "ends"] * 3
    assert desk.client.cancelled == ["1002"]


def test_an_order_of_ccxt_that_is_none_of_freqtrades_is_left_alone(desk: Desk) -> None:
    desk.client.create_order(BTC, "market", "buy", amount=0.01)
    assert "clientOrderId" not in desk.client.sent[0]
    assert desk.rows() == []


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
    assert not is_refusal(ccxt.InvalidOrder('binance {"code":-4116,"msg":"ClientOrderId is duplicated."}'))


@each_order
def test_a_refusal_is_passed_on_and_nobody_asks(desk: Desk, name: str) -> None:
    desk.client.troubles.append(REFUSED)
    with pytest.raises(InvalidOrderException, match="-4003"):
        SENDS[name](desk)
    assert (desk.states, desk.client.asked) == ([State.REFUSED], [])
    SENDS[name](desk)
    assert desk.states == [State.REFUSED, State.ACCEPTED]


def test_a_post_only_entry_that_is_refused_says_so(desk: Desk) -> None:
    desk.client.troubles.append(Trouble(ccxt.OrderNotFillable("-5022"), arrives=False))
    with pytest.raises(InvalidOrderException, match="post-only"):
        desk.order()


@each_order
@pytest.mark.parametrize(("code", "times"), [(-1111, 1), (-4014, 1), (-4023, 1), (-4014, 2), (-4003, 1)])
def test_an_order_off_a_changed_grid_is_sent_once_more(desk: Desk, name: str, code: int, times: int) -> None:
    """Freqtrade knows the grid of an hour ago; it would close a position whose stop is refused."""
    refused = Trouble(ccxt.BadRequest(f'binance {{"code":{code},"msg":"No."}}'), arrives=False)
    desk.client.troubles.extend([refused] * times)
    is_grid, is_taken = code != -4003, code != -4003 and times == 1
    with nullcontext() if is_taken else pytest.raises(ExchangeError):
        assert SENDS[name](desk)["id"] == "1001"
    states = [State.REFUSED, State.ACCEPTED if is_taken else State.REFUSED][: 1 + is_grid]
    assert (desk.states, desk.exchange.reloads) == (states, is_grid)
    assert len({sent["clientOrderId"] for sent in desk.client.sent}) == len(states)


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
    "another order's": {"id": "1000", "status": "open", "clientOrderId": "ict-another"},
    "nobody's": {"id": "1000", "status": "open"},
    "id 0": {"id": "0", "status": "open"},
}


@each_order
@pytest.mark.parametrize("answer", UNCLEAR_ANSWERS.values(), ids=UNCLEAR_ANSWERS)
def test_an_order_with_an_unclear_answer_is_found_again_where_it_arrived(
    desk: Desk, name: str, answer: Any
) -> None:
    """A stop that did not may be sent again at once; an entry or an exit could still arrive."""
    desk.client.troubles += [Trouble(answer), Trouble(answer, arrives=False)]
    order = SENDS[name](desk)
    (sent,) = desk.client.sent
    found = (order["id"], desk.states, desk.client.asked)
    assert found == ("1001", [State.ACCEPTED], [sent["clientOrderId"]])
    with pytest.raises(TemporaryError):
        SENDS[name](desk)
    assert desk.states == [State.ACCEPTED, State.REFUSED if name == "stop" else State.SENT]


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
    monkeypatch.setattr("ict_host.gate.LATEST_ARRIVAL", timedelta(seconds=-1))
    assert desk.order()["status"] == "closed"
    assert desk.states == [State.REFUSED, State.ACCEPTED, State.ACCEPTED, State.ACCEPTED]


@pytest.mark.parametrize(("window", "latest"), [({}, 15), ({"recvWindow": 60_000}, 65)])
def test_an_entry_that_can_still_arrive_is_waited_for(
    desk: Desk, window: dict[str, int], latest: int
) -> None:
    """The exchange takes no order that is older than its window: ten seconds, where none is set."""
    desk.client.options = window
    desk.client.troubles.append(NEVER_ARRIVED)
    with pytest.raises(TemporaryError):
        desk.order()
    (intent,) = desk.rows()
    for seconds, state in ((latest - 1, State.SENT), (latest + 1, State.REFUSED)):
        aged = Intent(
            **{name: getattr(intent, name) for name in intent.__slots__}
            | {"sent_at": datetime.now(UTC) - timedelta(seconds=seconds)}
        )
        assert desk.gate.resolve(aged) is None
        assert desk.states == [state]


def test_a_stop_is_sent_again_whatever_became_of_the_last(desk: Desk) -> None:
    """Two stops only reduce, and the spare one is found; no stop at all costs money."""
    lose(desk, Desk.stop)
    desk.stop()
    assert desk.states == [State.SENT, State.ACCEPTED]


@pytest.mark.parametrize(("amount", "repeats"), [(0.009, False), (0.01, True), (0.011, True)])
def test_a_partial_exit_is_not_sold_twice(desk: Desk, amount: float, repeats: bool) -> None:
    for hours, (name, value) in enumerate((("is_open", False), ("pair", ETH)), start=1):
        other, _ = opened(at=NOW - timedelta(hours=hours))
        setattr(other, name, value)
        other.amount = 0.001
        saved(other)
    opened()
    lose(desk, lambda desk: desk.exit(amount))
    if repeats:
        desk.exit(amount)
    else:
        with pytest.raises(UnclearAnswerError, match="last exit is not known yet"):
            desk.exit(amount)
    assert len(desk.client.sent) == 1 + repeats


def test_an_unclear_entry_holds_up_nothing_that_protects(desk: Desk) -> None:
    """Another trade of the pair is open: its exits are orders of their own, and so is its stop."""
    opened()
    lose(desk, Desk.order)
    assert desk.exit(0.004)["id"] == "1002"
    desk.client.blind = None
    assert desk.stop()["id"] == "1003"
    assert desk.states == [State.SENT, State.ACCEPTED, State.ACCEPTED]


def test_what_was_never_sent_is_not_waited_for(desk: Desk) -> None:
    """The leverage could not be set, so no order went out."""
    desk.exchange.prepare = Mock(side_effect=TemporaryError("leverage"))
    with pytest.raises(TemporaryError, match="leverage"):
        desk.order()
    assert (desk.states, desk.client.sent) == ([State.REFUSED], [])
    desk.client.create_order(BTC, "market", "buy", 0.01)
    assert "clientOrderId" not in desk.client.sent[0], "the next order of anybody's is not taken for it"
    desk.exchange.prepare = lambda: None
    desk.order()
    assert desk.states == [State.REFUSED, State.ACCEPTED]


@each_order
def test_an_order_that_ended_unfilled_is_no_answer_to_the_next(desk: Desk, name: str) -> None:
    lose(desk, SENDS[name])
    desk.client.blind = None
    desk.client.orders["1001"] |= {"status": "expired", "filled": 0.0}
    assert SENDS[name](desk)["id"] == "1002"


def test_what_is_old_is_forgotten_at_a_start_unless_its_outcome_is_unknown(desk: Desk) -> None:
    """A position of last month still finds the stop that it was planned with."""
    for days in (89, 91):
        for state in State:
            intent = Intent(
                purpose=Purpose.ENTRY, pair=BTC, side="buy", amount=1.0, price=1.0, state=state,
                client_id=f"{state}-{days}", sent_at=datetime.now(UTC) - timedelta(days=days),
            )  # fmt: skip
            desk.intents.write(intent)
    kept = [row.client_id for row in Intents(access.database())._where()]
    assert kept == ["sent-91", "sent-89", "accepted-89", "refused-89", "settled-89"]
