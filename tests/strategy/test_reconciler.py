"""Exchange and book on a running bot: what differs is seen to and said (BOOK-1)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import ccxt
import pytest
from freqtrade.persistence import Trade
from ict_host.intents import Purpose, State

from ict import Params
from tests.strategy.benches import HOUR, STOP, Bench, trades
from tests.strategy.exchange import BUSY, ETH, Trouble
from tests.strategy.host import NOW, filled, opened, saved
from tests.strategy.live import resting_stop
from tests.strategy.support import BTC

# When it looks


def test_no_entry_before_the_first_look(bench: Bench) -> None:
    assert bench.reconciler.differs == bench.reconciler.stops_entry(BTC)
    assert "the account: not compared" in str(bench.reconciler.differs)
    assert bench.look() == []
    assert bench.reconciler.stops_entry(BTC) is bench.reconciler.differs is None


def test_how_often_it_looks_while_both_agree(bench: Bench) -> None:
    """Every ten seconds, and for the account's modes once a minute."""
    looks = [(bench.look(after), bench.client.looks)[1] for after in (0, 0, 9.75, 0.25, 9.75, 0.5)]
    assert looks == [1, 1, 1, 2, 2, 3]
    modes = [(bench.look(after), bench.client.mode_looks)[1] for after in (29.5, 9.5, 0.75, 59.5, 10)]
    assert modes == [1, 1, 2, 2, 3]


def test_what_differs_is_looked_at_in_each_loop_until_it_was_said(bench: Bench) -> None:
    bench.protected()
    bench.client.hold(0.02)
    assert [bench.look(), bench.look(), bench.look()] == [[], ["sizes_differ"], []]
    # The third one sees what came of it.
    assert bench.client.looks == 3
    assert (bench.look(), bench.client.looks) == ([], 3)
    assert (bench.look(10), bench.client.looks) == ([], 4)


def test_the_lock_of_forced_entries_is_held_while_it_looks(bench: Bench) -> None:
    held = []
    ask = bench.client.fetch_positions
    bench.client.fetch_positions = lambda *_, **__: held.append(bench.bot._exit_lock.locked()) or ask()
    bench.look()
    assert (held, bench.bot._exit_lock.locked()) == ([True], False)


def test_a_look_that_fails_stops_every_entry_and_is_repeated(bench: Bench) -> None:
    trade, _ = bench.protected()
    bench.look()
    bench.client.down = BUSY
    trade.amount = 1.0
    assert bench.look(10) == ["lookup_failed"]
    assert trade.amount == 0.01, "what is half written is taken back"
    assert "503" in str(bench.told[-1].detail)
    assert all(bench.reconciler.stops_entry(pair) for pair in (BTC, ETH))
    asked = bench.client.looks
    assert bench.look() == []
    assert bench.client.looks > asked
    assert bench.look(HOUR) == ["lookup_failed"]
    bench.client.down = None
    assert bench.look() == ["agree_again"]
    assert (bench.told[-1].pair, bench.told[-1].action) == (None, ("entries_resume",))
    assert bench.reconciler.stops_entry(BTC) is None


# What it says


