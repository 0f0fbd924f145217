"""Every public column of the first book, one list each, filled from the rules."""

from typing import Any

from . import signals
from .candles import NOTHING, Candles, Market, Settings
from .dealing_range import ote_edges, ote_flags, range_position
from .facts import Facts
from .higher import higher_columns
from .liquidity import latest_sweep, sweep_direction
from .reversals import Reversal, find_reversals, retests
from .sessions import kill_zone
from .structure import Break, Swing, higher_trend, swing_labels, trend_of
from .zones import BREAKER, FAIR_VALUE_GAP, INVERSION_GAP, ORDER_BLOCK, Zone, of_kind

Columns = dict[str, list[Any]]

SIDE_NAMES = {1: "bull", -1: "bear"}
TRADE_NAMES = {1: "long", -1: "short"}


def first_book(market: Market, facts: Facts, settings: Settings) -> Columns:
    """Fill every column of the rulebook's first book and the project's further ones."""
    candles = market.base
    columns: Columns = {}
    columns.update(known_zone_columns("ict_ob", ORDER_BLOCK, facts.zones, len(candles)))
    columns.update(known_zone_columns("ict_fvg", FAIR_VALUE_GAP, facts.zones, len(candles)))
    columns.update(block_fact_columns(candles, facts, settings))
    columns.update(containing_columns("ob", ORDER_BLOCK, facts.zones, candles))
    columns.update(containing_columns("breaker", BREAKER, facts.zones, candles))
    columns.update(inside_columns("fvg", FAIR_VALUE_GAP, facts.zones, candles))
    columns.update(inside_columns("ifvg", INVERSION_GAP, facts.zones, candles))
    columns.update(swing_columns(facts.swings, len(candles)))
    columns.update(structure_columns(facts.breaks, len(candles)))
    columns.update(higher_columns(market, settings))
    columns.update(dealing_range_columns(candles, facts))
    columns.update(liquidity_columns(candles, facts))
    columns["ict_kill_zone"] = [kill_zone(opens) for opens in candles.date]
    columns.update(score_columns(market, facts, settings))
    columns.update(reversal_columns(candles, facts, settings))
    return columns


def known_zone_columns(prefix: str, kind: str, zones: list[Zone], count: int) -> Columns:
    """OB-1, FVG-1: the zone that became known at each candle."""
    direction, top, bottom = [0] * count, [NOTHING] * count, [NOTHING] * count
    for zone in zones:
        if zone.kind == kind:
            direction[zone.known_at] = zone.direction
            top[zone.known_at] = zone.top
            bottom[zone.known_at] = zone.bottom
    return {f"{prefix}_direction": direction, f"{prefix}_top": top, f"{prefix}_bottom": bottom}


def block_fact_columns(candles: Candles, facts: Facts, settings: Settings) -> Columns:
    """OB-2: the quality facts at the candle where a block becomes known."""
    count = len(candles)
    blocks = signals.known_flags(facts.zones, ORDER_BLOCK, count)
    gaps = signals.known_flags(facts.zones, FAIR_VALUE_GAP, count)
    break_direction = {event.at: event.direction for event in facts.breaks}
    columns: Columns = {
        "ict_ob_displacement": [NOTHING] * count,
        "ict_ob_left_gap": [signals.left_gap(blocks, gaps, i) for i in range(count)],
        "ict_ob_broke_structure": [False] * count,
        "ict_ob_swept_first": [False] * count,
    }
    for block in facts.zones:
        if block.kind != ORDER_BLOCK:
            continue
        i = block.known_at
        swept_at = latest_sweep(facts.swept[-block.direction], i, settings.sweep_memory_candles)
        columns["ict_ob_displacement"][i] = signals.displacement(block, candles)
        columns["ict_ob_broke_structure"][i] = break_direction.get(i) == block.direction
        columns["ict_ob_swept_first"][i] = swept_at != -1
    return columns


def containing_columns(name: str, kind: str, zones: list[Zone], candles: Candles) -> Columns:
    """SIG-1, ZONE-3: the edges of the newest live zone of each side that contains the close."""
    columns: Columns = {}
    for direction, side in SIDE_NAMES.items():
        newest = signals.newest_containing(of_kind(zones, kind, direction), candles)
        columns[f"ict_{side}_{name}_top"] = [zone.top if zone else NOTHING for zone in newest]
        columns[f"ict_{side}_{name}_bottom"] = [zone.bottom if zone else NOTHING for zone in newest]
    return columns


