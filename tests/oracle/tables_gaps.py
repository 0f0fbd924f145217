"""Fair value gaps and inversion gaps. Rules FVG-1, FVG-2, FVG-3, ZONE-1."""

from .table import Life, Row, Table, both_sides, doji, each

# The gap from 100 (high of 0) to 102 (low of 2) is known at 2.
BULL_GAP: list[Row] = [(99, 100, 98, 99), (100, 104, 99.5, 103), (103, 106, 102, 105)]
# The mirror about 100: from 98 to 100.
BEAR_GAP: list[Row] = [(101, 102, 100, 101), (100, 100.5, 96, 97), (97, 98, 94, 95)]

HALF = doji(101.5, 102, 101)  # fills half of the bullish gap and closes inside

# fmt: off
DETECTION = [
    Table("gap_bullish", "FVG-1", BULL_GAP,
        {"ict_fvg_direction": {2: 1}, "ict_fvg_top": {2: 102}, "ict_fvg_bottom": {2: 100}}),
    Table("edges_that_meet_are_no_gap", "FVG-1",
        # The high of 0 is the low of 2, and no minimum is asked for.
        [(99, 100, 98, 99), (100, 102, 99.5, 101), (101, 103, 100, 102)], {"ict_fvg_direction": {}},
        params={"min_gap_percent": 0.0}),
]

# A share of the price, which has no mirror.
MINIMUM = [
    Table("bull_gap_exactly_at_the_minimum", "FVG-1",
        # From 998 to 999 at a close of 1000: 0.1 percent, and the rule asks for at least that.
        [(990, 998, 985, 995), (995, 1000, 990, 999), (999, 1001, 999, 1000)],
        {"ict_fvg_direction": {2: 1}, "ict_fvg_top": {2: 999}, "ict_fvg_bottom": {2: 998}}),
    Table("bear_gap_exactly_at_the_minimum", "FVG-1",
        [(1005, 1010, 1001, 1003), (1003, 1005, 995, 1000), (1000, 1000, 990, 1000)],
        {"ict_fvg_direction": {2: -1}, "ict_fvg_top": {2: 1001}, "ict_fvg_bottom": {2: 1000}}),
    Table("gap_below_the_minimum", "FVG-1",
        # From 998 to 999 at a close of 1001: 0.0999 percent.
        [(990, 998, 985, 995), (995, 1000, 990, 999), (999, 1002, 999, 1001)], {"ict_fvg_direction": {}}),
]

FILL = [
    Table("bull_gap_fills_in_part_and_contains_its_top", "FVG-2",
        [*BULL_GAP,
         doji(102, 103, 102),  # 3: on the top, nothing filled
         doji(102.5, 103, 101),  # 4: half filled, closes above
         doji(101.5, 102, 101.5),  # 5: inside, still half
         doji(101, 102, 100.5),  # 6: inside, three quarters
        ],
        {"ict_in_bull_fvg": each(3, 3, True) | each(5, 6, True), "ict_long_score": {3: 1.5, 5: 1.5, 6: 1.5}},
        lives={"fair_value_gap": [Life(1, 2, -1, "", filled_percent=75)]}),
    Table("bear_gap_fills_in_part_and_then_to_its_top", "FVG-2",
        [*BEAR_GAP,
         doji(98, 98.5, 97),  # 3: on the bottom, a quarter filled
         doji(99, 99.5, 98),  # 4: three quarters
         doji(99.5, 100, 98),  # 5: reaches 100 exactly: filled, and not live any more
        ], {"ict_in_bear_fvg": {3: True, 4: True}, "ict_in_bull_ifvg": {}},
        lives={"fair_value_gap": [Life(-1, 2, 5, "filled", filled_percent=100)], "inversion_gap": []}),
    Table("bull_gap_filled_by_a_wick_is_no_inversion", "FVG-2",
        [*BULL_GAP, doji(101, 102.5, 100), doji(101, 102, 100.5)],
        {"ict_in_bull_fvg": {}, "ict_in_bear_ifvg": {}},
        lives={"fair_value_gap": [Life(1, 2, 3, "filled", filled_percent=100)], "inversion_gap": []}),
    Table("gap_lives_50_candles", "ZONE-1",
        # Known at 2: at 52 it is 50 candles old and live, at 53 expired.
        [*BULL_GAP, *[HALF] * 52], {"ict_in_bull_fvg": each(3, 52, True)},
        lives={"fair_value_gap": [Life(1, 2, 53, "expired", filled_percent=50)]}),
]

INVERSION = [
    Table("close_on_the_far_edge_is_no_inversion", "FVG-3",
        [*BULL_GAP, doji(100, 102, 99), doji(101, 102, 100.5)], {"ict_in_bear_ifvg": {}},
        lives={"inversion_gap": []}),
    Table("bullish_inversion_ends_by_a_close_only", "FVG-3",
        [*BEAR_GAP,
         doji(101, 102, 98),  # 3: fills the gap and closes above it
         doji(100, 101, 98),  # 4: on the top
         doji(98, 99, 97.5),  # 5: on the bottom
         doji(99, 102, 96),  # 6: the wick goes through both edges, which does not matter
         doji(97.5, 98, 97),  # 7: closes below
         doji(99, 99.5, 98)],
        {"ict_in_bull_ifvg": each(4, 6, True), "ict_in_bear_fvg": {}, "ict_in_bear_ifvg": {}},
        lives={"fair_value_gap": [Life(-1, 2, 3, "filled", filled_percent=100)],
            "inversion_gap": [Life(1, 3, 7, "invalidated")]}),
    Table("age_ends_a_gap_first_and_the_close_still_inverts_it", "FVG-3",
        [*BULL_GAP, HALF, HALF,
         doji(99, 102, 98),  # 5: three candles old, expired, and it closes below
         doji(101, 102, 99), doji(101, 102, 99),
         doji(103, 103.5, 102),  # 8: closes above, but the inversion is too old already
        ], {"ict_in_bull_fvg": {3: True, 4: True}, "ict_in_bear_ifvg": {6: True, 7: True}},
        params={"fvg_max_age_candles": 2},
        lives={"fair_value_gap": [Life(1, 2, 5, "expired", filled_percent=100)],
            "inversion_gap": [Life(-1, 5, 8, "expired")]}),
]

GAP_TABLES = [*both_sides([*DETECTION, *FILL, *INVERSION]), *MINIMUM]
