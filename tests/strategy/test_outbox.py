"""Each event of a trade is told once, whatever recorded it and whenever the bot was ended."""

from datetime import datetime, timedelta
from threading import Thread
from unittest.mock import Mock

import pytest
import time_machine
from freqtrade.persistence import Order, Trade
from freqtrade.strategy.interface import IStrategy
from ict_host.outbox import REPORTED_KEY
from sqlalchemy.exc import OperationalError

from tests.strategy.host import NOW, filled, opened, saved
from tests.strategy.live import position, running
from tests.strategy.support import BTC

pytestmark = pytest.mark.usefixtures("clock")

RISK = 6.0  # 0.01 BTC and a stop 600 away


def headlines(strategy: IStrategy) -> list[str]:
    """First line of each text that the channel has by the end of this loop."""
    return [text.splitlines()[0] for text in strategy.dp.sent]


def exit_of(trade: Trade, amount: float, rate: float, at: datetime) -> Order:
    """Add an exit that filled, as Freqtrade's recovery adds one that it finds on the exchange."""
    order = filled(trade.exit_side, rate, at)
    order.order_id, order.amount, order.filled = f"{trade.id} at {rate}", amount, amount
    order.order_filled_date = at.replace(tzinfo=None)
    trade.orders.append(order)
    return order


def closed(trade: Trade, at: datetime = NOW, profit: float = -RISK, reason: str = "sold_on_exchange") -> None:
    trade.is_open, trade.close_date, trade.close_rate = False, at.replace(tzinfo=None), 59_400.0
    trade.close_profit_abs, trade.close_profit, trade.exit_reason = profit, profit / 600, reason
    saved(trade)


def record(trade: Trade) -> list[str]:
    return trade.get_custom_data(REPORTED_KEY) or []


def test_an_event_is_told_at_the_end_of_the_loop_and_marked() -> None:
    strategy = running()
    trade = position(strategy)
    assert record(trade) == []
    assert [headlines(strategy) for _ in range(3)] == [["Position opened"]] * 3
    assert record(trade) == ["opened"]


def test_killed_between_the_fill_and_the_end_of_the_loop() -> None:
    trade = position(running())
    again = running()
    assert headlines(again) == ["Position opened"]
    # Kept from the fill, in the trade's own record.
    for line in ("Stop: 59,400.0 (-1.00%)", "Risk: 6.60 USDT (0.07% of equity)", "Score: 5.5 / 7"):
        assert line in again.dp.sent[0].splitlines()
    assert record(trade) == ["opened"]
    assert headlines(running()) == []


@pytest.mark.parametrize(("reason", "has_exit", "is_down"), [
    ("sold_on_exchange", True, False), ("liquidation", True, False), ("sold_on_exchange", False, False),
    ("sold_on_exchange", True, True),
])  # fmt: skip
def test_a_close_that_freqtrade_found_on_the_exchange_is_told(
    reason: str, has_exit: bool, is_down: bool
) -> None:
    """`handle_onexchange_order` and a liquidation: no call of `order_filled` is needed, nor that it runs."""
    strategy = running()
    trade = position(strategy)
    assert headlines(strategy) == ["Position opened"]
    if has_exit:
        exit_of(trade, 0.01, 59_400.0, NOW)
    closed(trade, reason=reason)
    teller = running() if is_down else strategy
    assert headlines(teller) == ["Position opened", "Position closed"][is_down:]
    told, money = teller.dp.sent[-1].splitlines(), ("R multiple: -1.00R", "Day's total (UTC): -6.00 USDT")
    for line in ("Exit: 59,400.0", "Profit: -6.00 USDT (-1.00%)", *(money if has_exit else ())):
        assert line in told
    assert headlines(running()) == []


def test_a_part_and_the_rest_are_told_apart_after_a_restart() -> None:
    """Half gains 600 x 0.005 = 3 USDT less fees of 0.05 % of (60,000 + 60,600) x 0.005 = 0.3015."""
    strategy = running()
    trade = position(strategy)
    assert headlines(strategy) == ["Position opened"]
    exit_of(trade, 0.005, 60_600.0, NOW)
    exit_of(trade, 0.005, 59_400.0, NOW + timedelta(minutes=1))
    closed(trade, NOW + timedelta(minutes=1), profit=-0.6)
    again = running()
    assert headlines(again) == ["Part of the position closed", "Position closed"]
    part, whole = (text.splitlines() for text in again.dp.sent)
    assert (part[6], part[5]) == ("Profit: +2.70 USDT", "Size: 0.005 BTC")
    assert "R multiple: +0.45R" in part
    assert (whole[6], whole[5]) == ("Profit: -0.60 USDT (-0.10%)", "Size: 0.01 BTC")