def inside_columns(name: str, kind: str, zones: list[Zone], candles: Candles) -> Columns:
    """SIG-2, FVG-3: whether a live zone of each side contains the close."""
    columns: Columns = {}
    for direction, side in SIDE_NAMES.items():
        newest = signals.newest_containing(of_kind(zones, kind, direction), candles)
        columns[f"ict_in_{side}_{name}"] = [zone is not None for zone in newest]
    return columns


def swing_columns(swings: list[Swing], count: int) -> Columns:
    """SWING-1: the price of each swing at the candle that confirms it, and its label."""
    prices = {side: [NOTHING] * count for side in (1, -1)}
    for swing in swings:
        prices[swing.side][swing.confirmed_at] = swing.price
    labels = swing_labels(swings, count)
    return {"ict_swing_high": prices[1], "ict_swing_low": prices[-1], "ict_swing_label": labels}


def structure_columns(breaks: list[Break], count: int) -> Columns:
    """BOS-1, CHOCH-1: the trend at each candle and the breaks that make it."""
    bos, choch = [0] * count, [0] * count
    for event in breaks:
        (bos if event.is_bos else choch)[event.at] = event.direction
    return {"ict_trend": trend_of(breaks, count), "ict_bos": bos, "ict_choch": choch}


def dealing_range_columns(candles: Candles, facts: Facts) -> Columns:
    """OTE-1, PD-1: the OTE band and flag of both directions and the place in the dealing range."""
    in_ote = ote_flags(candles, facts.breaks)
    return {
        **ote_edges(candles, facts.breaks),
        "ict_in_bull_ote": in_ote[1],
        "ict_in_bear_ote": in_ote[-1],
        "ict_range_position": range_position(candles, facts.swings),
    }


def liquidity_columns(candles: Candles, facts: Facts) -> Columns:
    """EQ-1, SWEEP-1: the equal highs and lows where they form, and the swept side."""
    levels = {side: [NOTHING] * len(candles) for side in (1, -1)}
    for pool in facts.liquidity.pools:
        if pool.kind == "equal":
            levels[pool.side][pool.known_at] = pool.level
    sweep = [sweep_direction(facts.swept, i) for i in range(len(candles))]
    return {"ict_equal_highs": levels[1], "ict_equal_lows": levels[-1], "ict_sweep": sweep}


def score_columns(market: Market, facts: Facts, settings: Settings) -> Columns:
    """SIG-1, SIG-2, EXIT-1: the score and the stop of each side."""
    candles = market.base
    trend = higher_trend(market, settings.trend_timeframe, settings.swing_strength_candles)
    in_ote = ote_flags(candles, facts.breaks)
    blocks, gaps = {}, {}
    for direction in (1, -1):
        blocks[direction] = signals.newest_containing(of_kind(facts.zones, ORDER_BLOCK, direction), candles)
        gaps[direction] = signals.newest_containing(of_kind(facts.zones, FAIR_VALUE_GAP, direction), candles)
    columns: Columns = {}
    for direction, name in TRADE_NAMES.items():
        columns[f"ict_{name}_score"] = [
            signals.score(
                trend_agrees=trend[i] == direction,
                entry=signals.is_entry(blocks[direction][i], blocks[-direction][i]),
                in_gap=gaps[direction][i] is not None,
                in_ote=in_ote[direction][i],
            )
            for i in range(len(candles))
        ]
        columns[f"ict_{name}_stop"] = [
            signals.stop_of(block, direction, settings.stop_buffer) for block in blocks[direction]
        ]
    return columns


def reversal_columns(candles: Candles, facts: Facts, settings: Settings) -> Columns:
    """REV-1: the entries at a break after a sweep, those at returns into its leg's gaps, and their stops."""
    reversals = find_reversals(candles, facts.breaks, facts.swept, settings)
    columns: Columns = {}
    for direction, name in TRADE_NAMES.items():
        at_break: list[Reversal | None] = [None] * len(candles)
        for reversal in reversals:
            if reversal.direction == direction:
                at_break[reversal.at] = reversal
        in_gap = retests(candles, facts.zones, reversals, direction)
        for event, entries in (("reversal", at_break), ("retest", in_gap)):
            columns[f"ict_{name}_{event}"] = [entry is not None for entry in entries]
            columns[f"ict_{name}_{event}_stop"] = [entry.stop if entry else NOTHING for entry in entries]
    return columns
