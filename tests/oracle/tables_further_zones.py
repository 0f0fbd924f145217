"""The zones of the second book, and zones of higher timeframes.

Rules BPR-1, UNI-1, REJ-1, PROP-1, MIT-1, HTFZ-1.
"""

from .table import Life, Row, Table, both_sides, doji
from .tables_blocks import BEAR_BLOCK, BULL_BLOCK
from .tables_liquidity import LOW_8, ONE
from .tables_structure import ONE_HOUR

# fmt: off
# 2 leaves the bearish gap 103 to 108, 4 the bullish gap 103 to 106 (from the high of 2 to its own low).
BOTH_GAPS: list[Row] = [
    doji(110, 111, 108), doji(105, 109, 104), doji(101, 103, 100), doji(102, 104, 101),
    doji(106, 108, 106),  # closes inside, and fills the bearish gap
]
RANGE_AND_END: list[Row] = [
    *BOTH_GAPS, doji(104, 107, 103.5),
    doji(103, 106, 102.5),  # 6: closes on the bottom
    doji(102.9, 104, 102),  # 7: closes below it
    doji(104, 105, 103),
]

BALANCED = [
    Table("balanced_range_and_its_end", "BPR-1", RANGE_AND_END,
        {"ict_bull_bpr_top": {5: 106, 6: 106}, "ict_bull_bpr_bottom": {5: 103, 6: 103},
         "ict_bear_bpr_top": {}}, lives={"balanced_price_range": [Life(1, 4, 7, "invalidated")]}),
    Table("balanced_range_expires", "BPR-1", RANGE_AND_END, {"ict_bull_bpr_top": {5: 106}},
        params={"fvg_max_age_candles": 1}, lives={"balanced_price_range": [Life(1, 4, 6, "expired")]}),
    Table("opposite_gap_just_young_enough", "BPR-1", RANGE_AND_END, {"ict_bull_bpr_top": {5: 106, 6: 106}},
        params={"bpr_memory_candles": 2}),
    Table("opposite_gap_too_old", "BPR-1", RANGE_AND_END, {"ict_bull_bpr_top": {}},
        params={"bpr_memory_candles": 1}, lives={"balanced_price_range": []}),
    Table("newest_opposite_gap_counts", "BPR-1",
        [doji(120, 121, 118), doji(112, 119, 111),
         doji(109, 110, 108),  # 2: bearish gap 110 to 118
         doji(104, 112, 103),
         doji(101, 105, 100),  # 4: bearish gap 105 to 108
         doji(104, 107, 103),
         doji(114, 116, 112),  # 6: bullish gap 105 to 112
         doji(107, 113, 106)], {"ict_bull_bpr_top": {7: 108}, "ict_bull_bpr_bottom": {7: 105}}),
    Table("gap_that_only_meets_does_not", "BPR-1",
        # The bullish gap of 7 is 108 to 112: the newer bearish gap, 105 to 108, shares an edge with it.
        [doji(120, 121, 118), doji(112, 119, 111), doji(109, 110, 108), doji(104, 112, 103),
         doji(101, 105, 100), doji(104, 108, 103), doji(109, 110, 104), doji(114, 116, 112),
         doji(111, 115, 109)], {"ict_bull_bpr_top": {8: 112}, "ict_bull_bpr_bottom": {8: 110}}),
]

# 4 sweeps 97 and makes the bearish block of 3, 99 to 101. 6 closes above it: a breaker.
TURN: list[Row] = [doji(100, 101, 99), doji(99, 100, 97), doji(99.5, 100.5, 98), (99.5, 101, 99, 100.8),
    (100.8, 100.9, 96.5, 97.2), (97.2, 98.5, 97, 98.4)]
GAP_AFTER: list[Row] = [
    *TURN, (98.4, 103, 98.3, 102.5),
    (102.5, 104, 100, 103.5),  # 7: the gap 98.5 to 100, one candle after the breaker
    doji(99.5, 103, 99.4),
    doji(98.9, 100, 98.6),  # 9: closes below the unicorn and the breaker
    doji(99.5, 100, 98.6),
]
GAP_BEFORE: list[Row] = [
    *TURN, (98.4, 100.8, 98.3, 100.5),
    (100.5, 100.95, 99.5, 100.9),  # 7: the gap 98.5 to 99.5
]
BREAKER_AT_8: list[Row] = [*GAP_BEFORE, (100.9, 103, 100.85, 102.5)]
BACK_AT_9: list[Row] = [*BREAKER_AT_8, doji(99.2, 102, 99.1), doji(99.2, 102, 99.1)]

