"""What happens on the exchange without the bot, and answers to stops and exits that get lost (BOOK-1)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from ict_lab.bots.agreement import Books, realised_usdt
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.disk import locked
from ict_lab.bots.looks import (
    BTC,
    LONG,
    RESTING_STOPS,
    beyond,
    move,
    orders,
    positions,
    stop_price,
    target_price,
    waiting_stops,
)
from ict_lab.bots.shipped import ShippedBot

from loopback.api import Api
from loopback.server import LoopbackServer
from tests.live.conftest import MakeServer
from tests.symbols.bots import free_port

ORDER, PLACE_STOP = ("POST", "/fapi/v1/order"), ("POST", "/fapi/v1/algoOrder")
CANCEL_STOP, LOOK_STOP = ("DELETE", "/fapi/v1/algoOrder"), ("GET", "/fapi/v1/algoOrder")
BUSY = {"code": -1008, "msg": "Server is currently overloaded with other requests. Please try again later."}
CLOSED = "is_open = 0"


def with_a_stop(bot: ShippedBot) -> float:
    """Wait for the trade with its stop and return its entry's price."""
    bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
    return float(bot.trades()[0]["open_rate"])


def reach_target(server: LoopbackServer, entry: float) -> None:
    """Bring the price a little beyond the target."""
    move(server, target_price(LONG, entry) * 1.0003)


def place_stop_by_hand(bot: ShippedBot) -> None:
    """Let a reduce-only stop rest that the bot knows nothing of."""
    with bot.in_its_time(), Api(bot.server, bot.folder) as api:
        placed = api.post(
            "/fapi/v1/algoOrder", algoType="CONDITIONAL", symbol=BTC, side="SELL", type="STOP_MARKET",
            quantity="0.016", triggerPrice=f"{stop_price(LONG) * 0.99:.1f}", reduceOnly="true",
        )  # fmt: skip
    assert placed["algoStatus"] == "NEW", placed


def require_closed_once(bot: ShippedBot, server: LoopbackServer) -> dict[str, Any]:
    """Require one closed trade: nothing is left on the exchange, it is told once, its money is right."""
    (trade,) = bot.wait_for("a closed trade", lambda: bot.trades(CLOSED))
    bot.wait_told("Position closed")
    bot.wait_for("nothing left", lambda: not (positions(server) or waiting_stops(server)))
    bot.wait_for_loops()
    assert (len(bot.trades()), len(bot.told("Position closed"))) == (1, 1)
    books = Books(server.operator.state(), bot.trades(), bot.rows("select * from orders"))
    assert trade["close_profit_abs"] == pytest.approx(realised_usdt(books), abs=0.01)
    return dict(trade)


