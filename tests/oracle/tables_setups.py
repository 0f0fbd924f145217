"""Setups worked by hand: entries at closes and resting orders.

Rules SIG-3, SIG-4, ZONE-4, STOP-1, TGT-1, TIME-1, TIME-2, LIM-1, LIM-2, LIM-3.
All stops are without a buffer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from .setup import POINTS, REQUIRED, Setup, Use
from .table import Row, Table, axis_of, doji, turned
from .tables_blocks import BEAR_BLOCK, BULL_BLOCK
from .tables_delivery import CALM, RISE, SWEEP
from .tables_further_zones import GAP_AFTER
from .tables_liquidity import ONE, REST
from .tables_reversals import BREAK_AT_4, SWEEP_OF_8

OB, FVG = Use("ob", POINTS, 2.0), Use("fvg", POINTS, 1.5)
BLOCKS = Setup(facts=(OB,), entry_threshold=2.0)
NO_BUFFER = {"stop_buffer": 0.0}


@dataclass(frozen=True)
class Expected:
    """An entry or a resting order: its price, stop, target and tag; for shorts the side is -1."""

    price: float
    stop: float
    target: float
    tag: str = "ob"
    side: int = 1

    def turned(self, axis: float) -> "Expected":
        return replace(
            self, price=axis - self.price, stop=axis - self.stop, target=axis - self.target, side=-self.side
        )


@dataclass(frozen=True)
class SetupTable:
    """Candles, a setup, and by candle the entries or the standing orders that it must give, no others."""

    name: str
    rule: str
    rows: list[Row]
    setup: Setup
    expected: Mapping[int, Expected]
    filled: tuple[int, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    start: str = "2024-01-03 00:00"  # 19:00 of a Tuesday in New York

    def frame(self) -> pd.DataFrame:
        return Table(self.name, self.rule, self.rows, {}, start=self.start).frame()

    def turned(self) -> "SetupTable":
        axis = axis_of(self.rows)
        return replace(
            self,
            name=f"{self.name}_mirrored",
            rows=turned(self.rows),
            expected={i: entry.turned(axis) for i, entry in self.expected.items()},
        )


def utc(*moments: str) -> tuple[pd.Timestamp, ...]:
    return tuple(pd.Timestamp(f"2024-01-03 {moment}", tz="UTC") for moment in moments)


INSIDE = doji(105, 107, 104)
IN_BLOCK: list[Row] = [*BULL_BLOCK, INSIDE]  # the block is 99 to 106; 2 closes at 19:45 in New York
AT_2 = {2: Expected(105, 99, 117)}
# fmt: off
SWEPT_BLOCK: list[Row] = [
    *SWEEP_OF_8,  # 3 sweeps 8 down to 7.5
    (8.8, 9.6, 8.3, 8.6),
    (8.6, 10.2, 8.5, 10.1),  # 5: block 8.3 to 9.6
    doji(9, 9.5, 8.9),  # 6: inside; confirms the high 10.2; 10.5 is above it
]
GAP_AND_BLOCK: list[Row] = [
    *BULL_BLOCK, (109, 113, 108.5, 112.5),
    (112.5, 116, 111, 115),  # 3: gap 110 to 111
    (112.5, 113.5, 110.2, 110.6),  # 4: in the gap
    (110.6, 114, 110.5, 113.8),  # 5: block 110.2 to 113.5
    doji(110.8, 112, 110.4),  # 6: in both
]
IN_TIME = replace(BLOCKS, entry_windows=("19:45-20:00",))
# 9 breaks the blocks of 5 (8.7 to 9.6) and of 7 (9 to 9.5), and both overlap the gap of 5 (8.9 to 9.3). The
# breaker of 5 and both unicorns are drawn from 5. 14 touches the breaker of 7 once too often.
TWO_BLOCKS_AND_A_GAP: list[Row] = [
    *SWEEP_OF_8,
    (8.5, 8.9, 8.4, 8.8), (8.8, 9.6, 8.7, 9.5), (9.5, 9.55, 9.3, 9.31), (9.31, 9.5, 9, 9.45),
    (9.45, 9.48, 9.2, 9.22), (9.22, 10, 9.2, 9.9),
    doji(9.7, 10, 9.45), *[doji(9.7, 9.9, low) for low in (9.55, 9.45, 9.55, 9.45)],
]
BREAKER_FIRST = Setup(facts=(), entry_threshold=0, entry_zones=("breaker", "unicorn"))
TOUCHED_ONCE = ONE | {"max_touches": 1}

ENTRIES = [
    SetupTable("zone_triggers", "SIG-4", [*IN_BLOCK, doji(107, 108, 106)], BLOCKS, AT_2),
    SetupTable("score_below_the_threshold", "SIG-3", IN_BLOCK, replace(BLOCKS, entry_threshold=2.5), {}),
    SetupTable("required_fact_is_missing", "SIG-3", IN_BLOCK,
        replace(BLOCKS, facts=(OB, Use("swept", REQUIRED))), {}),
    SetupTable("required_fact_without_points", "SIG-3", SWEPT_BLOCK,
        replace(BLOCKS, facts=(OB, Use("swept", REQUIRED), Use("trend", POINTS, 5.0))),
        {6: Expected(9, 8.3, 10.4, "ob swept")}, params=ONE),
    SetupTable("sweep_too_old_for_the_fact", "SIG-3", SWEPT_BLOCK,
        replace(BLOCKS, facts=(OB, Use("swept", REQUIRED))), {}, params=ONE | {"sweep_memory_candles": 2}),
    SetupTable("block_by_a_displacement", "SIG-3",
        # 21 rises 4.5 of 5.5 after bodies of 0 and 0.5: block 99 to 101.
        [*[REST] * 20, (100.5, 101, 99, 100), (100, 105, 99.5, 104.5), doji(100.5, 102, 100)],
        replace(BLOCKS, facts=(OB, Use("displaced", REQUIRED))),
        {22: Expected(100.5, 99, 103.5, "ob displaced")}),
    SetupTable("block_without_displacement", "SIG-3",
        # Twenty candles have not been yet.
        IN_BLOCK, replace(BLOCKS, facts=(OB, Use("displaced", REQUIRED))), {}),
    SetupTable("block_that_swept_and_broke", "SIG-3",
        # 5 goes below 8 and closes above 12: block 9 to 11.
        [doji(10, 11, 9), doji(10, 12, 9.5), doji(10, 11, 9), doji(9.5, 10.5, 8), (10.2, 11, 9, 10),
         (7.5, 13, 7, 12.5), doji(10, 11, 9.5)],
        replace(BLOCKS, facts=(OB, Use("broke_structure", REQUIRED), Use("swept_first", REQUIRED))),
        {6: Expected(10, 9, 12, "ob broke_structure swept_first")}, params=ONE),
    SetupTable("true_breaker", "SIG-3",
        # 8 closes in the breaker, 99 to 101.
        GAP_AFTER,
        Setup(facts=(Use("breaker", POINTS, 1.0), Use("true_breaker", REQUIRED)), entry_threshold=1.0,
            entry_zones=("breaker",)), {8: Expected(99.5, 99, 100.5, "breaker true_breaker")}, params=ONE),
    SetupTable("mitigation_block_is_no_true_breaker", "SIG-3",
        [*BEAR_BLOCK, doji(102, 103, 100.5), doji(100, 101.5, 99)],
        Setup(facts=(Use("true_breaker", REQUIRED),), entry_threshold=0.0, entry_zones=("breaker",)), {}),
    SetupTable("blocks_of_both_sides", "SIG-4",
        # 3 makes the bearish block 103 to 108 and closes in the bullish one; 4 closes in both.
        [*BULL_BLOCK, (104, 108, 103, 107.5), (107.5, 107.8, 101, 101.5), doji(105, 106, 104),
         doji(102, 104, 101)], BLOCKS, {3: Expected(101.5, 99, 106.5), 5: Expected(102, 99, 108)}),
    SetupTable("newest_zone_of_the_kinds", "SIG-4", GAP_AND_BLOCK,
        Setup(facts=(OB, FVG), entry_threshold=1.5, entry_zones=("fvg", "ob")),
        {4: Expected(110.6, 110, 111.8, "fvg"), 6: Expected(110.8, 110.2, 112, "ob fvg")}),
    *(
        SetupTable(
            f"gap_and_its_unicorn_by_the_order_of_{first}",
            "SIG-4",
            # At 8 the gap of 98.5 to 100 and the unicorn of 99 to 100, known together, hold the close.
            GAP_AFTER,
            Setup(facts=(), entry_threshold=0, entry_zones=(first, second)),
            {
                8: Expected(99.5, stop, target, first),
                9: Expected(98.9, 98.5, 99.7, "fvg"),
                10: Expected(99.5, 98.5, 101.5, "fvg"),
            },
            params=ONE,
        )
        for first, second, stop, target in (("fvg", "unicorn", 98.5, 101.5), ("unicorn", "fvg", 99, 100.5))
    ),
    SetupTable("unicorn_of_a_younger_block_is_newer_than_the_breaker", "SIG-4",
        # The unicorn of 7's block (9 to 9.3) and the breaker of 5's hold the close.
        [*TWO_BLOCKS_AND_A_GAP, doji(9.2, 9.8, 9.1)], BREAKER_FIRST,
        {15: Expected(9.2, 9, 9.6, "unicorn")}, params=TOUCHED_ONCE),
    SetupTable("sweep_triggers", "SIG-4", SWEEP_OF_8,
        Setup(facts=(), entry_threshold=0, entry_zones=(), entry_events=("sweep",)),
        {3: Expected(8.5, 7.5, 10.5, "sweep")}, params=ONE),
    SetupTable("sweeps_of_both_sides", "SIG-4",
        [doji(10, 11, 9), doji(10, 12, 8), doji(10, 11, 9), doji(10, 13, 7)],
        Setup(facts=(), entry_threshold=0, entry_zones=(), entry_events=("sweep",)), {}, params=ONE),
    SetupTable("shift_comes_before_break", "SIG-4", [*CALM, SWEEP, RISE],
        Setup(facts=(Use("mss", REQUIRED),), entry_threshold=0, entry_zones=(),
            entry_events=("break", "mss")), {23: Expected(101.5, 97.5, 109.5, "mss")}, params=ONE),
    SetupTable("returns_into_the_legs_gap", "SIG-4",
        # The gap is 9.5 to 10.5, the break's stop 7.5.
        [*BREAK_AT_4, doji(12, 12.5, 10.5), doji(10, 12, 9.8)],
        Setup(facts=(), entry_threshold=0, entry_zones=(), entry_events=("break", "gap")),
        {4: Expected(11, 7.5, 18, "break"), 6: Expected(10, 7.5, 15, "gap")}, params=ONE),
    SetupTable("zone_comes_before_events", "SIG-4",
        # 8 confirms the low 8.7, 9 sweeps it and closes inside the block. 3 sweeps outside of any.
        [*SWEPT_BLOCK, doji(9, 9.6, 8.7), doji(9.2, 9.6, 8.9), doji(9, 9.5, 8.6)],
        replace(BLOCKS, entry_events=("sweep",)),
        {6: Expected(9, 8.3, 10.4), 7: Expected(9, 8.3, 10.4), 8: Expected(9.2, 8.3, 11),
         9: Expected(9, 8.3, 10.4)}, params=ONE),
    SetupTable("zone_is_entered_once", "ZONE-4", [*IN_BLOCK, INSIDE, INSIDE],
        replace(BLOCKS, one_entry_per_zone=True), AT_2),
    SetupTable("zone_is_entered_again", "ZONE-4", [*IN_BLOCK, INSIDE], BLOCKS, {2: AT_2[2], 3: AT_2[2]}),
    SetupTable("stop_behind_the_swing", "STOP-1",
        # 2 confirms the low 97; 99 and 98.5 are no swings.
        [doji(103, 105, 100), doji(100, 104, 97), doji(102, 104, 98.5), *IN_BLOCK],
        replace(BLOCKS, stop_behind="swing"), {5: Expected(105, 97, 121)}, params=ONE),
    SetupTable("stop_behind_the_sweep", "STOP-1", SWEPT_BLOCK, replace(BLOCKS, stop_behind="sweep"),
        {6: Expected(9, 7.5, 12)}, params=ONE),
    SetupTable("stop_behind_the_zone_without_a_young_sweep", "STOP-1", SWEPT_BLOCK,
        replace(BLOCKS, stop_behind="sweep"), {6: Expected(9, 8.3, 10.4)},
        params=ONE | {"sweep_memory_candles": 2}),
    SetupTable("target_at_the_first_pool_far_enough", "TGT-1",
        # The risk is 0.7: 10.2 is 1.2 away and 10.5 is 1.5.
        SWEPT_BLOCK, replace(BLOCKS, target_at="liquidity"), {6: Expected(9, 8.3, 10.2)}, params=ONE),
    SetupTable("target_at_the_second_pool", "TGT-1", SWEPT_BLOCK,
        replace(BLOCKS, target_at="liquidity", min_target_r=2.0), {6: Expected(9, 8.3, 10.5)}, params=ONE),
    SetupTable("target_exactly_far_enough", "TGT-1",
        # The risk is 1.5, and so is the way to 10.5.
        SWEPT_BLOCK, replace(BLOCKS, target_at="liquidity", min_target_r=1.0, stop_behind="sweep"),
        {6: Expected(9, 7.5, 10.5)}, params=ONE),
    SetupTable("no_pool_no_entry", "TGT-1", SWEPT_BLOCK,
        replace(BLOCKS, target_at="liquidity", min_target_r=3.0), {}, params=ONE),
    SetupTable("window_begins_with_the_order", "TIME-1", IN_BLOCK, IN_TIME, AT_2),
    SetupTable("window_is_over_with_the_order", "TIME-1", IN_BLOCK,
        replace(IN_TIME, entry_windows=("19:00-19:45",)), {}),
    SetupTable("window_by_its_name", "TIME-1", IN_BLOCK, replace(BLOCKS, entry_windows=("pm", "asia")), AT_2,
        start="2024-01-03 00:15"),
    SetupTable("window_passes_midnight", "TIME-1",
        # 2 closes at midnight.
        IN_BLOCK, replace(BLOCKS, entry_windows=("23:00-01:00",)), AT_2, start="2024-01-03 04:15"),
    SetupTable("weekday_of_new_york", "TIME-1", IN_BLOCK, replace(BLOCKS, entry_weekdays=(1,)), AT_2),
    SetupTable("weekday_of_utc_is_another", "TIME-1", IN_BLOCK, replace(BLOCKS, entry_weekdays=(2,)), {}),
    SetupTable("blackout_touches_the_coming_candle", "TIME-2", IN_BLOCK,
        replace(BLOCKS, blackouts=(utc("00:50", "00:55"),)), {}),
    SetupTable("blackouts_before_and_after", "TIME-2", IN_BLOCK,
        replace(BLOCKS, blackouts=(utc("00:00", "00:45"), utc("01:00", "02:00"))), AT_2),
]

NEAR = doji(108, 109, 107)
EDGE = Expected(106, 99, 120)
MIDDLE = Expected(102.5, 99, 109.5)
ABOVE = (116, 120, 115.5, 119.5)  # the bearish block of both sides' tables
LATE = replace(BLOCKS, entry_windows=("asia",))  # the first candle inside is 4

RESTING = [
    SetupTable("order_at_the_edge_is_filled_by_trading_through", "LIM-3",
        # 3 touches 106, 4 trades through it and leaves room for the next order.
        [*BULL_BLOCK, NEAR, doji(107, 108, 106), doji(107, 108, 105.5), doji(107, 108, 106.5)], BLOCKS,
        {1: EDGE, 2: EDGE, 3: EDGE, 4: EDGE, 5: EDGE}, filled=(4,)),
    SetupTable("zone_is_filled_once", "ZONE-4",
        [*BULL_BLOCK, NEAR, doji(107, 108, 105.5), doji(107, 108, 106.5)],
        replace(BLOCKS, one_entry_per_zone=True), {1: EDGE, 2: EDGE}, filled=(3,)),
    SetupTable("order_at_the_middle_stays_while_price_is_in_the_zone", "LIM-2",
        [*BULL_BLOCK, doji(104, 109, 103.5), doji(103, 104, 102.8)], replace(BLOCKS, entry_depth=0.5),
        {1: MIDDLE, 2: MIDDLE, 3: MIDDLE}),
    SetupTable("price_is_rounded_away_from_the_close", "LIM-1",
        # A quarter of the zone is 104.25; the tick is 0.5.
        [*BULL_BLOCK, NEAR], replace(BLOCKS, entry_depth=0.25, tick=0.5),
        {1: Expected(104, 99, 114), 2: Expected(104, 99, 114)}),
    SetupTable("order_goes_with_its_zone", "LIM-2",
        # The block expires at 4.
        [*BULL_BLOCK, NEAR, NEAR, NEAR, NEAR], BLOCKS, {1: EDGE, 2: EDGE, 3: EDGE},
        params={"ob_max_age_candles": 2}),
    SetupTable("no_order_where_the_coming_candle_opens_at_the_price", "LIM-3",
        [*BULL_BLOCK, (106, 109, 106, 108), NEAR], BLOCKS, {2: EDGE, 3: EDGE}),
    SetupTable("no_order_at_the_close_itself", "LIM-1",
        [*BULL_BLOCK[:1], (100, 106, 99.5, 106), doji(106.5, 107, 106.5), NEAR], BLOCKS, {2: EDGE, 3: EDGE}),
    SetupTable("nearer_zone_takes_the_place", "LIM-2",
        # 3 makes the block 107 to 109.5.
        [*BULL_BLOCK, (109, 109.5, 107, 107.5), (107.5, 112, 107.4, 111.8), doji(111, 112, 110.5)], BLOCKS,
        {1: EDGE, 2: EDGE, 3: Expected(109.5, 107, 114.5), 4: Expected(109.5, 107, 114.5)}),
    SetupTable("nearer_side_is_taken", "LIM-1",
        # At 3 the bullish block's edge is 4.5 away, the bearish one's 5; 4 closes nearer to the latter.
        [*BULL_BLOCK, ABOVE, (119.5, 120, 110, 110.5), (110.5, 113, 110, 112), doji(112, 113, 111)], LATE,
        {3: EDGE, 4: EDGE, 5: EDGE}),
    SetupTable("other_side_is_nearer", "LIM-1",
        [*BULL_BLOCK, ABOVE, (119.5, 120, 110, 111), doji(111, 112, 110)], LATE,
        {3: Expected(115.5, 120, 106.5, side=-1), 4: Expected(115.5, 120, 106.5, side=-1)}),
    SetupTable("equally_near_sides_give_none", "LIM-1",
        [*BULL_BLOCK, ABOVE, (119.5, 120, 110, 110.75), doji(110.75, 112, 110)], LATE, {}),
    SetupTable("window_ends", "LIM-2",
        # 3 closes at 20:00.
        [*BULL_BLOCK, NEAR, NEAR, NEAR], replace(BLOCKS, entry_windows=("19:15-20:00",)), {1: EDGE, 2: EDGE}),
    SetupTable("coming_candle_lies_partly_outside", "TIME-1", [*BULL_BLOCK, NEAR, NEAR],
        replace(BLOCKS, entry_windows=("19:15-19:50",)), {1: EDGE}),
    SetupTable("coming_candle_touches_a_blackout", "TIME-2", [*BULL_BLOCK, NEAR, NEAR, NEAR],
        replace(BLOCKS, blackouts=(utc("00:50", "00:51"),)), {1: EDGE, 3: EDGE, 4: EDGE}),
    SetupTable("discount_is_asked_of_the_limit_price", "LIM-1",
        # The range is 99 to 116 at 4: the close of 109 is above its middle, the edge of 106 below.
        [doji(104, 108, 100), doji(104, 116, 96), doji(104, 108, 100), *BULL_BLOCK, doji(109.5, 110.5, 107)],
        replace(BLOCKS, facts=(OB, Use("discount", REQUIRED))),
        {4: replace(EDGE, tag="ob discount"), 5: replace(EDGE, tag="ob discount")}, params=ONE),
    SetupTable("own_kind_holds_before_the_zone_lives", "LIM-1",
        # 2 leaves the gap 106 to 108.5, 3 the nearer one of 110 to 111.
        [*GAP_AND_BLOCK[:4], doji(114, 116, 113)],
        Setup(facts=(Use("fvg", REQUIRED, 1.0),), entry_threshold=1.0, entry_zones=("fvg",)),
        {2: Expected(108.5, 106, 113.5, "fvg"), 3: Expected(111, 110, 113, "fvg"),
         4: Expected(111, 110, 113, "fvg")}),
    SetupTable("gap_that_a_block_leaves_is_not_yet_told", "SIG-3",
        # 3 makes the block's gap known (106 to 107); at 2 the block is known, and its gap is not.
        [doji(99, 106, 98), (105, 106, 101, 104), (104.5, 112, 104, 111.5), (112, 116, 107, 115)],
        replace(BLOCKS, facts=(OB, Use("left_gap", REQUIRED))), {3: Expected(106, 101, 116, "ob left_gap")}),
    SetupTable("of_equal_prices_the_unicorn_of_the_younger_block", "LIM-1",
        # The middle of 7's breaker is 9.25 until 14; then those of 5's breaker and of the unicorn are 9.15.
        TWO_BLOCKS_AND_A_GAP, replace(BREAKER_FIRST, entry_depth=0.5),
        dict.fromkeys(range(9, 14), Expected(9.25, 9, 9.75, "breaker"))
        | {14: Expected(9.15, 9, 9.45, "unicorn")}, params=TOUCHED_ONCE),
    SetupTable("target_is_chosen_again_at_every_close", "TGT-1",
        # The risk is 1.3. 7 takes 10.5, and no pool is left; 8 confirms the high 10.7.
        [*SWEPT_BLOCK[:6], (10.1, 10.3, 9.9, 10.2), (10.2, 10.7, 10.1, 10.6), (10.6, 10.6, 10, 10.1)],
        replace(BLOCKS, target_at="liquidity", min_target_r=0.5),
        {5: Expected(9.6, 8.3, 10.5), 6: Expected(9.6, 8.3, 10.5), 8: Expected(9.6, 8.3, 10.7)}, params=ONE),
]


def with_both_sides(tables: list[SetupTable]) -> list[SetupTable]:
    return [side for table in tables for side in (table, table.turned())]


ENTRY_TABLES, RESTING_TABLES = with_both_sides(ENTRIES), with_both_sides(RESTING)
