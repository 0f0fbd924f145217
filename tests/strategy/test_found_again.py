"""What was sent and never booked is found and booked, or forgotten (BOOK-1)."""

from datetime import timedelta

import pytest
from ccxt import TICK_SIZE
from freqtrade.enums import TradingMode
from freqtrade.persistence import Trade
from ict_host.intents import Purpose, State

from tests.strategy.benches import STOP, Bench, trades
from tests.strategy.exchange import BUSY, ETH
from tests.strategy.host import LOT, MAKER_FEE, NOW, TICK, opened, saved
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_an_entry_that_was_never_booked(bench: Bench, side: str) -> None:
    order = bench.arrived(bench.sent(Purpose.ENTRY, side), average=60_060.0)
    bench.reconciler.start()
    (trade,) = trades()
    assert (trade.pair, trade.is_short, trade.leverage, trade.enter_tag) == (BTC, side == "sell", 2.0, "ob")
    assert (trade.amount_requested, trade.stake_amount, trade.open_rate) == (0.01, 300.0, 60_060.0)
    made = (trade.base_currency, trade.stake_currency, trade.strategy, trade.timeframe, trade.trading_mode)
    assert made == ("BTC", "USDT", "ICT", 15, TradingMode.FUTURES)
    assert (trade.open_rate_requested, trade.open_date_utc, trade.funding_fees) == (60_000.0, NOW, 0.0)
    steps = (trade.amount_precision, trade.price_precision, trade.precision_mode, trade.precision_mode_price)
    assert (*steps, trade.contract_size) == (LOT, TICK, TICK_SIZE, TICK_SIZE, 1)
    # Freqtrade takes the maker's until it has seen the fill; its static stop is 5 % of the stake away.
    assert (trade.fee_open, trade.fee_close, trade.orders[0].ft_order_tag) == (MAKER_FEE, MAKER_FEE, "ob")
    static = pytest.approx({"buy": 58_558.5, "sell": 61_561.5}[side], abs=TICK)
    assert trade.initial_stop_loss == trade.stop_loss == static
    # Freqtrade's own loop books the fill.
    assert (trade.amount, trade.open_orders_ids) == (0.0, [order["id"]])
    bench.bot.update_trade_state(trade, order["id"])
    assert (trade.amount, trade.has_open_orders, trade.has_open_position) == (0.01, False, True)
    assert bench.states == [State.SETTLED]
    assert bench.gate.plan_of(trade) == {"stop": STOP}
    bench.reconciler.start()
    assert len(trades()) == 1


@pytest.mark.parametrize(("status", "filled", "is_booked"), [
    ("open", 0.0, True), ("open", 0.004, True), ("closed", 0.01, True), ("canceled", 0.004, True),
    ("expired", 0.004, True), ("canceled", 0.0, False), ("expired", 0.0, False),
    ("rejected", 0.0, False),
])  # fmt: skip
def test_an_entry_that_ended_unfilled_is_no_trade(
    bench: Bench, status: str, filled: float, is_booked: bool
) -> None:
    bench.arrived(bench.sent(Purpose.ENTRY, "buy"), status=status, filled=filled)
    bench.reconciler.start()
    assert (len(trades()), bench.states) == (is_booked, [State.SETTLED])


@pytest.mark.parametrize(
    ("filled", "amount", "is_asked"), [(0.0, 0.0, True), (0.004, 0.0, True), (0.0, 0.01, False)]
)
def test_a_trade_whose_entry_ended_unfilled_is_freqtrades_to_remove(
    bench: Bench, filled: float, amount: float, is_asked: bool
) -> None:
    """Its start booked the end; its loop removes the trade, or counts what filled, where it is open there."""
    trade, entry = opened()
    trade.amount, entry.status, entry.filled = amount, "canceled", filled
    resting_stop(trade, is_open=False).filled = 0.0
    saved(trade)
    assert bench.look() == []
    Trade.rollback()
    assert trade.open_orders_ids == [entry.order_id] * is_asked
    assert not trade.has_open_sl_orders


