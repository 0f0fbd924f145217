"""A position that may be without a stop for long is reported from beside the loop, which may hang."""

import threading
from collections.abc import Callable
from unittest.mock import Mock

import ccxt
import pytest
from freqtrade.exceptions import FreqtradeException
from freqtrade.persistence import Order, Trade
from ict_host.intents import Purpose

from tests.strategy.benches import REFUSED, Bench, Desk
from tests.strategy.host import opened, saved
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC

HUNG_SECONDS = 60.0


def with_stop(desk: Desk, *, is_open: bool = True) -> str:
    trade, _ = opened()
    stop = resting_stop(trade, is_open=True)
    stop.order_id = desk.client.put("sell", 0.01, stopPrice=59_400.0)["id"]
    trade.is_open = is_open
    saved(trade)
    return stop.order_id


def hangs_until_it_is_reported(desk: Desk) -> Callable[..., None]:
    """Make what does not come back before a pair is reported."""
    desk.overdue.seconds = 0.01
    return lambda *_: desk.told.append(desk.late.get(timeout=HUNG_SECONDS))


@pytest.mark.parametrize("call", [Desk.order, Desk.stop], ids=["entry", "stop"])
def test_it_is_reported_while_the_call_hangs(desk: Desk, call: Callable[[Desk], object]) -> None:
    desk.client.on_send = hangs_until_it_is_reported(desk)
    call(desk)
    assert desk.told == [BTC]


@pytest.mark.parametrize("step", ["write", "answered"])
def test_it_is_reported_while_the_database_hangs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A stop is moved by a cancel first; the new one is refused."""
    stop = with_stop(desk)
    monkeypatch.setattr(desk.intents, step, hangs_until_it_is_reported(desk))
    desk.exchange.cancel_stoploss_order(stop, BTC)
    desk.client.troubles.append(REFUSED)
    with pytest.raises(FreqtradeException):
        desk.stop()
    assert desk.told == [BTC]


def refused(desk: Desk, send: Callable[[Desk], object]) -> None:
    """Send an order that the exchange refuses."""
    desk.client.troubles.append(REFUSED)
    with pytest.raises(FreqtradeException):
        send(desk)


def _not_prepared(desk: Desk) -> None:
    """Let the leverage be refused: no order goes out."""
    desk.exchange.prepare = lambda: (_ for _ in ()).throw(ccxt.ExchangeError("-4028"))
    with pytest.raises(FreqtradeException):
        desk.order()


def _moved(desk: Desk) -> None:
    desk.exchange.cancel_stoploss_order(with_stop(desk), BTC)
    desk.stop()


def _exit_cancelled(desk: Desk) -> None:
    """Cancel an order of an open trade that is not its stop."""
    _, order = opened()
    order.order_id = desk.client.put("sell", 0.01)["id"]
    Trade.commit()
    desk.client.orders[order.order_id]["status"] = "open"
    desk.exchange.cancel_order(order.order_id, BTC)


CASES: dict[str, tuple[Callable[[Desk], object], bool]] = {
    "an entry, no stop": (Desk.order, True),
    "an entry, then its stop": (lambda desk: (desk.order(), desk.stop()), False),
    "an entry, then its exit": (lambda desk: (desk.order(), desk.exit()), False),
    "an entry that rests": (lambda desk: desk.order(ordertype="limit"), False),
    "an entry that is refused": (lambda desk: refused(desk, Desk.order), False),
    "an exit that is refused": (lambda desk: refused(desk, Desk.exit), False),
    "an entry before which something fails": (_not_prepared, False),
    "a stop that is refused": (lambda desk: refused(desk, Desk.stop), True),
    "a stop that is moved": (_moved, False),
    "a stop that is cancelled": (
        lambda desk: desk.exchange.cancel_stoploss_order(with_stop(desk), BTC), True,
    ),
    "the stop of a closed trade": (
        lambda desk: desk.exchange.cancel_stoploss_order(with_stop(desk, is_open=False), BTC), False,
    ),
    "an order of nobody's": (
        lambda desk: desk.exchange.cancel_stoploss_order(
            desk.client.put("sell", 1.0, stopPrice=1.0)["id"], BTC,
        ), False,
    ),
    "an exit that is cancelled": (_exit_cancelled, False),
    "two stops, both refused": (
        lambda desk: (refused(desk, Desk.stop), refused(desk, Desk.stop)), True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_leaves_a_position_without_a_stop(desk: Desk, case: str) -> None:
    does, expected = CASES[case]
    does(desk)
    assert desk.overdue.is_counting is expected


def test_a_cancel_counts_where_the_book_cant_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = with_stop(desk)
    monkeypatch.setattr(Order, "order_by_id", Mock(side_effect=OSError("locked")))
    desk.exchange.cancel_stoploss_order(stop, BTC)
    assert desk.overdue.is_counting


def test_a_clock_begins_once_ends_with_its_stop_and_keeps_no_bot_alive(desk: Desk) -> None:
    """A stop that is refused in every loop does not begin it anew."""
    before = set(threading.enumerate())
    for _ in range(2):
        desk.overdue.begin(BTC)
    (clock,) = set(threading.enumerate()) - before
    assert clock.daemon
    desk.overdue.end(BTC)
    clock.join(HUNG_SECONDS)
    assert not clock.is_alive()


# What it does to entries and messages


def test_entries_stop_until_a_comparison_finds_the_stop(bench: Bench) -> None:
    bench.look()
    bench.reconciler.stop_overdue(BTC)
    bench.reconciler.stop_overdue(BTC)
    assert [(facts.finding, facts.pair) for facts in bench.told] == [("stop_overdue", BTC)]
    assert bench.told[0].action == ("all_stopped", "asks_again")
    assert "stop overdue" in str(bench.reconciler.stops_entry(BTC))
    assert bench.reconciler.differs_on(BTC)
    bench.protected()
    assert bench.look(10) == ["agree_again"]
    assert bench.reconciler.stops_entry(BTC) is None


def test_while_the_clock_runs_each_loop_compares_and_ends_it(bench: Bench) -> None:
    bench.look()
    bench.overdue.begin(BTC)
    before = bench.client.looks
    bench.look()
    assert (bench.client.looks, bench.overdue.is_counting) == (before + 1, False)
    bench.look()
    assert bench.client.looks == before + 1


def test_it_counts_on_while_the_comparison_finds_no_stop(bench: Bench) -> None:
    """Once the missing stop is reported as such, it is not reported as late too."""
    _, stop = bench.protected()
    bench.client.orders[stop.order_id]["status"] = "expired"
    bench.overdue.begin(BTC)
    assert [bench.look(), bench.overdue.is_counting] == [[], True]
    assert bench.look() == ["no_resting_stop"]
    bench.reconciler.stop_overdue(BTC)
    assert bench.told[-1].finding == "no_resting_stop"
    bench.overdue.end(BTC)


def test_a_stop_is_counted_for_its_own_pair_alone(bench: Bench) -> None:
    bench.overdue.begin("ETH/USDT:USDT")
    bench.overdue.answered(bench.sent(Purpose.STOP, "sell"), bench.states[0])
    assert bench.overdue.is_counting
    bench.overdue.end_all_but({"ETH/USDT:USDT"})
    assert bench.overdue.is_counting
    bench.overdue.end_all_but({BTC})
    assert not bench.overdue.is_counting
