"""Order blocks: detection, containment, touches, age. Rules OB-1, ZONE-1, ZONE-2, SIG-1.

Those of a bullish block stand for the bearish ones as well, which are made of them.
"""

from .table import Life, Row, Table, both_sides, doji, each

# The falling candle is the block: 99 to 106. The next one rises 9 of 10.5: it makes the block known at 1.
BULL_BLOCK: list[Row] = [(105, 106, 99, 100), (100, 110, 99.5, 109)]
# The mirror about 100: the rising candle is the block, 94 to 101.
BEAR_BLOCK: list[Row] = [(95, 101, 94, 100), (100, 100.5, 90, 91)]

ABOVE = doji(110, 111, 109)  # away from the bullish block
INTO = doji(105, 107, 104)  # overlaps it and closes inside

# fmt: off
DETECTION = [
    Table("block_bullish", "OB-1", BULL_BLOCK,
        {"ict_ob_direction": {1: 1}, "ict_ob_top": {1: 106}, "ict_ob_bottom": {1: 99}}),
    Table("block_body_exactly_at_the_ratio_is_not_enough", "OB-1",
        # 7 of 10 up, then 7 of 10 down: both are 0.7, and the rule asks for more.
        [(105, 106, 99, 100), (100, 109, 99, 107), (107, 108, 98, 100)],
        {"ict_ob_direction": {}, "ict_ob_top": {}, "ict_ob_bottom": {}}),
    Table("block_body_above_the_ratio_both_sides", "OB-1",
        # 7.5 of 10 up, then 7.5 of 10 down: the second block is the first one's displacement candle.
        [(105, 106, 99, 100), (100, 109, 99, 107.5), (107.5, 108, 98, 100)],
        {"ict_ob_direction": {1: 1, 2: -1}, "ict_ob_top": {1: 106, 2: 109}, "ict_ob_bottom": {1: 99, 2: 99}}),
    Table("block_body_ratio_is_a_parameter", "OB-1",
        [(105, 106, 99, 100), (100, 109, 99, 107), (107, 108, 98, 100)], {"ict_ob_direction": {1: 1, 2: -1}},
        params={"min_body_ratio": 0.5}),
    Table("block_needs_a_range_and_an_opposite_candle_before", "OB-1",
        # 1 has no range (nothing is divided by zero); 2 is strong, but 1 neither rose nor fell.
        [(105, 106, 99, 100), (100, 100, 100, 100), (100, 110, 99.5, 109)], {"ict_ob_direction": {}}),
    Table("block_not_after_a_candle_of_the_same_direction", "OB-1",
        # Up, up: none. Down after up: a block of candle 1. Down after down: none.
        [(100, 106, 99, 105), (105, 115, 104.5, 114), (114, 114.5, 104, 105), (105, 105.5, 95, 96)],
        {"ict_ob_direction": {2: -1}, "ict_ob_top": {2: 115}, "ict_ob_bottom": {2: 104.5}}),
]

INSIDE = [
    Table("bull_block_edges_contain_the_close", "SIG-1",
        [*BULL_BLOCK,
         doji(106, 107, 105),  # 2: on the top
         doji(106.5, 107, 106),  # 3: above
         doji(99, 100, 98),  # 4: on the bottom, which does not invalidate
         doji(98.5, 99.5, 98),  # 5: closes below
         doji(100, 101, 99),  # 6: inside, but the block is gone and a bearish breaker is there
        ],
        {"ict_bull_ob_top": {2: 106, 4: 106}, "ict_bull_ob_bottom": {2: 99, 4: 99},
         "ict_long_stop": {2: 98.802, 4: 98.802}, "ict_bear_breaker_top": {6: 106},
         "ict_bear_breaker_bottom": {6: 99}, "ict_bear_ob_top": {}},
        lives={"order_block": [Life(1, 1, 5, "invalidated")], "breaker": [Life(-1, 5, -1, "")]}),
    Table("block_is_not_live_at_the_candle_that_makes_it_known", "ZONE-1",
        # 1 already closes inside 99 to 121; only 2 counts.
        [(120, 121, 99, 100), (100, 110, 99.5, 109), doji(109, 109.5, 108.5)],
        {"ict_bull_ob_top": {2: 121}, "ict_bull_ob_bottom": {2: 99}}),
    Table("newest_of_two_blocks", "SIG-1",
        [*BULL_BLOCK,  # 99 to 106
         (107, 108, 101, 104),  # 2: a weak fall, the second block; closes inside the first
         (104, 109, 103.5, 108.5),  # 3: 4.5 of 5.5 makes 101 to 108 known
         doji(105, 106, 104),  # 4: in both
         doji(100, 101, 99.5),  # 5: below the second, in the first
        ], {"ict_bull_ob_top": {2: 106, 4: 108, 5: 106}, "ict_bull_ob_bottom": {2: 99, 4: 101, 5: 99}}),
    Table("both_sides_at_once_are_no_entry", "SIG-1",
        [(105, 106, 99, 100),
         (100, 109, 99, 107.5),  # 1: bullish block 99 to 106
         (107.5, 108, 98, 100),  # 2: bearish block 99 to 109; closes in the bullish one only
         doji(103, 104, 102),  # 3: in both
         doji(107, 108, 106.5),  # 4: in the bearish one only
        ],
        {"ict_bull_ob_top": {2: 106, 3: 106}, "ict_bear_ob_top": {3: 109, 4: 109}, "ict_long_score": {2: 2.0},
         "ict_short_score": {4: 2.0}, "ict_long_stop": {2: 98.802, 3: 98.802},
         "ict_short_stop": {3: 109.218, 4: 109.218}}),
]

