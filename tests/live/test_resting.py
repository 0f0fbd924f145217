"""Entries that rest: placed, filled, taken back, and what goes wrong meanwhile (LIM-1, LIM-2)."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots import looks
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, BUSY, ETH, RESTING_STOPS
from ict_lab.bots.process import INTERRUPTED
from ict_lab.bots.retest import Retest
from ict_lab.chaos.bot import SteeredBot

from loopback.clock import RunningClock
from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import NOON, MakeServer

LTC, SOL = "LTCUSDT", "SOLUSDT"
AWAY = {
    BTC: Retest(60_000.0, "long", now=4.0),
    ETH: Retest(3_000.0, "short", now=4.0),
    LTC: Retest(80.0, "long", now=4.0),
    SOL: Retest(150.0, "short", now=4.0),
}
# The block is new at 12:00; at the close of 12:15 it is too old.
BEFORE_THE_END, CANDLE_MS = "2026-03-04T12:13:00+00:00", 900_000
MakeResting = Callable[..., tuple[SteeredBot, LoopbackServer]]
REST = {"entry_at": "zone", "ob_max_age_candles": 1}
PLACE, TAKE_BACK, LOOK = ((method, "/fapi/v1/order") for method in ("POST", "DELETE", "GET"))
NO_SUCH_ORDER = {"code": -2013, "msg": "Order does not exist."}
NOT_A_MAKER = {"code": -5022, "msg": "Due to the order could not be executed as maker, it will be rejected."}


@pytest.fixture
def make_resting(make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path) -> MakeResting:
    """Make a bot whose entries rest, and an exchange of its own, before the end of the zones."""

    def make(*symbols: str, start: str = BEFORE_THE_END, **ict: Any) -> tuple[SteeredBot, LoopbackServer]:
        server = make_server({symbol: AWAY[symbol] for symbol in symbols}, start)
        pairs = [SPECS[symbol].pair for symbol in symbols]
        extra = {"custom_price_max_distance_ratio": 1.0, "exchange": {"pair_whitelist": pairs}}
        given = {"ict": {**REST, **ict}, "extra": {"max_open_trades": len(pairs), **extra}}
        return SteeredBot(server, discord, tmp_path, **given), server

    return make


def end_the_zone(server: LoopbackServer, bot: SteeredBot) -> None:
    clock = server.exchange.clock
    assert isinstance(clock, RunningClock)
    ahead = CANDLE_MS - clock.now_ms() % CANDLE_MS - 1_500
    clock.jump_to(clock.now_ms() + ahead)
    bot.set_clock(ahead / 1_000)


def states(server: LoopbackServer, symbol: str) -> list[str]:
    return [row["status"] for row in looks.orders(server, symbol)]


def booked(bot: SteeredBot, symbol: str) -> list[dict[str, Any]]:
    return bot.trades(f"pair = '{SPECS[symbol].pair}'")


def wait_for_stop(bot: SteeredBot, server: LoopbackServer, symbol: str, quantity: str) -> None:
    bot.wait_for(
        f"one stop over {quantity} {symbol}",
        lambda: [row["quantity"] for row in looks.waiting_stops(server, symbol)] == [quantity],
    )
    (stop,) = looks.waiting_stops(server, symbol)
    assert abs(float(stop["triggerPrice"]) - looks.stop_price(AWAY[symbol])) <= float(SPECS[symbol].tick)


def test_placed_filled_filled_in_part_and_taken_back_with_its_zone(make_resting: MakeResting) -> None:
    bot, server = make_resting(*AWAY)
    server.operator.lose_next(*PLACE, where={"symbol": SOL})
    with bot:
        bot.wait_for("the orders booked", lambda: len(bot.trades()) == len(AWAY))
        for symbol, retest in AWAY.items():
            (order,) = looks.orders(server, symbol)
            assert (order["type"], order["status"]) == ("LIMIT", "NEW")
            assert float(order["price"]) == pytest.approx(retest.near_edge)
        # The exchange takes no position of 60 USDT, so Freqtrade leaves the order (LIM-2).
        (order,) = looks.orders(server, BTC)
        server.operator.fill_order(order["orderId"], "0.001")
        wait_for_stop(bot, server, BTC, "0.001")
        bot.wait_for_loops()
        assert (states(server, BTC), len(looks.waiting_stops(server))) == (["PARTIALLY_FILLED"], 1)
        looks.move(server, AWAY[BTC].near_edge * 0.9999)
        wait_for_stop(bot, server, BTC, order["origQty"])
        server.operator.fill_order(looks.orders(server, ETH)[0]["orderId"], "0.1")
        wait_for_stop(bot, server, ETH, "0.100")
        end_the_zone(server, bot)
        for symbol in (LTC, SOL):
            bot.wait_for("taken back", lambda symbol=symbol: states(server, symbol) == ["CANCELED"])
        bot.wait_for_loops()
        assert [row["pair"][:3] for row in bot.trades()] == ["BTC", "ETH"]
        assert (states(server, BTC), states(server, ETH)) == (["FILLED"], ["CANCELED"])
        assert len(bot.rows(RESTING_STOPS)) == 2
        assert booked(bot, BTC)[0]["amount"] == float(order["origQty"])
        # Freqtrade says of the order that it leaves it.
        errors = [text for text in bot.told("Error") if "would result in an unexitable trade" not in text]
        assert (bot.told("differ"), errors) == ([], [])


def test_what_becomes_of_a_cancel_is_not_known_at_the_end_of_the_zone(make_resting: MakeResting) -> None:
    """The open trade's target is looked at meanwhile, and no trade whose order rests is forgotten."""
    bot, server = make_resting(BTC, ETH, LTC)
    with bot:
        bot.wait_for("the orders booked", lambda: len(bot.trades()) == 3)
        looks.move(server, AWAY[BTC].near_edge * 0.9999)
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        server.operator.fail_next(*TAKE_BACK, 503, BUSY, times=None, where={"symbol": ETH})
        unknown = {"code": -2011, "msg": "Unknown order."}
        server.operator.fail_next(*TAKE_BACK, 400, unknown, times=None, where={"symbol": LTC})
        end_the_zone(server, bot)
        bot.wait_for("cancels tried", lambda: looks.calls(server, *TAKE_BACK) > 4)
        server.operator.fail_next(*LOOK, 400, NO_SUCH_ORDER, times=12, where={"symbol": LTC})
        looks.move(server, looks.target_price(AWAY[BTC], booked(bot, BTC)[0]["open_rate"]) * 1.0003)
        bot.wait_for("the trade closed", lambda: not booked(bot, BTC)[0]["is_open"])
        assert (states(server, ETH), states(server, LTC)) == (["NEW"], ["NEW"])
        assert [row["is_open"] for row in (*booked(bot, ETH), *booked(bot, LTC))] == [1, 1]
        server.operator.clear_faults()
        for symbol in (ETH, LTC):
            bot.wait_for("taken back", lambda symbol=symbol: states(server, symbol) == ["CANCELED"])
            bot.wait_for("forgotten", lambda symbol=symbol: not booked(bot, symbol))


