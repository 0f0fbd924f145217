"""What goes wrong in a tool, said so that a person can fix it: what was expected, what was found."""

from __future__ import annotations

import math


class LabError(Exception):
    """A tool can't do what was requested; the message says why and what to do."""


def check_ranges(least: float, most: float = math.inf, **values: float) -> None:
    """Check numbers of a command line.

    Parameters
    ----------
    least, most : float
        What is allowed, both included.
    values : float
        The numbers, by name.

    Raises
    ------
    LabError
        When one is not between them.
    """
    allowed = f"between {least} and {most}" if math.isfinite(most) else f"{least} or more"
    for name, value in values.items():
        if not least <= value <= most:
            shown = value if isinstance(value, int) else f"{value:g}"
            raise LabError(f"{name} must be {allowed}, was {shown}")
