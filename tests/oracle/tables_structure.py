"""Swings and breaks. Rules SWING-1, BOS-1, CHOCH-1, HTF-1."""

from .table import Row, Table, both_sides, doji, each

ONE = {"swing_strength_candles": 1}
ONE_HOUR = ONE | {"higher_timeframes": ("1h",), "trend_timeframe": "1h"}


def highs(*prices: float) -> list[Row]:
    """Give candles of these highs over one low, so that only highs can be swings."""
    return [doji(7, price, 5) for price in prices]


def lows(*prices: float) -> list[Row]:
    """Give candles of these lows under one high, so that only lows can be swings."""
    return [doji(11, 15, price) for price in prices]


# fmt: off
SWINGS = [
    Table("swing_high_ties_after_but_not_before", "SWING-1",
        # 105 at 3 stands: 103 and less before, 105 at most after. 105 at 5 does not: 105 is before it.
        highs(101, 102, 103, 105, 104, 105, 103, 102, 102),
        {"ict_swing_high": {6: 105}, "ict_swing_low": {}, "ict_swing_label": {}}),
    Table("swing_high_needs_all_candles_before_and_after", "SWING-1",
        # 105 at 2 has only two candles before it, 104 at 6 only two after it.
        highs(101, 102, 105, 101, 102, 103, 104, 101, 101), {"ict_swing_high": {}}),
    Table("labels_of_highs", "SWING-1",
        # 12 (first), 13 (higher), 12 (lower), 12 (equal: not higher).
        highs(10, 12, 11, 13, 11, 12, 11, 12, 11),
        {"ict_swing_high": {2: 12, 4: 13, 6: 12, 8: 12}, "ict_swing_label": {4: "HH", 6: "LH", 8: "LH"}},
        params=ONE),
    Table("high_and_low_confirm_at_once", "SWING-1",
        [doji(10, 11, 9), doji(10, 12, 8),
         doji(10, 11, 9),  # 2: the first of both, no label
         doji(10, 14, 6),
         doji(10, 11, 9),  # 4: higher high, lower low
         doji(10, 12, 8),
         doji(10, 11, 9),  # 6: lower high, higher low
        ],
        {"ict_swing_high": {2: 12, 4: 14, 6: 12}, "ict_swing_low": {2: 8, 4: 6, 6: 8},
         "ict_swing_label": {4: "HH,LL", 6: "LH,HL"}}, params=ONE),
    Table("first_high_with_a_second_low_has_one_label", "SWING-1",
        [doji(10, 11, 9), doji(10, 11, 8), doji(10, 11, 9), doji(10, 12, 7), doji(10, 11, 9)],
        {"ict_swing_high": {4: 12}, "ict_swing_low": {2: 8, 4: 7}, "ict_swing_label": {4: "LL"}}, params=ONE),
]

UP: list[Row] = [
    doji(9, 10, 8), doji(10, 12, 9),
    doji(9.5, 11, 9),  # 2: confirms the swing high 12
    doji(12, 12.5, 10),  # 3: closes on it, which is no break
    doji(12.5, 13, 11),  # 4: closes above it: the first break, a change of character
    doji(12.8, 12.9, 11.5),  # 5: still above it, but it is broken already; confirms 13
    doji(13.5, 14, 12),  # 6: closes above 13 with the trend
    doji(13.6, 13.8, 12.5),  # 7: confirms 14
]

BREAKS = [
    Table("up_breaks", "BOS-1", UP, {"ict_choch": {4: 1}, "ict_bos": {6: 1}, "ict_trend": each(4, 7, 1)},
        params=ONE),
    Table("change_of_character_turns_the_trend", "CHOCH-1",
        [*UP, doji(12.8, 13.5, 11.8),
         doji(13, 13.6, 12.2),  # 9: confirms the swing low 11.8
         doji(11.5, 12.5, 11),  # 10: closes below it
        ], {"ict_choch": {4: 1, 10: -1}, "ict_bos": {6: 1}, "ict_trend": each(4, 9, 1) | {10: -1}},
        params=ONE),
    Table("newer_lower_high_replaces_an_unbroken_one", "BOS-1",
        [doji(9, 10, 8), doji(10, 12, 9),
         doji(9.5, 11, 9.1),  # 2: confirms 12
         doji(10, 11.5, 9.2),
         doji(10, 11, 9.3),  # 4: confirms 11.5, which is the high to break now
         doji(11.7, 11.8, 9.4),  # 5: above 11.5, below 12
        ], {"ict_choch": {5: 1}, "ict_bos": {}, "ict_trend": {5: 1}, "ict_swing_label": {4: "LH"}},
        params=ONE),
]

HIGHER = [
    Table("higher_timeframe_up_without_the_first_partial_hour", "HTF-1",
        # The first half hour (0 and 1) is left out, so the second hour's 12 has no hour before it, is no
        # swing, and 12.5 at 10..13 breaks nothing. The swing is 13, confirmed by the hour of 14..17; the hour
        # of 18..21 closes at 13.5, which is seen at its last candle and not before.
        [*[doji(8, 9, 5)] * 2, *[doji(9, 12, 5)] * 4, *[doji(9, 11, 5)] * 4, *[doji(12.5, 13, 5)] * 4,
         *[doji(9, 12, 5)] * 4, *[doji(13.5, 14, 5)] * 5],
        {"ict_trend_1h": {21: 1, 22: 1}, "ict_long_score": {21: 2.0, 22: 2.0}, "ict_short_score": {}},
        params=ONE_HOUR, start="2024-01-03 00:30"),
    Table("higher_timeframe_knows_only_its_own_close", "HTF-1",
        # Four hours a candle: 10, 12 and 11 make the swing high 12. The fourth candle trades above it for
        # three hours and closes at 11: no break. The fifth closes at 12.8: a break, seen at 19.
        [*[doji(9, 10, 5)] * 4, *[doji(9, 12, 5)] * 4, *[doji(9, 11, 5)] * 4, *[doji(12.5, 12.6, 5)] * 3,
         doji(11, 12, 5), *[doji(9, 10, 5)] * 3, doji(12.8, 13, 5), doji(9, 10, 5)],
        {"ict_trend_4h": {19: 1, 20: 1}}, params=ONE, step="1h"),
]

STRUCTURE_TABLES = both_sides([*SWINGS, *BREAKS, *HIGHER])