UNICORNS = [
    Table("unicorn_of_a_gap_after_the_breaker", "UNI-1", GAP_AFTER,
        {"ict_sell_side_swept": {4: "swing"}, "ict_bull_unicorn_top": {8: 100},
         "ict_bull_unicorn_bottom": {8: 99}, "ict_bear_unicorn_top": {}, "ict_bull_breaker_swept": {8: True},
         "ict_bear_breaker_swept": {}}, params=ONE, lives={"unicorn": [Life(1, 7, 9, "invalidated")]}),
    Table("sweep_just_young_enough_for_a_unicorn", "UNI-1", GAP_AFTER, {"ict_bull_unicorn_top": {8: 100}},
        params=ONE | {"sweep_memory_candles": 2}),
    Table("sweep_too_old_for_a_unicorn", "UNI-1", GAP_AFTER,
        {"ict_bull_unicorn_top": {}, "ict_bull_breaker_top": {8: 101}},
        params=ONE | {"sweep_memory_candles": 1}),
    Table("unicorn_of_a_gap_before_the_breaker", "UNI-1", BACK_AT_9,
        {"ict_bull_unicorn_top": {9: 99.5, 10: 99.5}, "ict_bull_unicorn_bottom": {9: 99, 10: 99}},
        params=ONE | {"unicorn_memory_candles": 1}, lives={"unicorn": [Life(1, 8, -1, "")]}),
    Table("gap_too_old_for_a_unicorn", "UNI-1", BACK_AT_9, {"ict_bull_unicorn_top": {}},
        params=ONE | {"unicorn_memory_candles": 0}),
    Table("unicorn_has_its_own_age", "UNI-1",
        # The gap of 7 is over at 9; the unicorn, known at 8, lives at 9.
        BACK_AT_9, {"ict_bull_unicorn_top": {9: 99.5}, "ict_in_bull_fvg": {}},
        params=ONE | {"fvg_max_age_candles": 1}, lives={"unicorn": [Life(1, 8, 10, "expired")]}),
    Table("gap_that_ends_with_the_breaker_makes_none", "UNI-1",
        # 8 makes the breaker and fills the gap.
        [*GAP_BEFORE, (100.9, 103, 98.5, 102.5), doji(99.2, 102, 99.1)],
        {"ict_bull_breaker_top": {9: 101}, "ict_bull_unicorn_top": {}}, params=ONE),
    Table("breaker_that_ends_with_the_gap_makes_none", "UNI-1",
        # 7 leaves the gap 98.5 to 99.5 and closes below the breaker's middle, 100.
        [*GAP_AFTER[:7], (102.5, 104, 99.5, 99.8), doji(99.2, 103, 99.1)],
        {"ict_fvg_top": {5: 99, 7: 99.5}, "ict_in_bull_fvg": {8: True}, "ict_bull_unicorn_top": {},
         "ict_bull_breaker_top": {}}, params=ONE | {"mean_threshold": True}, lives={"unicorn": []}),
    Table("two_gaps_make_two_unicorns", "UNI-1",
        [*BREAKER_AT_8,
         (102.5, 104, 101.2, 103),  # 9: the gap 100.95 to 101.2
         doji(100.97, 103, 100.96),  # 10: in the second unicorn, up to the breaker's 101
         doji(99.2, 101, 99.1),  # 11: in the first, and below the second
        ], {"ict_bull_unicorn_top": {10: 101, 11: 99.5}, "ict_bull_unicorn_bottom": {10: 100.95, 11: 99}},
        params=ONE, lives={"unicorn": [Life(1, 8, -1, ""), Life(1, 9, 11, "invalidated")]}),
]

