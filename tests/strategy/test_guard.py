"""What guards a live bot between exchange and book: planned stops, and balances that can't be read."""

from collections import deque
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, call

import pytest
from freqtrade.exceptions import OperationalException, TemporaryError
from ict_host.guard import LiveGuard, _is_unprotected
from ict_host.refused import Hourly

from ict.words.findings import FindingFacts
from tests.strategy.host import opened, saved
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC

pytestmark = pytest.mark.usefixtures("book")


def guard(level: float | None = None, plan: dict[str, Any] | None = None) -> LiveGuard:
    """Make a guard that knows a trade's first stop from its fill, from its plan, or not at all."""
    made = LiveGuard.__new__(LiveGuard)
    made._levels = SimpleNamespace(of=lambda trade: level and SimpleNamespace(stop=level))
    made._gate = SimpleNamespace(plan_of=lambda trade: plan, unseen={})
    made._reconciler = SimpleNamespace(stops_entry=lambda pair: None)
    made._balances, made._overdue = None, SimpleNamespace(is_counting=False)
    return made


@pytest.mark.parametrize(("side", "level", "plan", "expected"), [
    ("long", 59_400.0, {"stop": 59_000.0}, 59_400.0),
    ("long", None, {"stop": 59_000.0}, 59_000.0),  # killed before its levels were fixed
    ("long", None, {}, None),
    ("long", None, None, None),
    ("long", 60_000.0, None, None),  # filled at its stop, or beyond: it would trigger at once
    ("long", 60_100.0, None, None),
    ("long", 59_999.9, None, 59_999.9),
    ("short", 60_600.0, {"stop": 61_000.0}, 60_600.0),
    ("short", None, {"stop": 61_000.0}, 61_000.0),
    ("short", 60_000.0, None, None),
    ("short", 59_900.0, None, None),
])  # fmt: skip
def test_the_planned_stop_of_an_open_trade(
    side: str, level: float | None, plan: dict[str, Any] | None, expected: float | None
) -> None:
    opened(side)
    assert guard(level, plan)._planned_stop(BTC) == expected


def test_a_position_is_unprotected_until_a_stop_that_fits_is_in_the_book() -> None:
    """And no trade has no planned stop."""
    assert (_is_unprotected(), guard(59_400.0)._planned_stop(BTC)) == (False, None)
    trade, _ = opened()
    assert _is_unprotected()
    assert guard()._needs_a_loop()
    whole, trade.amount = trade.amount, 0.0  # its entry rests
    assert not _is_unprotected()
    trade.amount = whole
    resting_stop(trade, is_open=True)
    assert not _is_unprotected()
    trade.amount = whole / 2  # after a part of it, until its stop is made smaller
    assert _is_unprotected()
    trade.amount = whole
    for order in trade.open_sl_orders:
        order.ft_is_open = False
    assert _is_unprotected()
    trade.is_open = False
    saved(trade)
    assert (_is_unprotected(), guard(59_400.0)._planned_stop(BTC)) == (False, None)


def test_no_entry_while_the_balances_cant_be_read() -> None:
    made, update = guard(), Mock(side_effect=[TemporaryError("503"), None, OperationalException("a bug")])
    made._update_wallets(update)
    assert "balances" in str(made.stops_entry(BTC))
    made._update_wallets(update, False)
    assert made.stops_entry(BTC) is None
    with pytest.raises(OperationalException):
        made._update_wallets(update)
    assert update.call_args_list == [call(True), call(False), call(True)]


def test_a_trouble_of_the_loop_is_told_once_an_hour_and_sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that failed does not come to where Freqtrade sends what waits."""
    now, told, queues = [100.0], [], []
    queue: deque[str] = deque()
    bot = SimpleNamespace(
        rpc=SimpleNamespace(process_msg_queue=queues.append), dataprovider=SimpleNamespace(_msg_queue=queue)
    )
    monkeypatch.setattr("ict_host.guard.time", SimpleNamespace(monotonic=lambda: now[0]))
    made = guard()
    made._hourly = Hourly()
    made._dp = SimpleNamespace(_DataProvider__rpc=SimpleNamespace(_rpc=SimpleNamespace(_freqtrade=bot)))
    made._reporter = SimpleNamespace(
        fault=lambda dp, text: told.append(text), finding=lambda dp, facts: told.append(facts)
    )
    for kind, detail, after in (
        ("loop", "KeyError: 1", 0.0),
        ("loop", "KeyError: 2", 3599.0),  # the same failure, with another figure
        ("clock_jumped", "90", 0.0),
        ("loop", "KeyError: 3", 1.0),
    ):
        now[0] += after
        made._trouble(kind, detail)
    jump = FindingFacts(pair=None, finding="clock_jumped", action=(), detail="90 s")
    assert told == ["KeyError: 1", jump, "KeyError: 3"]
    assert queues == [queue] * 4


def test_a_late_stop_is_reported_and_sent_and_the_next_loop_hurries() -> None:
    made, done = guard(), list[str]()
    made._reconciler = SimpleNamespace(stop_overdue=done.append)
    made._send = lambda: done.append("sent")
    made._stop_overdue(BTC)
    assert done == [BTC, "sent"]
    assert [made._needs_a_loop(), made.awaits_stop] == [False, False]
    made._overdue.is_counting = True
    assert [made._needs_a_loop(), made.awaits_stop] == [True, True]


def test_what_its_parts_say_is_what_it_says() -> None:
    made, done, (trade, _) = guard(plan={"stop": 1.0}), list[Any](), opened()
    made._reconciler = SimpleNamespace(
        stops_entry=lambda pair: f"not on {pair}", differs_on=lambda pair: pair == BTC, differs="they differ",
        look=lambda: done.append("looked"),
    )  # fmt: skip
    made._funding = SimpleNamespace(look=lambda: done.append("corrected"))
    made._gate.plan = lambda *given: done.append(given)
    made.look()
    made.plan(BTC, {}, "ob")
    assert done == ["looked", "corrected", (BTC, {}, "ob")]
    assert [made.differs_on(BTC), made.differs_on("ETH"), made.plan_of(trade)] == [True, False, {"stop": 1.0}]
    assert (made.stops_entry(BTC), made.differs) == (f"not on {BTC}", "they differ")
    made._balances = "no balances"
    assert (made.stops_entry(BTC), made.differs) == ("no balances", "no balances")
    assert not made.is_unseen(trade)
    made._gate.unseen[trade.id] = "503"
    assert made.is_unseen(trade)
