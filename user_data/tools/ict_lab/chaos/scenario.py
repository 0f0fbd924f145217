"""A scenario, made from its seed alone: steps into a phase of a trade, and the faults there."""

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ict_lab.chaos.catalogue import ANSWERS, EXIT, FAULTS, GARBAGE, HOLDS, PHASES, Fault, Phase

NOTHING: Mapping[str, Any] = MappingProxyType({})
# How a trade that is still open at the end is closed.
ENDINGS = ("target", "stop", "stop while down", "by hand")
LONGEST_WAIT_SECONDS = 3.0


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes
    ----------
    verb
        The method of `Steps` that does it, without its prefix ``do_``.
    name
        Which phase, fault or ending.
    words
        Further arguments.
    """

    verb: str
    name: str = ""
    words: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    def __str__(self) -> str:
        """Return the step as text."""
        words = [f"{name}={value}" for name, value in self.words.items()]
        return " ".join(filter(None, [self.verb, self.name, *words]))


@dataclass(frozen=True)
class Scenario:
    """The steps of one run, in order.

    Attributes
    ----------
    seed
        Seed of all random choices.
    side
        ``long`` or ``short``.
    phase
        The phase of the faults.
    steps
        All of its steps.
    keep_orphans
        Whether reduce-only orders outlive their position on the exchange.
    tight_cap
        Whether the daily loss cap is below the loss of one stop.
    """

    seed: int
    side: str
    phase: Phase
    steps: tuple[Step, ...]
    keep_orphans: bool
    tight_cap: bool

    def only(self, numbers: Collection[int]) -> "Scenario":
        """Return the scenario with only some of its steps, by their numbers from 1."""
        steps = tuple(step for number, step in enumerate(self.steps, 1) if number in numbers)
        return Scenario(self.seed, self.side, self.phase, steps, self.keep_orphans, self.tight_cap)

    @property
    def tests_cap(self) -> bool:
        """Whether a cap must refuse the second pair's signal once the first trade is closed."""
        return (self.tight_cap and not self.phase.rests) or "max_daily_trades" in self.phase.settings

    @property
    def settings(self) -> dict[str, Any]:
        """The strategy's settings, the `ict` block."""
        rest = {"entry_at": "zone", "ob_max_age_candles": 1} if self.phase.rests else {}
        return {**rest, **self.phase.settings, **({"max_daily_loss_percent": 0.05} if self.tight_cap else {})}

    def lines(self) -> list[str]:
        """Return the steps as text, one per line."""
        rules = ["orphans kept"] * self.keep_orphans + ["tight loss cap"] * self.tight_cap
        head = f"seed {self.seed}: {self.side}, {self.phase.name}" + "".join(f", {rule}" for rule in rules)
        return [head, *(f"  {number:>2} {step}" for number, step in enumerate(self.steps, 1))]


def made_from(seed: int) -> Scenario:
    """Make the scenario of a seed; deterministic."""
    dice = random.Random(seed)
    side = dice.choice(("long", "short"))
    phase = dice.choices(PHASES, [phase.weight for phase in PHASES])[0]
    steps = tuple(_steps(dice, phase))
    return Scenario(seed, side, phase, steps, dice.random() < 0.5, dice.random() < 0.25)


def _steps(dice: random.Random, phase: Phase) -> Iterator[Step]:
    yield Step("start")
    if phase.holds:
        yield _hold(dice, phase)
    if phase.stops_refused:
        yield Step("fault", "no stop accepted")
    if phase.before_candle:
        yield from _trouble(dice, phase)
    yield Step("candle")
    if not phase.before_candle:
        yield Step("reach", phase.name)
        yield from _trouble(dice, phase)
    yield Step("heal")
    yield Step("agree")
    yield from _another_end(dice, phase)
    yield Step("finish", dice.choice(ENDINGS))


def _hold(dice: random.Random, phase: Phase) -> Step:
    """Hold up the call of the phase, or answer it badly at once."""
    how = dice.choice(HOLDS if dice.random() < 0.9 else ANSWERS)
    words: dict[str, Any] = {"route": dice.choice(phase.holds), "how": how}
    if how in HOLDS:
        words["seconds"] = dice.choice((4.0, 6.0, 8.0))
    elif how == "garbled 200":
        words["body"] = dice.choice([*GARBAGE])
    return Step("hold", phase.name, words)


def _another_end(dice: random.Random, phase: Phase) -> Iterator[Step]:
    """End the bot again: inside the exit's call, or at a random moment."""
    chance = dice.random()
    if chance < 0.5:
        words = {"route": "order", "how": dice.choice(HOLDS), "seconds": 6.0}
        yield Step("hold", EXIT.name, words)
        yield Step("reach", EXIT.name)
        yield from _killed(dice, EXIT.name)
        yield Step("heal")
        yield Step("agree")
    elif chance < 0.55:
        yield from _killed(dice, phase.name)


def _trouble(dice: random.Random, phase: Phase) -> Iterator[Step]:
    """Draw a fault, often two, and often a kill of the bot."""
    is_killed = dice.random() < (0.95 if phase.holds else 0.6)
    # A call is held for only seconds, so most kills come first there.
    comes_before = dice.random() < (0.1 if phase.holds and is_killed else 1.0)
    if comes_before:
        yield from _fault(dice, phase)
    if is_killed:
        yield from _killed(dice, phase.name)
    if not comes_before or dice.random() < 0.2:
        yield from _fault(dice, phase)
    yield _wait(dice)


def _fault(dice: random.Random, phase: Phase) -> Iterator[Step]:
    fitting = [fault for fault in FAULTS.values() if fault.fits(phase)]
    fault: Fault = dice.choices(fitting, [fault.weight for fault in fitting])[0]
    yield Step("fault", fault.name, fault.draw(dice, phase))
    if dice.random() < 0.7:
        yield _wait(dice)


def _killed(dice: random.Random, phase: str) -> Iterator[Step]:
    yield _wait(dice, LONGEST_WAIT_SECONDS / 2)
    yield Step("kill", phase)
    yield _wait(dice)
    yield Step("start")


def _wait(dice: random.Random, longest: float = LONGEST_WAIT_SECONDS) -> Step:
    return Step("wait", words={"seconds": round(dice.uniform(0, longest), 1)})
