"""Entries at a close: what triggers them, their stop, target and tag.

Rules SIG-4, ZONE-4, STOP-1, TGT-1, EXIT-6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from .candles import NOTHING, at_least, base_step
from .liquidity import latest_sweep
from .setup import WORD_OF_KIND
from .setup_facts import Moment, View, agrees, closes_at, held, holding
from .signals import stop_beyond
from .windows import may_enter
from .zones import Zone

EVENTS = ("sweep", "mss", "cisd", "break", "gap")


@dataclass(frozen=True)
class Trigger:
    """SIG-4: what triggers an entry, its stop, and its zone if it is one."""

    word: str
    stop: float
    zone: Zone | None = None


@dataclass(frozen=True)
class Entry:
    """An entry at the close of candle `at`; `tag` is the trigger and the facts that held."""

    at: int
    direction: int
    stop: float
    target: float
    tag: tuple[str, ...]


def identity(view: View, zone: Zone) -> tuple[Any, ...]:
    """ZONE-4: what makes a zone the same one."""
    dates = view.candles.date
    return (zone.kind, zone.direction, dates[zone.origin_at], dates[zone.known_at], zone.top, zone.bottom)


def newer(view: View, one: Zone, other: Zone) -> int:
    """Order zones by age: known last, then the latest origin, then the rest; above 0 if `one` is newer.

    Of a breaker and a unicorn, or two of a kind, the block that became known last; else the order of
    `entry_zones`.
    """
    if (one.known_at, one.origin_at) != (other.known_at, other.origin_at):
        return 1 if (one.known_at, one.origin_at) > (other.known_at, other.origin_at) else -1
    if min(one.block_known_at, other.block_known_at) >= 0 and one.block_known_at != other.block_known_at:
        return one.block_known_at - other.block_known_at
    places = [view.setup.entry_zones.index(WORD_OF_KIND[zone.kind]) for zone in (one, other)]
    return places[1] - places[0]


def age_key(view: View) -> Callable[[Zone], Any]:
    """Give the key by which the newest of several zones is the greatest."""
    return cmp_to_key(lambda one, other: newer(view, one, other))


def entry_zone(view: View, side: int, i: int) -> Zone | None:
    """SIG-4: the newest live zone of the trigger kinds and of this side that holds the close."""
    close = view.candles.close[i]
    zones = [zone for word in view.setup.entry_zones for zone in holding(view, word, side, i, close)]
    return max(zones, key=age_key(view)) if zones else None


def stop_of_zone(view: View, zone: Zone, i: int) -> float:
    """STOP-1: beyond the zone, or beyond the last swing or all prices since the last sweep if further."""
    side = zone.direction
    edges = [zone.bottom if side == 1 else zone.top]
    if view.setup.stop_behind == "swing" and -side in view.last_swings[i]:
        edges.append(view.last_swings[i][-side])
    if view.setup.stop_behind == "sweep":
        s = latest_sweep(view.found.swept[-side], i, view.settings.sweep_memory_candles)
        if s != -1:
            edges += (view.candles.low if side == 1 else view.candles.high)[s : i + 1]
    return stop_beyond(side, min(edges) if side == 1 else max(edges), view.settings.stop_buffer)


def event_stop(view: View, event: str, side: int, i: int) -> float:
    """SIG-4: the stop of an event of this side at this close, NaN where there is none."""
    name = "long" if side == 1 else "short"
    if event == "sweep":
        extreme = view.candles.low[i] if side == 1 else view.candles.high[i]
        swept = view.found.swept[-side][i] != ""
        return stop_beyond(side, extreme, view.settings.stop_buffer) if swept else NOTHING
    column = {
        "mss": f"ict_{name}_mss_stop",
        "cisd": f"ict_{name}_cisd_stop",
        "break": f"ict_{name}_reversal_stop",
        "gap": f"ict_{name}_retest_stop",
    }[event]
    return float(view.columns[column][i])


def tag_of(word: str, facts: list[str]) -> tuple[str, ...]:
    """SIG-4: the trigger first, then every fact in use that held; a word is named once."""
    return (word, *(fact for fact in facts if fact != word))


def trigger(view: View, side: int, i: int, spent: set[tuple[Any, ...]]) -> Trigger | None:
    """SIG-4: the first of zone, sweep, mss, cisd, break and gap; ZONE-4: a zone entered before is none."""
    zone = entry_zone(view, side, i)
    if zone is not None and identity(view, zone) not in spent:
        return Trigger(WORD_OF_KIND[zone.kind], stop_of_zone(view, zone, i), zone)
    for event in EVENTS:
        stop = event_stop(view, event, side, i) if event in view.setup.entry_events else NOTHING
        if stop == stop:
            return Trigger(event, stop)
    return None


def target_of(view: View, side: int, entry: float, stop: float, i: int) -> float:
    """TGT-1, EXIT-1: a multiple of the risk, or the nearest pool far enough beyond; NaN for none."""
    risk = abs(entry - stop)
    if view.setup.target_at == "rr":
        return entry + side * view.setup.risk_reward * risk
    least, close = view.setup.min_target_r * risk, view.candles.close[i]
    levels = [pool.level for pool in view.pools[side][i]]
    far = [level for level in levels if at_least(side * (level - entry), least, close)]
    return min(far, key=lambda level: side * level) if far else NOTHING


def entry_at(view: View, i: int, spent: set[tuple[Any, ...]]) -> tuple[Entry, Zone | None] | None:
    """SIG-4: the entry at a close with its zone, if one side alone is triggered and everything agrees."""
    triggers = {side: trigger(view, side, i, spent) for side in (1, -1)}
    sides = [side for side, found in triggers.items() if found is not None]
    if len(sides) != 1:
        return None
    side, found = sides[0], triggers[sides[0]]
    assert found is not None
    close, moment = view.candles.close[i], closes_at(view, i)
    at = Moment(side, i, close, found.zone)
    target = target_of(view, side, close, found.stop, i)
    in_time = may_enter(moment, moment + base_step(view.candles), view.setup)
    if not in_time or not agrees(view, at) or target != target:
        return None
    return Entry(i, side, found.stop, target, tag_of(found.word, held(view, at))), found.zone


def entries(view: View) -> list[Entry]:
    """SIG-4: the entries at all closes, as if each were filled and closed before the next."""
    spent: set[tuple[Any, ...]] = set()
    made = []
    for i in range(len(view.candles)):
        found = entry_at(view, i, spent)
        if found is None:
            continue
        made.append(found[0])
        if view.setup.one_entry_per_zone and found[1] is not None:
            spent.add(identity(view, found[1]))
    return made


def time_stop_at(filled_at: int, max_hold_candles: int) -> int:
    """EXIT-6: the close that ends a trade filled in candle `filled_at`, whose own close is the first."""
    return filled_at + max_hold_candles - 1
