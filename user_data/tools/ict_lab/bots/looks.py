"""What is looked at on the exchange, and done to it, while a bot trades there."""

from decimal import Decimal
from typing import Any

from ict_lab.bots.retest import Retest
from loopback.server import LoopbackServer
from loopback.symbols import SPECS

BTC, ETH = "BTCUSDT", "ETHUSDT"
LONG, SHORT = Retest(60_000.0, "long"), Retest(60_000.0, "short")
ETH_LONG = Retest(3_000.0, "long")
STOP_BUFFER = 0.002
# What Binance answers when it has too much to do.
BUSY = {"code": -1008, "msg": "Server is currently overloaded with other requests. Please try again later."}
# A stop is known to the bot once its database has it.
RESTING_STOPS = "select * from orders where ft_order_side = 'stoploss' and ft_is_open = 1"


def waiting_stops(server: LoopbackServer, symbol: str = BTC) -> list[dict[str, Any]]:
    """Return the conditional orders that wait on the exchange."""
    rows = server.operator.state()["algo_orders"]
    return [row for row in rows if row["algoStatus"] == "NEW" and row["symbol"] == symbol]


def positions(server: LoopbackServer, symbol: str = BTC) -> list[dict[str, Any]]:
    """Return the open position of a contract, as a list of one or none."""
    return [row for row in server.operator.state()["positions"] if row["symbol"] == symbol]


def orders(server: LoopbackServer, symbol: str = BTC) -> list[dict[str, Any]]:
    """Return every order that the exchange accepted for a contract, manual or not."""
    return [row for row in server.operator.state()["orders"] if row["symbol"] == symbol]


def calls(server: LoopbackServer, method: str, path: str) -> int:
    """Return how often a route was called."""
    entries = list(server.exchange.record.entries)
    return sum((entry.method, entry.path) == (method, path) for entry in entries)


def stop_price(retest: Retest) -> float:
    """Return where EXIT-1 puts the stop, in USDT, not yet on the grid."""
    sign = 1 if retest.side == "long" else -1
    return retest.far_edge * (1 - sign * STOP_BUFFER)


def target_price(retest: Retest, entry: float) -> float:
    """Return where EXIT-1 puts the target of two R, in USDT."""
    return entry + 2 * (entry - stop_price(retest))


def stop_status(server: LoopbackServer, stop: dict[str, Any]) -> str:
    """Return what became of a conditional order."""
    rows = server.operator.state()["algo_orders"]
    return str(next(row["algoStatus"] for row in rows if row["algoId"] == stop["algoId"]))


def move(server: LoopbackServer, price: float, symbol: str = BTC, over_ms: int = 0) -> None:
    """Bring a contract's price to a price in USDT."""
    server.operator.set_price(symbol, Decimal(str(SPECS[symbol].to_tick(price))), over_ms)


def beyond(price: float, side: str, part: float) -> float:
    """Return a price that is worse for a side by a part of itself."""
    return price * (1 - part if side == "long" else 1 + part)