def test_a_fill_that_cannot_be_looked_up_gets_its_stop(make_resting: MakeResting) -> None:
    """The order gets no answer, or is said not to exist; Freqtrade books nothing and says nothing."""
    bot, server = make_resting(BTC, ETH, start=NOON)
    with bot:
        bot.wait_for("the orders booked", lambda: len(bot.trades()) == 2)
        server.operator.fail_next(*LOOK, 503, BUSY, times=None, where={"symbol": BTC})
        server.operator.fail_next(*LOOK, 400, NO_SUCH_ORDER, times=None, where={"symbol": ETH})
        amounts = {symbol: looks.orders(server, symbol)[0]["origQty"] for symbol in (BTC, ETH)}
        for symbol, amount in amounts.items():
            server.operator.fill_order(looks.orders(server, symbol)[0]["orderId"])
            wait_for_stop(bot, server, symbol, amount)
            bot.wait_told("Sizes differ", SPECS[symbol].pair)
        assert [row["amount"] for row in bot.trades()] == [0, 0]
        server.operator.clear_faults()
        for symbol, amount in amounts.items():
            bot.wait_told("agree again", SPECS[symbol].pair)
            wait_for_stop(bot, server, symbol, amount)
            assert booked(bot, symbol)[0]["amount"] == float(amount)


