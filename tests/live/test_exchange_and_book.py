"""What happens on the exchange without the bot, and answers to stops and exits that get lost (BOOK-1)."""

from dataclasses import replace
from typing import Any

import pytest
from ict_lab.bots import looks
from ict_lab.bots.agreement import Books, realised_usdt
from ict_lab.bots.disk import locked
from ict_lab.bots.looks import BTC, BUSY, ETH, ETH_LONG, LONG, RESTING_STOPS
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from loopback.api import Api
from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeBot
from tests.live.test_unknown_position import LTC, LTC_LONG

ORDER, PLACE_STOP = ("POST", "/fapi/v1/order"), ("POST", "/fapi/v1/algoOrder")
CANCEL_STOP, LOOK_STOP = ("DELETE", "/fapi/v1/algoOrder"), ("GET", "/fapi/v1/algoOrder")
SOL, SOL_LONG = "SOLUSDT", Retest(150.0, "long")
CLOSED = "is_open = 0"


def with_a_stop(bot: ShippedBot) -> float:
    bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
    return float(bot.trades()[0]["open_rate"])


def reach_target(server: LoopbackServer, entry: float) -> None:
    looks.move(server, looks.target_price(LONG, entry) * 1.0003)


def place_stop_by_hand(bot: ShippedBot) -> None:
    with bot.in_its_time(), Api(bot.server, bot.folder) as api:
        placed = api.post(
            "/fapi/v1/algoOrder", algoType="CONDITIONAL", symbol=BTC, side="SELL", type="STOP_MARKET",
            quantity="0.016", triggerPrice=f"{looks.stop_price(LONG) * 0.99:.1f}", reduceOnly="true",
        )  # fmt: skip
    assert placed["algoStatus"] == "NEW", placed


def require_closed_once(bot: ShippedBot, count: int = 1) -> list[dict[str, Any]]:
    """Require closed trades: nothing is left on the exchange, each is told once, their money is right."""
    server = bot.server
    bot.wait_for("closed trades", lambda: len(bot.trades(CLOSED)) == count)
    bot.wait_for("all of it told", lambda: len(bot.told("Position closed")) == count)

    def is_empty() -> bool:
        state = server.operator.state()
        return not (state["positions"] or [row for row in state["algo_orders"] if row["algoStatus"] == "NEW"])

    bot.wait_for("nothing left", is_empty)
    bot.wait_for_loops()
    trades = bot.trades()
    assert (len(trades), len(bot.told("Position closed"))) == (count, count)
    books = Books(server.operator.state(), trades, bot.rows("select * from orders"))
    made = sum(trade["close_profit_abs"] for trade in trades)
    assert made == pytest.approx(realised_usdt(books), abs=0.01 * count)
    return trades


def test_a_position_that_ended_without_the_bot(make_bot: MakeBot) -> None:
    """Liquidated, which counts for the day with the fund's share; by hand, its stop outlives; deleveraged."""
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG})
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 3)
        # No entry before the last one has its stop.
        sent = [(entry.method, entry.path) for entry in list(server.exchange.record.entries)]
        assert [call for call in sent if call in (ORDER, PLACE_STOP)] == [ORDER, PLACE_STOP] * 3
        server.operator.liquidate(BTC)
        told = bot.wait_told("Position closed", "BTC/USDT:USDT")
        server.operator.set_rules(keep_orphans=True)
        server.operator.close_by_hand(ETH)
        bot.wait_told("Trade without a position", "ETH/USDT:USDT")
        server.operator.set_rules(keep_orphans=False)
        server.operator.deleverage(LTC)
        liquidated, *others = require_closed_once(bot, 3)
        bot.wait_told("agree again")
    assert [trade["exit_reason"] for trade in others] == ["sold_on_exchange"] * 2
    (fund,) = (row for row in server.operator.state()["income"] if row["incomeType"] == "INSURANCE_CLEAR")
    assert liquidated["close_profit_abs"] < float(fund["income"]) < -5
    assert f"Day's total (UTC): {liquidated['close_profit_abs']:+.2f}" in told


def test_a_part_closed_by_hand_and_the_rest_at_its_target(make_bot: MakeBot) -> None:
    """By an order that rested: it pays a maker's fee, the bot's own exit a taker's."""
    bot, server = make_bot()
    with bot:
        entry = with_a_stop(bot)
        rest = f"{float(looks.positions(server)[0]['positionAmt']) - 0.006:.3f}"
        server.operator.limit_by_hand(BTC, "SELL", "0.006", round(entry * 1.002, 1))
        looks.move(server, entry * 1.002)
        bot.wait_told("Sizes differ")
        bot.wait_for(
            "a stop for the rest", lambda: [row["quantity"] for row in looks.waiting_stops(server)] == [rest]
        )
        bot.wait_told("agree again")
        reach_target(server, entry)
        (trade,) = require_closed_once(bot)
    assert trade["exit_reason"] == "roi"


