"""Each exit is booked with the funding that its trade has paid by then; a close is corrected later."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import ccxt
import pytest
import time_machine
from freqtrade.persistence import Order, Trade
from ict_host.paid_funding import KnownFunding, PaidFunding

from ict.words.findings import FindingFacts
from tests.strategy.host import ENTRY, NOW, filled, opened, saved

HOUR = NOW  # a full hour, at which funding is due
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
COSTS = -0.6  # the fees of both sides, at a price that has not changed


class Bot:
    """Freqtrade's way to book an order, an account's history, and what is reported."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock
        self.rows: Any = []
        self.asked = 0
        self.told: list[FindingFacts] = []
        client = SimpleNamespace(market_id=lambda pair: "BTCUSDT", fapiprivate_get_income=self._history)
        self.exchange = SimpleNamespace(_api=client, get_proxy_coin=lambda: "USDT")
        self.start()

    def start(self) -> None:
        self.handle_order_fee = lambda *_: None
        self.funding = PaidFunding(self, self.told.append)

    def _history(self, asked: dict[str, Any]) -> Any:
        self.asked += 1
        assert (asked["symbol"], asked["incomeType"]) == ("BTCUSDT", "FUNDING_FEE")
        if isinstance(self.rows, Exception):
            raise self.rows
        return self.rows

    def pays(self, amount: float, at: datetime) -> None:
        time = str(int(at.timestamp() * 1000))
        self.rows.append({"symbol": "BTCUSDT", "asset": "USDT", "income": str(amount), "time": time})

    def exits(self, trade: Trade, at: datetime, side: str = "sell", part: float = 0.01) -> Order:
        self.clock.move_to(at)
        order = filled(side, ENTRY, at)
        order.amount = order.filled = part
        trade.orders.append(order)
        self.handle_order_fee(trade, order, {})  # type: ignore[call-arg]
        trade.update_trade(order)
        saved(trade)
        return order

    def look(self, at: datetime) -> list[str]:
        self.clock.move_to(at)
        before = len(self.told)
        self.funding.look()
        return [facts.finding for facts in self.told[before:]]


@pytest.fixture
def bot(clock: time_machine.Traveller) -> Bot:
    return Bot(clock)


def result(trade: Trade) -> tuple[float, float]:
    """Return the funding of a trade and its profit without fees."""
    return pytest.approx(trade.funding_fees), pytest.approx(trade.realized_profit - COSTS)


@pytest.mark.parametrize("side", ["stoploss", "sell"])
@pytest.mark.parametrize("known", [0.0, -0.3])
def test_an_exit_has_what_was_paid_and_not_what_freqtrade_last_knew(
    bot: Bot, side: str, known: float
) -> None:
    trade, _ = opened(at=HOUR - 20 * MINUTE)
    trade.set_funding_fees(known)
    bot.pays(-0.3, HOUR)
    bot.pays(-0.2, HOUR + 8 * 60 * MINUTE)
    bot.exits(trade, HOUR + 10 * 60 * MINUTE - MINUTE, side)
    assert result(trade) == (-0.5, -0.5)
    # Nobody asks for what is complete.
    bot.look(HOUR + 20 * 60 * MINUTE)
    assert (bot.asked, bot.told) == (1, [])


def test_each_part_has_what_was_paid_since_the_last(bot: Bot) -> None:
    trade, _ = opened(at=HOUR - MINUTE)
    bot.pays(-0.3, HOUR)
    part = bot.exits(trade, HOUR + 6 * MINUTE, part=0.004)
    bot.pays(-0.2, HOUR + 60 * MINUTE)
    last = bot.exits(trade, HOUR + 66 * MINUTE, "stoploss", part=0.006)
    assert (part.funding_fee, last.funding_fee) == (-0.3, pytest.approx(-0.2))
    assert result(trade) == (-0.5, -0.5)


def test_a_payment_that_shows_late_is_booked_and_told_once(bot: Bot) -> None:
    trade, _ = opened(at=HOUR - MINUTE)
    bot.exits(trade, HOUR + SECOND, "stoploss")
    assert result(trade) == (0.0, 0.0)
    bot.pays(-0.3, HOUR)
    assert bot.look(HOUR + 4 * MINUTE) == []
    assert (bot.look(HOUR + 5 * MINUTE), bot.asked) == (["funding_late"], 2)
    assert result(trade) == (-0.3, -0.3)
    assert bot.told[0].detail == "-0.3000 USDT, -0.60 -> -0.90"
    assert (bot.look(HOUR + 60 * MINUTE), bot.asked) == ([], 2)


@pytest.mark.parametrize("answer", [ccxt.ExchangeNotAvailable("503"), {}, [{"time": None}]])
@pytest.mark.parametrize("down", [None, timedelta(0), timedelta(days=40)])
def test_what_can_not_be_read_keeps_no_exit_from_its_booking(
    bot: Bot, answer: Any, down: timedelta | None
) -> None:
    """What Freqtrade knew is booked; it is asked for until it is known, also by the next start."""
    trade, _ = opened(at=HOUR - MINUTE)
    trade.set_funding_fees(-0.1)
    bot.rows = answer
    at = HOUR + 30 * MINUTE
    bot.exits(trade, at, "stoploss")
    assert (result(trade), [facts.finding for facts in bot.told]) == ((-0.1, -0.1), ["funding_unknown"])
    if down is not None:
        at += down
        bot.clock.move_to(at)
        bot.start()
    assert [bot.look(at + after * MINUTE) for after in (1, 1.5, 2)] == [[], [], []]
    assert bot.asked == 3
    bot.rows = []
    bot.pays(-0.3, HOUR)
    assert bot.look(at + 4 * MINUTE) == ["funding_late"]
    assert result(trade) == (-0.3, -0.3)


def test_a_payment_is_that_of_the_trade_whose_position_it_was(bot: Bot) -> None:
    """Binance settles up to 15 s after the hour, and dates it with the hour."""
    first, _ = opened(at=HOUR - 60 * MINUTE)
    bot.pays(-0.1, HOUR)
    bot.exits(first, HOUR + SECOND, "stoploss")
    second, _ = opened(at=HOUR + 5 * SECOND)
    bot.exits(second, HOUR + 60 * MINUTE - SECOND, "stoploss")
    bot.pays(-0.2, HOUR + 60 * MINUTE)
    third, _ = opened(at=HOUR + 60 * MINUTE + 3 * SECOND)
    bot.exits(third, HOUR + 90 * MINUTE, "stoploss")
    # The next start asks for all of them again.
    bot.start()
    assert bot.look(HOUR + 91 * MINUTE) == []
    assert [trade.funding_fees for trade in (first, second, third)] == [-0.1, 0.0, -0.2]


@pytest.mark.parametrize("side", ["stoploss", "sell"])
def test_a_simulated_exit_has_what_freqtrade_knows(clock: time_machine.Traveller, side: str) -> None:
    bot = Bot(clock)
    bot.handle_order_fee = lambda *_: None
    KnownFunding(bot)
    trade, _ = opened()
    trade.set_funding_fees(-0.3)
    bot.exits(trade, HOUR + MINUTE, side)
    assert (result(trade), bot.asked) == ((-0.3, -0.3), 0)
