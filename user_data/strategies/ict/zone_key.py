"""What identifies a zone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ZoneKey:
    """What identifies a zone among those of its pair and side (ZONE-4).

    Attributes
    ----------
    kind : str
        Its kind: a breaker is not its block.
    origin, known : int
        Opening times of the candles that it is drawn from and became known at, nanoseconds since 1970, UTC.
    top, bottom : float
        Its edges, in the quote currency.
    """

    kind: str
    origin: int
    known: int
    top: float
    bottom: float
