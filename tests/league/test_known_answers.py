"""The league's tests where the answer is known, in a few markets: `known_answers` runs two hundred."""

import pytest
from ict_lab.league.known_answers import DRIFT, KINDS, found_on, power_claimed, share_found

SEEDS, DRAWS, DAYS = range(5), 5, 60


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_where_there_is_nothing(kind: str) -> None:
    """Of 15 tests at 5 %, more than 5 say "edge" less than once in a thousand runs."""
    found = [found_on(kind, 0.0, seed, DRAWS, DAYS) for seed in SEEDS]
    assert sum(share_found(found, test) * len(SEEDS) for test in range(3)) <= 5


@pytest.mark.parametrize("kind", ["zone", "liquidity target"])
def test_a_planted_edge_is_found_about_as_often_as_is_claimed(kind: str) -> None:
    found = [found_on(kind, 3 * DRIFT, seed, DRAWS, DAYS) for seed in SEEDS]
    assert power_claimed(found) > 0.6
    assert share_found(found, 0) > power_claimed(found) - 0.4