def test_the_answer_to_a_stop_is_lost(make_bot: MakeBot) -> None:
    """Or is no order; or the tick has changed since Freqtrade read it, and the answer is a refusal."""
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG})
    server.operator.lose_next(*PLACE_STOP, where={"symbol": BTC})
    server.operator.garble_next(*PLACE_STOP, body={}, where={"symbol": ETH})
    off_tick = {"code": -4014, "msg": "Price not increased by tick size."}
    server.operator.fail_next(*PLACE_STOP, 400, off_tick, where={"symbol": LTC})
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 3)
        bot.wait_for_loops()
        stops = [stop for symbol in (BTC, ETH, LTC) for stop in looks.waiting_stops(server, symbol)]
        known = [row["order_id"] for row in bot.rows(RESTING_STOPS)]
        assert (len(stops), sorted(known)) == (3, sorted(str(stop["algoId"]) for stop in stops))


def test_killed_inside_each_order_call(make_bot: MakeBot) -> None:
    """Of the entry, of its stop and of the exit: each is found again by the next start, and told once."""
    bot, server = make_bot()
    server.operator.set_rules(keep_orphans=True)
    server.operator.delay_next(*ORDER, seconds=60.0, after=True)
    with bot:
        bot.wait_for("the entry on the exchange", lambda: looks.orders(server))
        bot.crash()
    assert (bot.trades(), looks.waiting_stops(server)) == ([], [])
    server.operator.clear_faults()
    server.operator.delay_next(*PLACE_STOP, seconds=60.0, after=True)
    with bot:
        bot.wait_for("the stop on the exchange", lambda: looks.waiting_stops(server))
        bot.crash()
    server.operator.clear_faults()
    with bot:
        entry = with_a_stop(bot)
        bot.wait_told("Position opened")
        bot.wait_for_loops()
        assert len(looks.waiting_stops(server)) == 1
        server.operator.delay_next(*ORDER, seconds=60.0, after=True)
        reach_target(server, entry)
        bot.wait_for("the exit on the exchange", lambda: len(looks.orders(server)) == 2)
        bot.crash()
    server.operator.clear_faults()
    with bot:
        require_closed_once(bot)
        assert (len(looks.orders(server)), len(bot.told("Position opened"))) == (2, 1)