TOUCHES = [
    Table("fourth_touch_exhausts_a_block", "ZONE-1",
        # Touches at 3, 5, 7 (8 only stays) and 10, which is one too many; 11 is after the end.
        [*BULL_BLOCK, ABOVE, INTO, ABOVE, INTO, ABOVE, INTO, INTO, ABOVE, INTO, INTO],
        {"ict_bull_ob_top": {3: 106, 5: 106, 7: 106, 8: 106}},
        lives={"order_block": [Life(1, 1, 10, "exhausted", touches=4)]}),
    Table("third_touch_leaves_a_block_alive", "ZONE-1", [*BULL_BLOCK, ABOVE, INTO, ABOVE, INTO, ABOVE, INTO],
        {"ict_bull_ob_top": {3: 106, 5: 106, 7: 106}},
        lives={"order_block": [Life(1, 1, -1, "", touches=3)]}),
    Table("known_candle_counts_as_overlapping", "ZONE-1",
        # 1 stays above the block, and still 2 is no touch: only leaving (4) and coming back (5) is one.
        [(105, 106, 99, 100), (107, 118, 106.5, 117), INTO, INTO, ABOVE, INTO],
        {"ict_bull_ob_top": {2: 106, 3: 106}}, params={"max_touches": 0},
        lives={"order_block": [Life(1, 1, 5, "exhausted", touches=1)]}),
    Table("bull_touch_on_the_edge", "ZONE-1",
        # A low of exactly 106 overlaps, 106.01 does not: touches at 3 and 5.
        [*BULL_BLOCK, ABOVE, doji(107, 108, 106), doji(107, 108, 106.01), doji(107, 108, 106)],
        {"ict_bull_ob_top": {}}, params={"max_touches": 1},
        lives={"order_block": [Life(1, 1, 5, "exhausted", touches=2)]}),
    Table("invalidation_comes_before_the_touch", "ZONE-1",
        # 3 comes back into the block and closes below it: invalidated, and that touch is not counted.
        [*BULL_BLOCK, ABOVE, doji(98, 107, 97)], {"ict_bull_ob_top": {}}, params={"max_touches": 0},
        lives={"order_block": [Life(1, 1, 3, "invalidated")], "breaker": [Life(-1, 3, -1, "")]}),
]

AGE_AND_MIDDLE = [
    Table("block_lives_100_candles", "ZONE-1",
        # Known at 1: at 101 it is 100 candles old and live, at 102 it is 101 old and expired.
        [*BULL_BLOCK, *[doji(103, 103, 103)] * 102], {"ict_bull_ob_top": each(2, 101, 106)},
        lives={"order_block": [Life(1, 1, 102, "expired")]}),
    Table("bear_block_age_is_a_parameter", "ZONE-1", [*BEAR_BLOCK, *[doji(97, 97, 97)] * 4],
        {"ict_bear_ob_top": {2: 101, 3: 101}}, params={"ob_max_age_candles": 2},
        lives={"order_block": [Life(-1, 1, 4, "expired")]}),
    Table("age_comes_before_invalidation", "ZONE-1",
        # 4 closes below a block that is too old: expired, so there is no breaker at 5.
        [*BULL_BLOCK, doji(103, 103, 103), doji(103, 103, 103), doji(98, 99, 97), doji(100, 101, 99.5)],
        {"ict_bull_ob_top": {2: 106, 3: 106}, "ict_bear_breaker_top": {}}, params={"ob_max_age_candles": 2},
        lives={"order_block": [Life(1, 1, 4, "expired")], "breaker": []}),
    Table("bull_mean_threshold", "ZONE-2",
        # The middle of 99 to 106 is 102.5: a close on it is fine, one below it ends the block, no breaker.
        [*BULL_BLOCK, doji(102.5, 103, 102), doji(102, 103, 101.5), doji(103, 103, 103)],
        {"ict_bull_ob_top": {2: 106}, "ict_bear_breaker_top": {}}, params={"mean_threshold": True},
        lives={"order_block": [Life(1, 1, 3, "mean_threshold")], "breaker": []}),
    Table("mean_threshold_is_off_by_default", "ZONE-2",
        [*BULL_BLOCK, doji(102.5, 103, 102), doji(102, 103, 101.5), doji(103, 103, 103)],
        {"ict_bull_ob_top": each(2, 4, 106)}),
]

BLOCK_TABLES = both_sides([*DETECTION, *INSIDE, *TOUCHES, *AGE_AND_MIDDLE])