def test_what_is_told_late_says_when_it_was_and_that_days_total(clock: time_machine.Traveller) -> None:
    """Closed at 10:00, told after midnight: beside a loss of the day after, which is not that day's."""
    strategy = running()
    trade = position(strategy)
    assert headlines(strategy) == ["Position opened"]
    exit_of(trade, 0.01, 59_400.0, NOW)
    closed(trade)
    clock.move_to(NOW + timedelta(hours=15))
    later, _ = opened(at=NOW + timedelta(hours=14, minutes=30))
    exit_of(later, 0.01, 59_000.0, NOW + timedelta(hours=14, minutes=45))
    closed(later, NOW + timedelta(hours=14, minutes=45), profit=-10.0)
    texts = {text.splitlines()[0]: text.splitlines() for text in reversed(running().dp.sent)}
    assert texts["Position closed"][-2:] == [
        "Day's total (UTC): -6.00 USDT",
        "Happened at: 2024-03-05 10:00 UTC",
    ]


def test_trades_from_before_the_record_are_not_told() -> None:
    old, _ = opened()
    exit_of(old, 0.01, 59_400.0, NOW)
    closed(old)
    still_open, _ = opened(at=NOW + timedelta(minutes=1))
    strategy = running()
    assert headlines(strategy) == []
    exit_of(still_open, 0.01, 59_400.0, NOW)
    closed(still_open)
    assert headlines(strategy) == ["Position closed"]


def test_an_opening_waits_for_its_levels_but_not_for_ever(clock: time_machine.Traveller) -> None:
    """A fill is known before the first candles; its stop is then the one that is in force."""
    strategy = running()
    opened()
    assert headlines(strategy) == []
    clock.shift(timedelta(minutes=3))
    assert headlines(strategy) == ["Position opened"]
    told = strategy.dp.sent[0].splitlines()
    assert "Stop: 57,000.0 (-5.00%)" in told
    assert "Target: not known" in told


locked = Mock(side_effect=OperationalError("update", {}, Exception("database is locked")))


def test_a_database_that_is_locked_tells_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = running()
    trade = position(strategy)
    with monkeypatch.context() as broken:
        broken.setattr(Trade, "set_custom_data", locked)
        assert [headlines(strategy) for _ in range(3)] == [["Position opened"]] * 3
    assert record(trade) == []
    assert headlines(strategy) == ["Position opened"]
    assert record(trade) == ["opened"]
    exit_of(trade, 0.01, 59_400.0, NOW)
    closed(trade)
    with monkeypatch.context() as broken:
        broken.setattr("ict_host.outbox.profit_of_day", locked)
        assert headlines(strategy) == ["Position opened"]
    assert headlines(strategy) == ["Position opened", "Position closed"]


def test_a_text_is_sent_from_beside_the_loop_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what the loop itself sends then goes out once."""
    strategy = running()
    trade = position(strategy)
    strategy.dp.send_msg("A text", always_send=True)
    with monkeypatch.context() as broken:
        broken.setattr(Trade, "get_trades", locked)
        broken.setattr(Trade, "set_custom_data", locked)
        beside = Thread(target=strategy._send_texts)
        beside.start()
        beside.join()
        assert strategy.dp.channel.texts == ["A text"]
    assert headlines(strategy) == ["A text", "Position opened"]
    assert record(trade) == ["opened"]


def test_what_waits_is_sent_before_the_bot_ends() -> None:
    strategy = running()
    position(strategy)
    strategy.dp.send_msg("A text", always_send=True)
    strategy.ft_bot_cleanup()
    told = [text.splitlines()[0] for text in strategy.dp.channel.texts]
    assert told == ["Position opened", "A text", "Bot stopped"]


def test_the_pair_of_a_closed_trade_is_locked_once() -> None:
    """Freqtrade asks again and again for a fee that it does not know, and calls each time."""
    strategy = running()
    trade = position(strategy)
    order = exit_of(trade, 0.01, 59_400.0, NOW)
    closed(trade)
    locks: list[str] = []
    strategy.lock_pair = lambda pair, *given, **named: locks.append(pair)
    for _ in range(3):
        strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
        assert headlines(strategy) == ["Position opened", "Position closed"]
    assert locks == [BTC]