def test_stopped_inside_an_entry_and_killed_before_its_stop(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    server.operator.delay_next(*ORDER, seconds=3.0, after=True)
    with bot:
        bot.wait_for("the entry on the exchange", lambda: looks.orders(server))
    # The signal waited for the answer, and for the stop.
    assert (len(bot.trades()), len(looks.waiting_stops(server))) == (1, 1)
    server.operator.end_algo_order(looks.waiting_stops(server)[0]["algoId"])
    server.operator.fail_next(*PLACE_STOP, 503, BUSY, times=None)
    with bot:
        bot.wait_for("an attempt", lambda: server.exchange.faults.waiting[0].hits)
        bot.crash()
    server.operator.clear_faults()
    with bot:
        with_a_stop(bot)
    _, second, *_ = server.operator.state()["algo_orders"]
    assert float(second["triggerPrice"]) == pytest.approx(looks.stop_price(LONG), abs=0.1)


def test_a_stop_that_nobody_can_look_up(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    with bot:
        with_a_stop(bot)
        server.operator.fail_next(*LOOK_STOP, 503, BUSY, times=None)
        bot.wait_told("can't be looked up", "BTC/USDT:USDT")
        # Forgotten by the exchange, and refused again: the price alone is left to go by.
        server.operator.fail_next(*PLACE_STOP, 503, BUSY, times=None)
        server.operator.end_algo_order(looks.waiting_stops(server)[0]["algoId"])
        looks.move(server, looks.beyond(looks.stop_price(LONG), "long", 0.0005))
        (trade,) = bot.wait_for("a closed trade", lambda: bot.trades(CLOSED))
    assert trade["exit_reason"] == "stop_watch"
    assert looks.positions(server) == []


def test_a_stray_order_a_lost_exit_and_a_switch_to_hedge_mode(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    server.operator.set_rules(keep_orphans=True)
    with bot:
        entry = with_a_stop(bot)
        own = looks.waiting_stops(server)[0]["algoId"]
        place_stop_by_hand(bot)
        bot.wait_told("cancelled order")
        bot.wait_for("its own", lambda: [row["algoId"] for row in looks.waiting_stops(server)] == [own])
        server.operator.lose_next(*ORDER)
        server.operator.fail_next(*CANCEL_STOP, 503, BUSY, times=8)
        reach_target(server, entry)
        (trade,) = require_closed_once(bot)
        assert (trade["exit_reason"], len(looks.orders(server))) == ("roi", 2)
        server.operator.set_modes(hedge_mode=True)
        bot.wait_told("edge mode")


def test_an_entry_while_the_database_is_locked(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    held = server.operator.delay_next(*ORDER, seconds=8.0)
    with bot:
        # The intent is written; what comes of it can't be.
        bot.wait_for("the entry under way", lambda: held.hits)
        with locked(bot.database):
            bot.wait_for("the entry on the exchange", lambda: looks.orders(server))
            bot.wait_for("a loop that failed", lambda: "The loop failed" in bot.file_log())
        with_a_stop(bot)
        bot.wait_told("Position opened")
        bot.wait_for_loops()
    assert (len(looks.orders(server)), len(looks.waiting_stops(server)), len(bot.trades())) == (1, 1, 1)


def test_what_cannot_be_read_does_not_keep_a_trade_from_its_target(make_bot: MakeBot) -> None:
    """Balances for one, the order book for the other."""
    retests = {BTC: LONG, ETH: ETH_LONG}
    bot, server = make_bot(retests)
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        for route, symbol in (("/fapi/v3/account", BTC), ("/fapi/v1/depth", ETH)):
            own = f"pair = '{SPECS[symbol].pair}'"
            server.operator.fail_next("GET", route, 503, BUSY, times=None)
            target = looks.target_price(retests[symbol], bot.trades(own)[0]["open_rate"])
            looks.move(server, target * 1.0003, symbol)
            bot.wait_for(f"closed without {route}", lambda own=own: bot.trades(f"{own} and {CLOSED}"))
            server.operator.clear_faults()
        require_closed_once(bot, 2)


def test_a_contract_that_is_settled_and_one_without_brackets(make_bot: MakeBot) -> None:
    """Neither keeps the other from its entry and its target."""
    bot, server = make_bot({LTC: LTC_LONG, ETH: ETH_LONG, BTC: LONG})
    server.exchange.specs[LTC] = replace(SPECS[LTC], brackets=())
    with bot:
        bot.wait_told("Unable to create trade for LTC/USDT:USDT")
        bot.wait_for("the others' stops", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        closed = {"code": -1122, "msg": "Invalid symbol status."}
        for route in (ORDER, PLACE_STOP):
            server.operator.fail_next(*route, 400, closed, times=None, where={"symbol": ETH})
        server.operator.end_algo_order(looks.waiting_stops(server, ETH)[0]["algoId"], "EXPIRED")
        bot.wait_told("No stop on the exchange", "ETH/USDT:USDT")
        server.operator.deleverage(ETH)
        reach_target(server, bot.trades("pair = 'BTC/USDT:USDT'")[0]["open_rate"])
        require_closed_once(bot, 2)


def test_funding_is_booked_however_a_trade_ends(make_bot: MakeBot) -> None:
    """By its stop, by hand, at its target after a part of it, by its stop while the bot is down.

    Freqtrade would ask at the 31st minute.
    """
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG, SOL: SOL_LONG})
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 4)
        for symbol in (BTC, ETH, LTC, SOL):
            server.operator.pay_funding(symbol, "0.001")
        looks.move(server, looks.stop_price(LONG))
        server.operator.close_by_hand(LTC)
        server.operator.close_by_hand(ETH, "0.1")
        bot.wait_for("two closes", lambda: len(bot.trades(CLOSED)) == 2)
        bot.wait_told("Sizes differ", "ETH/USDT:USDT")
        server.operator.pay_funding(ETH, "0.001")
        entry = bot.trades("pair = 'ETH/USDT:USDT'")[0]["open_rate"]
        looks.move(server, looks.target_price(ETH_LONG, entry) * 1.0003, ETH)
        bot.wait_for("the target", lambda: len(bot.trades(CLOSED)) == 3)
    server.operator.pay_funding(SOL, "0.001")
    looks.move(server, looks.stop_price(SOL_LONG), SOL)
    with bot:
        require_closed_once(bot, 4)
