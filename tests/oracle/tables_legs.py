"""The leg after a break and the dealing range. Rules OTE-1, PD-1."""

from .table import Table, both_sides, doji, each

ONE = {"swing_strength_candles": 1}

# fmt: off
LEG_TABLES = both_sides([
    Table("up_leg_and_its_band", "OTE-1",
        [doji(90, 100, 80), doji(110, 120, 100),
         doji(105, 110, 100),  # 2: confirms the high 120; lows of 100 twice: no swing low
         doji(125, 200, 110),  # 3: the break; leg 100 to 200, band 121 to 138: in it at once
         doji(138, 150, 110),  # 4: on the upper edge
         doji(139, 150, 110),
         doji(121, 140, 110),  # 6: on the lower edge
         doji(120, 130, 110),
         doji(150, 300, 110),  # 8: the leg grows to 300, band 142 to 176
         doji(100, 140, 95),  # 9: closes on the origin, which does not end the leg
         doji(99, 105, 90),  # 10: closes below it
         doji(150, 160, 85),  # 11: the band is gone
        ],
        {"ict_choch": {3: 1}, "ict_bos": {}, "ict_in_bull_ote": {3: True, 4: True, 6: True, 8: True},
         "ict_in_bear_ote": {}, "ict_long_score": {3: 1.5, 4: 1.5, 6: 1.5, 8: 1.5}, "ict_short_score": {}},
        params=ONE),
    Table("leg_ended_by_its_origin_stays_ended", "OTE-1",
        [doji(90, 100, 80), doji(110, 120, 100), doji(105, 110, 100),
         doji(125, 200, 110),  # 3: leg 100 to 200, band 121 to 138
         doji(99, 105, 90),  # 4: closes below the origin
         doji(130, 140, 85),  # 5: back in the old band
        ], {"ict_in_bull_ote": {3: True}}, params=ONE),
    Table("origin_is_the_latest_of_equal_lows", "OTE-1",
        [doji(90, 100, 80), doji(95, 105, 85), doji(110, 120, 105), doji(108, 115, 104),
         doji(105, 112, 103),  # 4: confirms the high 120
         doji(110, 160, 100),  # 5: a wick to 160 and a low of 100
         doji(125, 140, 100),  # 6: the break, with the same low: the leg is 100 to 140, not to 160
         doji(120, 130, 106),  # 7: would be in the band of 100 to 160 (112.6 to 122.8)
         doji(110, 130, 106),  # 8: is in the band of 100 to 140 (108.4 to 115.2)
        ], {"ict_choch": {6: 1}, "ict_in_bull_ote": {8: True}}, params={"swing_strength_candles": 2}),
    Table("close_on_the_origin_keeps_an_up_leg", "OTE-1",
        [doji(90, 100, 80), doji(110, 120, 100), doji(105, 110, 100),
         doji(125, 200, 110),  # 3: leg 100 to 200, band 121 to 138
         doji(100, 140, 95),  # 4: closes on 100
         doji(130, 140, 90)], {"ict_in_bull_ote": {3: True, 5: True}}, params=ONE),
    Table("opposite_break_ends_the_leg", "OTE-1",
        [doji(90, 100, 80), doji(110, 120, 100), doji(105, 110, 100),
         doji(150, 200, 110),  # 3: up-break; leg 100 to 200, band 121 to 138
         doji(160, 170, 140), doji(150, 160, 130),
         doji(155, 165, 135),  # 6: confirms the low 130
         doji(125, 150, 120),  # 7: down-break; leg 165 to 120, band 147.9 to 155.55
         doji(150, 155, 125),  # 8: in the new band
         doji(130, 140, 125),  # 9: in the old one
        ], {"ict_choch": {3: 1, 7: -1}, "ict_bos": {}, "ict_in_bull_ote": {}, "ict_in_bear_ote": {8: True}},
        params=ONE),
    Table("range_position", "PD-1",
        [doji(10, 11, 9), doji(10, 12, 8),
         doji(10, 11, 9),  # 2: 8 to 12 is the range
         doji(11, 11.5, 10.5),
         doji(13, 13.5, 11),  # 4: above the range
         doji(7, 9, 6),  # 5: confirms 13.5; below 8 to 13.5
        ], {"ict_range_position": {2: 0.5, 3: 0.75, 4: 1.25, 5: -2 / 11}}, params=ONE),
    Table("no_range_when_the_high_is_below_the_low", "PD-1",
        [doji(22, 23, 21), doji(21, 22.5, 20),
         doji(21, 22, 20.5),  # 2: confirms the low 20, the only swing
         doji(11, 11.5, 10), doji(11, 12, 9.5),
         doji(11, 11.8, 9),  # 5: confirms the high 12
         doji(11, 11.5, 8.5)],
        {"ict_range_position": {}, "ict_swing_low": {2: 20}, "ict_swing_high": {5: 12}}, params=ONE),
    Table("trend_stays_after_the_leg", "BOS-1",
        [doji(90, 100, 80), doji(110, 120, 100), doji(105, 110, 100), doji(125, 200, 110), doji(99, 105, 90),
         doji(130, 140, 85)], {"ict_trend": each(3, 5, 1)}, params=ONE),
])
