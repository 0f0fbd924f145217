"""Known answers: nothing is found on random walks, and a planted edge is."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from ict_lab.verdict.judgement import Judgement, VerdictSpec, judge
from ict_lab.verdict.sentences import headline
from scipy import stats

from tests.verdict.markets import drifting, traded

SEEDS = 200
TRADES = 120
# 39 draws: with one of 40 at the top, or two, p is at most 0.05, so its level is exactly that.
SPEC = VerdictSpec(random_draws=39, placebo_draws=0)
LEVEL = 0.05


def judged(seed: int, **market: object) -> Judgement:
    record = traded(seed, TRADES, **market)  # type: ignore[arg-type]
    return judge(record, [record.trial()], 0, replace(SPEC, seed=seed), lambda *_: None)


@cache
def walks() -> list[Judgement]:
    return [judged(seed) for seed in range(SEEDS)]


def acceptable(rate: float, count: int = SEEDS) -> tuple[float, float]:
    """Give the counts between which a test of this level stays in 999 of 1,000 tries."""
    low, high = stats.binom.interval(0.999, count, rate)
    return float(low), float(high)


def test_random_entries_are_beaten_on_random_walks_as_often_as_the_level_says() -> None:
    """Their p-values are uniform, and the verdict finds an edge no more often."""
    low, high = acceptable(LEVEL)
    p = np.array([walk.chance.p_value for walk in walks() if walk.chance])
    assert 0 < low <= (p <= LEVEL).sum() <= high
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert sum(walk.shown for walk in walks()) <= high


def test_the_interval_of_the_mean_misses_zero_as_often_as_the_level_says() -> None:
    _, most = acceptable(LEVEL / 2)
    above = sum(walk.expectancy.low > 0 for walk in walks())
    below = sum(walk.expectancy.high < 0 for walk in walks())
    assert max(above, below) <= most
    low, high = acceptable(LEVEL)
    assert low <= above + below <= high


def test_a_planted_edge_is_found() -> None:
    """A drift of 0.2 of a candle's volatility makes 0.6 R a trade: 120 trades show it nine times in ten."""
    power, seeds = 0.9, range(1000, 1025)
    found = [judged(seed, plant=drifting(0.2)) for seed in seeds]
    assert np.mean([walk.expectancy.mean for walk in found]) == pytest.approx(0.63, abs=0.1)
    assert headline([walk for walk in found if walk.shown][:1]).startswith("Evidence of an edge: Synthetic")
    # With that power, fewer are found in one of 1,000 tries.
    assert sum(walk.shown for walk in found) >= stats.binom.ppf(0.001, len(seeds), power)


def test_fees_alone_are_shown_as_a_loss() -> None:
    lost = judged(7, fee=0.001)
    assert lost.expectancy.high < 0
    assert not lost.shown
    assert lost.doubts[0] == "the mean's interval is below zero"