@pytest.mark.parametrize(("purpose", "amount", "left", "reason"), [
    (Purpose.ENTRY, 0.01, 0.01, None), (Purpose.EXIT, 0.01, None, "sold_on_exchange"),
    (Purpose.EXIT, 0.004, 0.006, None), (Purpose.STOP, 0.01, None, None),
])  # fmt: skip
def test_a_fill_whose_booking_broke_off_is_booked_again(
    bench: Bench, purpose: Purpose, amount: float, left: float | None, reason: str | None
) -> None:
    """By a kill, or a locked database: Freqtrade's order has ended then, and its trade does not know."""
    is_entry, is_stop = purpose is Purpose.ENTRY, purpose is Purpose.STOP
    if not is_entry:
        opened(at=NOW - timedelta(hours=1))
    sent = bench.sent(purpose, "buy" if is_entry else "sell", amount)
    order = bench.arrived(sent, status="closed", filled=amount, average=60_060.0)
    bench.reconciler.start()
    (trade,) = trades()
    assert (trade.exit_reason, bench.states) == (reason, [State.SETTLED])
    book_fee, bench.bot.handle_order_fee = bench.bot.handle_order_fee, lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        bench.bot.update_trade_state(trade, order["id"], stoploss_order=is_stop)
    bench.bot.handle_order_fee = book_fee
    Trade.rollback()
    bench.look()
    assert [one.order_id for one in trade.orders if one.ft_is_open] == [order["id"]]
    bench.bot.update_trade_state(trade, order["id"], stoploss_order=is_stop)
    assert (trade.amount if trade.is_open else None) == left
    bench.look()
    assert not any(one.ft_is_open for one in trade.orders)


def test_an_entry_beside_an_open_trade_is_none_of_its_orders(bench: Bench) -> None:
    trade, _ = opened()
    bench.arrived(bench.sent(Purpose.ENTRY, "buy"))
    bench.reconciler.start()
    assert (len(trades()), len(trade.orders), bench.states) == (1, 1, [State.SETTLED])


@pytest.mark.parametrize(
    ("status", "is_booked"), [("open", True), ("closed", True), ("canceled", False), ("expired", False)]
)
def test_a_stop_that_was_never_booked(bench: Bench, status: str, is_booked: bool) -> None:
    trade, _ = opened()
    order = bench.arrived(bench.sent(Purpose.STOP, "sell"), status=status)
    bench.reconciler.start()
    known = [stop.order_id for stop in trade.open_sl_orders]
    assert (known, bench.states) == ([order["id"]] if is_booked else [], [State.SETTLED])
    assert trade.exit_reason is None


@pytest.mark.parametrize("purpose", [Purpose.EXIT, Purpose.STOP])
def test_an_exit_or_a_stop_of_no_trade_is_nothing(bench: Bench, purpose: Purpose) -> None:
    """And stops no entry while nobody can say anything of it."""
    intent = bench.sent(purpose, "sell")
    bench.client.blind = BUSY
    assert (bench.look(), bench.reconciler.stops_entry(BTC)) == ([], None)
    bench.client.blind = None
    bench.arrived(intent)
    bench.reconciler.start()
    assert (trades(), bench.states) == ([], [State.SETTLED])


def test_what_is_in_the_book_is_not_asked_for(bench: Bench) -> None:
    _, entry = opened()
    bench.intents.answered(bench.sent(Purpose.ENTRY, "buy"), State.ACCEPTED, entry.order_id)
    bench.reconciler.start()
    assert (bench.client.asked, bench.states) == ([], [State.SETTLED])


def test_an_entry_that_never_arrived_is_waited_for_and_then_forgotten(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = bench.sent(Purpose.ENTRY, "buy")
    assert bench.look() == ["intent_unclear"]
    assert (bench.told[0].pair, bench.told[0].order) == (BTC, intent.client_id)
    assert "intent unclear" in str(bench.reconciler.stops_entry(BTC))
    assert bench.look() == []
    monkeypatch.setattr("ict_host.gate.LATEST_ARRIVAL", timedelta(0))
    # It is asked for again in each loop.
    assert bench.look() == ["agree_again"]
    assert (bench.states, bench.reconciler.stops_entry(BTC)) == ([State.REFUSED], None)


def test_a_start_survives_an_exchange_that_is_down_and_a_book_that_cant_be_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.arrived(bench.sent(Purpose.ENTRY, "buy"))
    bench.client.blind = BUSY
    bench.reconciler.start()
    assert (bench.states, bench.told) == ([State.SENT], [])
    bench.client.blind = None
    monkeypatch.setattr("ict_host.found_again.book", lambda *_: 1 / 0)
    bench.reconciler.start()
    assert [(facts.finding, facts.pair) for facts in bench.told] == [("lookup_failed", None)]
    assert bench.reconciler.stops_entry(ETH) is not None
