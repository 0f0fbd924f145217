"""What holds for each side at a close, and the score. Rule SIG-3."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .candles import NOTHING, Candles, Market, Settings, base_step
from .columns import first_book
from .dealing_range import Leg, is_in_band, legs
from .facts import Facts, find_facts
from .further_zones import is_true_breaker
from .liquidity import Pool, drawing_pools, latest_sweep
from .second_book import second_book, there_at
from .setup import REQUIRED, ZONE_WORDS, Setup
from .signals import known_flags
from .structure import candles_of, last_closed, swings_by_candle
from .zones import ORDER_BLOCK, Zone, all_zones, contains, live_candles, of_kind

ByKind = dict[tuple[str, int], list[list[Zone]]]
Seen = Callable[[list[Zone], int], list[list[Zone]]]


@dataclass(frozen=True, eq=False)
class View:
    """A market with everything that the rules of both books say of it, and the settings of a setup."""

    market: Market
    settings: Settings
    setup: Setup

    @property
    def candles(self) -> Candles:
        return self.market.base

    @cached_property
    def found(self) -> Facts:
        return find_facts(self.market, self.settings)

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        parts = (self.market, self.found, self.settings)
        return first_book(*parts) | second_book(*parts)

    @cached_property
    def live(self) -> ByKind:
        """ZONE-1: the live zones of each kind and side at each candle."""
        return by_kind(live_at, self.found.zones, ZONE_WORDS.values(), len(self.candles))

    @cached_property
    def standing(self) -> ByKind:
        """LIM-1: the zones of each kind and side that are known and have not ended at each candle."""
        return by_kind(there_at, self.found.zones, ZONE_WORDS.values(), len(self.candles))

    @cached_property
    def higher(self) -> ByKind:
        """HTFZ-1: the blocks and gaps of `trend_timeframe` at each of its own candles."""
        higher = candles_of(self.market, self.settings.trend_timeframe)
        kinds = (ORDER_BLOCK, ZONE_WORDS["fvg"])
        return by_kind(there_at, all_zones(higher, self.settings), kinds, len(higher))

    @cached_property
    def legs(self) -> list[Leg | None]:
        """OTE-1: the running leg at each candle."""
        return legs(self.candles, self.found.breaks)

    @cached_property
    def last_swings(self) -> list[dict[int, float]]:
        """PD-1, STOP-1: the price of the last confirmed swing of each side at each candle."""
        last: dict[int, float] = {}
        at = []
        for confirmed in swings_by_candle(self.found.swings, len(self.candles)):
            last = last | {swing.side: swing.price for swing in confirmed}
            at.append(last)
        return at

    @cached_property
    def gaps(self) -> dict[int, list[bool]]:
        """OB-2: where a gap of each side became known."""
        return known_flags(self.found.zones, ZONE_WORDS["fvg"], len(self.candles))

    @cached_property
    def pools(self) -> dict[int, list[list[Pool]]]:
        """POOL-3: the pools of each side at each candle."""
        return {
            side: drawing_pools(self.candles, self.found.liquidity, side, self.settings) for side in (1, -1)
        }


@dataclass(frozen=True)
class Moment:
    """What a fact is asked of: a side at the close of candle `i`, a price there and the entry zone if any.

    `own` is the word of the zone's own kind at its limit price (LIM-1), empty at a close.
    """

    side: int
    i: int
    price: float
    zone: Zone | None = None
    own: str = ""


def by_kind(seen: Seen, zones: list[Zone], kinds: Iterable[str], count: int) -> ByKind:
    return {(kind, side): seen(of_kind(zones, kind, side), count) for kind in kinds for side in (1, -1)}


def live_at(zones: list[Zone], count: int) -> list[list[Zone]]:
    """ZONE-1: list the live zones at each candle."""
    live: list[list[Zone]] = [[] for _ in range(count)]
    for zone in zones:
        for j in live_candles(zone, count):
            live[j].append(zone)
    return live


def holding(view: View, word: str, side: int, i: int, price: float) -> list[Zone]:
    """SIG-3: the live zones of a kind and side that contain a price."""
    return [zone for zone in view.live[ZONE_WORDS[word], side][i] if contains(zone, price)]


def zone_fact(view: View, word: str, at: Moment) -> bool:
    """SIG-3: a live zone holds the price; for blocks SIG-1, so neither side where both do."""
    if word == at.own:
        return True
    own = holding(view, word, at.side, at.i, at.price)
    return bool(own) and not (word == "ob" and holding(view, word, -at.side, at.i, at.price))


def higher_zone_fact(view: View, word: str, at: Moment) -> bool:
    """SIG-3, HTFZ-1: a zone of `trend_timeframe` holds the price."""
    seen = last_closed(view.market, view.settings.trend_timeframe)[at.i]
    zones = view.higher[ZONE_WORDS[word], at.side]
    return seen != -1 and any(contains(zone, at.price) for zone in zones[seen])


def place_fact(view: View, fact: str, at: Moment) -> bool:
    """SIG-3: the price is in the OTE band, in discount, below the midnight open; mirrored for shorts."""
    if fact == "ote":
        leg = view.legs[at.i]
        return leg is not None and leg.direction == at.side and is_in_band(leg, at.price)
    if fact == "below_open":
        return at.side * (at.price - view.columns["ict_midnight_open"][at.i]) < 0
    last = view.last_swings[at.i]
    high, low = last.get(1, NOTHING), last.get(-1, NOTHING)
    return high > low and at.side * ((at.price - low) / (high - low) - 0.5) < 0


def event_fact(view: View, fact: str, at: Moment) -> bool:
    """SIG-3: one of this side at most `sweep_memory_candles` ago, whatever came after."""
    memory = view.settings.sweep_memory_candles
    if fact == "swept":
        return latest_sweep(view.found.swept[-at.side], at.i, memory) != -1
    return at.side in view.columns[f"ict_{fact}"][max(at.i - memory, 0) : at.i + 1]


def entry_zone_fact(view: View, fact: str, at: Moment) -> bool:
    """SIG-3: the quality of the entry zone, where it is an order block; a true breaker, where a breaker."""
    zone = at.zone
    if zone is None or zone.kind != ("breaker" if fact == "true_breaker" else ORDER_BLOCK):
        return False
    if fact == "true_breaker":
        return is_true_breaker(zone, view.found.swept)
    if fact == "displaced":
        return bool(view.columns["ict_displacement"][zone.known_at] == zone.direction)
    if fact == "left_gap":
        return any(view.gaps[zone.direction][zone.known_at : min(zone.known_at + 1, at.i) + 1])
    name = {"broke_structure": "ict_ob_broke_structure", "swept_first": "ict_ob_swept_first"}[fact]
    return bool(view.columns[name][zone.known_at])


def holds(view: View, fact: str, at: Moment) -> bool:
    """SIG-3: whether a fact holds; what cannot be told does not."""
    trends = {
        "htf": f"ict_trend_{view.settings.trend_timeframe}",
        "trend": "ict_trend",
        "major": "ict_major_trend",
    }
    if fact in trends:
        return bool(view.columns[trends[fact]][at.i] == at.side)
    if fact in ZONE_WORDS:
        return zone_fact(view, fact, at)
    if fact in ("htf_ob", "htf_fvg"):
        return higher_zone_fact(view, fact.removeprefix("htf_"), at)
    if fact in ("ote", "discount", "below_open"):
        return place_fact(view, fact, at)
    if fact in ("swept", "mss", "cisd", "smt"):
        return event_fact(view, fact, at)
    return entry_zone_fact(view, fact, at)


def held(view: View, at: Moment) -> list[str]:
    """SIG-3: the facts in use that hold."""
    return [use.fact for use in view.setup.facts if holds(view, use.fact, at)]


def agrees(view: View, at: Moment) -> bool:
    """SIG-2, SIG-3: every required fact, the threshold, and the gate of the higher timeframe."""
    there = held(view, at)
    score = sum(use.points for use in view.setup.facts if use.fact in there)
    required = all(use.fact in there for use in view.setup.facts if use.use == REQUIRED)
    trend = view.columns[f"ict_trend_{view.settings.trend_timeframe}"][at.i]
    open_gate = not (view.setup.htf_gate and trend == -at.side)
    return required and open_gate and score >= view.setup.entry_threshold


def closes_at(view: View, i: int) -> Any:
    """Give the moment at which a candle closes and the coming one opens."""
    return view.candles.date[i] + base_step(view.candles)
