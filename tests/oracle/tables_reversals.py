"""Breaks after a sweep, and the returns into the gaps of their legs. Rule REV-1."""

from .table import Row, Table, both_sides, doji, each
from .tables_liquidity import LOW_8, ONE

SWEEP_OF_8: list[Row] = [*LOW_8, doji(8.5, 9.5, 7.5)]  # 3 sweeps 8 and confirms the high 10.5
# 4 breaks 10.5. The leg's origin is 3, the stop 7.5 * 0.998.
BREAK_AT_4: list[Row] = [*SWEEP_OF_8, doji(11, 11.5, 8.4)]

# fmt: off
REVERSAL_TABLES = both_sides([
    Table("long_reversal", "REV-1",
        # 4 closes above 10.5, one candle after the sweep. Stop 7.5 * 0.998.
        [*SWEEP_OF_8, doji(11, 11.5, 8.4)],
        {"ict_long_reversal": {4: True}, "ict_long_reversal_stop": {4: 7.485}, "ict_short_reversal": {},
         "ict_short_reversal_stop": {}}, params=ONE),
    Table("sweep_too_old_for_a_reversal", "REV-1",
        [*SWEEP_OF_8, doji(9, 10, 8.4), doji(9, 10, 8.4), doji(11, 11.5, 8.4)],
        {"ict_choch": {6: 1}, "ict_long_reversal": {}, "ict_long_reversal_stop": {}},
        params=ONE | {"sweep_memory_candles": 2}),
    Table("sweep_just_young_enough_for_a_reversal", "REV-1",
        [*SWEEP_OF_8, doji(9, 10, 8.4), doji(9, 10, 8.4), doji(11, 11.5, 8.4)],
        {"ict_long_reversal": {6: True}, "ict_long_reversal_stop": {6: 7.485}},
        params=ONE | {"sweep_memory_candles": 3}),
    Table("latest_sweep_gives_the_stop", "REV-1",
        # 5 sweeps the low of the first sweep, 7.5, with a low of 7.2. Stop 7.2 * 0.998.
        [*SWEEP_OF_8, doji(9, 9.5, 8.2), doji(8.5, 9.4, 7.2), doji(11, 11.5, 8.4)],
        {"ict_sweep": {3: 1, 5: 1}, "ict_long_reversal": {6: True}, "ict_long_reversal_stop": {6: 7.1856}},
        params=ONE),
    Table("sweep_by_the_breaking_candle", "REV-1",
        [doji(10, 11, 9), doji(10, 12, 9.5),
         doji(10, 11, 9),  # 2: confirms the high 12
         doji(9.5, 10.5, 8),
         doji(10, 11, 9),  # 4: confirms the low 8
         doji(12.5, 13, 7),  # 5: below 8, then closes above 12. Stop 7 * 0.998.
        ], {"ict_sweep": {5: 1}, "ict_long_reversal": {5: True}, "ict_long_reversal_stop": {5: 6.986}},
        params=ONE),
    Table("stop_below_all_lows_since_the_sweep", "REV-1",
        # 4 goes on falling to 7, below the sweep's own 7.5, and breaks 8. Stop 7 * 0.998.
        [*SWEEP_OF_8, doji(7.2, 8, 7), doji(11, 11.5, 7.1)],
        {"ict_sweep": {3: 1}, "ict_choch": {4: -1, 5: 1}, "ict_long_reversal": {5: True},
         "ict_long_reversal_stop": {5: 6.986}}, params=ONE),
    Table("back_in_the_breaking_candles_own_gap", "REV-1",
        [*BREAK_AT_4,
         doji(12, 12.5, 10.5),  # 5: lies above 3: the gap of 4 is 9.5 to 10.5
         doji(10, 12, 9.8),
         doji(10.2, 10.4, 9.9),  # 7: confirms the low 9.8
         doji(9.7, 10.1, 9.6),  # 8: breaks it: structure has turned, the gap is still open
         doji(10, 10.8, 9.5),  # 9: fills the gap
        ],
        {"ict_choch": {4: 1, 8: -1}, "ict_long_reversal": {4: True}, "ict_long_retest": each(6, 8, True),
         "ict_long_retest_stop": each(6, 8, 7.485), "ict_short_retest": {}}, params=ONE),
    Table("gap_after_the_leg", "REV-1",
        # 6 lies above 4, but that gap, 11.5 to 12, became known two candles after the break.
        [*BREAK_AT_4, doji(12, 12.5, 9), doji(13, 13.5, 12), doji(11.8, 12.6, 11.7)],
        {"ict_long_reversal": {4: True}, "ict_in_bull_fvg": {7: True}, "ict_long_retest": {}}, params=ONE),
    Table("gaps_of_two_legs", "REV-1",
        [*BREAK_AT_4,
         doji(11, 11.4, 10.5),  # 5: the gap 9.5 to 10.5; confirms the high 11.5
         doji(10.8, 11.2, 10.2),
         doji(10.9, 11.2, 10.3),  # 7: confirms the low 10.2
         doji(10.25, 10.35, 10),  # 8: sweeps it, and is in the gap
         doji(12, 12.5, 10.1),  # 9: breaks 11.5; this leg begins at 4, so the first gap is in it too
         doji(11.5, 12.4, 10.7),  # 10: lies above 8: the gap 10.35 to 10.7
         doji(10.4, 11.5, 10.38),  # 11: in both gaps: the newer reversal's stop
         doji(10.2, 10.9, 10.1),  # 12: in the first gap alone, which keeps the first one's stop
        ],
        {"ict_sweep": {3: 1, 8: 1}, "ict_long_reversal_stop": {4: 7.485, 9: 9.98},
         "ict_long_retest": {8: True, 11: True, 12: True},
         "ict_long_retest_stop": {8: 7.485, 11: 9.98, 12: 7.485}}, params=ONE),
])
