"""Levels of the past, opens, draws on liquidity and what was swept.

Rules LEVEL-1, LEVEL-2, LEVEL-3, POOL-1, POOL-2, POOL-3, SWEEP-2.
"""

from .table import Row, Table, both_sides, doji, each
from .tables_liquidity import DAILY, LOW_8, ONE, peaks

STILL = doji(10, 12, 8)
HOURLY = {"start": "2024-01-14 23:00", "step": "1h"}  # 18:00 in New York, a Sunday


def still(count: int, others: dict[int, Row]) -> list[Row]:
    """Give candles from 8 to 12 but for those named."""
    return [others.get(i, STILL) for i in range(count)]


# fmt: off
PERIODS = [
    Table("past_periods", "LEVEL-1",
        # A candle a day from Wednesday, January 31: neither January nor its last week counts. Mondays are
        # 5, 12, 19 and 26; 30 is March 1. 10 is the highest of February, 20 the lowest.
        still(33, {5: doji(11, 12, 8), 10: doji(10, 15, 8), 12: doji(9, 12, 8), 20: doji(10, 12, 5)}),
        {"ict_prev_day_high": each(1, 32, 12) | {11: 15}, "ict_prev_day_low": each(1, 32, 8) | {21: 5},
         "ict_prev_week_high": each(12, 18, 15) | each(19, 32, 12),
         "ict_prev_week_low": each(12, 25, 8) | each(26, 32, 5), "ict_prev_month_high": each(30, 32, 15),
         "ict_prev_month_low": each(30, 32, 5),
         "ict_week_open": each(5, 11, 11) | each(12, 18, 9) | each(19, 32, 10),
         "ict_day_open": each(0, 32, 10) | {5: 11, 12: 9}}, params=DAILY, start="2024-01-31", step="1D"),
    Table("days_with_holes", "LEVEL-1",
        # Four candles a day: 0..3 of a whole day; 4..6 without the day's first; 7..9 without its second.
        [doji(9, 12, 5), doji(10, 15, 9), *[STILL] * 2,
         *[doji(10, 20, 3)] * 3,  # this day is passed over
         doji(11, 12, 8), doji(10, 13, 7), STILL, doji(10.5, 12, 8)],
        {"ict_prev_day_high": each(4, 9, 15) | {10: 13}, "ict_prev_day_low": each(4, 9, 5) | {10: 7},
         "ict_day_open": each(0, 3, 9) | each(7, 9, 11) | {10: 10.5}, "ict_week_open": {}}, params=DAILY,
        start="2024-01-02", step="6h", absent=(4, 9)),
]

SESSIONS = [
    Table("past_sessions", "LEVEL-2",
        # Asia's hours are 2..5, midnight 6, London's 8..10, New York's 13..15. 0 (18:00 UTC is not midnight)
        # opens no day; 1 opens the UTC day and week.
        still(18,
            {1: doji(9, 12, 8), 3: doji(10, 15, 8), 5: doji(10, 12, 5), 6: doji(11, 20, 2),
             9: doji(10, 14, 7), 15: doji(10, 16, 6)}),
        {"ict_asia_high": each(6, 17, 15), "ict_asia_low": each(6, 17, 5),
         "ict_london_high": each(11, 17, 14), "ict_london_low": each(11, 17, 7),
         "ict_new_york_high": each(16, 17, 16), "ict_new_york_low": each(16, 17, 6),
         "ict_midnight_open": each(6, 17, 11), "ict_day_open": each(1, 17, 9),
         "ict_week_open": each(1, 17, 9)}, **HOURLY),
    Table("sessions_with_holes", "LEVEL-2",
        # Gone are Asia's first hour, midnight, London's last and the one after New York's: places 2, 6, 10
        # and 16. 8 opens at 05:00, 12 at 09:00, 13 at 11:00.
        still(14, {3: doji(10, 15, 5), 7: doji(10, 14, 7), 12: doji(10, 16, 6)}),
        {"ict_asia_high": {}, "ict_asia_low": {}, "ict_london_high": each(8, 13, 14),
         "ict_london_low": each(8, 13, 7), "ict_new_york_high": {13: 16}, "ict_new_york_low": {13: 6},
         "ict_midnight_open": {}}, absent=(2, 6, 10, 16), **HOURLY),
    Table("session_of_the_next_day_ends_a_session", "LEVEL-2",
        # 20:00 and 21:00 in New York, and a day later the same: nothing opened between.
        [doji(10, 15, 5), STILL, doji(10, 14, 7), STILL],
        {"ict_asia_high": {2: 15, 3: 15}, "ict_asia_low": {2: 5, 3: 5}}, start="2024-01-15 01:00", step="1h",
        absent=tuple(range(2, 24))),
    Table("sessions_when_summer_time_begins", "LEVEL-2",
        # From 19:00 in New York. Asia is 1..4, midnight 5. There is no 02:00: London (7, 8) does not count.
        # New York is 11..13.
        still(16, {2: doji(10, 15, 5), 5: doji(11, 12, 8), 7: doji(10, 14, 7), 12: doji(10, 16, 6)}),
        {"ict_asia_high": each(5, 15, 15), "ict_london_high": {}, "ict_london_low": {},
         "ict_new_york_high": each(14, 15, 16), "ict_midnight_open": each(5, 15, 11)}, start="2024-03-10",
        step="1h"),
    Table("sessions_when_summer_time_ends", "LEVEL-2",
        # From 20:00 in New York. Asia is 0..3, midnight 4, London 7..9 (01:00 comes twice), New York 12..14.
        still(16, {2: doji(10, 15, 5), 4: doji(11, 12, 8), 7: doji(10, 14, 7), 12: doji(10, 16, 6)}),
        {"ict_asia_high": each(4, 15, 15), "ict_london_low": each(10, 15, 7), "ict_new_york_high": {15: 16},
         "ict_midnight_open": each(4, 15, 11)}, start="2024-11-03", step="1h"),
]