BREAKERS = [
    Table("breaker_without_a_sweep_is_a_mitigation_block", "MIT-1",
        [*BEAR_BLOCK, doji(102, 103, 100.5), doji(100, 101.5, 99)],
        {"ict_bull_breaker_top": {3: 101}, "ict_bull_breaker_swept": {}}),
    Table("sweep_at_the_blocks_origin_counts", "MIT-1",
        # 3 sweeps 97 and is the block, 96.5 to 101.
        [*TURN[:3], (97.5, 101, 96.5, 100.8), (100.8, 100.9, 97.4, 97.6), doji(101.5, 102, 97.5),
         doji(100, 101.8, 99)], {"ict_bull_breaker_top": {6: 101}, "ict_bull_breaker_swept": {6: True}},
        params=ONE),
    Table("sweep_before_the_blocks_origin_does_not", "MIT-1",
        [*TURN[:3], doji(98, 100, 96.5), (98, 101, 97.8, 100.8), (100.8, 100.9, 97.9, 98.1),
         doji(101.5, 102, 98), doji(100, 101.8, 99)],
        {"ict_sell_side_swept": {3: "swing"}, "ict_bull_breaker_top": {7: 101}, "ict_bull_breaker_swept": {}},
        params=ONE),
    Table("sweep_by_the_candle_that_makes_the_breaker_counts", "MIT-1",
        # The block is 3, 98 to 101; 4 confirms nothing, 5 goes below 97 and closes above 101.
        [*TURN[:3], (98.5, 101, 98, 100.8), (100.8, 100.9, 98, 98.2), doji(101.5, 102, 96.5),
         doji(100, 101.8, 99)], {"ict_sell_side_swept": {5: "swing"}, "ict_bull_breaker_swept": {6: True}},
        params=ONE),
]

WICK: Row = (8.5, 9.5, 7.5, 8.6)  # sweeps 8; the wick is half of the range
UP_AGAIN = doji(9, 9.5, 8.6)

REJECTIONS = [
    Table("rejection_block_of_half_a_wick", "REJ-1",
        [*LOW_8, WICK, doji(8, 9, 7.9), doji(7.4, 8, 7.3), doji(8, 8.4, 7.9)],
        {"ict_bull_rejection_top": {4: 8.5}, "ict_bull_rejection_bottom": {4: 7.5},
         "ict_bear_rejection_top": {}}, params=ONE,
        lives={"rejection_block": [Life(1, 3, 5, "invalidated")], "breaker": []}),
    Table("wick_of_half_to_a_tolerance", "REJ-1",
        # 0.5 of 1.0, missed by a bit of a float.
        [*LOW_8, (8.2, 8.7, 7.7, 8.4), doji(8, 8.5, 7.9)],
        {"ict_bull_rejection_top": {4: 8.2}, "ict_bull_rejection_bottom": {4: 7.7}}, params=ONE),
    Table("wick_too_short", "REJ-1", [*LOW_8, (8.4, 9.5, 7.5, 8.6), doji(8, 8.5, 7.9)],
        {"ict_sell_side_swept": {3: "swing"}, "ict_bull_rejection_top": {}}, params=ONE),
    Table("long_wick_without_a_sweep", "REJ-1", [*LOW_8, (9, 9.5, 8, 9.1), doji(8.5, 8.9, 8.4)],
        {"ict_bull_rejection_top": {}}, params=ONE),
    Table("rejection_block_has_no_mean_threshold", "REJ-1",
        # 4 closes below the middle, 8.
        [*LOW_8, WICK, doji(7.9, 8.5, 7.8), doji(7.9, 8.5, 7.8)],
        {"ict_bull_rejection_top": {4: 8.5, 5: 8.5}}, params=ONE | {"mean_threshold": True}),
    Table("rejection_block_is_exhausted", "REJ-1",
        [*LOW_8, WICK, UP_AGAIN, doji(8.4, 9, 8.2), UP_AGAIN, doji(8.4, 9, 8.2)],
        {"ict_bull_rejection_top": {5: 8.5}}, params=ONE | {"max_touches": 1},
        lives={"rejection_block": [Life(1, 3, 7, "exhausted", touches=2)]}),
    Table("rejection_block_expires", "REJ-1", [*LOW_8, WICK, doji(8.4, 9, 8.2), doji(8.4, 9, 8.2)],
        {"ict_bull_rejection_top": {4: 8.5}}, params=ONE | {"ob_max_age_candles": 1},
        lives={"rejection_block": [Life(1, 3, 5, "expired")]}),
]

FALLING: Row = (107, 108, 104, 105)  # meets the block of 99 to 106
PROPELLED: list[Row] = [
    *BULL_BLOCK, FALLING,
    doji(108, 108.5, 106),  # 3: closes on its high
    doji(108.5, 109, 107),  # 4: above it
    doji(106, 108, 105.5),  # 5: on the middle
    doji(105.9, 107, 105),  # 6: below it
    doji(107, 108, 105),
]

