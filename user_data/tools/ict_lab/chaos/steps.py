"""The steps of a scenario, applied to its world."""

from typing import Any

from ict_lab.chaos import answers, events, machine
from ict_lab.chaos.acts import ACTS
from ict_lab.chaos.reaching import REACHED
from ict_lab.chaos.scenario import Step
from ict_lab.chaos.world import REACH_SECONDS, World

# Importing them registers their causes in `ACTS`.
__all__ = ["Steps", "answers", "events", "machine"]


class Steps(World):
    """A world with the steps that cause faults in it."""

    def run(self, step: Step) -> None:
        """Run a step."""
        getattr(self, "do_" + step.verb)(step.name, **step.words)

    def do_hold(self, phase: str, route: str, how: str, **words: Any) -> None:
        """Schedule a fault for a later call, before the exchange handles it or after."""
        if route == "order" and "entry" not in phase:
            words["where"] = {"reduceOnly": "true"}
        if route == "stop" and "moved" in phase:
            words["skip"] = 1  # the first stop is placed, not moved
        ACTS[how](self, route, (how, phase), **words)
        self.holds = [self.ordered[-1][0]]

    def do_reach(self, phase: str) -> None:
        """Wait for the phase, or lead to it."""
        is_there = REACHED[phase](self)
        if is_there is None or not self.until(is_there, REACH_SECONDS):
            self.met.append(("not reached", phase))

    def do_fault(self, name: str, **words: Any) -> None:
        """Cause a fault."""
        count = (name, self.scenario.phase.name)
        if "route" in words or name == "no stop accepted":
            ACTS[name](self, count=count, **words)
        elif ACTS[name](self, **words) is not False:
            self.met.append(count)
