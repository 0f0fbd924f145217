"""The deflated Sharpe ratio, against the worked example of its authors.

Bailey and Lopez de Prado (2014), section "A numerical example": an annualised Sharpe ratio of 2.5 on five
years of 250 daily returns, skewness -3, kurtosis 10; 100 trials whose annualised ratios vary by 1/2.
"""

import math

import numpy as np
import pytest
from ict_lab.statistics.sharpe import best_by_luck, deflated, probability_above, sharpe_ratio
from scipy import stats

DAILY, DAYS, VARIANCE = 2.5 / math.sqrt(250), 1250, 0.5 / 250


@pytest.mark.parametrize(
    ("trials", "skewness", "kurtosis", "published"),
    [(100, -3, 10, 0.9004), (46, -3, 10, 0.9505), (88, 0, 3, 0.9505)],
)
def test_the_published_probabilities(trials: int, skewness: float, kurtosis: float, published: float) -> None:
    luck = best_by_luck(trials, VARIANCE)
    assert probability_above(DAILY, luck, DAYS, skewness, kurtosis) == pytest.approx(published, abs=5e-5)


def test_the_best_of_trials_without_skill() -> None:
    """As published, as a simulation finds, and of one trial none."""
    assert best_by_luck(100, VARIANCE) == pytest.approx(0.1132, abs=5e-5)
    found = np.random.default_rng(5).normal(0, 0.1, (4000, 50)).max(axis=1)
    assert best_by_luck(50, 0.01) == pytest.approx(found.mean(), rel=0.02)
    assert best_by_luck(1, 0.01) == 0.0
    # Returns that do not vary have no ratio.
    assert math.isnan(sharpe_ratio(np.zeros(10)))
    assert math.isnan(deflated(np.zeros(10), 5).probability)


def test_one_trial_of_normal_returns_is_judged_like_a_t_test() -> None:
    returns = np.random.default_rng(3).normal(0.05, 1, 2000)
    t_test = stats.ttest_1samp(returns, 0, alternative="greater").pvalue
    assert deflated(returns, 1).probability == pytest.approx(1 - t_test, abs=0.01)


def test_more_trials_make_the_same_ratio_less_certain() -> None:
    returns = np.random.default_rng(3).normal(0.1, 1, 500)
    certain = [deflated(returns, trials).probability for trials in (1, 2, 10, 100, 1000)]
    assert certain == sorted(certain, reverse=True)
    assert certain[0] > 0.95 > certain[-1]


def test_the_best_of_fifty_variants_without_an_edge_passes_no_more_often_than_the_level_says() -> None:
    """Judged by the best alone, as a user would; each of 300 times among fifty independent variants."""
    variants = np.random.default_rng(8).normal(0, 1, (300, 50, 104))
    ratios = variants.mean(axis=2) / variants.std(axis=2, ddof=1)
    best = variants[np.arange(300), ratios.argmax(axis=1)]
    passed = sum(deflated(returns, 50).probability >= 0.95 for returns in best)
    assert 0 < passed <= stats.binom.ppf(0.999, 300, 0.05)
