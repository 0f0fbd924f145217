"""Major structure, displacement, shifts after a sweep, divergence.

Rules MAJOR-1, STRONG-1, DISP-1, MSS-1, CISD-1, SMT-1.
"""

from dataclasses import replace

from .table import Row, Table, both_sides, doji, each
from .tables_liquidity import LOW_8, ONE, QUIET, REST
from .tables_structure import UP

NO_BUFFER = ONE | {"stop_buffer": 0.0}

# fmt: off
MAJOR = [
    Table("major_structure_is_a_walk_of_its_own", "MAJOR-1",
        # By one candle as in the table of BOS-1; by three, as structure has it, 14 is the only swing.
        # The leg's origin is 2 (the later of two lows of 9), then 4. 8 closes on 11, 9 below it.
        [*UP, doji(11, 13, 10.8), doji(10.9, 13, 10.8), doji(12, 13, 11)],
        {"ict_major_swing_high": {2: 12, 5: 13, 7: 14}, "ict_major_swing_low": {9: 10.8},
         "ict_major_choch": {4: 1}, "ict_major_bos": {6: 1}, "ict_major_trend": each(4, 10, 1),
         "ict_strong_low": {4: 9, 5: 9, 6: 11, 7: 11, 8: 11},
         "ict_weak_high": {4: 13, 5: 13, 6: 14, 7: 14, 8: 14}, "ict_strong_high": {}, "ict_weak_low": {},
         "ict_choch": {}, "ict_swing_high": {9: 14}}, params={"major_swing_strength_candles": 1}),
]

EVEN: list[Row] = [(100, 101, 99, 101)] * 20  # bodies of 1
CENTS: list[Row] = [(1.0, 1.2, 0.9, 1.1)] * 20  # bodies of 0.1, not to the bit

DISPLACEMENT = [
    Table("displacement_ties_count", "DISP-1",
        # 20: a body of 1.5 is 1.5 times the mean and 0.6 of the range, 2.5. 21: the mean has grown to 1.025.
        [*EVEN, (100, 102, 99.5, 101.5), (100, 102, 99.5, 101.5)], {"ict_displacement": {20: 1}}),
    Table("displacement_ties_count_to_a_tolerance", "DISP-1",
        # 0.15 of 0.25, and 1.5 times 0.1: both are missed by a bit of a float.
        [*CENTS, (1.0, 1.2, 0.95, 1.15)], {"ict_displacement": {20: 1}}),
    Table("body_small_for_its_range", "DISP-1", [*EVEN, (100, 102.1, 99.5, 101.5)], {"ict_displacement": {}}),
    Table("body_small_for_the_mean", "DISP-1", [*EVEN, (100, 101.4, 100, 101.4)], {"ict_displacement": {}}),
    Table("no_displacement_before_20", "DISP-1", [*EVEN[1:], (100, 110, 100, 110)], {"ict_displacement": {}}),
]

# 21 confirms the low 98, 22 the high 100.5.
CALM: list[Row] = [*QUIET, *[REST] * 5, doji(99, 100, 98), doji(99.5, 100.5, 98.5)]
SWEEP: Row = doji(98.5, 99.5, 97.5)
RISE: Row = (98.5, 102, 98.4, 101.5)  # a displacement that breaks 100.5
JUMP: Row = doji(101.5, 102, 98.4)  # breaks it without a body

SHIFTS = [
    Table("shift_with_displacement_at_the_break", "MSS-1", [*CALM, SWEEP, RISE],
        {"ict_sell_side_swept": {22: "swing"}, "ict_displacement": {23: 1}, "ict_choch": {23: 1},
         "ict_mss": {23: 1}, "ict_long_mss_stop": {23: 97.5}, "ict_short_mss_stop": {}}, params=NO_BUFFER),
    Table("shift_with_displacement_at_the_sweep", "MSS-1",
        # 22 goes from 97.6 to 99.3.
        [*CALM, (97.6, 99.4, 97.5, 99.3), JUMP],
        {"ict_displacement": {22: 1}, "ict_mss": {23: 1}, "ict_long_mss_stop": {23: 97.5}}, params=NO_BUFFER),
    Table("no_shift_without_displacement", "MSS-1", [*CALM, SWEEP, JUMP],
        {"ict_choch": {23: 1}, "ict_mss": {}, "ict_long_mss_stop": {}}, params=NO_BUFFER),
    Table("no_shift_by_a_displacement_before_the_sweep", "MSS-1",
        [*CALM[:-1], (98.6, 100.5, 98.5, 100.4), SWEEP, JUMP],
        {"ict_displacement": {21: 1}, "ict_choch": {23: 1}, "ict_mss": {}}, params=NO_BUFFER),
    Table("no_shift_without_a_sweep", "MSS-1", [*CALM, doji(98.5, 99.5, 98), RISE],
        {"ict_displacement": {23: 1}, "ict_choch": {23: 1}, "ict_mss": {}}, params=NO_BUFFER),
    Table("sweep_too_old_for_a_shift", "MSS-1", [*CALM, SWEEP, doji(98.5, 99.5, 98), RISE],
        {"ict_choch": {24: 1}, "ict_mss": {}}, params=NO_BUFFER | {"sweep_memory_candles": 1}),
    Table("sweep_just_young_enough_for_a_shift", "MSS-1",
        # 23 goes on below the sweep's low to 97.2, and closes above 97.5, which is not yet confirmed.
        [*CALM, SWEEP, doji(98.5, 99.5, 97.2), RISE], {"ict_mss": {24: 1}, "ict_long_mss_stop": {24: 97.2}},
        params=NO_BUFFER | {"sweep_memory_candles": 2}),
    Table("latest_sweep_alone_makes_a_shift", "MSS-1",
        # 23 displaces after the sweep of 22; 24 sweeps again, and nothing displaces after it.
        [*CALM, SWEEP, (98.5, 100.4, 98.4, 100.3), doji(99, 100.2, 97.4), doji(101.5, 102, 98)],
        {"ict_sell_side_swept": {22: "swing", 24: "swing"}, "ict_displacement": {23: 1}, "ict_choch": {25: 1},
         "ict_mss": {}}, params=NO_BUFFER),
]

