"""Equal highs and lows, pools, sweeps. Rules EQ-1, POOL-1, SWEEP-1."""

from .table import Row, Table, both_sides, doji

ONE = {"swing_strength_candles": 1, "pool_swing_strength_candles": 1}
DAILY = {"higher_timeframes": ("1d",), "trend_timeframe": "1d"}

REST = doji(100, 101, 99)  # a true range of 2
QUIET = [REST] * 15  # 0..14: the ATR is 2 at 14


def peaks(first: float, second: float) -> list[Row]:
    """Give two swing highs at 15 and 17, confirmed at 16 and 18, where the ATR is a little above 2."""
    return [*QUIET, doji(101, first, 99), REST, doji(101, second, 99), REST]


# fmt: off
EQUALS = [
    Table("equal_highs_of_one_price", "EQ-1", peaks(103, 103), {"ict_equal_highs": {18: 103}}, params=ONE),
    Table("equal_highs_take_the_highest", "EQ-1",
        # 0.1 apart is within a tenth of the ATR; 102.5 at 19 is 0.4 away.
        [*peaks(103, 102.9), doji(101, 102.5, 99), REST],
        {"ict_equal_highs": {18: 103}, "ict_equal_lows": {}}, params=ONE),
    Table("equal_highs_exactly_at_the_tolerance", "EQ-1",
        # Every true range is 2, so the ATR is 2 and the tolerance 0.25: 102 and 101.75 are in one group.
        [*QUIET, doji(101, 102, 100), REST, doji(101, 101.75, 99.75), REST], {"ict_equal_highs": {18: 102}},
        params=ONE | {"equal_tolerance_atr": 0.125}),
    Table("tolerance_at_the_close_that_confirms_the_newest", "EQ-1",
        # 18 is 41 high: the ATR goes from 2.2 to 5.0, and so the tolerance from 0.22 to 0.50.
        [*peaks(103, 102.6)[:-1], doji(100, 101, 60)],
        {"ict_swing_high": {16: 103, 18: 102.6}, "ict_equal_highs": {18: 103}}, params=ONE),
    Table("high_traded_through_is_not_equal", "EQ-1", peaks(103, 103.1),
        {"ict_equal_highs": {}, "ict_swing_high": {16: 103, 18: 103.1}}, params=ONE),
    Table("no_equal_highs_without_an_atr", "EQ-1", [REST, doji(101, 103, 99), REST, doji(101, 103, 99), REST],
        {"ict_equal_highs": {}, "ict_swing_high": {2: 103, 4: 103}}, params=ONE),
    Table("swing_too_old_for_a_group", "EQ-1", peaks(103, 103), {"ict_equal_highs": {}},
        params=ONE | {"pool_max_age_candles": 1}),
    Table("swing_just_young_enough_for_a_group", "EQ-1", peaks(103, 103), {"ict_equal_highs": {18: 103}},
        params=ONE | {"pool_max_age_candles": 2}),
]

# 2 confirms the swing low 8.
LOW_8: list[Row] = [doji(10, 11, 9), doji(9, 10, 8), doji(9.5, 10.5, 8.5)]

