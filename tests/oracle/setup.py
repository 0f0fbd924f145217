"""The settings of Setups, with the rulebook's defaults."""

from dataclasses import dataclass

import pandas as pd

OFF, POINTS, REQUIRED = "off", "points", "required"

# The words for kinds of zones, in the order of SIG-3.
ZONE_WORDS = {
    "ob": "order_block", "fvg": "fair_value_gap", "breaker": "breaker", "ifvg": "inversion_gap",
    "bpr": "balanced_price_range", "unicorn": "unicorn", "rejection": "rejection_block",
    "propulsion": "propulsion_block",
}  # fmt: skip
WORD_OF_KIND = {kind: word for word, kind in ZONE_WORDS.items()}
FACTS = (
    *("htf", "trend", "major", *ZONE_WORDS, "ote", "htf_ob", "htf_fvg", "discount", "below_open"),
    *("swept", "mss", "cisd", "smt"),
    *("displaced", "left_gap", "broke_structure", "swept_first", "true_breaker"),
)


@dataclass(frozen=True)
class Use:
    """SIG-3: how a fact is used, and its points."""

    fact: str
    use: str
    points: float = 0.0


@dataclass(frozen=True)
class Setup:
    """The parameters of Setups; `facts` lists the facts in use, all others are off.

    `entry_weekdays` counts from Monday, 0; `blackouts` are spans of UTC; `tick` is the grid of the pair.
    """

    facts: tuple[Use, ...] = (
        Use("htf", POINTS, 2.0), Use("ob", POINTS, 2.0), Use("fvg", POINTS, 1.5), Use("ote", POINTS, 1.5),
    )  # fmt: skip
    entry_threshold: float = 4.0
    htf_gate: bool = True
    entry_zones: tuple[str, ...] = ("ob",)
    entry_events: tuple[str, ...] = ()
    one_entry_per_zone: bool = False
    entry_depth: float = 0.0
    stop_behind: str = "zone"
    target_at: str = "rr"
    risk_reward: float = 2.0
    min_target_r: float = 1.5
    entry_windows: tuple[str, ...] = ()
    entry_weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    blackouts: tuple[tuple[pd.Timestamp, pd.Timestamp], ...] = ()
    tick: float = 0.01
