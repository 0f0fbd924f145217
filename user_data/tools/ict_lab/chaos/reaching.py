"""How a scenario gets into each phase of a trade."""

from collections.abc import Callable, Mapping
from typing import Any

from ict_lab.bots.looks import RESTING_STOPS, move
from ict_lab.chaos.events import price_through_the_stop
from ict_lab.chaos.world import REACH_SECONDS, World

# Brings a phase about as far as it has to be, and gives what is true once it is there; None if it can't be.
Reached = Callable[[World], Callable[[], Any] | None]


def _held_call(world: World) -> Callable[[], Any]:
    """Be there once the call is held up, or has got its bad answer."""
    return lambda: any(fault.held or fault.is_spent for fault in world.holds)


def _first_rests(world: World) -> bool:
    """Wait for the stop; false where the trade is over."""

    def is_over() -> bool:
        return bool(world.bot.trades()) and not world.bot.trades("is_open = 1")

    world.until(lambda: world.bot.rows(RESTING_STOPS) or is_over(), REACH_SECONDS)
    return not is_over() and bool(world.bot.rows(RESTING_STOPS))


def _moved_to(multiple: float) -> Reached:
    """Let the stop rest, then bring the price so many R away."""

    def reach(world: World) -> Callable[[], Any] | None:
        if not _first_rests(world):
            return None
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
}
