"""The points at which the bot is stopped and started, or calls are cut; each once, in order."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ict_lab.bots.agreement import PAIRS
from ict_lab.bots.looks import BUSY, positions
from ict_lab.soak.life import Life
from loopback.market.intervals import DAY_MS, MINUTE_MS
from loopback.symbols import SPECS

PLACE_STOP = ("POST", "/fapi/v1/algoOrder")
ENTRY_ROUTE = ("POST", "/fapi/v1/order")
# Calls that are cut before the exchange gets them, and how often in a row.
CUT_ROUTES = {
    ("GET", "/fapi/v1/klines"): 2,
    ("GET", "/fapi/v1/depth"): 2,
    ("GET", "/fapi/v1/algoOrder"): 1,
    ("GET", "/fapi/v3/positionRisk"): 1,
    ("GET", "/fapi/v3/account"): 1,
}
# Calls that the exchange handles, but whose answer is lost.
LOST_ROUTES = (ENTRY_ROUTE, PLACE_STOP, ("DELETE", "/fapi/v1/algoOrder"), ("GET", "/fapi/v1/order"))
OPEN = "is_open = 1"
# Freqtrade keeps the stop of a closed trade open in its book where the exchange let it expire.
RESTING = (
    "select orders.* from orders join trades on trades.id = orders.ft_trade_id "
    "where trades.is_open = 1 and orders.ft_is_open = 1 and orders.ft_order_side = 'stoploss'"
)


@dataclass(frozen=True)
class Point:
    """One point of the day.

    Attributes
    ----------
    name
        In words.
    is_there
        Whether the run has reached it.
    act
        Action; returns whether it succeeded, else it is tried again later.
    prepare
        Preparation, once it is the next point.
    """

    name: str
    is_there: Callable[[Life], Any]
    act: Callable[[Life], bool]
    prepare: Callable[[Life], None] = lambda life: None


def _restart(life: Life) -> bool:
    life.stop()
    life.start()
    return True


def _restart_after_crash(life: Life) -> bool:
    life.crash()
    life.start()
    return True


def _has_stop(life: Life) -> bool:
    return 0 < len(life.bot.trades(OPEN)) == len(life.bot.rows(RESTING))


def _refuse_stops(life: Life) -> None:
    life.server.operator.fail_next(*PLACE_STOP, 503, BUSY, times=None)


def _is_unprotected(life: Life) -> bool:
    return len(life.bot.rows(RESTING)) < len(life.bot.trades(OPEN))


def _crash_unprotected(life: Life) -> bool:
    life.crash()
    life.server.operator.clear_faults()
    life.start()
    return True


def _while_down(price_of: Callable[[Life, dict[str, Any]], float], reason: str) -> Callable[[Life], bool]:
    """Move the price of an open trade while the bot is down, and check how the trade ends."""

    def act(life: Life) -> bool:
        trade = life.bot.trades(OPEN)[0]
        symbol = PAIRS[trade["pair"]]
        life.stop()
        if not positions(life.server, symbol):
            # It ended while the bot was shutting down.
            life.start()
            return False
        price = SPECS[symbol].to_tick(price_of(life, trade))
        life.server.operator.set_price(symbol, Decimal(str(price)))
        life.start()
        ended = f"id = {trade['id']} and is_open = 0"
        closed = life.bot.wait_for("the trade closed", lambda: life.bot.trades(ended), life.patience)
        life.server.operator.release_price(symbol)
        if closed[0]["exit_reason"] != reason:
            life.complaints.append(f"{trade['pair']}: left by {closed[0]['exit_reason']}, not by {reason}")
        return True

    return act


def _beyond_target(life: Life, trade: dict[str, Any]) -> float:
    target, sign = life.target_of(trade), -1 if trade["is_short"] else 1
    return target * (1 + sign * 0.001)


def _at_stop(life: Life, trade: dict[str, Any]) -> float:
    return float(trade["stop_loss"]) * (1.0005 if trade["is_short"] else 0.9995)


def _is_capped(life: Life) -> bool:
    return bool(life.bot.rows("select * from pairlocks where pair = '*' and active = 1"))


def _minutes_to_midnight(life: Life) -> float:
    return (DAY_MS - life.now_ms() % DAY_MS) / MINUTE_MS


def _sleep_over_midnight(life: Life) -> bool:
    life.stop()
    life.wait_until(life.now_ms() // DAY_MS * DAY_MS + DAY_MS + 3 * MINUTE_MS)
    life.start()
    return True


def _is_young_day(life: Life) -> bool:
    return 20 <= life.now_ms() % DAY_MS / MINUTE_MS < 120


def _cut_connections(life: Life) -> bool:
    for route, times in CUT_ROUTES.items():
        life.cuts.append(life.server.operator.drop_next(*route, times=times))
    life.cuts.append(life.server.operator.fail_next(*ENTRY_ROUTE, 503, BUSY))
    return True


def _lose_answers(life: Life) -> bool:
    life.cuts += [life.server.operator.lose_next(*route) for route in LOST_ROUTES]
    return True


POINTS = (
    Point("before the first entry", lambda life: life.figures.loops >= 5, _restart),
    Point("answers lost", lambda life: life.figures.loops >= 10, _lose_answers),
    Point("connections cut", lambda life: life.bot.trades(), _cut_connections),
    Point("with the stop on the exchange", _has_stop, _restart),
    Point("crash with the stop on the exchange", _has_stop, _restart_after_crash),
    Point(
        "crash after the entry, before its stop",
        _is_unprotected,
        _crash_unprotected,
        prepare=_refuse_stops,
    ),
    Point("target reached while down", _has_stop, _while_down(_beyond_target, "roi")),
    Point("stop hit while down", _has_stop, _while_down(_at_stop, "stoploss_on_exchange")),
    Point("at the day's cap", _is_capped, _restart),
    Point(
        "down over midnight UTC",
        lambda life: 3 < _minutes_to_midnight(life) < 15,
        _sleep_over_midnight,
    ),
    Point("after midnight UTC", _is_young_day, _restart),
    Point("connections cut again", _has_stop, _cut_connections),
    Point("answers lost again", _has_stop, _lose_answers),
)
