"""Faults in the exchange's answers: lost, refused, garbled and late ones, and routes that are down."""

from collections.abc import Callable
from typing import Any

from ict_lab.bots.looks import BUSY
from ict_lab.chaos.acts import acts
from ict_lab.chaos.catalogue import CODES, DONE, GARBAGE, ROUTES
from ict_lab.chaos.world import Count, World
from loopback.faults import Fault

TOO_MANY = {"code": -1003, "msg": CODES[-1003]}


def _order(
    world: World, route: str, count: Count, act: Callable[..., Fault], *given: Any, **words: Any
) -> None:
    """Schedule a fault for a route's calls; it counts once it has happened."""
    world.ordered.append((act(*ROUTES[route], *given, **words), route, count))


@acts("call dropped")
@acts("never arrives")
def _dropped(world: World, route: str, count: Count, **words: Any) -> None:
    _order(world, route, count, world.operator.drop_next, **words)


@acts("answer lost")
def _lost(world: World, route: str, count: Count, **words: Any) -> None:
    _order(world, route, count, world.operator.lose_next, **words)


@acts("arrives late")
@acts("late")
def _late(world: World, route: str, count: Count, **words: Any) -> None:
    _order(world, route, count, world.operator.delay_next, **words)


@acts("answer late")
def _answered_late(world: World, route: str, count: Count, **words: Any) -> None:
    _late(world, route, count, after=True, **words)


@acts("503")
def _unavailable(world: World, route: str, count: Count, **words: Any) -> None:
    _order(world, route, count, world.operator.fail_next, 503, "Service Unavailable", **words)


@acts("overloaded")
def _overloaded(world: World, route: str, count: Count, **words: Any) -> None:
    _order(world, route, count, world.operator.fail_next, 503, BUSY, **words)


@acts("no stop accepted")
def _no_stop(world: World, count: Count) -> None:
    _overloaded(world, "stop", count, times=None)


@acts("429")
def _too_many(world: World, route: str, count: Count, times: int = 1, **words: Any) -> None:
    _order(world, route, count, world.operator.fail_next, 429, TOO_MANY, times=min(times, 2), **words)


@acts("garbled 200")
def _garbled(world: World, route: str, count: Count, body: str, **words: Any) -> None:
    _order(world, route, count, world.operator.garble_next, GARBAGE[body], **words)


@acts("cut 200")
def _cut(world: World, route: str, count: Count, **words: Any) -> None:
    _order(world, route, count, world.operator.cut_next, **words)


@acts("refused")
def _refused(world: World, route: str, count: Count, code: int, **words: Any) -> None:
    body = {"code": code, "msg": CODES[code]}
    _order(world, route, count, world.operator.fail_next, 400, body, **words)


@acts("done, but an error answered")
def _done(world: World, route: str, count: Count, answer: str, **words: Any) -> None:
    status, body = DONE[answer]
    _order(world, route, count, world.operator.garble_next, body, status, **words)


@acts("banned")
def _banned(world: World, seconds: float) -> None:
    world.operator.ban(int(seconds * 1000))


def _down(world: World, seconds: float, method: str, *paths: str) -> None:
    faults = [world.operator.fail_next(method, path, 503, "down", times=None) for path in paths]
    world.do_wait("", seconds)
    for fault in faults:
        fault.times = 0
    world.watch.healed()


@acts("market data down")
def _market_data_down(world: World, seconds: float) -> None:
    _down(world, seconds, "GET", *(ROUTES[name][1] for name in ("candles", "book")))


@acts("account down")
def _account_down(world: World, seconds: float) -> None:
    names = ("account", "positions", "open orders", "open stops")
    _down(world, seconds, "GET", *(ROUTES[name][1] for name in names))


@acts("all down")
def _all_down(world: World, seconds: float) -> None:
    _down(world, seconds, "*", "*")
