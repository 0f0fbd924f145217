"""All exit rules that a strategy's settings use, as one (EXIT-1 to EXIT-6)."""

from dataclasses import dataclass, field
from functools import reduce
from typing import Protocol, Self

import numpy as np

from ict.candles import Bools, Floats
from ict.exits.break_even import BreakEven
from ict.exits.partial import Partial
from ict.exits.position import Moment, Position, Seen
from ict.exits.target import Target
from ict.exits.time_stop import TimeStop
from ict.exits.trail import Trail
from ict.params import Params

# A stop on an exchange is moved by cancelling it first: not for less than this part of its price.
WORTH_MOVING = 0.0001


class StopRule(Protocol):
    """A rule that moves the stop."""

    def stop(self, trade: Position, now: Moment) -> Seen:
        """Stop that the trade has earned; minus infinity where it has earned none."""
        ...


class CloseRule(Protocol):
    """A rule that closes the trade."""

    @property
    def reason(self) -> str:
        """What Freqtrade books as the reason of the exit."""
        ...

    def is_due(self, trade: Position, now: Moment) -> bool | Bools:
        """Whether the trade has to be closed now."""
        ...


# A further rule is a module of its own and its name in one of these.
STOP_RULES = (Trail, BreakEven)
CLOSE_RULES = (TimeStop,)


@dataclass(frozen=True, slots=True)
class Exits:
    """What moves or ends a trade besides its first stop.

    Attributes
    ----------
    target : Target
        Where it is closed with a gain.
    stops : tuple[StopRule, ...]
        What moves its stop; the tightest counts.
    partial : Partial or None
        What closes a part of it.
    closes : tuple[CloseRule, ...]
        What else closes it; the first counts.
    """

    target: Target = field(default_factory=Target)
    stops: tuple[StopRule, ...] = ()
    partial: Partial | None = None
    closes: tuple[CloseRule, ...] = ()

    @classmethod
    def of(cls, params: Params) -> Self:
        """Put the rules to use that the settings ask for."""
        stops = (kind.of(params) for kind in STOP_RULES)
        closes = (kind.of(params) for kind in CLOSE_RULES)
        partial = Partial.of(params)
        return cls(Target.of(params), tuple(filter(None, stops)), partial, tuple(filter(None, closes)))

    @property
    def trail_timeframe(self) -> str:
        """Timeframe whose swings the stop follows; none where it follows no swings."""
        return next((rule.timeframe for rule in self.stops if isinstance(rule, Trail)), "none")

    def stop(self, trade: Position, now: Moment) -> Seen:
        """Tightest stop that the trade has earned, off the grid; minus infinity for none (EXIT-3, EXIT-4)."""
        earned = [rule.stop(trade, now) for rule in self.stops]
        return reduce(np.maximum, earned, np.full_like(trade.entry, -np.inf, dtype=float))

    def part_is_due(self, trade: Position, now: Moment) -> bool | Bools:
        """Whether a part has to be closed now, if none was before (EXIT-5)."""
        if self.partial is None:
            return np.zeros(np.shape(trade.entry), np.bool_)
        return self.partial.is_due(trade, now)

    def close_is_due(self, trade: Position, now: Moment) -> bool | Bools:
        """Whether the trade has to be closed now (EXIT-6)."""
        due = [rule.is_due(trade, now) for rule in self.closes]
        return reduce(np.logical_or, due, np.zeros(np.shape(trade.entry), np.bool_))

    def close_reason(self, trade: Position, now: Moment) -> str | None:
        """Reason to close one trade now (EXIT-6); None for none."""
        return next((rule.reason for rule in self.closes if rule.is_due(trade, now)), None)

    def __str__(self) -> str:
        parts = [self.target, *self.stops, self.partial, *self.closes]
        return ", ".join(str(part) for part in parts if part is not None)


def is_worth_moving(stop: Seen, in_force: Seen) -> bool | Bools:
    """Whether a stop is enough tighter than the one in force to replace it (EXIT-3, EXIT-4)."""
    gained: Floats = np.subtract(stop, in_force)
    with np.errstate(invalid="ignore"):
        worth: Bools = gained > WORTH_MOVING * np.abs(stop)
    return worth