def test_an_order_outlives_the_bot(make_resting: MakeResting) -> None:
    """Killed while it places, while one rests, with one that nobody knows; an orderly stop cancels.

    Freqtrade's start books one that ended meanwhile as cancelled: its trade would hold the pair for ever.
    """
    bot, server = make_resting(BTC, ETH, LTC, ob_max_age_candles=50)
    server.operator.delay_next(*PLACE, seconds=60.0, after=True, where={"symbol": BTC})
    with bot:
        bot.wait_for("it to be placing", lambda: looks.orders(server))
        bot.crash()
    assert bot.trades() == []
    with bot:
        bot.wait_for("all booked", lambda: len(bot.trades()) == 3)
        bot.wait_for_loops()
        assert [states(server, symbol) for symbol in (BTC, ETH, LTC)] == [["NEW"]] * 3
        bot.crash()
    looks.move(server, AWAY[BTC].near_edge * 0.9999)
    assert (len(looks.positions(server)), looks.waiting_stops(server)) == (1, [])
    forget(bot, ETH)
    server.operator.end_order(looks.orders(server, LTC)[0]["orderId"])
    with bot:
        wait_for_stop(bot, server, BTC, looks.orders(server)[0]["executedQty"])
        bot.wait_for("the stray one cancelled", lambda: states(server, ETH)[0] == "CANCELED")
        again = [["CANCELED", "NEW"]] * 2
        bot.wait_for("others placed", lambda: [states(server, ETH), states(server, LTC)] == again)
        bot.wait_for_loops()
        assert len(booked(bot, LTC)) == 1
        assert bot.stop() == INTERRUPTED
    assert [states(server, symbol) for symbol in (ETH, LTC)] == [["CANCELED", "CANCELED"]] * 2
    assert [row["pair"] for row in bot.trades()] == [SPECS[BTC].pair]
    assert len(looks.waiting_stops(server)) == 1


def forget(bot: SteeredBot, symbol: str) -> None:
    """Lose a contract's trade, as with a database of yesterday."""
    (trade,) = booked(bot, symbol)
    with sqlite3.connect(bot.database) as database:
        database.execute("delete from orders where ft_trade_id = ?", (trade["id"],))
        database.execute("delete from trades where id = ?", (trade["id"],))
        database.execute("delete from ict_intents where pair = ?", (trade["pair"],))
    database.close()


def test_a_post_only_entry_that_would_take_is_no_error_and_not_repeated(make_resting: MakeResting) -> None:
    bot, server = make_resting(BTC, entry_post_only=True, ob_max_age_candles=50)
    server.operator.fail_next(*PLACE, 400, NOT_A_MAKER)
    with bot:
        bot.wait_for("an attempt", lambda: looks.calls(server, *PLACE))
        bot.wait_for_loops(5)
        assert (looks.calls(server, *PLACE), bot.trades(), bot.told("Error")) == (1, [], [])
        end_the_zone(server, bot)
        (order,) = bot.wait_for("another one at the next close", lambda: looks.orders(server))
        assert (order["timeInForce"], order["status"]) == ("GTX", "NEW")
        server.operator.trade_by_hand(BTC, "BUY", "0.01")
        bot.wait_for(
            "no entry beside a position of its owner's", lambda: states(server, BTC)[0] == "CANCELED"
        )
        bot.wait_told("Sizes differ", SPECS[BTC].pair)
