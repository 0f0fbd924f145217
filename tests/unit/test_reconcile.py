"""Exchange against book (BOOK-1): what differs and what is done, each case for a long and a short."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ict.desk import reconcile
from ict.desk.reconcile import SAME, Act, BookedTrade, Finding, Held, Kind, Policy, Position, RestingOrder

BTC, ETH, LTC = "BTC/USDT:USDT", "ETH/USDT:USDT", "LTC/USDT:USDT"
POLICY = Policy(pairs=(BTC, ETH))
# Everything is written for a long that was entered at 100; a short's prices are mirrored there.
ENTRY, STOP = 100.0, 95.0


@dataclass(frozen=True)
class World:
    """Both sides at one moment."""

    positions: Sequence[Position] = ()
    resting: Sequence[RestingOrder] = ()
    book: Sequence[BookedTrade] = ()
    policy: Policy = POLICY
    modes: dict[str, Any] = field(default_factory=dict)

    @property
    def found(self) -> list[Finding]:
        return reconcile.reconcile(Held(self.positions, self.resting, **self.modes), self.book, self.policy)


def long(amount: float = 1.0, pair: str = BTC) -> Position:
    return Position(pair, 1, amount)


def stop(name: str = "s1", amount: float = 1.0, price: float = STOP, **other: Any) -> RestingOrder:
    return RestingOrder(name, **{"pair": BTC, "closes": 1, "amount": amount, "price": price, **other})


def take_profit(name: str = "tp") -> RestingOrder:
    return stop(name, price=110.0, is_stop=False)


def entry(filled: float = 0.0, name: str = "e1") -> RestingOrder:
    return RestingOrder(name, BTC, 0, 1.0 - filled, ENTRY, False, False, filled)


def trade(amount: float = 1.0, stops: str = "s1", orders: str = "", pair: str = BTC) -> BookedTrade:
    return BookedTrade(7, pair, 1, amount, STOP, frozenset(stops.split()), frozenset(orders.split()))


def mirrored(thing: Any) -> Any:
    """Turn long into short."""
    match thing:
        case World():
            parts = {
                name: mirrored(getattr(thing, name)) for name in ("positions", "resting", "book", "policy")
            }
            return replace(thing, **parts)
        case Position():
            return replace(thing, direction=-thing.direction)
        case RestingOrder():
            return replace(thing, closes=-thing.closes, price=2 * ENTRY - thing.price)
        case BookedTrade():
            at = 2 * ENTRY - thing.stop if thing.stop else 0.0
            return replace(thing, direction=-thing.direction, stop=at)
        case Policy():
            stops = {(pair, -side): 2 * ENTRY - at for (pair, side), at in thing.planned_stops.items()}
            return replace(thing, planned_stops=stops)
        case Finding():
            at = 2 * ENTRY - thing.stop if thing.stop else 0.0
            signs = {name: -getattr(thing, name) for name in ("held", "booked", "direction")}
            return replace(thing, stop=at, orders=tuple(mirrored(thing.orders)), **signs)
        case _:
            return [mirrored(one) for one in thing]


WAITS = trade(0.0, stops="", orders="e1")
AGREED = World([long()], [stop()], [trade()])
PLANNED = {(BTC, 1): STOP}
ORPHAN = {"policy": replace(POLICY, planned_stops=PLANNED)}
OFF, CLOSE = (
    {"policy": replace(POLICY, planned_stops=PLANNED, adopt_orphans=adopt)} for adopt in ("off", "close")
)
HOLE = 3 * SAME  # a part of an amount that is no float's error

AGREE = {
    "nothing on either side": World(),
    "a trade with its stop": AGREED,
    "no trade, and no pair that is traded": World([long(pair=LTC)], [stop(pair=LTC)]),
    "amounts apart by a float's error": World([long(0.1 + 0.2)], [stop(amount=0.3)], [trade(0.3)]),
    "the stop smaller by a float's error": World([long()], [stop(amount=1 - SAME / 2)], [trade()]),
    "the stop larger than the trade": World([long()], [stop(amount=2.0)], [trade()]),
    "two stops that only together are enough": World([long()], [stop("s1", 0.6), stop("s2", 0.4)],
        [trade(stops="s1 s2")]),
    "the trade's own take-profit": World([long()], [stop(), take_profit()], [trade(orders="tp")]),
    "an entry that rests": World([], [entry()], [WAITS]),
    "an entry that rests, its part protected": World([long(0.4)], [entry(0.4), stop(amount=0.4)], [WAITS]),
    "an exit that rests, filled in part": World([long(0.4)], [stop(), take_profit()], [trade(orders="tp")]),
    "two pairs": World([long(), long(2.0, ETH)], [stop(), stop("s9", 2.0, pair=ETH)],
        [trade(), trade(2.0, "s9", pair=ETH)]),
}  # fmt: skip


@pytest.mark.parametrize("world", [*AGREE.values(), *map(mirrored, AGREE.values())], ids=[*AGREE, *(
    f"{name}, short" for name in AGREE)])  # fmt: skip
def test_both_sides_agree(world: World) -> None:
    assert world.found == []


def differ(kind: Kind, act: Act, held: float, booked: float, **other: Any) -> Finding:
    return Finding(kind, BTC, act, held, booked, **other)


def orphan(act: Act, amount: float, planned: float = STOP, held: float = 1.0) -> Finding:
    return differ(
        Kind.POSITION_WITHOUT_TRADE, act, held, 0.0, direction=1, amount=amount, stop=planned
    )  # fmt: skip


def excess(act: Act, amount: float, held: float = 1.5) -> Finding:
    stops = {"trade_id": 7, "direction": 1, "amount": amount, "stop": STOP}
    return differ(Kind.SIZES_DIFFER, act, held, 1.0, **stops)


def bare(part: float, *own: RestingOrder) -> Finding:
    given = {"orders": own, "trade_id": 7, "direction": 1, "amount": 1.0, "stop": STOP}
    return differ(Kind.NO_RESTING_STOP, Act.REPLACE_STOP, part, 1.0, **given)


def cancel(kind: Kind, *orders: RestingOrder, trade_id: int | None = 7) -> Finding:
    return Finding(kind, BTC, Act.CANCEL, orders=orders, trade_id=trade_id)


def gone(held: float = 0.0) -> Finding:
    return differ(Kind.TRADE_WITHOUT_POSITION, Act.RECOVER, held, 1.0, trade_id=7)


def nowhere() -> Finding:
    return replace(gone(), act=Act.NOTHING, booked=0.0)


def smaller(held: float) -> Finding:
    return differ(Kind.SIZES_DIFFER, Act.RECOVER, held, 1.0, trade_id=7)


def unbooked_entry(part: float) -> Finding:
    return replace(excess(Act.PROTECT, part, part), booked=0.0)


def part_of_entry(bare: float) -> Finding:
    given = {"trade_id": 7, "direction": 1, "amount": bare, "stop": STOP}
    return differ(Kind.NO_RESTING_STOP, Act.PROTECT, bare, 0.4, **given)


WHOLE = stop("all", math.inf)
TWO, UNBOOKED = Kind.TWO_STOPS, Kind.ORDER_WITHOUT_TRADE

DIFFER: dict[str, tuple[World, list[Finding]]] = {
    # A position that nobody booked.
    "orphan, its stop planned": (World([long()], **ORPHAN), [orphan(Act.PROTECT, 1.0)]),
    "orphan, no stop planned": (World([long()]), [orphan(Act.NOTHING, 1.0, 0.0)]),
    "orphan, a stop planned for the other side": (
        World([long()], policy=replace(POLICY, planned_stops={(BTC, -1): 105.0})),
        [orphan(Act.NOTHING, 1.0, 0.0)]),
    "orphan, a stop planned on another pair": (
        World([long()], policy=replace(POLICY, planned_stops={(ETH, 1): STOP})),
        [orphan(Act.NOTHING, 1.0, 0.0)]),
    "orphan, left to its owner": (World([long()], **OFF), [orphan(Act.NOTHING, 1.0)]),
    "orphan, to be closed": (World([long()], **CLOSE), [orphan(Act.CLOSE, 1.0)]),
    "orphan with a stop, to be closed whole": (World([long()], [stop()], **CLOSE), [orphan(Act.CLOSE, 1.0)]),
    "orphan that is protected": (World([long()], [stop()], **ORPHAN), [orphan(Act.NOTHING, 0.0)]),
    "orphan, protected but for a float's error": (World([long()], [stop(amount=1 - 2**-21)], **ORPHAN),
        [orphan(Act.NOTHING, 2**-21)]),
    "a thousand, protected but for a float's error": (
        World([long(1000.0)], [stop(amount=1000 - 2**-11)], **ORPHAN),
        [orphan(Act.NOTHING, 2**-11, held=1000.0)]),
    "orphan of a coin that costs less than one": (
        World([long()], policy=replace(POLICY, planned_stops={(BTC, 1): 0.25})),
        [orphan(Act.PROTECT, 1.0, 0.25)]),
    "orphan that is protected in part": (World([long()], [stop(amount=0.25)], **ORPHAN),
        [orphan(Act.PROTECT, 0.75)]),
    "orphan with a stop that closes all of it": (World([long()], [WHOLE], **ORPHAN),
        [orphan(Act.NOTHING, -math.inf)]),
    "orphan with a take-profit and a stop for the other side": (
        World([long()], [take_profit(), stop("other", closes=-1)], **ORPHAN), [orphan(Act.PROTECT, 1.0)]),
    "orphan in two rows": (World([long(0.5), long(0.25)], **ORPHAN), [orphan(Act.PROTECT, 0.75, held=0.75)]),
    # A trade whose position is gone, turned or smaller.
    "trade without position": (World([], [stop()], [trade()]), [gone()]),
    "trade without position or stop": (World([], [], [trade()]), [gone()]),
    "trade whose position turned": (World([Position(BTC, -1, 1.0)], [stop()], [trade()]), [gone(-1.0)]),
    "trade whose position is smaller": (World([long(0.4)], [stop()], [trade()]), [smaller(0.4)]),
    "trade whose position is smaller by little": (World([long(1 - HOLE)], [stop()], [trade()]),
        [smaller(1 - HOLE)]),
    "trade whose position is on another pair": (World([long(pair=LTC)], [stop()], [trade()]), [gone()]),
    # A trade whose position is larger.
    "excess": (World([long(1.5)], [stop()], [trade()]), [excess(Act.PROTECT, 0.5)]),
    "excess that no stop of the trade covers": (World([long(1.5)], [], [trade(stops="")]),
        [excess(Act.PROTECT, 0.5)]),
    "excess of a coin that costs less than one": (
        World([long(1.5)], [stop(price=0.25)], [replace(trade(), stop=0.25)]),
        [replace(excess(Act.PROTECT, 0.5), stop=0.25)]),
    "excess of a trade without a stop of its own": (
        World([long(1.5)], [stop()], [replace(trade(), stop=0.0)]),
        [replace(excess(Act.NOTHING, 0.5), stop=0.0)]),
    "a thousand and some more, protected but for a float's error": (
        World([long(1000.5)], [stop(amount=1000.5 - 2**-11)], [trade(1000.0)]),
        [replace(excess(Act.NOTHING, 2**-11, held=1000.5), booked=1000.0)]),
    "excess that is protected": (World([long(1.5)], [stop(amount=1.5)], [trade()]),
        [excess(Act.NOTHING, 0.0)]),
    "excess that is protected in part": (World([long(1.5)], [stop(), stop("by hand", 0.25)], [trade()]),
        [excess(Act.PROTECT, 0.25)]),
    "excess protected but for a float's error": (World([long(1.5)], [stop(amount=1.5 - 2**-21)], [trade()]),
        [excess(Act.NOTHING, 2**-21)]),
    "excess with a stop that closes all": (World([long(1.5)], [WHOLE], [trade()]),
        [excess(Act.NOTHING, -math.inf)]),
    "excess, to be closed: the trade is known, so it is protected": (
        World([long(1.5)], [stop()], [trade()], **CLOSE), [excess(Act.PROTECT, 0.5)]),
    "excess, left to its owner": (World([long(1.5)], [stop()], [trade()], **OFF), [excess(Act.NOTHING, 0.5)]),
    # Stops of a trade whose size agrees.
    "no stop": (World([long()], [], [trade()]), [bare(1.0)]),
    "no stop, and none in the book": (World([long()], [], [trade(stops="")]), [bare(1.0)]),
    "stop too small": (World([long()], [stop(amount=0.5)], [trade()]), [bare(0.5, stop(amount=0.5))]),
    "stop smaller by more than a float's error": (World([long()], [stop(amount=1 - 2**-19)], [trade()]),
        [bare(2**-19, stop(amount=1 - 2**-19))]),
    "two stops that are together too small": (
        World([long()], [stop("s1", 0.5), stop("s2", 0.25)], [trade(stops="s1 s2")]),
        [bare(0.25, stop("s1", 0.5), stop("s2", 0.25))]),
    "its stop is one for the other side": (World([long()], [stop(closes=-1)], [trade()]), [bare(1.0)]),
    "its stop is on another pair": (World([long()], [stop(pair=ETH)], [trade()]),
        [bare(1.0), Finding(UNBOOKED, ETH, Act.CANCEL, orders=(stop(pair=ETH),))]),
    "a foreign stop is no stop of the trade": (World([long()], [stop("by hand")], [trade()]), [bare(1.0)]),
    "two own stops: the looser goes": (
        World([long()], [stop("s1", price=96.0), stop("s2", price=94.0)], [trade(stops="s1 s2")]),
        [cancel(TWO, stop("s2", price=94.0))]),
    "three own stops: the tightest stays": (
        World([long()], [stop("s1", price=94.0), stop("s2", price=96.0), stop("s3", price=95.0)],
            [trade(stops="s1 s2 s3")]), [cancel(TWO, stop("s1", price=94.0), stop("s3", price=95.0))]),
    "two own stops, the tighter too small alone": (
        World([long()], [stop("s1", 1.0, 94.0), stop("s2", 0.5, 96.0)], [trade(stops="s1 s2")]),
        [cancel(TWO, stop("s2", 0.5, 96.0))]),
    "two own stops, the looser larger by a float's error": (
        World([long()], [stop("s1", 1 - 2**-21, 96.0), stop("s2", 1.0, 94.0)], [trade(stops="s1 s2")]),
        [cancel(TWO, stop("s2", 1.0, 94.0))]),
    "a foreign stop": (World([long()], [stop(), stop("by hand")], [trade()]), [cancel(TWO, stop("by hand"))]),
    "a foreign stop that closes all": (World([long()], [stop(), WHOLE], [trade()]), [cancel(TWO, WHOLE)]),
    "a foreign stop beside an exit that waits": (
        World([long()], [stop(), stop("by hand")], [trade(orders="x1")]), [cancel(TWO, stop("by hand"))]),
    "a foreign take-profit": (World([long()], [stop(), take_profit()], [trade()]),
        [cancel(UNBOOKED, take_profit())]),
    "a foreign stop of the other side": (World([long()], [stop(), stop("other", closes=-1)], [trade()]),
        [cancel(UNBOOKED, stop("other", closes=-1))]),
    "a foreign stop and a foreign take-profit": (
        World([long()], [stop(), take_profit(), stop("by hand")], [trade()]),
        [cancel(TWO, take_profit(), stop("by hand"))]),
    "two own stops and a foreign one": (
        World([long()], [stop(), stop("s2", price=94.0), stop("by hand")], [trade(stops="s1 s2")]),
        [cancel(TWO, stop("s2", price=94.0)), cancel(TWO, stop("by hand"))]),
    # Orders that outlived their trade: they would close the next one.
    "stop of no trade": (World([], [stop()]), [cancel(UNBOOKED, stop(), trade_id=None)]),
    "orders of no trade": (World([], [WHOLE, take_profit()]),
        [cancel(UNBOOKED, WHOLE, take_profit(), trade_id=None)]),
    "stop of no trade beside an entry that waits": (
        World([], [stop("old")], [WAITS]), [nowhere(), cancel(UNBOOKED, stop("old"))]),
    # Orders that no longer rest and are not booked: Freqtrade's loop does so, unless they can't be looked up.
    "an entry that is nowhere": (World(book=[WAITS]), [nowhere()]),
    "an entry that has filled": (World([long()], book=[WAITS]), [unbooked_entry(1.0)]),
    "an entry that has ended, filled in part": (World([long(0.4)], book=[WAITS]), [unbooked_entry(0.4)]),
    "an exit that has filled": (World([], [stop()], [trade(orders="x1")]), [gone()]),
    "an exit that has ended, filled in part": (World([long(0.4)], [stop()], [trade(orders="x1")]),
        [smaller(0.4)]),
    "two stops for a million coins, one smaller by a float's error": (
        World([long(1e6)], [stop("s1", 1e6, 94.0), stop("s2", 1e6 - 0.5)], [trade(1e6, "s1 s2")]),
        [cancel(TWO, stop("s1", 1e6, 94.0))]),
    # Entries that rest.
    "a part of an entry that rests has no stop": (World([long(0.4)], [entry(0.4)], [WAITS]),
        [replace(part_of_entry(0.4), held=0.4)]),
    "a part of an entry that rests has too small a stop": (
        World([long(0.4)], [entry(0.4), stop(amount=0.25)], [WAITS]), [part_of_entry(0.4 - 0.25)]),
    "a tiny part of an entry has no stop": (World([long(5e-4)], [entry(5e-4)], [WAITS]),
        [replace(part_of_entry(5e-4), booked=5e-4)]),
    "an entry rests beside a position of its owner's": (World([long(0.5)], [entry()], [WAITS]),
        [differ(Kind.SIZES_DIFFER, Act.NOTHING, 0.5, 0.0, trade_id=7)]),
    "a part of an entry, and more by its owner": (World([long(0.5)], [entry(0.25)], [WAITS]),
        [differ(Kind.SIZES_DIFFER, Act.NOTHING, 0.5, 0.25, trade_id=7)]),
    "a foreign stop beside an entry that rests": (World([], [entry(), stop("old")], [WAITS]),
        [cancel(UNBOOKED, stop("old"))]),
    "an entry of no trade": (World([], [entry()]), [cancel(UNBOOKED, entry(), trade_id=None)]),
    "an entry of no trade beside a trade": (World([long()], [stop(), entry()], [trade()]),
        [cancel(UNBOOKED, entry(), trade_id=None)]),
    # Several pairs: those of the settings first, then the others with a trade.
    "each pair by itself": (World([long(2.0, ETH)], [stop("old")], [trade(2.0, "", pair=LTC)]),
        [cancel(UNBOOKED, stop("old"), trade_id=None), replace(orphan(Act.NOTHING, 2.0, 0.0, 2.0), pair=ETH),
         replace(gone(), pair=LTC, booked=2.0)]),
    "the account first": (
        World([long()], [], [trade()], modes={"hedge_mode": True, "cross_pairs": [BTC, LTC]}),
        [Finding(Kind.HEDGE_MODE), Finding(Kind.CROSS_MODE, BTC), bare(1.0)]),
    "cross margin on a pair whose trade is its only sign": (
        World([long(pair=LTC)], [stop(pair=LTC)], [trade(pair=LTC)], modes={"cross_pairs": [LTC]}),
        [Finding(Kind.CROSS_MODE, LTC)]),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFER)
def test_what_differs_and_what_is_done(name: str) -> None:
    world, expected = DIFFER[name]
    assert world.found == expected
    assert mirrored(world).found == mirrored(expected)


def test_every_kind_and_every_act_has_its_case() -> None:
    rows = [row for _, expected in DIFFER.values() for row in expected]
    assert {row.kind for row in rows} == set(Kind)
    assert {row.act for row in rows} == set(Act)


@pytest.mark.parametrize(("other", "is_same"), [
    (World([], [stop("by hand")]), False),
    (World([], [stop("s1", 3.0, 90.0)]), True),
    (World([long()]), False),
    (World([], [stop("s1", pair=ETH)]), False),
    (World([], [stop("s1"), stop("s2")]), False),
])  # fmt: skip
def test_which_findings_of_two_looks_are_the_same(other: World, is_same: bool) -> None:
    """By kind, pair and orders: it may have grown meanwhile."""
    (one,), (another,) = World([], [stop("s1")]).found, other.found
    assert (one.key == another.key) is is_same


# Laws, over worlds of one pair

SIZES = st.sampled_from([0.25, 0.5, 1.0, 1.0, 2.0])
SIDES = st.sampled_from([1, -1])
PRICES = st.sampled_from([90.0, 95.0, 105.0])
positions = st.builds(Position, st.just(BTC), SIDES, SIZES)
orders = st.builds(
    RestingOrder, st.sampled_from(["s1", "s2", "by hand", "tp"]), st.just(BTC), SIDES,
    SIZES | st.just(math.inf), PRICES, st.booleans(),
)  # fmt: skip
trades = st.builds(
    BookedTrade, st.just(7), st.just(BTC), SIDES, SIZES, PRICES,
    st.sets(st.sampled_from(["s1", "s2"])).map(frozenset), st.sets(st.just("tp")).map(frozenset),
)  # fmt: skip
plans = st.dictionaries(st.tuples(st.just(BTC), SIDES), PRICES)
policies = st.builds(Policy, st.sampled_from(["off", "stop", "close"]), plans, st.just((BTC,)))
resting = st.lists(orders, max_size=4, unique_by=lambda order: order.order_id)
worlds = st.builds(
    World, st.lists(positions, max_size=1), resting, st.lists(trades, max_size=1), policies
)  # fmt: skip
law = settings(max_examples=4 * settings().max_examples)


@law
@given(worlds)
def test_a_short_is_a_long_in_the_mirror(world: World) -> None:
    assert mirrored(world).found == mirrored(world.found)


def applied(world: World, row: Finding) -> World:
    """Do in a model of both sides what a finding asks for."""
    went = {order.order_id for order in row.orders}
    resting = [order for order in world.resting if order.order_id not in went]
    placed = RestingOrder(f"new {len(resting)} {row.kind}", BTC, row.direction, row.amount, row.stop)
    match row.act:
        case Act.CANCEL:
            return replace(world, resting=resting)
        case Act.PROTECT:
            return replace(world, resting=[*resting, placed])
        case Act.CLOSE:
            return replace(world, positions=[])
        case Act.RECOVER:
            (own,) = world.book
            is_open = row.held * own.direction > 0
            return replace(world, book=[replace(own, amount=abs(row.held))] if is_open else [])
        case Act.REPLACE_STOP:
            own = replace(world.book[0], stop_ids=frozenset({placed.order_id}))
            return replace(world, resting=[*resting, placed], book=[own])
        case _:
            return world


@law
@given(worlds)
def test_what_is_done_helps_and_leaves_no_position_bare_where_its_stop_is_known(world: World) -> None:
    """What still differs is a person's to decide. Bare where an exit rests, or orphans are left alone."""
    for _ in range(5):
        for row in world.found:
            world = applied(world, row)
    left = world.found
    assert {row.act for row in left} <= {Act.NOTHING}
    assert {row.kind for row in left} <= {Kind.POSITION_WITHOUT_TRADE, Kind.SIZES_DIFFER}
    held = sum(row.direction * row.amount for row in world.positions)
    side = 1 if held > 0 else -1
    known = {trade.direction for trade in world.book} | {of for _, of in world.policy.planned_stops}
    resting = {order.order_id for order in world.resting}
    moves = any(row.order_ids & resting for row in world.book)
    if world.policy.adopt_orphans == "off" or side not in known or moves:
        return
    stops = [order.amount for order in world.resting if order.is_stop and order.closes == side]
    assert sum(stops) >= abs(held) * (1 - SAME)
