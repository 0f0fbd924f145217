"""Each exit is booked at its own fee, and a liquidation with what it pays to the insurance fund (F4)."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import ccxt
import pytest
from freqtrade.persistence import Order, Trade
from ict_host.exit_fees import ExitFees

from tests.strategy.host import ENTRY, FEE, NOW, filled, opened

pytestmark = pytest.mark.usefixtures("book")

MAKER, TAKER = 0.0002, 0.0005


class Bot:
    """Freqtrade's way to book a fee: the first that it learns of a side is the trade's."""

    def __init__(self, *incomes: dict[str, str]) -> None:
        self.rates: dict[str, float] = {}
        self.asked: list[str] = []
        client = SimpleNamespace(
            market_id=lambda pair: "BTCUSDT",
            fapiprivate_get_income=lambda asked: [row for row in incomes if row["symbol"] == asked["symbol"]],
        )
        self.exchange = SimpleNamespace(_api=client, get_proxy_coin=lambda: "USDT")
        ExitFees(self)

    def handle_order_fee(self, trade: Trade, order: Order, answer: dict[str, Any]) -> None:
        if trade.fee_updated(answer["side"]) or answer["status"] == "open":
            return
        self.asked.append(order.order_id)
        if rate := self.rates.get(order.order_id):
            trade.update_fee(0.0, "USDT", rate, answer["side"])

    def closes(
        self, trade: Trade, name: str, rate: float | None, part: float, price: float = ENTRY, **answer: Any
    ) -> None:
        order = filled(trade.exit_side, price, NOW)
        order.order_id, order.amount, order.filled = name, part, part
        trade.orders.append(order)
        if rate:
            self.rates[name] = rate
        self.handle_order_fee(trade, order, {"side": trade.exit_side, "status": "closed", **answer})


def closed(trade: Trade) -> float:
    trade.recalc_trade_from_orders(is_closing=True)
    return float(trade.realized_profit)


@pytest.mark.parametrize("first", [MAKER, TAKER])
def test_two_exits_at_two_fees(first: float) -> None:
    """0.004 at 61,000 and 0.006 at 59,000, in the two orders: +4 and -6, and 0.30 for the entry."""
    second = MAKER + TAKER - first
    bot, (trade, _) = Bot(), opened()
    bot.closes(trade, "part", first, 0.004, 61_000.0)
    bot.closes(trade, "rest", second, 0.006, 59_000.0)
    assert closed(trade) == pytest.approx(-2 - 0.3 - 244 * first - 354 * second, abs=1e-9)


def test_an_exit_is_counted_once_however_often_it_is_looked_at() -> None:
    """A single one is Freqtrade's own."""
    bot, (trade, _) = Bot(), opened()
    bot.closes(trade, "part", MAKER, 0.004)
    assert (trade.fee_close, trade.fee_close_currency, bot.asked) == (MAKER, "USDT", ["part"])
    bot.closes(trade, "rest", TAKER, 0.006)
    mean = trade.fee_close
    assert mean == pytest.approx(0.4 * MAKER + 0.6 * TAKER)
    for order in trade.orders[1:]:
        bot.handle_order_fee(trade, order, {"side": "sell", "status": "closed"})
    assert (trade.fee_close, bot.asked) == (mean, ["part", "rest"])


def test_fills_that_are_not_known_yet_are_asked_for_again() -> None:
    """Until then the fee of the earlier exits is the best that is known."""
    bot, (trade, _) = Bot(), opened()
    bot.closes(trade, "part", MAKER, 0.005)
    bot.closes(trade, "rest", None, 0.005)
    assert (trade.fee_close, trade.fee_updated("sell")) == (MAKER, False)
    bot.rates["rest"] = TAKER
    bot.handle_order_fee(trade, trade.orders[-1], {"side": "sell", "status": "closed"})
    assert trade.fee_close == pytest.approx((MAKER + TAKER) / 2)


def test_an_exit_that_waits_and_the_entry_change_nothing() -> None:
    bot, (trade, entry) = Bot(), opened()
    bot.closes(trade, "waits", TAKER, 0.01, status="open")
    assert (trade.fee_close, bot.asked) == (FEE, [])
    bot.rates[entry.order_id] = MAKER
    bot.handle_order_fee(trade, entry, {"side": "buy", "status": "closed"})
    assert (trade.fee_open, bot.asked) == (MAKER, [entry.order_id])


@pytest.mark.parametrize(("client", "is_down", "paid"), [
    ("autoclose-1", False, 7.5), ("autoclose-1", True, 0.0), ("adl_autoclose", False, 0.0),
    (None, False, 0.0),
])  # fmt: skip
def test_a_liquidation_pays_the_insurance_fund(client: str | None, is_down: bool, paid: float) -> None:
    """1.25 % of 600 on BTC; what another contract paid, or another coin, is not this trade's."""
    rows = [
        {"symbol": symbol, "asset": asset, "income": income}
        for symbol, asset, income in (
            ("BTCUSDT", "USDT", "-7.5"), ("ETHUSDT", "USDT", "-3"), ("BTCUSDT", "BNB", "-2"),
        )
    ]  # fmt: skip
    bot, (trade, _) = Bot(*rows), opened()
    if is_down:
        bot.exchange._api.fapiprivate_get_income = Mock(side_effect=ccxt.ExchangeNotAvailable("503"))
    bot.closes(trade, "forced", TAKER, 0.01, clientOrderId=client)
    assert closed(trade) == pytest.approx(-0.6 - paid, abs=1e-9)
