"""The break that follows a sweep, and the returns into the gaps of its leg. Rule REV-1."""

from dataclasses import dataclass

from .candles import FURTHEST, Candles, Settings
from .dealing_range import origin_of
from .liquidity import latest_sweep
from .signals import stop_beyond
from .structure import Break
from .zones import FAIR_VALUE_GAP, Zone, contains, live_candles, of_kind


@dataclass(frozen=True)
class Reversal:
    """A break after a sweep of the other side: its direction, origin and candle, and the stop."""

    direction: int
    origin_at: int
    at: int
    stop: float


def find_reversals(
    candles: Candles, breaks: list[Break], swept: dict[int, list[bool]], settings: Settings
) -> list[Reversal]:
    """REV-1: the breaks at or soon after a sweep of the side that they leave behind, oldest first."""
    found = []
    for event in breaks:
        swept_at = latest_sweep(swept[-event.direction], event.at, settings.sweep_memory_candles)
        if swept_at == -1:
            continue
        extreme = FURTHEST[-event.direction](candles.extremes(-event.direction)[swept_at : event.at + 1])
        stop = stop_beyond(event.direction, extreme, settings.stop_buffer)
        found.append(Reversal(event.direction, origin_of(candles, event), event.at, stop))
    return found


def reversal_of(gap: Zone, reversals: list[Reversal]) -> Reversal | None:
    """REV-1: the first reversal of the gap's side to whose leg it belongs."""
    for reversal in reversals:
        # Known after the leg's origin and no later than the candle after the break.
        in_leg = reversal.origin_at < gap.known_at <= reversal.at + 1
        if reversal.direction == gap.direction and in_leg:
            return reversal
    return None


def retests(
    candles: Candles, zones: list[Zone], reversals: list[Reversal], direction: int
) -> list[Reversal | None]:
    """REV-1: at each close the newest reversal in a gap of whose leg it is, later than the break."""
    newest: list[Reversal | None] = [None] * len(candles)
    for gap in of_kind(zones, FAIR_VALUE_GAP, direction):
        reversal = reversal_of(gap, reversals)
        if reversal is None:
            continue
        for j in live_candles(gap, len(candles)):
            other = newest[j]
            if j > reversal.at and contains(gap, candles.close[j]) and (not other or other.at < reversal.at):
                newest[j] = reversal
    return newest
