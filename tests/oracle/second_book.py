"""Every public column of the second book, one list each, filled from the rules."""

from typing import Any

from . import signals
from .candles import NOTHING, Market, Settings
from .columns import SIDE_NAMES, TRADE_NAMES, containing_columns, structure_columns, swing_columns
from .dealing_range import strong_and_weak
from .delivery import Shift, delivery_shifts, displacements, divergences, structure_shifts
from .facts import Facts
from .further_zones import BALANCED_RANGE, PROPULSION, REJECTION, UNICORN, is_true_breaker
from .levels import level_columns
from .liquidity import draw, drawing_pools
from .structure import candles_of, last_closed
from .zones import BREAKER, FAIR_VALUE_GAP, ORDER_BLOCK, Zone, all_zones, contains, of_kind

Columns = dict[str, list[Any]]

NAMES_OF_SIDES = {1: "buy_side", -1: "sell_side"}
FURTHER_KINDS = {"bpr": BALANCED_RANGE, "unicorn": UNICORN, "rejection": REJECTION, "propulsion": PROPULSION}


def second_book(market: Market, facts: Facts, settings: Settings) -> Columns:
    """Fill every column of the rulebook's second book."""
    columns: Columns = dict(level_columns(market))
    columns.update(pool_columns(market, facts, settings))
    columns.update(major_columns(market, facts))
    columns.update(delivery_columns(market, facts, settings))
    for name, kind in FURTHER_KINDS.items():
        columns.update(containing_columns(name, kind, facts.zones, market.base))
    columns.update(breaker_columns(market, facts))
    for timeframe in settings.higher_timeframes:
        columns.update(higher_zone_columns(market, timeframe, settings))
    return columns


def pool_columns(market: Market, facts: Facts, settings: Settings) -> Columns:
    """POOL-3, SWEEP-2: the level that draws price on each side with its kind, and what each candle swept."""
    columns: Columns = {}
    for side, name in NAMES_OF_SIDES.items():
        pools = drawing_pools(market.base, facts.liquidity, side, settings)
        found = [draw(pools[i], side, market.base.close[i]) for i in range(len(market.base))]
        columns[f"ict_{name}"] = [level for level, _ in found]
        columns[f"ict_{name}_kind"] = [kind for _, kind in found]
        columns[f"ict_{name}_swept"] = facts.swept[side]
    return columns


def major_columns(market: Market, facts: Facts) -> Columns:
    """MAJOR-1, STRONG-1: swings, trend and breaks of the major structure, and its strong and weak levels."""
    swings = swing_columns(facts.major_swings, len(market.base))
    structure = structure_columns(facts.major_breaks, len(market.base))
    columns = {name.replace("ict_", "ict_major_"): values for name, values in (swings | structure).items()}
    del columns["ict_major_swing_label"]
    return columns | strong_and_weak(market.base, facts.major_breaks)


def delivery_columns(market: Market, facts: Facts, settings: Settings) -> Columns:
    """DISP-1, MSS-1, CISD-1, SMT-1."""
    displaced = displacements(market.base, settings)
    structure = structure_shifts(market.base, facts.breaks, facts.swept, displaced, settings)
    delivery = delivery_shifts(market.base, facts.swept, settings)
    columns: Columns = {"ict_displacement": displaced, "ict_smt": divergences(market, settings)}
    for name, shifts in (("mss", structure), ("cisd", delivery)):
        columns.update(shift_columns(name, shifts, len(market.base)))
    return columns


def shift_columns(name: str, shifts: list[Shift], count: int) -> Columns:
    """MSS-1, CISD-1: the direction of the turn at each candle, and the stop of its side."""
    columns: Columns = {f"ict_{name}": [0] * count}
    for side in TRADE_NAMES.values():
        columns[f"ict_{side}_{name}_stop"] = [NOTHING] * count
    for shift in shifts:
        columns[f"ict_{name}"][shift.at] = shift.direction
        columns[f"ict_{TRADE_NAMES[shift.direction]}_{name}_stop"][shift.at] = shift.stop
    return columns


def breaker_columns(market: Market, facts: Facts) -> Columns:
    """MIT-1: whether the newest live breaker that holds the close is a true one."""
    columns: Columns = {}
    for direction, side in SIDE_NAMES.items():
        newest = signals.newest_containing(of_kind(facts.zones, BREAKER, direction), market.base)
        columns[f"ict_{side}_breaker_swept"] = [
            zone is not None and is_true_breaker(zone, facts.swept) for zone in newest
        ]
    return columns


def higher_zone_columns(market: Market, timeframe: str, settings: Settings) -> Columns:
    """HTFZ-1: whether a block or gap of a higher timeframe holds the close, as of its last closed candle."""
    higher, seen = candles_of(market, timeframe), last_closed(market, timeframe)
    zones = all_zones(higher, settings)
    columns: Columns = {}
    for direction, side in SIDE_NAMES.items():
        for name, kind in (("ob", ORDER_BLOCK), ("fvg", FAIR_VALUE_GAP)):
            there = there_at(of_kind(zones, kind, direction), len(higher))
            columns[f"ict_in_{side}_{name}_{timeframe}"] = [
                at != -1 and any(contains(zone, close) for zone in there[at])
                for at, close in zip(seen, market.base.close, strict=True)
            ]
    return columns


def there_at(zones: list[Zone], count: int) -> list[list[Zone]]:
    """HTFZ-1: the zones known at each higher candle, its own included, that have not ended by it."""
    there: list[list[Zone]] = [[] for _ in range(count)]
    for zone in zones:
        for at in range(zone.known_at, count if zone.ended_at == -1 else zone.ended_at):
            there[at].append(zone)
    return there