# Two falling candles from 9.6 and 9.2 into a sweep of 8.
FALL: list[Row] = [*LOW_8, (9.6, 9.7, 9.1, 9.2), (9.2, 9.3, 8.7, 8.8)]
FALLING_SWEEP: Row = (8.8, 8.9, 7.5, 8.4)

DELIVERY = [
    Table("delivery_changes_above_the_run_of_the_sweep", "CISD-1",
        # 6 closes on 9.6, 7 above it, 8 is no second one.
        [*FALL, FALLING_SWEEP, doji(9.6, 9.7, 8.4), doji(9.7, 9.8, 9), doji(9.8, 9.9, 9.1)],
        {"ict_sell_side_swept": {5: "swing"}, "ict_cisd": {7: 1}, "ict_long_cisd_stop": {7: 7.5},
         "ict_short_cisd_stop": {}}, params=NO_BUFFER),
    Table("run_ends_before_a_sweep_that_does_not_fall", "CISD-1",
        [*FALL, (8.2, 8.9, 7.5, 8.4), doji(9.6, 9.7, 7.4), doji(9.7, 9.8, 9)],
        {"ict_cisd": {7: 1}, "ict_long_cisd_stop": {7: 7.4}}, params=NO_BUFFER),
    Table("no_delivery_without_a_run", "CISD-1", [*LOW_8, doji(8.5, 9.5, 7.5), doji(11, 11.5, 8.4)],
        {"ict_sell_side_swept": {3: "swing"}, "ict_cisd": {}}, params=NO_BUFFER),
    Table("sweep_too_old_for_delivery", "CISD-1",
        [*FALL, FALLING_SWEEP, doji(9.6, 9.7, 8.4), doji(9.7, 9.8, 9)],
        {"ict_cisd": {}, "ict_long_cisd_stop": {}}, params=NO_BUFFER | {"sweep_memory_candles": 1}),
    Table("sweep_just_young_enough_for_delivery", "CISD-1",
        [*FALL, FALLING_SWEEP, doji(9.6, 9.7, 8.4), doji(9.7, 9.8, 9)], {"ict_cisd": {7: 1}},
        params=NO_BUFFER | {"sweep_memory_candles": 2}),
    Table("close_on_the_sweeps_low_keeps_delivery", "CISD-1",
        [*FALL, FALLING_SWEEP, doji(7.5, 8.4, 7.3), doji(9.7, 9.8, 8)],
        {"ict_cisd": {7: 1}, "ict_long_cisd_stop": {7: 7.3}}, params=NO_BUFFER),
    Table("close_below_the_sweep_ends_delivery", "CISD-1",
        [*FALL, FALLING_SWEEP, doji(7.4, 8.4, 7.3), doji(9.7, 9.8, 8)], {"ict_cisd": {}}, params=NO_BUFFER),
    Table("newer_sweep_without_a_run_takes_the_place", "CISD-1",
        # 7 sweeps 7.5, and no candle falls into it.
        [*FALL, FALLING_SWEEP, doji(9.2, 9.4, 8.4), doji(8.5, 9, 7.4), doji(9.7, 9.8, 8)],
        {"ict_sell_side_swept": {5: "swing", 7: "swing"}, "ict_cisd": {}}, params=NO_BUFFER),
    Table("newer_sweep_at_the_candle_itself_does_not", "CISD-1",
        # 7 sweeps 7.5 and closes above 9.6, the level of the sweep before.
        [*FALL, FALLING_SWEEP, doji(9.2, 9.4, 8.4), doji(9.7, 9.8, 7.4), doji(9.8, 9.9, 9)],
        {"ict_sell_side_swept": {5: "swing", 7: "swing"}, "ict_cisd": {7: 1}, "ict_long_cisd_stop": {7: 7.4}},
        params=NO_BUFFER),
    Table("delivery_both_ways_is_none", "CISD-1",
        # 3 sweeps both sides. The sell side's run is 2, from 9.5; the buy side's is 3 itself, from 10.
        # 4 closes between them.
        [doji(10, 11, 9), doji(10, 12, 8), (9.5, 11, 8.5, 9), (10, 13, 7, 11), doji(9.8, 10, 9.6),
         doji(9.7, 10, 9)],
        {"ict_sell_side_swept": {3: "swing"}, "ict_buy_side_swept": {3: "swing"}, "ict_cisd": {},
         "ict_long_cisd_stop": {}, "ict_short_cisd_stop": {}}, params=NO_BUFFER),
]


