"""Breakers: invalidated order blocks that turn. Rule ZONE-3."""

from .table import Life, Table, both_sides, doji
from .tables_blocks import BEAR_BLOCK, BULL_BLOCK

# fmt: off
BREAKER_TABLES = both_sides([
    Table("bullish_breaker_lives_and_never_turns_again", "ZONE-3",
        [*BEAR_BLOCK,
         doji(102, 103, 100.5),  # 2: closes above 101, the block is invalidated
         doji(100, 101.5, 99),  # 3: in the breaker
         doji(94, 95, 93),  # 4: on its bottom
         doji(93.5, 94.5, 93),  # 5: closes below it
         doji(100, 100.5, 99),  # 6: nothing is left
        ],
        {"ict_bull_breaker_top": {3: 101, 4: 101}, "ict_bull_breaker_bottom": {3: 94, 4: 94},
         "ict_bear_breaker_top": {}, "ict_bull_ob_top": {}},
        lives={"breaker": [Life(1, 2, 5, "invalidated")]}),
    Table("breaker_is_exhausted_by_touches", "ZONE-3",
        # Invalidated at 2; below the zone at 3, touch at 4, below at 5, second touch at 6.
        [*BULL_BLOCK, doji(98, 99.5, 97), doji(95, 96, 94), doji(100, 101, 95), doji(95, 96, 94),
         doji(100, 101, 95)], {"ict_bear_breaker_top": {4: 106}}, params={"max_touches": 1},
        lives={"breaker": [Life(-1, 2, 6, "exhausted", touches=2)]}),
    Table("breaker_has_its_own_age", "ZONE-3",
        # Invalidated at 3, at the block's last possible candle; the breaker lives at 4 and 5.
        [*BULL_BLOCK, doji(103, 103, 103), doji(98, 99.5, 97), doji(100, 101, 99), doji(100, 101, 99),
         doji(100, 101, 99)], {"ict_bear_breaker_top": {4: 106, 5: 106}}, params={"ob_max_age_candles": 2},
        lives={"order_block": [Life(1, 1, 3, "invalidated")], "breaker": [Life(-1, 3, 6, "expired")]}),
    Table("newest_breaker_is_the_one_known_last", "ZONE-3",
        [*BULL_BLOCK,  # 99 to 106
         (107, 108, 101, 104),
         (104, 109, 103.5, 108.5),  # 3: 101 to 108
         doji(105, 106, 104),
         doji(100, 101, 99.5),  # 5: the younger block turns first
         doji(98, 98.5, 97),  # 6: the older block turns
         doji(103, 104, 102),  # 7: in both breakers
        ], {"ict_bear_breaker_top": {7: 106}, "ict_bear_breaker_bottom": {7: 99}}),
    Table("of_breakers_known_at_once_the_younger_block_is_the_newest", "ZONE-3",
        [*BULL_BLOCK, (107, 108, 101, 104), (104, 109, 103.5, 108.5), doji(105, 106, 104),
         doji(98, 99, 97),  # 5: both blocks turn
         doji(103, 104, 102)], {"ict_bear_breaker_top": {6: 108}, "ict_bear_breaker_bottom": {6: 101}}),
    Table("invalidation_comes_before_the_mean_threshold", "ZONE-2",
        # 2 closes below the middle and below the bottom: invalidated. The breaker's own middle is 102.5.
        [*BULL_BLOCK, doji(98, 99, 97), doji(102.5, 103, 102), doji(103, 103.5, 102.5)],
        {"ict_bear_breaker_top": {3: 106}}, params={"mean_threshold": True},
        lives={"order_block": [Life(1, 1, 2, "invalidated")], "breaker": [Life(-1, 2, 4, "mean_threshold")]}),
])