SWEEPS = [
    Table("sell_side_swept_once", "SWEEP-1",
        # 3 goes below 8 and closes above it. 4 does too, but the pool is gone.
        [*LOW_8, doji(8.5, 9.5, 7.5), doji(8.6, 9.6, 7.4)], {"ict_sweep": {3: 1}}, params=ONE),
    Table("close_on_the_level_is_no_sweep_and_ends_the_pool", "SWEEP-1",
        [*LOW_8, doji(8, 9.5, 7.5), doji(8.6, 9.6, 7.4)], {"ict_sweep": {}}, params=ONE),
    Table("low_on_the_level_does_not_trade_through", "POOL-1",
        [*LOW_8, doji(8.5, 9.5, 8), doji(8.5, 9.5, 7.9)], {"ict_sweep": {4: 1}}, params=ONE),
    Table("broken_pool_is_not_swept_later", "SWEEP-1", [*LOW_8, doji(7.8, 9.5, 7.5), doji(8.5, 9.5, 7.4)],
        {"ict_sweep": {}}, params=ONE),
    Table("both_sides_swept_are_none", "SWEEP-1",
        [doji(10, 11, 9), doji(10, 12, 8),
         doji(10, 11, 9),  # 2: confirms 12 and 8
         doji(10, 13, 7),  # 3: sweeps both
         doji(10, 12.5, 7.5),  # 4: confirms 13 and 7
         doji(10, 13.5, 7.5),  # 5: sweeps 13
        ], {"ict_sweep": {5: -1}}, params=ONE),
    Table("pool_too_old_to_be_swept", "POOL-1",
        # Known at 2, three candles old at 5.
        [*LOW_8, doji(9, 10, 8.2), doji(9, 10, 8.1), doji(8.5, 9.5, 7.5)], {"ict_sweep": {}},
        params=ONE | {"pool_max_age_candles": 2}),
    Table("pool_just_young_enough_to_be_swept", "POOL-1",
        [*LOW_8, doji(9, 10, 8.2), doji(9, 10, 8.1), doji(8.5, 9.5, 7.5)], {"ict_sweep": {5: 1}},
        params=ONE | {"pool_max_age_candles": 3}),
    Table("equal_highs_are_a_pool_of_their_own_age", "POOL-1",
        # The swings of 103 are known at 16 and (102.9) at 18, their group of level 103 at 18. At 20 the pool
        # of the first swing is too old; the close of 102.95 is above 102.9 and below 103.
        [*peaks(103, 102.9), REST, doji(102.95, 103.5, 99)],
        {"ict_sweep": {20: -1}, "ict_equal_highs": {18: 103}}, params=ONE | {"pool_max_age_candles": 3}),
]

PERIODS = [
    Table("previous_day_from_the_first_candle_of_the_new_day", "POOL-1",
        # Four candles a day: 0..3 trade from 5 to 15. 4 sweeps the low, 5 the high.
        [doji(10, 12, 9), doji(10, 12, 5), doji(10, 15, 9), doji(10, 12, 9), doji(10, 12, 4),
         doji(10, 16, 9)], {"ict_sweep": {4: 1, 5: -1}}, params=DAILY, start="2024-01-02 00:00", step="6h"),
    Table("incomplete_day_is_no_pool", "POOL-1",
        # The frame begins at 06:00.
        [doji(10, 12, 5), doji(10, 15, 9), doji(10, 12, 9), doji(10, 12, 4), doji(10, 16, 9)],
        {"ict_sweep": {}}, params=DAILY, start="2024-01-02 06:00", step="6h"),
    Table("previous_week", "POOL-1",
        # One candle a day from Monday. 2 sweeps the days before it. On the next Monday, 7, the days that are
        # young enough have a low of 9 and are broken; the week's low of 5 is swept.
        [*[doji(10, 12, 9)] * 2, doji(10, 12, 5), *[doji(10, 12, 9)] * 4, doji(7, 9.5, 4)],
        {"ict_sweep": {2: 1, 7: 1}}, params=DAILY | {"pool_max_age_candles": 3}, start="2024-01-01 00:00",
        step="1D"),
    Table("incomplete_week_is_no_pool", "POOL-1",
        # The same from Tuesday: 6 is the next Monday.
        [doji(10, 12, 9), doji(10, 12, 5), *[doji(10, 12, 9)] * 4, doji(7, 9.5, 4)], {"ict_sweep": {1: 1}},
        params=DAILY | {"pool_max_age_candles": 3}, start="2024-01-02 00:00", step="1D"),
]

LIQUIDITY_TABLES = both_sides([*EQUALS, *SWEEPS, *PERIODS])
