"""A stop that moves: on the exchange the old one is cancelled, and a new one takes its place."""

from typing import Any

from ict_lab.bots.looks import (
    BTC,
    ETH,
    RESTING_STOPS,
    STOP_BUFFER,
    move,
    positions,
    stop_price,
    stop_status,
    waiting_stops,
)
from ict_lab.bots.retest import Retest
from ict_lab.bots.shipped import ShippedBot

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeBot

# EXIT-3 behind the last swing of hourly candles, EXIT-4 to the entry at one R.
TRAILED = {"trail_timeframe": "1h", "break_even_at_r": 1.0}
# The shipped minute between two moves would be most of this test.
SOON = {"order_types": {"stoploss_on_exchange_interval": 1}}
WITH_SWING, SHORT = Retest(60_000.0, "long", swing=-3.0), Retest(3_000.0, "short")


def test_the_stop_follows_on_the_exchange(make_bot: MakeBot) -> None:
    bot = make_bot({BTC: WITH_SWING, ETH: SHORT}, ict=TRAILED, extra=SOON)
    server = bot.server
    server.operator.set_rules(keep_orphans=True)
    with bot:
        behind_swing = WITH_SWING.at(-3.0) * (1 - STOP_BUFFER)
        moved(bot, server, BTC, stop_price(WITH_SWING), behind_swing)
        bot.wait_for("the other stop known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        (trade,) = bot.trades("pair = 'ETH/USDT:USDT'")
        entry = trade["open_rate"]
        move(server, entry - 1.1 * (stop_price(SHORT) - entry), ETH)
        moved(bot, server, ETH, stop_price(SHORT), entry)
        # It is where it says: the exchange closes there, at the cost of the fees.
        move(server, float(waiting_stops(server, ETH)[0]["triggerPrice"]), ETH, over_ms=1_000)
        bot.wait_told("Position closed", "ETH/USDT:USDT")
    (trade,) = bot.trades("pair = 'ETH/USDT:USDT'")
    fees = trade["amount"] * entry * 2 * 0.0005
    assert -fees * 1.2 < trade["close_profit_abs"] < -fees * 0.8
    assert (len(waiting_stops(server, ETH)), len(positions(server, ETH))) == (0, 0)
    assert len(waiting_stops(server)) == 1


def moved(bot: ShippedBot, server: LoopbackServer, symbol: str, first: float, last: float) -> None:
    """Require one stop that waits, at most a tick nearer to the price, and all before it cancelled."""
    tick = float(SPECS[symbol].tick) * 1.001

    def is_there() -> list[dict[str, Any]]:
        return [row for row in waiting_stops(server, symbol) if 0 <= nearer(row, last) <= tick]

    (stop,) = bot.wait_for("the moved stop", is_there)
    bot.wait_for("only that one", lambda: len(waiting_stops(server, symbol)) == 1)
    (position,) = positions(server, symbol)
    assert float(stop["quantity"]) == abs(float(position["positionAmt"]))
    assert (stop["orderType"], stop["reduceOnly"]) == ("STOP_MARKET", True)
    before = [
        row
        for row in server.operator.state()["algo_orders"]
        if row["symbol"] == symbol and row["algoId"] != stop["algoId"]
    ]
    assert 0 <= nearer(before[0], first) <= tick
    assert {stop_status(server, row) for row in before} == {"CANCELED"}


def nearer(stop: dict[str, Any], price: float) -> float:
    """Return by how much a stop is nearer to the market than a price, in USDT."""
    away = float(stop["triggerPrice"]) - price
    return round(away if stop["side"] == "SELL" else -away, 8)
