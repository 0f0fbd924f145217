"""How a scenario reaches each phase of a trade."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ict_lab.bots.looks import RESTING_STOPS, move
from ict_lab.chaos.acts import ACTS
from ict_lab.chaos.events import price_through_the_stop
from ict_lab.chaos.world import REACH_SECONDS, World
from loopback.symbols import SPECS

# Seconds from a jump until the bot has seen the candle's close, and of an outage over that close.
_A_CLOSE_SECONDS, _DOWN_SECONDS, _A_LOOP_SECONDS = 2.5, 8.0, 12.0
# Leads towards a phase, and returns the condition of being there; None if it can't be reached.
Reached = Callable[[World], Callable[[], Any] | None]


def _held_call(world: World) -> Callable[[], Any]:
    """Return true once the call is held up, or has got its bad answer."""
    return lambda: any(fault.held or fault.is_spent for fault in world.holds)


def _first_rests(world: World) -> bool:
    """Wait for the stop; false where the trade is over."""

    def is_over() -> bool:
        return bool(world.bot.trades()) and not world.bot.trades("is_open = 1")

    if world.scenario.phase.rests and not world.held() and not world.until(world.fill_entry, _A_LOOP_SECONDS):
        return False
    world.until(lambda: world.bot.rows(RESTING_STOPS) or is_over(), REACH_SECONDS)
    return not is_over() and bool(world.bot.rows(RESTING_STOPS))


def _moved_to(multiple: float) -> Reached:
    """Wait for the resting stop, then move the price so many R away."""

    def reach(world: World) -> Callable[[], Any] | None:
        if not _first_rests(world):
            return None
        if world.scenario.phase.rests:
            # In the candle of the fill no target counts (LIM-3).
            world.next_candle()
            world.do_wait("", _A_CLOSE_SECONDS)
        move(world.server, world.at_r(multiple))
        return _held_call(world)

    return reach


def _unplaced(world: World) -> Callable[[], Any]:
    return lambda: world.bot.trades("is_open = 1")


def _resting(world: World) -> Callable[[], Any]:
    return lambda: len(world.bot.rows(RESTING_STOPS)) >= world.scenario.phase.pairs


def _triggered(world: World) -> Callable[[], Any]:
    if _first_rests(world):
        price_through_the_stop(world)
    return lambda: not world.held()


def _closed(world: World) -> Callable[[], Any]:
    if _first_rests(world):
        move(world.server, world.stop_level())
    return lambda: world.bot.trades("is_open = 0")


def _capped(world: World) -> Callable[[], Any]:
    _closed(world)
    return lambda: world.bot.told("No more entries today")


def _entry_rests(world: World) -> bool:
    """Wait for an entry that rests and is booked."""
    return bool(
        world.until(lambda: world.resting_entries() and world.bot.trades("is_open = 1"), REACH_SECONDS)
    )


def _waiting(world: World) -> Callable[[], Any]:
    return lambda: world.resting_entries() and world.bot.trades("is_open = 1")


def _half_filled(world: World) -> Callable[[], Any]:
    if _entry_rests(world):
        (order,) = world.resting_entries()
        half = SPECS[order["symbol"]].to_step(Decimal(order["origQty"]) / 2)
        world.server.operator.fill_order(order["orderId"], half)
    return world.held


def _filled(world: World) -> Callable[[], Any]:
    if _entry_rests(world):
        world.fill_entry()
    return _held_call(world)


def _taken_back(world: World) -> Callable[[], Any]:
    if _entry_rests(world):
        world.end_zone()
    return _held_call(world)


def _ended_unseen(world: World) -> Callable[[], Any] | None:
    if not _entry_rests(world):
        return None
    world.end_zone()
    ACTS["all down"](world, seconds=_DOWN_SECONDS)
    return lambda: True


REACHED: Mapping[str, Reached] = {
    "entry under way": _held_call,
    "entered, no stop yet": _unplaced,
    "stop being placed": _held_call,
    "stop resting": _resting,
    "stop being moved": _moved_to(1.1),
    "partial exit under way": _moved_to(1.1),
    "exit under way": _moved_to(2.05),
    "stop triggered": _triggered,
    "just closed": _closed,
    "at the day's cap": _capped,
    "two pairs open": _resting,
    "entry being rested": _held_call,
    "entry resting": _waiting,
    "entry half filled": _half_filled,
    "resting entry filled": _filled,
    "entry being cancelled": _taken_back,
    "zone ends, exchange down": _ended_unseen,
}