FAULTS: dict[str, tuple[Callable[[Bench], Any], int]] = {
    "no_resting_stop": (
        lambda bench: bench.client.orders[bench.protected()[1].order_id].update(status="expired"), 2,
    ),
    "trade_without_position": (lambda bench: (bench.protected(), bench.client.hold(0)), 2),
    "sizes_differ": (lambda bench: (bench.protected(), bench.client.hold(0.02)), 2),
    "position_without_trade": (lambda bench: bench.client.hold(0.5), 1),
    "order_without_trade": (lambda bench: bench.client.put("sell", 0.01, stopPrice=STOP), 1),
    "two_stops": (lambda bench: (bench.protected(), bench.client.put("sell", 0.01, stopPrice=58_000.0)), 1),
    "hedge_mode": (lambda bench: setattr(bench.client, "dual_side", True), 1),
    "cross_mode": (lambda bench: (bench.protected(), bench.client.hold(0.01, marginMode="cross")), 1),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_how_often_a_difference_is_seen_before_it_is_believed(bench: Bench, kind: str) -> None:
    """Freqtrade's own loop is about to see to a missing stop, a close or a fill."""
    make, times = FAULTS[kind]
    make(bench)
    said = [bench.look() for _ in range(times)]
    assert said == [[]] * (times - 1) + [[kind]]
    facts = bench.told[-1]
    assert facts.pair == (None if kind == "hedge_mode" else BTC)
    assert facts.action[-1] == "all_stopped"
    assert kind.replace("_", " ") in str(bench.reconciler.stops_entry(ETH))


def test_it_is_said_again_each_hour_while_it_lasts(bench: Bench) -> None:
    bench.client.hold(0.5)
    said = [bench.look(after) for after in (0, 10, HOUR - 20, 10, 10)]
    assert said == [["position_without_trade"], [], [], ["position_without_trade"], []]


@pytest.mark.parametrize("fail_closed", [True, False])
def test_which_entries_stop_and_when_they_resume(bench: Bench, fail_closed: bool) -> None:
    bench.params = Params(fail_closed=fail_closed)
    bench.client.hold(0.5)
    bench.client.hold(-2.0, ETH)
    assert bench.look() == ["position_without_trade"] * 2
    assert all(pair in str(bench.reconciler.stops_entry(pair)) for pair in (BTC, ETH))
    stopped = "all_stopped" if fail_closed else "pair_stopped"
    assert [facts.action for facts in bench.told] == [(stopped,)] * 2
    bench.client.hold(0, ETH)
    assert bench.look(10) == ["agree_again"]
    assert (bench.told[-1].pair, bench.told[-1].action) == (ETH, ())
    assert bench.reconciler.stops_entry(BTC) is not None
    assert (bench.reconciler.stops_entry(ETH) is not None) is fail_closed
    bench.client.hold(0)
    assert bench.look(10) == ["agree_again"]
    assert (bench.told[-1].pair, bench.told[-1].action) == (BTC, ("entries_resume",))
    assert bench.reconciler.stops_entry(BTC) is bench.reconciler.stops_entry(ETH) is None


def test_a_mode_of_the_account_stops_every_pair_whatever_is_set(bench: Bench) -> None:
    bench.params = Params(fail_closed=False)
    bench.client.dual_side = True
    bench.client.hold(0.5)
    assert bench.look() == ["hedge_mode", "position_without_trade"]
    assert bench.told[0].action == ("all_stopped",)
    assert bench.reconciler.stops_entry(ETH) is not None
    bench.client.dual_side = False
    assert bench.look(60) == [], "the account does not agree before each pair does"


def test_a_pair_agrees_again_once_nothing_of_it_is_left(bench: Bench) -> None:
    bench.protected()
    bench.client.hold(0.01, marginMode="cross")
    bench.client.put("sell", 0.01, stopPrice=58_000.0)
    assert bench.look() == ["cross_mode", "two_stops"]
    assert bench.look() == []
    bench.client.hold(0.01)
    assert bench.look(10) == ["agree_again"]


# What it does


@pytest.mark.parametrize(("side", "sign", "state"), [
    ("buy", 1, State.SENT), ("sell", -1, State.SENT), ("buy", 1, State.ACCEPTED)])  # fmt: skip
def test_an_orphan_gets_the_stop_that_its_order_was_sent_with(
    bench: Bench, side: str, sign: int, state: State
) -> None:
    bench.intents.answered(bench.sent(Purpose.ENTRY, side), state)
    bench.client.blind = BUSY
    bench.client.hold(sign * 0.01)
    unclear = {"intent_unclear"} if state is State.SENT else set()
    assert set(bench.look()) == {"position_without_trade"} | unclear
    (stop,) = bench.resting
    assert (stop["stopPrice"], stop["amount"], stop["side"]) == (STOP, 0.01, "sell" if sign > 0 else "buy")
    assert bench.bot.exchange.leverages == [2.0], "it is not changed by the stop"
    facts = next(facts for facts in bench.told if facts.finding == "position_without_trade")
    assert (facts.action, facts.stop_price, facts.held) == (("stop_placed", "all_stopped"), STOP, sign * 0.01)
    bench.look()
    assert len(bench.resting) == 1


@pytest.mark.parametrize("known", ["nothing", "refused", "closed trade", "other side"])
def test_what_its_owner_opened_is_left_alone(bench: Bench, known: str) -> None:
    """A stop of an old signal may lie beyond the price: refused, the position would be closed."""
    match known:
        case "refused":
            bench.intents.answered(bench.sent(Purpose.ENTRY, "buy"), State.REFUSED)
        case "closed trade":
            trade, entry = opened()
            trade.is_open = False
            saved(trade)
            bench.intents.answered(bench.sent(Purpose.ENTRY, "buy"), State.SETTLED, entry.order_id)
        case "other side":
            bench.intents.answered(bench.sent(Purpose.ENTRY, "sell"), State.SETTLED, "deleted")
    bench.client.hold(1.0)
    assert bench.look() == ["position_without_trade"]
    facts = bench.told[0]
    assert (bench.client.sent, facts.action, facts.stop_price) == ([], ("all_stopped",), None)


def closes(sent: dict[str, Any]) -> tuple[Any, ...]:
    assert sent["reduceOnly"]
    return sent["type"], sent["side"], sent["amount"]


def test_an_orphan_beyond_its_stop_is_closed(bench: Bench) -> None:
    bench.intents.answered(bench.sent(Purpose.ENTRY, "buy"), State.SETTLED, "deleted")
    bench.client.hold(0.01)
    bench.client.troubles.append(Trouble(ccxt.OrderImmediatelyFillable("-2021"), arrives=False))
    bench.look()
    assert closes(bench.client.sent[1]) == ("market", "sell", 0.01)
    assert bench.told[0].action == ("position_closed", "all_stopped")


@pytest.mark.parametrize(("held", "side"), [(0.5, "sell"), (-0.5, "buy")])
def test_an_orphan_is_closed_where_the_settings_say_so(bench: Bench, held: float, side: str) -> None:
    bench.params = Params(adopt_orphans="close")
    bench.client.hold(held)
    bench.look()
    assert [closes(sent) for sent in bench.client.sent] == [("market", side, 0.5)]
    # Its own exit is nothing to book.
    bench.client.hold(0)
    assert bench.look(10) == ["agree_again"]
    assert (trades(), bench.states) == ([], [State.SETTLED])


@pytest.mark.parametrize("case", ["a stop", "an entry", "gone meanwhile"])
def test_an_order_that_outlived_its_trade_is_cancelled(bench: Bench, case: str) -> None:
    order = bench.client.put("sell", 0.01, **({} if case == "an entry" else {"stopPrice": STOP}))
    order |= {"status": "open", "clientOrderId": "ict-1"}
    if has_gone := case == "gone meanwhile":
        bench.client.cancel_order = Mock(side_effect=ccxt.OrderNotFound("-2011"))
    assert bench.look() == ["order_without_trade"]
    assert (bench.told[0].action[0], bench.told[0].order) == ("order_cancelled", order["id"])
    if not has_gone:
        assert (bench.client.cancelled, bench.look()) == ([order["id"]], ["agree_again"])


def test_a_stop_that_has_filled_stays_filled_where_the_exchange_lists_it_still(bench: Bench) -> None:
    trade, stop = bench.protected()
    stop.ft_is_open, stop.status, stop.filled, trade.is_open = False, "closed", stop.amount, False
    saved(trade)
    bench.client.hold(0)
    bench.client.cancel_order = Mock(side_effect=ccxt.OrderNotFound("-2011"))
    assert bench.look() == ["order_without_trade"]
    Trade.rollback()
    assert (stop.status, stop.ft_is_open) == ("closed", False)


def test_a_cancel_that_fails_is_tried_again(bench: Bench) -> None:
    bench.client.put("sell", 0.01, stopPrice=STOP)
    cancel, bench.client.cancel_order = bench.client.cancel_order, Mock(side_effect=BUSY)
    assert bench.look() == ["order_without_trade"]
    assert bench.told[0].action == ("all_stopped",)
    bench.client.cancel_order = cancel
    assert [bench.look(10), bench.look(10)] == [[], ["agree_again"]]
    assert bench.resting == []


def test_of_two_own_stops_the_looser_leaves_exchange_and_book(bench: Bench) -> None:
    trade, first = bench.protected()
    second = resting_stop(trade, is_open=True)
    second.order_id = bench.client.put("sell", 0.01, stopPrice=trade.stop_loss + 100)["id"]
    saved(trade)
    assert bench.look() == ["two_stops"]
    assert [order["id"] for order in bench.resting] == [second.order_id]
    Trade.rollback()
    assert [order.order_id for order in trade.open_sl_orders] == [second.order_id]
    assert bench.client.cancelled == [first.order_id]


@pytest.mark.parametrize("side", ["long", "short"])
def test_a_close_by_hand_is_booked_with_its_result(bench: Bench, side: str) -> None:
    trade, stop = bench.protected(side)
    by_hand = bench.client.put(trade.exit_side, 0.01)
    by_hand |= {"average": 59_000.0, "fee": {"cost": 0.3, "currency": "USDT"}}
    bench.client.hold(0)
    assert [bench.look(), bench.look()] == [[], ["trade_without_position"]]
    assert bench.bot.booked == [by_hand]
    sign = 1 if side == "long" else -1
    # A thousand for 0.01 coins, and 0.05 % of 600 and of 590 in fees.
    assert trade.close_profit_abs == pytest.approx(-sign * 10 - 0.3 - 0.295, abs=1e-6)
    assert (trade.is_open, trade.exit_reason, trade.close_rate) == (False, "sold_on_exchange", 59_000.0)
    assert bench.told[-1].action == ("close_recorded", "all_stopped")
    assert bench.client.cancelled == [stop.order_id]
    assert bench.look() == ["agree_again"]


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize(("sold", "at"), [(0.015, "average"), (0.02, "average"), (0.025, "price")])
def test_a_position_that_was_reversed_by_hand_ends_its_trade_alone(
    bench: Bench, side: str, sold: float, at: str
) -> None:
    """What the order opened beyond it is its owner's: no result of the trade, and reported for itself."""
    trade, _ = bench.protected(side)
    by_hand = bench.client.put(trade.exit_side, sold)
    by_hand |= {"average": None, at: 59_000.0}
    sign = 1 if side == "long" else -1
    bench.client.hold(sign * (0.01 - sold))
    assert [bench.look(), bench.look()] == [[], ["trade_without_position"]]
    assert trade.close_profit_abs == pytest.approx(-sign * 10 - 0.3 - 0.295, abs=1e-6)
    assert (trade.is_open, trade.close_rate) == (False, 59_000.0)
    part = {"amount": 0.01, "filled": 0.01, "cost": 590.0}
    fee = {"cost": pytest.approx(0.295), "currency": "USDT", "rate": 0.0005}
    assert [row | part | {"fee": fee} for row in bench.bot.booked] == bench.bot.booked != []
    assert bench.look() == ["position_without_trade"]


def test_a_part_closed_by_hand_is_booked_and_its_stop_makes_room(bench: Bench) -> None:
    trade, stop = bench.protected()
    bench.client.put("sell", 0.004)
    bench.client.hold(0.006)
    bench.look()
    assert bench.look() == ["sizes_differ"]
    assert (trade.is_open, trade.amount) == (True, pytest.approx(0.006))
    assert (bench.client.cancelled, trade.has_open_sl_orders) == ([stop.order_id], False)
    assert bench.told[-1].action[0] == "close_recorded"


@pytest.mark.parametrize("order", [
    {"side": "buy"}, {"filled": 0.0, "status": "canceled"}, {"clientOrderId": "ict-1"},
    {"id": "in the book"}, {"symbol": ETH}, {"timestamp": 0},
], ids=lambda order: next(iter(order)))  # fmt: skip
def test_only_exits_that_the_bot_did_not_make_are_booked(bench: Bench, order: dict[str, Any]) -> None:
    trade, stop = bench.protected()
    if "id" in order:
        stop.order_id = order["id"]
        saved(trade)
    placed = bench.client.put("sell", 0.01)
    placed |= order
    bench.client.hold(0)
    bench.look()
    assert bench.look() == ["trade_without_position"]
    assert (trade.is_open, len(trade.orders), bench.told[-1].action) == (True, 2, ("all_stopped",))


@pytest.mark.parametrize(("gone", "said"), [(0.004, "sizes_differ"), (0.01, "trade_without_position")])
def test_no_more_is_booked_than_is_gone(bench: Bench, gone: float, said: str) -> None:
    trade, _ = bench.protected()
    first, second = bench.client.put("sell", gone), bench.client.put("sell", 0.006)
    bench.client.hold(0.01 - gone)
    assert [bench.look(), bench.look()] == [[], [said]]
    known = {order.order_id for order in trade.orders}
    assert (first["id"] in known, second["id"] in known) == (True, False)


@pytest.mark.parametrize(("other", "held", "blind"), [
    ({"status": "expired"}, 0.01, None), ({"status": "expired"}, 0.01, BUSY),
    ({"status": "closed"}, 0.01, None), ({"amount": 0.004}, 0.006, None),
], ids=["vanished", "vanished, and can't be looked up", "fired", "too small"])  # fmt: skip
def test_a_stop_that_does_not_protect_makes_room_for_freqtrade_to_place_it(
    bench: Bench, other: dict[str, Any], held: float, blind: Exception | None
) -> None:
    """A stop that has fired is Freqtrade's to book."""
    trade, stop = bench.protected()
    bench.client.orders[stop.order_id] |= other
    bench.client.blind = blind
    assert bench.look() == []
    assert trade.has_open_sl_orders
    assert bench.look() == ["no_resting_stop"]
    assert trade.has_open_sl_orders is (other == {"status": "closed"})
    assert bench.client.cancelled == ([stop.order_id] if "amount" in other else [])
    assert (bench.told[-1].held, bench.told[-1].stop_price) == (pytest.approx(held), trade.stop_loss)


# Orders that can't be looked up


@pytest.mark.parametrize("side", ["long", "short"])
def test_a_fill_that_freqtrade_cannot_look_up_gets_its_planned_stop(bench: Bench, side: str) -> None:
    """The entry rests no more; Freqtrade's loop would have booked what became of it."""
    trade, entry = opened(side)
    trade.amount, entry.ft_is_open, entry.status, entry.filled = 0.0, True, "open", 0.0
    saved(trade)
    bench.sent(Purpose.ENTRY, entry.side)
    bench.intents.answered(bench.intents.entries()[0], State.ACCEPTED, entry.order_id)
    assert [bench.look(), bench.look()] == [[], ["trade_without_position"]]
    bench.client.hold(0.01 if side == "long" else -0.01)
    assert (bench.look(10), bench.reconciler.differs_on(BTC)) == ([], True)
    assert bench.look() == ["sizes_differ"]
    ((stop,), facts) = bench.resting, bench.told[-1]
    assert (stop["side"], stop["amount"], stop["stopPrice"]) == (trade.exit_side, 0.01, STOP)
    assert (abs(facts.held), facts.booked, facts.action) == (0.01, 0.0, ("stop_placed", "all_stopped"))


def test_a_stop_that_cant_be_looked_up_is_said_until_it_can(bench: Bench) -> None:
    trade, stop = bench.protected()
    bench.client.blind = BUSY
    bench.bot.exchange.fetch_stoploss_order(stop.order_id, BTC)
    assert bench.look() == ["stop_unseen"]
    facts = bench.told[-1]
    found = (facts.action, facts.stop_price, facts.order)
    assert found == (("price_watched",), trade.stop_loss, stop.order_id)
    assert "503" in str(facts.detail)
    assert [bench.look(10), bench.look(HOUR)] == [[], ["stop_unseen"]]
    bench.client.blind = None
    bench.bot.exchange.fetch_stoploss_order(stop.order_id, BTC)
    assert bench.look(10) == ["agree_again"]


def test_a_trade_that_was_closed_unseen_leaves_nothing_behind(bench: Bench) -> None:
    trade, stop = bench.protected()
    bench.client.blind = BUSY
    bench.bot.exchange.fetch_stoploss_order(stop.order_id, BTC)
    bench.look()
    trade.is_open = False
    saved(trade)
    bench.client.hold(0)
    bench.client.orders[stop.order_id]["status"] = "canceled"
    assert bench.look(10) == ["agree_again"]
    assert bench.told[-1].action == ("entries_resume",)


def test_times_are_of_this_moment(bench: Bench) -> None:
    """An order found again without a time of its own was sent when it was written down."""
    intent = bench.sent(Purpose.ENTRY, "buy")
    bench.arrived(intent, timestamp=None)
    bench.reconciler.start()
    (trade,) = trades()
    assert abs(trade.open_date_utc - intent.sent_at) < timedelta(milliseconds=1)
    assert abs(datetime.now(UTC) - intent.sent_at) < timedelta(minutes=1)


@pytest.mark.parametrize(("left", "hinders", "placed_anew"), [
    (0.006, None, True), (0.01, None, False), (0.006, "hedge mode", False), (0.006, "an exit", False),
    (0.006, "a cancel that fails", False),
])  # fmt: skip
def test_a_stop_for_more_than_its_trade_makes_room_for_one_that_fits(
    bench: Bench, left: float, hinders: str | None, placed_anew: bool
) -> None:
    """Freqtrade leaves the stop of the whole position after a partial exit, and places a missing one."""
    trade, _ = bench.protected()
    if hinders is None:
        bench.look()  # the next loop does not wait for the next regular look
    trade.amount, bench.client.dual_side = left, hinders == "hedge mode"
    if hinders == "an exit":
        trade.orders.append(filled("sell", trade.open_rate, NOW))
        trade.orders[-1].ft_is_open = True
    if hinders == "a cancel that fails":
        bench.client.cancel_order = Mock(side_effect=BUSY)
    saved(trade)
    bench.client.hold(left)
    assert bench.look() == ["hedge_mode"] * bench.client.dual_side
    assert (bench.look(), bench.reconciler.differs is None) == ([], not bench.client.dual_side)
    assert (bench.resting == []) is placed_anew
    assert trade.has_open_sl_orders is not placed_anew


def test_a_stop_for_more_than_its_trade_stays_where_the_exchange_holds_more(bench: Bench) -> None:
    trade, stop = bench.protected()
    trade.amount = 0.004
    saved(trade)
    for said in ([], ["sizes_differ"]):
        assert (bench.look(), [order["id"] for order in bench.resting]) == (said, [stop.order_id])