ENDINGS: dict[str, tuple[Callable[[LoopbackServer], Any], bool]] = {
    "closed by hand, the stop outlives": (lambda server: server.operator.close_by_hand(BTC), True),
    "deleveraged, the stop expires": (lambda server: server.operator.deleverage(BTC), False),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_a_position_that_ended_without_the_bot(
    case: str, make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    ending, outliving = ENDINGS[case]
    server = make_server({BTC: LONG})
    server.operator.set_rules(keep_orphans=outliving)
    with ShippedBot(server, discord, tmp_path) as bot:
        with_a_stop(bot)
        ending(server)
        trade = require_closed_once(bot, server)
        bot.wait_told("Trade without a position")
        bot.wait_told("agree again")
    assert trade["exit_reason"] == "sold_on_exchange"


def test_a_liquidation_counts_for_the_day(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    caps = {"max_daily_loss_percent": 0.1}
    with ShippedBot(server, discord, tmp_path, ict=caps) as bot:
        with_a_stop(bot)
        server.operator.liquidate(BTC)
        trade = require_closed_once(bot, server)
    (fund,) = (row for row in server.operator.state()["income"] if row["incomeType"] == "INSURANCE_CLEAR")
    assert trade["close_profit_abs"] < float(fund["income"]) < -5
    assert f"Day's total (UTC): {trade['close_profit_abs']:+.2f}" in bot.told("Position closed")[0]


def test_a_part_closed_by_hand_and_the_rest_at_its_target(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """By an order that rested: it pays a maker's fee, the bot's own exit a taker's."""
    server = make_server({BTC: LONG})
    with ShippedBot(server, discord, tmp_path) as bot:
        entry = with_a_stop(bot)
        rest = f"{float(positions(server)[0]['positionAmt']) - 0.006:.3f}"
        server.operator.limit_by_hand(BTC, "SELL", "0.006", round(entry * 1.002, 1))
        move(server, entry * 1.002)
        bot.wait_told("Sizes differ")
        bot.wait_for(
            "a stop for the rest", lambda: [row["quantity"] for row in waiting_stops(server)] == [rest]
        )
        bot.wait_told("agree again")
        reach_target(server, entry)
        trade = require_closed_once(bot, server)
    assert trade["exit_reason"] == "roi"


def test_the_answer_to_an_exit_is_lost(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.set_rules(keep_orphans=True)
    with ShippedBot(server, discord, tmp_path) as bot:
        entry = with_a_stop(bot)
        server.operator.lose_next(*ORDER)
        server.operator.fail_next(*CANCEL_STOP, 503, BUSY, times=8)
        reach_target(server, entry)
        trade = require_closed_once(bot, server)
        assert len(orders(server)) == 2
    assert trade["exit_reason"] == "roi"


@pytest.mark.parametrize("body", [None, {}], ids=["lost", "empty"])
def test_the_answer_to_a_stop_is_lost(
    body: Any, make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    if body is None:
        server.operator.lose_next(*PLACE_STOP)
    else:
        server.operator.garble_next(*PLACE_STOP, body=body)
    with ShippedBot(server, discord, tmp_path) as bot:
        with_a_stop(bot)
        bot.wait_for_loops()
        (stop,) = waiting_stops(server)
        assert [row["order_id"] for row in bot.rows(RESTING_STOPS)] == [str(stop["algoId"])]


def test_killed_inside_each_order_call(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """Of the entry, of its stop and of the exit: each is found again by the next start, and told once."""
    server = make_server({BTC: LONG})
    server.operator.set_rules(keep_orphans=True)
    bot = ShippedBot(server, discord, tmp_path)
    server.operator.delay_next(*ORDER, seconds=60.0, after=True)
    with bot:
        bot.wait_for("the entry on the exchange", lambda: orders(server))
        bot.crash()
    assert (bot.trades(), waiting_stops(server)) == ([], [])
    server.operator.clear_faults()
    server.operator.delay_next(*PLACE_STOP, seconds=60.0, after=True)
    with bot:
        bot.wait_for("the stop on the exchange", lambda: waiting_stops(server))
        bot.crash()
    server.operator.clear_faults()
    with bot:
        entry = with_a_stop(bot)
        bot.wait_told("Position opened")
        bot.wait_for_loops()
        assert len(waiting_stops(server)) == 1
        server.operator.delay_next(*ORDER, seconds=60.0, after=True)
        reach_target(server, entry)
        bot.wait_for("the exit on the exchange", lambda: len(orders(server)) == 2)
        bot.crash()
    server.operator.clear_faults()
    with bot:
        require_closed_once(bot, server)
        assert (len(orders(server)), len(bot.told("Position opened"))) == (2, 1)


def test_stopped_inside_an_entry_and_killed_before_its_stop(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.delay_next(*ORDER, seconds=3.0, after=True)
    bot = ShippedBot(server, discord, tmp_path)
    with bot:
        bot.wait_for("the entry on the exchange", lambda: orders(server))
    # The signal waited for the answer, and for the stop.
    assert (len(bot.trades()), len(waiting_stops(server))) == (1, 1)
    server.operator.end_algo_order(waiting_stops(server)[0]["algoId"])
    server.operator.fail_next(*PLACE_STOP, 503, BUSY, times=None)
    with bot:
        bot.wait_for("an attempt", lambda: server.exchange.faults.waiting[0].hits)
        bot.crash()
    server.operator.clear_faults()
    with bot:
        with_a_stop(bot)
    _, second, *_ = server.operator.state()["algo_orders"]
    assert float(second["triggerPrice"]) == pytest.approx(stop_price(LONG), abs=0.1)


def test_a_stop_that_nobody_can_look_up(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    with ShippedBot(server, discord, tmp_path) as bot:
        with_a_stop(bot)
        server.operator.fail_next(*LOOK_STOP, 503, BUSY, times=None)
        bot.wait_told("can't be looked up", "BTC/USDT:USDT")
        # Forgotten by the exchange, and refused again: the price alone is left to go by.
        server.operator.fail_next(*PLACE_STOP, 503, BUSY, times=None)
        server.operator.end_algo_order(waiting_stops(server)[0]["algoId"])
        move(server, beyond(stop_price(LONG), "long", 0.0005))
        (trade,) = bot.wait_for("a closed trade", lambda: bot.trades(CLOSED))
    assert trade["exit_reason"] == "stop_watch"
    assert positions(server) == []


def test_orders_that_belong_to_no_trade_and_a_switch_to_hedge_mode(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.set_rules(keep_orphans=True)
    with ShippedBot(server, discord, tmp_path) as bot:
        entry = with_a_stop(bot)
        own = waiting_stops(server)[0]["algoId"]
        place_stop_by_hand(bot)
        bot.wait_told("cancelled order")
        bot.wait_for("the own stop alone", lambda: [row["algoId"] for row in waiting_stops(server)] == [own])
        server.operator.fail_next(*CANCEL_STOP, 503, BUSY, times=8)
        reach_target(server, entry)
        require_closed_once(bot, server)
        server.operator.set_modes(hedge_mode=True)
        bot.wait_told("edge mode")


def test_an_entry_while_the_database_is_locked(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    held = server.operator.delay_next(*ORDER, seconds=8.0)
    with ShippedBot(server, discord, tmp_path) as bot:
        # The intent is written; what comes of it can't be.
        bot.wait_for("the entry under way", lambda: held.hits)
        with locked(bot.database):
            bot.wait_for("the entry on the exchange", lambda: orders(server))
            bot.wait_for("a loop that failed", lambda: "The loop failed" in bot.file_log())
        with_a_stop(bot)
        bot.wait_told("Position opened")
        bot.wait_for_loops()
    assert (len(orders(server)), len(waiting_stops(server)), len(bot.trades())) == (1, 1, 1)


@pytest.mark.parametrize("route", ["/fapi/v3/account", "/fapi/v1/depth"])
def test_what_cannot_be_read_does_not_keep_a_trade_from_its_target(
    route: str, make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    with ShippedBot(server, discord, tmp_path) as bot:
        entry = with_a_stop(bot)
        server.operator.fail_next("GET", route, 503, BUSY, times=None)
        reach_target(server, entry)
        bot.wait_for("a closed trade", lambda: bot.trades(CLOSED))
        server.operator.clear_faults()
        require_closed_once(bot, server)


def test_a_forced_entry_beside_an_open_trade_is_refused(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    login, port = ("freqtrader", "longenough1"), free_port()
    api = {
        "enabled": True, "listen_ip_address": "127.0.0.1", "listen_port": port, "username": login[0],
        "password": login[1], "jwt_secret_key": "x" * 40,
    }  # fmt: skip
    settings = {"force_entry_enable": True, "api_server": api}
    with ShippedBot(server, discord, tmp_path, ict={"partial_exit_at_r": 1.0}, extra=settings) as bot:
        with_a_stop(bot)
        url = f"http://127.0.0.1:{port}/api/v1/forceenter"
        answer = requests.post(url, json={"pair": "BTC/USDT:USDT", "side": "long"}, auth=login, timeout=60)
        assert "another entry would bypass its size and the caps" in answer.text
        bot.wait_for_loops()
    assert (len(orders(server)), len(waiting_stops(server))) == (1, 1)
