"""Entries whose answer gets lost, and positions that nobody booked (BOOK-1)."""

from typing import Any

from ict_lab.bots import looks
from ict_lab.bots.looks import BTC, BUSY, ETH, ETH_LONG, LONG, RESTING_STOPS
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeBot

LTC, LTC_LONG = "LTCUSDT", Retest(80.0, "long")
# Binance's answer where its own call inside got none: the order may have been taken.
UNKNOWN = {"code": -1000, "msg": "Unknown error, please check your request or try again later."}
ENTRY, LOOK = ("POST", "/fapi/v1/order"), ("GET", "/fapi/v1/order")


def on_grid(price: float, symbol: str = BTC) -> float:
    """Return a long's stop as Freqtrade places it: on the tick above."""
    tick = float(SPECS[symbol].tick)
    return round(-(-price // tick) * tick, 8)


def require_one_protected_trade(
    bot: ShippedBot, server: LoopbackServer, symbol: str = BTC, retest: Retest = LONG
) -> None:
    """Require one entry on the exchange, booked once, told once, with its planned stop resting."""
    pair = SPECS[symbol].pair
    bot.wait_told("Position opened", pair)
    (stop,), (position,) = looks.waiting_stops(server, symbol), looks.positions(server, symbol)
    (trade,) = bot.trades(f"pair = '{pair}'")
    assert (len(looks.orders(server, symbol)), len(bot.told("Position opened", pair))) == (1, 1)
    assert float(stop["triggerPrice"]) == on_grid(looks.stop_price(retest), symbol)
    assert stop["quantity"] == position["positionAmt"]
    assert float(position["positionAmt"]) == trade["amount"]


# What becomes of the answer to each contract's entry: lost, no order, or an error although it was taken.
ANSWERS: dict[str, tuple[Retest, int, Any]] = {
    BTC: (LONG, 0, None),
    ETH: (ETH_LONG, 200, {}),
    LTC: (LTC_LONG, 504, "<html>Gateway timeout</html>"),
    "SOLUSDT": (Retest(150.0, "long"), 200, '{"orderId": 10'),
    "LINKUSDT": (Retest(15.0, "long"), 503, UNKNOWN),
    "BNBUSDT": (Retest(600.0, "long"), 400, {"code": -4116, "msg": "ClientOrderId is duplicated."}),
}


def test_entries_whose_answers_are_lost_or_no_order_are_found_again(make_bot: MakeBot) -> None:
    retests = {symbol: retest for symbol, (retest, _, _) in ANSWERS.items()}
    bot, server = make_bot(retests, ict={"max_daily_trades": len(retests)})
    for symbol, (_, status, body) in ANSWERS.items():
        where = {"symbol": symbol}
        if body is None:
            server.operator.lose_next(*ENTRY, where=where)
        else:
            server.operator.garble_next(*ENTRY, body, status, where=where)
    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == len(ANSWERS))
        bot.wait_for_loops()
        for symbol, (retest, _, _) in ANSWERS.items():
            require_one_protected_trade(bot, server, symbol, retest)
        assert [row for row in bot.rows("select * from orders") if row["order_id"] == "None"] == []


def test_an_entry_that_nobody_can_say_anything_of_is_not_repeated(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    server.operator.lose_next(*ENTRY)
    server.operator.fail_next(*LOOK, 503, BUSY, times=None)
    with bot:
        bot.wait_told("The outcome of an order is not known", "BTC/USDT:USDT")
        # Meanwhile it has the stop that its signal planned.
        (stop,) = bot.wait_for("a stop", lambda: looks.waiting_stops(server))
        assert float(stop["triggerPrice"]) == on_grid(looks.stop_price(LONG))
        assert (len(looks.orders(server)), bot.trades()) == (1, [])
        server.operator.clear_faults()
        bot.wait_for("the trade booked", bot.trades)
        bot.wait_for("one stop, of the trade", lambda: _own_stop_alone(bot, server))
        bot.wait_told("agree again")
        require_one_protected_trade(bot, server)


def _own_stop_alone(bot: ShippedBot, server: LoopbackServer) -> bool:
    known = {row["order_id"] for row in bot.rows(RESTING_STOPS)}
    return {str(row["algoId"]) for row in looks.waiting_stops(server)} == known != set()


def test_a_position_that_its_owner_opened(make_bot: MakeBot) -> None:
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG})
    by_hand = server.operator.trade_by_hand(LTC, "SELL", "1")
    with bot:
        bot.wait_told("Position without a trade", "LTC/USDT:USDT", "any pair")
        bot.wait_for_loops(8)
        # Nothing is entered anywhere, nothing of the owner's is touched, and it is said once.
        assert (looks.orders(server), looks.orders(server, ETH), bot.trades()) == ([], [], [])
        assert [row["orderId"] for row in looks.orders(server, LTC)] == [by_hand["orderId"]]
        assert looks.waiting_stops(server, LTC) == []
        assert len(bot.told("Position without a trade")) == 1
        server.operator.close_by_hand(LTC)
        bot.wait_told("agree again", "LTC/USDT:USDT")
        bot.wait_for("entries after all", lambda: all(looks.waiting_stops(server, one) for one in (BTC, ETH)))


def test_other_pairs_are_traded_where_the_settings_say_so(make_bot: MakeBot) -> None:
    settings = {"fail_closed": False, "adopt_orphans": "close"}
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG}, ict=settings)
    server.operator.trade_by_hand(LTC, "BUY", "1")
    with bot:
        bot.wait_told("Position without a trade", "LTC/USDT:USDT", "closed the position")
        bot.wait_for("the position closed", lambda: not looks.positions(server, LTC))
        bot.wait_for("the others' stops", lambda: all(looks.waiting_stops(server, one) for one in (BTC, ETH)))
