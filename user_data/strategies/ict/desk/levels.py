"""Stop and target of a trade (EXIT-1), fixed at its entry, on the pair's grid."""

import math
from dataclasses import dataclass

from ict.candles import Direction
from ict.desk.grid import Grid
from ict.errors import IctError
from ict.exits.position import Position
from ict.exits.target import Target


class LevelError(IctError):
    """A trade's levels make no sense, such as a stop on the wrong side of the entry."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The prices of a trade, fixed at its entry.

    Attributes
    ----------
    entry, stop : float
        Fill and first stop, in the quote currency.
    target : float or None
        Where the trade is closed with a gain; None where it has no target.
    part : float or None
        Pool at which a part of it is closed before (EXIT-5); None for none.
    """

    entry: float
    stop: float
    target: float | None
    part: float | None = None

    @property
    def risk(self) -> float:
        """Distance from entry to stop: one R, in the quote currency."""
        return abs(self.entry - self.stop)

    def position(self, direction: Direction) -> Position:
        """Show the trade to the exit rules, by its own side's prices."""
        part = math.nan if self.part is None else direction * self.part
        return Position(direction * self.entry, direction * self.stop, part)


def widened_stop(stop: float, entry: float, direction: Direction, least_distance: float) -> float:
    """Move a stop away from the entry if it is closer than a minimum distance (EXIT-2).

    Raises
    ------
    LevelError
        When the least distance is not known.
    """
    if not math.isfinite(least_distance):
        raise LevelError(f"the minimum stop distance is not known: {least_distance}")
    return direction * min(direction * stop, direction * entry - least_distance)


def levels_of_entry(
    entry: float, stop: float, direction: Direction, risk_reward: float, grid: Grid
) -> Levels:
    """Stop and target of a trade that was entered at a price (EXIT-1).

    Parameters
    ----------
    entry, stop : float
        Price of the fill, and the stop that its signal gave, on the grid.
    direction : Direction
        +1 long, -1 short.
    risk_reward : float
        The target's distance over the stop's; 0 for no target.
    grid : Grid
        Where the target may be: never closer than set.

    Raises
    ------
    LevelError
        When a price is not a positive number, or the stop is not on the losing side of the entry,
        or the target of a short would not be a price any more.
    """
    stop_distance(entry, stop, direction)
    if risk_reward == 0:
        return Levels(entry, stop, None)
    wanted = direction * Target(risk_reward).price(Position(direction * entry, direction * stop))
    target = grid.level(float(wanted), direction)
    if target <= 0:
        raise LevelError(f"target of a short from {entry} with stop {stop} would be {target}, below zero")
    return Levels(entry, stop, target)


def stop_distance(entry: float, stop: float, direction: Direction) -> float:
    """Distance from entry to stop, in price units, above zero.

    Raises
    ------
    LevelError
        When a price is not a positive number, or the stop is not on the losing side of the entry.
    """
    distance = direction * (entry - stop)
    if not (math.isfinite(distance) and min(entry, stop) > 0 and distance > 0):
        side = "below" if direction > 0 else "above"
        raise LevelError(f"stop must be a price {side} the entry {entry}, was {stop}")
    return distance
