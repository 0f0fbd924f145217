"""Resting entries, close by close. Rules LIM-1, LIM-2, LIM-3."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

from .candles import TOLERANCE, base_step
from .setup import WORD_OF_KIND, ZONE_WORDS
from .setup_entries import age_key, identity, stop_of_zone, tag_of, target_of
from .setup_facts import Moment, View, agrees, closes_at, held
from .windows import may_rest
from .zones import Zone

Spent = set[tuple[Any, ...]]


@dataclass(frozen=True)
class Order:
    """A resting entry: its zone, price, stop, target and tag, and the close that placed it."""

    side: int
    zone: Zone
    price: float
    stop: float
    target: float
    tag: tuple[str, ...]
    placed_at: int


@dataclass
class Walk:
    """The order that stands after each close, and the orders that were filled, by candle."""

    standing: list[Order | None] = field(default_factory=list)
    filled: dict[int, Order] = field(default_factory=dict)


def limit_price(view: View, zone: Zone) -> float:
    """LIM-1: from the near edge into the zone, on the grid away from the close."""
    depth, tick = view.setup.entry_depth, view.setup.tick
    if zone.direction == 1:
        price = zone.top - depth * (zone.top - zone.bottom)
        return round(math.floor(price / tick + 1e-6) * tick, 10)
    price = zone.bottom + depth * (zone.top - zone.bottom)
    return round(math.ceil(price / tick - 1e-6) * tick, 10)


def moment_of(view: View, zone: Zone, i: int) -> Moment:
    """LIM-1: facts about where price is are asked of the limit price; the zone's own kind holds."""
    return Moment(zone.direction, i, limit_price(view, zone), zone, WORD_OF_KIND[zone.kind])


def standing_zones(view: View, side: int, i: int, spent: Spent) -> list[Zone]:
    """LIM-1: zones of the trigger kinds, known and not ended, whose facts and score are enough."""
    zones = [zone for word in view.setup.entry_zones for zone in view.standing[ZONE_WORDS[word], side][i]]
    return [
        zone for zone in zones if identity(view, zone) not in spent and agrees(view, moment_of(view, zone, i))
    ]


def candidate(view: View, side: int, i: int, spent: Spent) -> Zone | None:
    """LIM-1: the zone of the nearest limit price beyond the close, the newest on ties."""
    close, age = view.candles.close[i], age_key(view)
    zones = standing_zones(view, side, i, spent)
    beyond = [zone for zone in zones if side * (close - limit_price(view, zone)) > 0]
    return max(beyond, key=lambda zone: (side * limit_price(view, zone), age(zone)), default=None)


def nearest(view: View, i: int, spent: Spent) -> Zone | None:
    """LIM-1: of both sides' candidates the nearer to the close, none where they are equally near."""
    found = [zone for side in (1, -1) if (zone := candidate(view, side, i, spent)) is not None]
    if len(found) < 2:
        return found[0] if found else None
    close = view.candles.close[i]
    above, below = (abs(limit_price(view, zone) - close) for zone in found)
    if abs(above - below) <= TOLERANCE * close:
        return None
    return found[0] if above < below else found[1]


def place(view: View, i: int, spent: Spent) -> Order | None:
    """LIM-1, LIM-3: one attempt at a close; nothing where the coming candle opens at or beyond the price."""
    zone = nearest(view, i, spent)
    if zone is None or not in_time(view, i):
        return None
    side, price, stop = zone.direction, limit_price(view, zone), stop_of_zone(view, zone, i)
    target = target_of(view, side, price, stop, i)
    coming = view.candles.open[i + 1] if i + 1 < len(view.candles) else view.candles.close[i]
    if target != target or side * (coming - price) <= 0:
        return None
    tag = tag_of(WORD_OF_KIND[zone.kind], held(view, moment_of(view, zone, i)))
    return Order(side, zone, price, stop, target, tag, i)


def in_time(view: View, i: int) -> bool:
    """LIM-2: the coming candle lies wholly in a window and outside every blackout."""
    opens = closes_at(view, i)
    return may_rest(opens, opens + base_step(view.candles), view.setup)


def kept(view: View, order: Order, i: int, spent: Spent) -> Order | None:
    """LIM-2, TGT-1: the order with its target of this close, None where it is taken back."""
    if not in_time(view, i) or order.zone not in standing_zones(view, order.side, i, spent):
        return None
    other = candidate(view, order.side, i, spent)
    if other is not None and order.side * (limit_price(view, other) - order.price) > 0:
        return None
    target = target_of(view, order.side, order.price, order.stop, i)
    return replace(order, target=target) if target == target else None


def is_filled(view: View, order: Order, j: int) -> bool:
    """LIM-3: only a candle that trades through the price fills, by a tick; one wholly beyond it does not."""
    price = order.price - order.side * view.setup.tick
    slack = TOLERANCE * price
    return view.candles.low[j] <= price + slack and view.candles.high[j] >= price - slack


def walk(view: View) -> Walk:
    """LIM-1 to LIM-3: the resting order at every close, as if each fill were closed within its candle."""
    walked, spent = Walk(), set()
    order: Order | None = None
    for i in range(len(view.candles)):
        if order is not None and is_filled(view, order, i):
            walked.filled[i] = order
            if view.setup.one_entry_per_zone:
                spent.add(identity(view, order.zone))
            order = None
        if order is not None:
            order = kept(view, order, i, spent)
        if order is None:
            order = place(view, i, spent)
        walked.standing.append(order)
    return walked
