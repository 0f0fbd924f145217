"""The phases of a trade and the faults that a scenario is made of."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Route = tuple[str, str]
Draw = Callable[[random.Random, "Phase"], dict[str, Any]]

ORDER, STOP = ("POST", "/fapi/v1/order"), ("POST", "/fapi/v1/algoOrder")
CANCEL_STOP = ("DELETE", "/fapi/v1/algoOrder")
CANCEL_ORDER = ("DELETE", "/fapi/v1/order")
ORDER_ROUTES: Mapping[str, Route] = {"order": ORDER, "stop": STOP, "cancel stop": CANCEL_STOP}
ROUTES: Mapping[str, Route] = {
    **ORDER_ROUTES,
    "cancel order": CANCEL_ORDER,
    "look up order": ("GET", "/fapi/v1/order"),
    "look up stop": ("GET", "/fapi/v1/algoOrder"),
    "open orders": ("GET", "/fapi/v1/openOrders"),
    "open stops": ("GET", "/fapi/v1/openAlgoOrders"),
    "all orders": ("GET", "/fapi/v1/allOrders"),
    "trades": ("GET", "/fapi/v1/userTrades"),
    "income": ("GET", "/fapi/v1/income"),
    "account": ("GET", "/fapi/v3/account"),
    "positions": ("GET", "/fapi/v3/positionRisk"),
    "position mode": ("GET", "/fapi/v1/positionSide/dual"),
    "margin type": ("POST", "/fapi/v1/marginType"),
    "leverage": ("POST", "/fapi/v1/leverage"),
    "book": ("GET", "/fapi/v1/depth"),
    "candles": ("GET", "/fapi/v1/klines"),
}
# A kill -9 inside one of these leaves an order in doubt.
ORDER_CALLS = (*ORDER_ROUTES, "cancel order")
GARBAGE: Mapping[str, Any] = {
    "{}": {}, "[]": [], "null": None, "html": "<html><body>502 Bad Gateway</body></html>",
    "success": {"code": 200, "msg": "success"}, "nothing": "",
}  # fmt: skip

# Binance's refusals, by code: of any call, and of those of some routes.
CODES: Mapping[int, str] = {
    -1003: "Too many requests; current limit is 2400 requests per minute.",
    -1021: "Timestamp for this request is outside of the recvWindow.",
    -1111: "Precision is over the maximum defined for this asset.",
    -2011: "Unknown order sent.",
    -2013: "Order does not exist.",
    -2019: "Margin is insufficient.",
    -2021: "Order would immediately trigger.",
    -2022: "ReduceOnly Order is rejected.",
    -2027: "Exceeded the maximum allowable position at current leverage.",
    -4014: "Price not increased by tick size.",
    -4045: "Reach max stop order limit.",
    -4131: "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
    -4164: "Order's notional must be no smaller than 100 (unless you choose reduce only).",
    -4400: "Futures Trading Quantitative Rules violated, only reduceOnly order is allowed.",
}
CODES_ANYWHERE = (-1003, -1021)
CODES_OF: Mapping[str, tuple[int, ...]] = {
    "order": (-1111, -2019, -2022, -2027, -4131, -4164, -4400),
    "stop": (-1111, -2021, -2022, -4014, -4045, -4131, -4400),
    "cancel stop": (-2011,), "cancel order": (-2011,), "look up order": (-2013,), "look up stop": (-2013,),
}  # fmt: skip
# What may be answered although the exchange has done its work: HTTP status and body.
DONE: Mapping[str, tuple[int, Any]] = {
    "unknown": (503, {"code": -1000, "msg": "Unknown error, please check your request or try again later."}),
    "timeout": (408, {"code": -1007, "msg": "Timeout waiting for response from backend server."}),
    "gateway": (504, "<html><body>504 Gateway Time-out</body></html>"),
    "duplicate": (400, {"code": -4116, "msg": "ClientOrderId is duplicated."}),
}

# How the call of a phase is held up, or the answers that it may get at once instead.
HOLDS = ("never arrives", "arrives late", "answer lost", "answer late")
ANSWERS = ("garbled 200", "cut 200", "503", "overloaded", "429")


@dataclass(frozen=True)
class Phase:
    """A phase of a trade.

    Attributes
    ----------
    name
        In words.
    weight
        Relative probability of being drawn.
    holds
        Routes of which a call is held up; the phase lasts as long.
    settings
        Settings of the strategy, in addition to a scenario's usual ones.
    has_position
        Whether the exchange holds a position then, in most cases.
    before_candle
        Whether it ends before the candle of the signal closes.
    pairs
        How many pairs the bot trades, and trades at once.
    stops_refused
        Whether the exchange refuses every stop until the faults end.
    rests
        Whether the entry rests at a zone, which ends with the next candle.
    """

    name: str
    weight: float = 1.0
    holds: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    has_position: bool = True
    before_candle: bool = False
    pairs: int = 1
    stops_refused: bool = False
    rests: bool = False


EXIT = Phase("exit under way", 3.0, holds=("order",))
PHASES = (
    Phase("before the entry", 0.7, has_position=False, before_candle=True),
    Phase("entry under way", 3.0, holds=("order",), has_position=False),
    Phase("entered, no stop yet", stops_refused=True),
    Phase("stop being placed", 3.0, holds=("stop",)),
    Phase("stop resting", 1.2),
    Phase("stop being moved", 2.4, holds=("cancel stop", "stop"), settings={"break_even_at_r": 1.0}),
    Phase("partial exit under way", 2.4, holds=("order",), settings={"partial_exit_at_r": 1.0}),
    EXIT,
    Phase("stop triggered", 0.8),
    Phase("just closed", 0.6, has_position=False),
    Phase("at the day's cap", 0.5, has_position=False, settings={"max_daily_trades": 1}),
    Phase("two pairs open", 0.8, pairs=2),
    Phase("entry being rested", 1.5, holds=("order",), has_position=False, rests=True),
    Phase("entry resting", 1.5, has_position=False, rests=True),
    Phase("entry half filled", 1.5, has_position=False, rests=True),
    Phase("resting entry filled", 1.5, holds=("stop",), rests=True),
    Phase("entry being cancelled", 2.4, holds=("cancel order",), has_position=False, rests=True),
    Phase("zone ends, exchange down", 1.0, has_position=False, rests=True),
)


def _nothing(dice: random.Random, phase: Phase) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Fault:
    """A fault that a scenario can contain.

    Attributes
    ----------
    name
        In words.
    weight
        Relative probability of being drawn.
    draw
        Gives its arguments.
    needs_position
        Whether it has no effect without one.
    only_before
        Whether it has no effect after the entry.
    only_resting
        Whether it has no effect where entries do not rest.
    """

    name: str
    weight: float = 1.0
    draw: Draw = _nothing
    needs_position: bool = False
    only_before: bool = False
    only_resting: bool = False

    def fits(self, phase: Phase) -> bool:
        """Whether it can happen in a phase."""
        if self.only_resting and not phase.rests:
            return False
        if self.only_before:
            return phase.before_candle
        return phase.has_position or not self.needs_position


def _calls(dice: random.Random, phase: Phase) -> dict[str, Any]:
    """Draw a route, order routes more often than others, and how many of its calls fail."""
    orders = dice.random() < 0.5
    name = dice.choice([*ORDER_ROUTES] if orders else [*ROUTES])
    return {"route": name, "times": dice.choice((1, 1, 2, 4, 8))}


def _garbled(dice: random.Random, phase: Phase) -> dict[str, Any]:
    return {**_calls(dice, phase), "body": dice.choice([*GARBAGE])}


def _refusal(dice: random.Random, phase: Phase) -> dict[str, Any]:
    calls = _calls(dice, phase)
    return {**calls, "code": dice.choice([*CODES_ANYWHERE, *CODES_OF.get(calls["route"], ())])}


def _done(dice: random.Random, phase: Phase) -> dict[str, Any]:
    calls = _calls(dice, phase)
    known = [name for name in DONE if name != "duplicate" or calls["route"] in ("order", "stop")]
    return {**calls, "answer": dice.choice(known)}


def _late(dice: random.Random, phase: Phase) -> dict[str, Any]:
    return {**_calls(dice, phase), "after": dice.random() < 0.5, "seconds": dice.choice((2.0, 6.0, 12.0))}


def _seconds(*choices: float) -> Draw:
    return lambda dice, phase: {"seconds": dice.choice(choices)}


def _share(dice: random.Random, phase: Phase) -> dict[str, Any]:
    return {"share": dice.choice(("0.25", "0.5", "0.75"))}


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("call dropped", 1.5, _calls),
        Fault("answer lost", 2.0, _calls),
        Fault("503", 1.0, _calls),
        Fault("overloaded", 1.0, _calls),
        Fault("429", 0.7, _calls),
        Fault("refused", 2.0, _refusal),
        Fault("done, but an error answered", 2.0, _done),
        Fault("banned", 0.7, _seconds(2.0, 5.0)),
        Fault("garbled 200", 2.0, _garbled),
        Fault("cut 200", 1.0, _calls),
        Fault("late", 1.0, _late),
        Fault("market data down", 0.7, _seconds(4.0, 8.0)),
        Fault("account down", 0.7, _seconds(4.0, 8.0)),
        Fault("all down", 0.7, _seconds(4.0, 8.0)),
        Fault("closed by hand", 1.5, needs_position=True),
        Fault("partly closed by hand", 1.0, _share, needs_position=True),
        Fault("added by hand", 0.5, _share, needs_position=True),
        Fault("liquidated", 1.0, needs_position=True),
        Fault("deleveraged", 0.7, needs_position=True),
        Fault("partly deleveraged", 0.7, _share, needs_position=True),
        Fault("stop cancelled", 1.2, needs_position=True),
        Fault("stop expired", 0.8, needs_position=True),
        Fault("stop's order expires", 0.8, needs_position=True),
        Fault("stop filled in part", 0.8, _share, needs_position=True),
        Fault("foreign stop", 0.7, needs_position=True),
        Fault("foreign limit", 0.7, needs_position=True),
        Fault("foreign position", 0.8),
        Fault("deposit", 0.5),
        Fault("withdrawal", 0.5),
        Fault("hedge mode", 0.4),
        Fault("cross margin", 0.4, needs_position=True),
        Fault("entry filled in part", 2.0, _share, only_before=True),
        Fault("price through the entry", 3.0, only_resting=True),
        Fault("zone ends", 3.0, only_resting=True),
        Fault("entry cancelled by hand", 1.5, only_resting=True),
        Fault("database locked", 1.0, _seconds(3.0, 8.0)),
        Fault("disk full", 0.8, _seconds(3.0, 6.0)),
        Fault("Discord down", 1.0),
        Fault("clock set back", 1.0, _seconds(20.0, 90.0)),
        Fault("clock jumps ahead", 0.7, _seconds(20.0, 90.0)),
        Fault("price through the stop", 1.0, needs_position=True),
        Fault("SIGTERM", 1.5),
        Fault("killed at the start", 0.8, _seconds(1.0, 3.0, 5.0)),
    )
}
