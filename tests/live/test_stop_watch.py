"""Stops that could not be placed or are gone, and stops that move on the exchange."""

from typing import Any

from ict_lab.bots import looks
from ict_lab.bots.looks import BTC, BUSY, ETH, ETH_LONG, LONG, RESTING_STOPS, STOP_BUFFER
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot, control

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeBot

PLACE_STOP = ("POST", "/fapi/v1/algoOrder")
TOO_LATE = {"code": -2021, "msg": "Order would immediately trigger."}
UNWATCHED = control("Unwatched", "    def custom_exit(self, *args, **kwargs):\n        return None")


def refuse_stops(server: LoopbackServer) -> None:
    server.operator.fail_next(*PLACE_STOP, 503, BUSY, times=None)


def stop_attempts(server: LoopbackServer) -> int:
    return looks.calls(server, *PLACE_STOP)


def test_a_stop_that_cannot_be_placed(make_bot: MakeBot) -> None:
    """One exchange's answer is that it is busy, the other's refuses for good."""
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG})
    server.operator.fail_next(*PLACE_STOP, 400, TOO_LATE, times=None, where={"symbol": BTC})
    server.operator.fail_next(*PLACE_STOP, 503, BUSY, times=None, where={"symbol": ETH})
    with bot:
        # Freqtrade's own answer to this refusal; it must not be silent.
        bot.wait_told("Error", "Order would immediately trigger")
        bot.wait_told("Position closed", "BTC/USDT:USDT")
        bot.wait_told("Position opened", "ETH/USDT:USDT")
        bot.wait_for("several attempts", lambda: stop_attempts(server) >= 5)
        assert looks.waiting_stops(server) == []
        # A refused stop is told once, not with every attempt.
        bot.wait_told("Error", "stoploss order on exchange")
        looks.move(server, looks.beyond(looks.stop_price(ETH_LONG), "long", 0.0005), ETH)
        bot.wait_told("Position closed", "ETH/USDT:USDT", "stop loss, by the bot")
        bot.wait_for_loops()
    told = bot.told("Error", "stoploss order on exchange")
    assert sorted("Order would immediately trigger" in text for text in told) == [False, True]
    reasons = {row["pair"][:3]: (row["is_open"], row["exit_reason"]) for row in bot.trades()}
    assert reasons == {"BTC": (0, "emergency_exit"), "ETH": (0, "stop_watch")}
    assert (looks.positions(server), looks.positions(server, ETH), len(looks.orders(server))) == ([], [], 2)
    assert looks.orders(server, ETH)[-1]["reduceOnly"] is True


def test_control_without_the_watch_nothing_closes_the_trade(make_bot: MakeBot) -> None:
    bot, server = make_bot(strategy="Unwatched", source=UNWATCHED)
    refuse_stops(server)
    with bot:
        bot.wait_for("an attempt", lambda: bot.trades() and stop_attempts(server))
        looks.move(server, looks.beyond(looks.stop_price(LONG), "long", 0.01))
        seen = stop_attempts(server)
        bot.wait_for("several loops", lambda: stop_attempts(server) >= seen + 4)
        held = looks.orders(server), looks.positions(server), bot.trades("is_open = 1")
        assert [len(rows) for rows in held] == [1, 1, 1]


def test_a_stop_that_vanished(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        (first,) = looks.waiting_stops(server)
        server.operator.end_algo_order(first["algoId"])

        def replacement() -> list[dict[str, Any]]:
            known = {row["order_id"] for row in bot.rows(RESTING_STOPS)}
            return [row for row in looks.waiting_stops(server) if str(row["algoId"]) in known]

        (stop,) = bot.wait_for("a new stop", replacement)
        assert (stop["triggerPrice"], stop["quantity"]) == (first["triggerPrice"], first["quantity"])
        # An exchange that forgot the order, and answers as if it were open.
        server.operator.fail_next("GET", "/fapi/v1/algoOrder", 200, stop, times=None)
        server.operator.end_algo_order(stop["algoId"])
        looks.move(server, looks.beyond(looks.stop_price(LONG), "long", 0.004))
        trade = bot.wait_for("a closed trade", lambda: bot.trades("is_open = 0"))[0]
        bot.wait_told("Position closed")
    # The comparison may find it missing first; the exchange then refuses another, and Freqtrade exits.
    assert trade["exit_reason"] in {"stop_watch", "emergency_exit"}
    assert looks.positions(server) == []


# A stop that moves


# EXIT-3 behind the last swing of hourly candles, EXIT-4 to the entry at one R.
TRAILED = {"trail_timeframe": "1h", "break_even_at_r": 1.0}
# The shipped minute between two moves would be most of this test.
SOON = {"order_types": {"stoploss_on_exchange_interval": 1}}
WITH_SWING, SHORT = Retest(60_000.0, "long", swing=-3.0), Retest(3_000.0, "short")


def test_the_stop_follows_on_the_exchange(make_bot: MakeBot) -> None:
    bot, server = make_bot({BTC: WITH_SWING, ETH: SHORT}, ict=TRAILED, extra=SOON)
    server.operator.set_rules(keep_orphans=True)
    with bot:
        behind_swing = WITH_SWING.at(-3.0) * (1 - STOP_BUFFER)
        moved(bot, server, BTC, looks.stop_price(WITH_SWING), behind_swing)
        bot.wait_for("the other stop known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        (trade,) = bot.trades("pair = 'ETH/USDT:USDT'")
        entry = trade["open_rate"]
        looks.move(server, entry - 1.1 * (looks.stop_price(SHORT) - entry), ETH)
        moved(bot, server, ETH, looks.stop_price(SHORT), entry)
        # It is where it says: the exchange closes there, at the cost of the fees.
        looks.move(server, float(looks.waiting_stops(server, ETH)[0]["triggerPrice"]), ETH, over_ms=1_000)
        bot.wait_told("Position closed", "ETH/USDT:USDT")
    (trade,) = bot.trades("pair = 'ETH/USDT:USDT'")
    fees = trade["amount"] * entry * 2 * 0.0005
    assert -fees * 1.2 < trade["close_profit_abs"] < -fees * 0.8
    assert (len(looks.waiting_stops(server, ETH)), len(looks.positions(server, ETH))) == (0, 0)
    assert len(looks.waiting_stops(server)) == 1


def moved(bot: ShippedBot, server: LoopbackServer, symbol: str, first: float, last: float) -> None:
    """Require one stop that waits, at most a tick nearer to the price, and all before it cancelled."""
    tick = float(SPECS[symbol].tick) * 1.001

    def is_there() -> list[dict[str, Any]]:
        return [row for row in looks.waiting_stops(server, symbol) if 0 <= nearer(row, last) <= tick]

    (stop,) = bot.wait_for("the moved stop", is_there)
    bot.wait_for("only that one", lambda: len(looks.waiting_stops(server, symbol)) == 1)
    (position,) = looks.positions(server, symbol)
    assert float(stop["quantity"]) == abs(float(position["positionAmt"]))
    assert (stop["orderType"], stop["reduceOnly"]) == ("STOP_MARKET", True)
    before = [
        row
        for row in server.operator.state()["algo_orders"]
        if row["symbol"] == symbol and row["algoId"] != stop["algoId"]
    ]
    assert 0 <= nearer(before[0], first) <= tick
    assert {looks.stop_status(server, row) for row in before} == {"CANCELED"}


def nearer(stop: dict[str, Any], price: float) -> float:
    """Return by how much a stop is nearer to the market than a price, in USDT."""
    away = float(stop["triggerPrice"]) - price
    return round(away if stop["side"] == "SELL" else -away, 8)
