"""How numbers are written, on the terminal, in files and on pages."""

from __future__ import annotations

import math

UNKNOWN = "–"


def number(value: float | None, form: str = "+.2f") -> str:
    """Write a number, or a dash where it is not known."""
    return UNKNOWN if value is None or not math.isfinite(value) else format(value, form)


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign, a true minus, and commas between thousands.

    Parameters
    ----------
    value : float
        The number.
    digits : int
        Digits after the point.
    """
    return f"{value:+,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def counted(count: int, thing: str) -> str:
    """Count things: 1 trade, 2 trades, 2 weeks with trades."""
    first, *rest = thing.split(" with ")
    return " with ".join([f"{count} {first}{'s' * (count != 1)}", *rest])