PROPULSIONS = [
    Table("propulsion_block_and_its_middle", "PROP-1", PROPELLED,
        {"ict_bull_propulsion_top": {5: 108}, "ict_bull_propulsion_bottom": {5: 104},
         "ict_bear_propulsion_top": {}}, lives={"propulsion_block": [Life(1, 4, 6, "mean_threshold")]}),
    Table("propulsion_just_in_time", "PROP-1", PROPELLED, {"ict_bull_propulsion_top": {5: 108}},
        params={"propulsion_memory_candles": 2}),
    Table("propulsion_too_late", "PROP-1", PROPELLED, {"ict_bull_propulsion_top": {}},
        params={"propulsion_memory_candles": 1}, lives={"propulsion_block": []}),
    Table("block_may_have_ended_by_then", "PROP-1",
        # The block expires at 3. Age ends the propulsion block before its middle does.
        PROPELLED, {"ict_bull_propulsion_top": {5: 108}, "ict_bull_ob_top": {2: 106}},
        params={"ob_max_age_candles": 1}, lives={"propulsion_block": [Life(1, 4, 6, "expired")]}),
    Table("close_on_the_low_keeps_propulsion", "PROP-1",
        [*BULL_BLOCK, FALLING, doji(104, 108, 103), doji(109, 110, 105), doji(107, 109, 106)],
        {"ict_bull_propulsion_top": {5: 108}}),
    Table("first_falling_candle_alone_counts", "PROP-1",
        # 3 closes below the low of 2. 4 falls in the block as well, and 5 closes above both.
        [*BULL_BLOCK, FALLING, doji(103.9, 108, 103), (105, 106, 103.5, 104), doji(109, 110, 105),
         doji(105, 109, 104)], {"ict_bull_propulsion_top": {}}, lives={"propulsion_block": []}),
    Table("candle_beside_the_block_is_not_it", "PROP-1",
        # 2 falls above the block, 3 meets its edge: 106 to 109.
        [*BULL_BLOCK, (109, 110, 106.5, 108), (108, 109, 106, 107.5), doji(109.5, 110, 107),
         doji(108, 109.5, 107.5)],
        {"ict_bull_propulsion_top": {5: 109}, "ict_bull_propulsion_bottom": {5: 106}},
        lives={"propulsion_block": [Life(1, 4, -1, "")]}),
    Table("candle_against_an_ended_block_is_not_it", "PROP-1",
        # 2 closes below the block; it falls and meets it, but the block does not live at 2.
        [*BULL_BLOCK, (104, 105, 98, 98.5), doji(106, 107, 98.5), doji(104, 106, 103)],
        {"ict_bull_propulsion_top": {}}, lives={"propulsion_block": []}),
]

HIGHER = [
    Table("higher_block", "HTFZ-1",
        # Hour by hour: 105 106 99 100 is the block; 100 106.5 99.5 105.5 rises 5.5 of 7; 105 106 97 98.5
        # falls 6.5 of 9, so that the hour before it is a bearish block.
        [(105, 106, 104, 104), (104, 105, 103, 103), (103, 103, 101, 101), (101, 102, 99, 100),
         (100, 102, 99.5, 101), (101, 103, 100, 103), (103, 105, 102, 105),
         (105, 106.5, 104, 105.5),  # 7: the hour that makes it known has closed, inside the block
         doji(105, 106, 104),
         doji(98, 105, 97),  # 9: below the block, but this hour is not over
         doji(100, 101, 98),
         doji(98.5, 100, 98),  # 11: now it is, and the block is invalidated
         doji(100, 101, 98)],
        {"ict_in_bull_ob_1h": {7: True, 8: True, 10: True}, "ict_in_bear_ob_1h": {12: True},
         "ict_in_bull_fvg_1h": {}}, params=ONE_HOUR),
    Table("higher_gap", "HTFZ-1",
        # The hours' gap is 100 to 104, known at 11. 13 trades through it, which the hour says at 15.
        [*[doji(98, 100, 97)] * 4, *[doji(103, 105, 99)] * 4, *[doji(105, 106, 104)] * 3, doji(104, 106, 104),
         doji(102, 105, 101), doji(99, 103, 99), doji(103, 104, 102), doji(103, 104, 102),
         doji(103, 104, 102)],
        {"ict_in_bull_fvg_1h": {11: True, 12: True, 14: True}, "ict_in_bear_fvg_1h": {},
         "ict_in_bull_ob_1h": {}}, params=ONE_HOUR),
]

FURTHER_ZONE_TABLES = both_sides([*BALANCED, *UNICORNS, *BREAKERS, *REJECTIONS, *PROPULSIONS, *HIGHER])