def lows(*prices: float) -> list[Row]:
    """Give candles of these lows under one high, so that only lows can be swings."""
    return [doji(40, 50, price) for price in prices]


# The lows 8 at 1 and 7 at 4, confirmed at 2 and 5: the second is lower.
LOWER = lows(10, 8, 9, 9.5, 7, 9, 9)
HIGHER = lows(20, 18, 19, 19.5, 18.5, 19, 19)
LATER = lows(20, 18, 19, 19.5, 19.2, 18.5, 19)  # the second low a candle later, confirmed at 6
OUTSIDE = [doji(10, 11, 9), doji(10, 12, 8), doji(10, 11, 9), doji(10, 13, 7), doji(10, 11, 9)]
INSIDE = [doji(10, 11, 9), doji(10, 13, 7), doji(10, 11, 9), doji(10, 12, 8), doji(10, 11, 9)]

DIVERGENCE = [
    Table("pair_makes_the_lower_low", "SMT-1", LOWER, {"ict_smt": {5: 1}}, params=ONE, reference=HIGHER),
    Table("reference_makes_the_lower_low", "SMT-1", HIGHER, {"ict_smt": {5: 1}}, params=ONE, reference=LOWER),
    Table("both_make_lower_lows", "SMT-1", LOWER, {"ict_smt": {}}, params=ONE, reference=LOWER),
    Table("equal_low_is_neither", "SMT-1", LOWER, {"ict_smt": {}}, params=ONE,
        reference=lows(20, 18, 19, 19.5, 18, 19, 19)),
    Table("pivots_just_near_enough", "SMT-1", LOWER, {"ict_smt": {6: 1}},
        params=ONE | {"smt_window_candles": 1}, reference=LATER),
    Table("pivots_too_far_apart", "SMT-1", LOWER, {"ict_smt": {}}, params=ONE | {"smt_window_candles": 0},
        reference=LATER),
    Table("older_pivots_too_far_apart", "SMT-1", lows(10, 8, 9, 9.5, 9.6, 7, 9), {"ict_smt": {}},
        params=ONE | {"smt_window_candles": 1}, reference=lows(20, 19.6, 19.5, 18, 19, 18.5, 19)),
    Table("reference_confirms_behind_its_hole", "SMT-1",
        # The reference has no candle at 5; its low of 4 is confirmed by its candle at 6.
        LOWER, {"ict_smt": {6: 1}}, params=ONE, reference=HIGHER[:-1], reference_absent=(5,)),
    Table("nothing_where_the_reference_has_no_candle", "SMT-1",
        # The reference's second low, 18.5 at 3, is confirmed at 4; the pair's is confirmed at 5.
        LOWER, {"ict_smt": {}}, params=ONE, reference=lows(20, 18, 19, 18.5, 19, 19), reference_absent=(5,)),
    Table("nothing_where_the_pair_has_no_candle", "SMT-1",
        # The reference confirms its second low at 5, where the pair has no candle; the pair's comes at 4.
        lows(10, 8, 9, 7, 9, 9), {"ict_smt": {}}, params=ONE, absent=(5,), reference=HIGHER),
    Table("divergence_both_ways_is_none", "SMT-1", OUTSIDE,
        {"ict_smt": {}, "ict_swing_high": {2: 12, 4: 13}, "ict_swing_low": {2: 8, 4: 7}}, params=ONE,
        reference=INSIDE),
    Table("no_reference_no_divergence", "SMT-1", LOWER, {"ict_smt": {}}, params=ONE),
]

# Stops with their buffer: 97.5 * 0.998, and 102.5 above the mirrored sweep, * 1.002.
BUFFERED = [
    replace(SHIFTS[0], name="shift_stop", params=ONE, expected={"ict_long_mss_stop": {23: 97.305}}),
    Table("short_delivery_stop", "CISD-1",
        [doji(10, 11, 9), doji(11, 12, 10), doji(10.5, 11.5, 9.5), (11.6, 12.5, 11.5, 11.8),
         doji(11.5, 11.9, 11)],
        {"ict_cisd": {4: -1}, "ict_short_cisd_stop": {4: 12.525}, "ict_long_cisd_stop": {}}, params=ONE),
]

DELIVERY_TABLES = [*both_sides([*MAJOR, *DISPLACEMENT, *SHIFTS, *DELIVERY, *DIVERGENCE]), *BUFFERED]
