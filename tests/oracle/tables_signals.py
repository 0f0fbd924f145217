"""Quality facts and the score. Rules OB-2, SIG-2, EXIT-1."""

from .table import Table, both_sides, doji, each
from .tables_liquidity import ONE
from .tables_reversals import SWEEP_OF_8
from .tables_structure import ONE_HOUR

WEAK_FALL = (8.8, 9.6, 8.3, 8.6)
STRONG_RISE = (8.6, 10.2, 8.5, 10.1)

# fmt: off
FACTS = [
    Table("bull_block_that_swept_and_broke", "OB-2",
        [doji(10, 11, 9), doji(10, 12, 9.5), doji(10, 11, 9), doji(9.5, 10.5, 8),
         (10.2, 11, 9, 10),  # 4: falls
         (7.5, 13, 7, 12.5),  # 5: 5 of 6 up, below 8 and above 12; there is no ATR yet
        ],
        {"ict_ob_direction": {5: 1}, "ict_ob_broke_structure": {5: True}, "ict_ob_swept_first": {5: True},
         "ict_ob_left_gap": {}, "ict_ob_displacement": {}}, params=ONE),
    Table("break_of_the_other_direction_does_not_count", "OB-2",
        # 3 rises 0.5 of 0.65 but closes below the low of 8, which 2 confirmed.
        [doji(10, 11, 9), doji(9, 10, 8), (9.6, 10.5, 8.5, 9.5), (7, 7.6, 6.95, 7.5)],
        {"ict_ob_direction": {3: 1}, "ict_choch": {3: -1}, "ict_ob_broke_structure": {}}, params=ONE),
    Table("sweep_just_young_enough_for_a_block", "OB-2", [*SWEEP_OF_8, WEAK_FALL, STRONG_RISE],
        {"ict_ob_direction": {5: 1}, "ict_ob_swept_first": {5: True}, "ict_ob_broke_structure": {}},
        params=ONE | {"sweep_memory_candles": 2}),
    Table("sweep_too_old_for_a_block", "OB-2", [*SWEEP_OF_8, WEAK_FALL, STRONG_RISE],
        {"ict_ob_direction": {5: 1}, "ict_ob_swept_first": {}}, params=ONE | {"sweep_memory_candles": 1}),
    Table("bull_displacement", "OB-2",
        # True ranges of 2 up to 14, then 5.5: the ATR is (13 * 2 + 5.5) / 14 = 2.25. Body 4.5: 2 ATRs.
        [*[doji(100, 101, 99)] * 14, (100.5, 101, 99, 100), (100, 105, 99.5, 104.5)],
        {"ict_ob_direction": {15: 1}, "ict_ob_displacement": {15: 2.0}}),
    Table("bull_block_leaves_a_gap_now_and_next", "OB-2",
        # 2 makes the block and lies above 0 (100 to 104); 3 lies above 1 (106 to 107).
        [(99, 100, 98, 99), (105, 106, 101, 104), (104.5, 112, 104, 111.5), (112, 116, 107, 115)],
        {"ict_ob_direction": {2: 1}, "ict_ob_left_gap": {2: 1, 3: 1}}),
    Table("gap_of_the_other_direction_does_not_count", "OB-2",
        [(105, 106, 99, 100), (100, 110, 99.5, 109), doji(97, 98, 96)],
        {"ict_ob_direction": {1: 1}, "ict_fvg_direction": {2: -1}, "ict_ob_left_gap": {}}),
]

SCORE = [
    Table("all_four_facts_agree", "SIG-2",
        # The hourly trend is up from 21 (as in the tables of HTF-1, ten times the prices).
        [*[doji(80, 90, 50)] * 2, *[doji(90, 120, 50)] * 4, *[doji(90, 110, 50)] * 4,
         *[doji(125, 130, 50)] * 4, *[doji(90, 120, 50)] * 4, *[doji(135, 140, 115)] * 4,
         (140, 165, 138, 160),  # 22: above 140, the break; the leg's origin is 115
         (160, 180, 155, 175),  # 23: gap 140 to 155
         (165, 181, 148, 160),  # 24: falls a little, into the gap
         (160, 225, 158, 215),  # 25: 55 of 67 up: block 148 to 181; the leg's high is 225
         doji(150, 170, 149),  # 26: in block, gap and band (138.1 to 156.8)
        ],
        {"ict_trend_1h": each(21, 26, 1), "ict_in_bull_fvg": {26: True}, "ict_in_bull_ote": {26: True},
         "ict_bull_ob_top": {26: 181}, "ict_bull_ob_bottom": {26: 148},
         "ict_long_score": each(21, 25, 2.0) | {26: 7.0}, "ict_short_score": {},
         "ict_long_stop": {26: 147.704}}, params=ONE_HOUR, start="2024-01-03 00:30"),
    Table("stop_buffer_is_a_parameter", "EXIT-1",
        [(105, 106, 99, 100), (100, 110, 99.5, 109), doji(100, 101, 99.5)],
        {"ict_long_stop": {2: 98.01}, "ict_short_stop": {}}, params={"stop_buffer": 0.01}),
]

SIGNAL_TABLES = both_sides([*FACTS, *SCORE])