# Two days of four candles and the first of a third, with swings of one candle.
TWO_DAYS: list[Row] = [
    doji(10, 12, 9), doji(10, 12, 5),
    doji(10, 15, 9),  # 2: confirms the low 5
    doji(10, 12, 9),  # 3: confirms the high 15
    doji(10, 13, 8),  # 4: the day is over, its extremes are those of the swings
    doji(10, 14, 9),  # 5: confirms the low 8
    doji(10, 13.5, 7.5),  # 6: sweeps it and confirms the high 14
    doji(14.5, 16, 9),  # 7: breaks 14, sweeps 15 and confirms the low 7.5
    doji(10, 12, 9),  # 8: confirms the high 16, the second day's
]
DAYS = {"start": "2024-01-02", "step": "6h"}
YEAR = {"start": "2024-02-01", "step": "1D"}

DRAWS = [
    Table("draws_of_days_and_swings", "POOL-3", TWO_DAYS,
        {"ict_buy_side": each(3, 5, 15) | {6: 14, 8: 16},
         "ict_buy_side_kind": {3: "swing", 4: "day", 5: "day", 6: "swing", 8: "day"},
         "ict_sell_side": each(2, 4, 5) | {5: 8, 6: 5, 7: 7.5, 8: 7.5},
         "ict_sell_side_kind": {2: "swing", 3: "swing", 4: "day", 5: "swing", 6: "day", 7: "swing", 8: "day"},
         "ict_sell_side_swept": {6: "swing"}, "ict_buy_side_swept": {7: "day+swing"}}, params=DAILY | ONE,
        **DAYS),
    Table("draws_of_days_alone", "POOL-3",
        # A day's levels are two candles old at 5, counted from its last candle, 3.
        TWO_DAYS,
        {"ict_buy_side": {4: 15, 5: 15, 8: 16}, "ict_buy_side_kind": {4: "day", 5: "day", 8: "day"},
         "ict_sell_side": {4: 5, 5: 5, 8: 7.5}},
        params=DAILY | ONE | {"draw_kinds": ("day",), "pool_max_age_candles": 2}, **DAYS),
    Table("draw_lives_to_its_last_candle", "POOL-3",
        # 8 is confirmed at 2 and two candles old at 4.
        [*LOW_8, *[doji(9.5, 10.5, 8.5)] * 3],
        {"ict_sell_side": each(2, 4, 8), "ict_sell_side_kind": each(2, 4, "swing")},
        params=ONE | {"pool_max_age_candles": 2}),
    Table("draw_is_beyond_the_close", "POOL-3",
        # 3 closes on the level of 8, which it does not trade through.
        [*LOW_8, doji(8, 9.5, 8), doji(8.5, 9.5, 8)], {"ict_sell_side": {2: 8, 4: 8}}, params=ONE),
    Table("pools_by_swings_of_their_own_strength", "POOL-1",
        # By two candles, 8 is confirmed at 4; structure has seen it at 3.
        [doji(10, 11, 9.5), doji(10, 11, 9), doji(9, 10, 8), doji(9.5, 10.5, 8.5), doji(9, 10, 8.2),
         doji(9, 10, 7.9)],
        {"ict_swing_low": {3: 8}, "ict_sell_side": {4: 8}, "ict_sell_side_swept": {5: "swing"}},
        params={"swing_strength_candles": 1, "pool_swing_strength_candles": 2}),
    Table("sessions_are_pools_when_they_are_on", "POOL-2",
        # Asia (2..5) is over at 6. 3 is a swing too, confirmed at 6. 7 sweeps Asia's low.
        still(9, {3: doji(10, 15, 8), 5: doji(10, 12, 5), 7: doji(10, 12, 4)}),
        {"ict_buy_side": each(6, 8, 15), "ict_buy_side_kind": each(6, 8, "session"), "ict_sell_side": {6: 5},
         "ict_sell_side_kind": {6: "session"}, "ict_sell_side_swept": {7: "asia"}, "ict_sweep": {7: 1}},
        params={"session_pools": True}, **HOURLY),
    Table("sessions_are_no_pools_by_default", "POOL-2",
        still(9, {3: doji(10, 15, 8), 5: doji(10, 12, 5), 7: doji(10, 12, 4)}),
        {"ict_buy_side_kind": each(6, 8, "swing"), "ict_sell_side": {}, "ict_sell_side_swept": {},
         "ict_sweep": {}}, **HOURLY),
    Table("month_lives_until_the_next_is_over", "POOL-2",
        # Of February, 0..28, the extremes are those of 3. March is 29..59; 59 sweeps the month's high and the
        # days' before it; the week's is too old. 60 is April 1.
        still(61, {3: doji(10, 15, 5), 59: doji(10, 16, 8)}),
        {"ict_buy_side": each(29, 58, 15) | {60: 16},
         "ict_buy_side_kind": each(29, 58, "month") | {60: "month"},
         "ict_sell_side": each(29, 59, 5) | {60: 8}, "ict_buy_side_swept": {3: "day", 59: "month+day"},
         "ict_sell_side_swept": {3: "day"}},
        params=DAILY | {"month_pools": True, "draw_kinds": ("month",), "pool_max_age_candles": 3}, **YEAR),
    Table("months_are_no_pools_by_default", "POOL-2", still(61, {3: doji(10, 15, 5), 59: doji(10, 16, 8)}),
        {"ict_buy_side_swept": {3: "day", 59: "day"}, "ict_buy_side_kind": {}},
        params=DAILY | {"draw_kinds": ("month",), "pool_max_age_candles": 3}, **YEAR),
    Table("group_of_equal_highs_is_swept_alone", "SWEEP-2",
        # As in the table of POOL-1: 20 closes between 102.9 and the group's level, 103.
        [*peaks(103, 102.9), doji(100, 101, 99), doji(102.95, 103.5, 99)],
        {"ict_buy_side_swept": {20: "equal"}, "ict_buy_side": {16: 103, 17: 103, 18: 102.9, 19: 102.9}},
        params=ONE | {"pool_max_age_candles": 3}),
    Table("week_is_swept", "SWEEP-2",
        [*[doji(10, 12, 9)] * 2, doji(10, 12, 5), *[doji(10, 12, 9)] * 4, doji(7, 9.5, 4)],
        {"ict_sell_side_swept": {2: "day", 7: "week"}}, params=DAILY | {"pool_max_age_candles": 3},
        start="2024-01-01", step="1D"),
    Table("both_sides_are_swept", "SWEEP-2",
        [doji(10, 11, 9), doji(10, 12, 8), doji(10, 11, 9), doji(10, 13, 7), doji(10, 12.5, 7.5),
         doji(10, 13.5, 7.5)],
        {"ict_sell_side_swept": {3: "swing"}, "ict_buy_side_swept": {3: "swing", 5: "swing"},
         "ict_sweep": {5: -1}}, params=ONE),
]

LEVEL_TABLES = both_sides([*PERIODS, *SESSIONS, *DRAWS])
