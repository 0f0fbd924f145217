"""Entries whose answer gets lost, and positions that nobody booked (BOOK-1)."""

from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import (
    BTC,
    ETH,
    ETH_LONG,
    LONG,
    RESTING_STOPS,
    orders,
    positions,
    stop_price,
    waiting_stops,
)
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeServer

LTC, LTC_LONG = "LTCUSDT", Retest(80.0, "long")
ALL = {
    "max_open_trades": 3,
    "exchange": {"pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT", "LTC/USDT:USDT"]},
}
ENTRY, LOOK = ("POST", "/fapi/v1/order"), ("GET", "/fapi/v1/order")
BUSY = {"code": -1008, "msg": "Server is currently overloaded with other requests. Please try again later."}


def on_grid(price: float) -> float:
    """Return a long's stop as Freqtrade places it: on the tick above."""
    tick = float(SPECS[BTC].tick)
    return round(-(-price // tick) * tick, 8)


def require_one_protected_trade(bot: ShippedBot, server: LoopbackServer) -> None:
    """Require one entry on the exchange, booked once, told once, with its planned stop resting."""
    bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
    bot.wait_told("Position opened", "BTC/USDT:USDT")
    (stop,), (position,) = waiting_stops(server), positions(server)
    assert (len(orders(server)), len(bot.trades()), len(bot.told("Position opened"))) == (1, 1, 1)
    assert float(stop["triggerPrice"]) == on_grid(stop_price(LONG))
    assert stop["quantity"] == position["positionAmt"]
    assert float(position["positionAmt"]) == bot.trades()[0]["amount"]


def test_an_entry_whose_answer_is_lost_is_found_again(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.lose_next(*ENTRY)
    with ShippedBot(server, discord, tmp_path) as bot:
        require_one_protected_trade(bot, server)
        bot.wait_for_loops()
        assert len(orders(server)) == 1


@pytest.mark.parametrize(
    "body", [{}, "<html>Bad gateway</html>", '{"orderId": 10'], ids=["empty", "page", "cut"]
)
def test_an_entry_with_an_answer_that_is_no_order(
    body: Any, make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.garble_next(*ENTRY, body=body)
    with ShippedBot(server, discord, tmp_path) as bot:
        require_one_protected_trade(bot, server)
        assert [row for row in bot.rows("select * from orders") if row["order_id"] == "None"] == []


def test_an_entry_that_nobody_can_say_anything_of_is_not_repeated(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.lose_next(*ENTRY)
    server.operator.fail_next(*LOOK, 503, BUSY, times=None)
    with ShippedBot(server, discord, tmp_path) as bot:
        bot.wait_told("What became of an order is not known", "BTC/USDT:USDT")
        # Meanwhile it has the stop that its signal planned.
        (stop,) = bot.wait_for("a stop", lambda: waiting_stops(server))
        assert float(stop["triggerPrice"]) == on_grid(stop_price(LONG))
        assert (len(orders(server)), bot.trades()) == (1, [])
        server.operator.clear_faults()
        bot.wait_for("the trade booked", bot.trades)
        bot.wait_for("one stop, of the trade", lambda: _own_stop_alone(bot, server))
        bot.wait_told("agree again")
        require_one_protected_trade(bot, server)


def _own_stop_alone(bot: ShippedBot, server: LoopbackServer) -> bool:
    known = {row["order_id"] for row in bot.rows(RESTING_STOPS)}
    return {str(row["algoId"]) for row in waiting_stops(server)} == known != set()


def test_killed_inside_the_entry_and_started_again(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.delay_next(*ENTRY, seconds=30.0, after=True)
    bot = ShippedBot(server, discord, tmp_path)
    with bot:
        bot.wait_for("the entry on the exchange", lambda: orders(server))
        bot.crash()
    assert (bot.trades(), waiting_stops(server)) == ([], [])
    with bot:
        require_one_protected_trade(bot, server)


def test_a_position_that_its_owner_opened(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG})
    by_hand = server.operator.trade_by_hand(LTC, "SELL", "1")
    with ShippedBot(server, discord, tmp_path, extra=ALL) as bot:
        bot.wait_told("Position without a trade", "LTC/USDT:USDT", "any pair")
        bot.wait_for_loops(8)
        # Nothing is entered anywhere, nothing of the owner's is touched, and it is said once.
        assert (orders(server), orders(server, ETH), bot.trades()) == ([], [], [])
        assert [row["orderId"] for row in orders(server, LTC)] == [by_hand["orderId"]]
        assert waiting_stops(server, LTC) == []
        assert len(bot.told("Position without a trade")) == 1
        server.operator.close_by_hand(LTC)
        bot.wait_told("agree again", "LTC/USDT:USDT")
        bot.wait_for("entries after all", lambda: waiting_stops(server) and waiting_stops(server, ETH))


def test_other_pairs_are_traded_where_the_settings_say_so(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG})
    server.operator.trade_by_hand(LTC, "BUY", "1")
    settings = {"fail_closed": False, "adopt_orphans": "close"}
    with ShippedBot(server, discord, tmp_path, ict=settings, extra=ALL) as bot:
        bot.wait_told("Position without a trade", "LTC/USDT:USDT", "closed the position")
        bot.wait_for("the position closed", lambda: not positions(server, LTC))
        bot.wait_for("the other pairs' stops", lambda: waiting_stops(server) and waiting_stops(server, ETH))
