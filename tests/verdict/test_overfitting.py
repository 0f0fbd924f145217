"""The probability of backtest overfitting: by hand, by a slow reading of the paper, and at its two ends."""

from itertools import combinations

import numpy as np
import pytest
from ict_lab.statistics.overfitting import overfitting_among, overfitting_probability
from ict_lab.trials import Trial


def slow(returns: np.ndarray, parts: int) -> float:
    """Follow the paper's steps (section 3) split by split."""
    blocks = np.split(returns, parts)
    worse = []
    for chosen in combinations(range(parts), parts // 2):
        inside = np.concatenate([blocks[part] for part in chosen])
        outside = np.concatenate([blocks[part] for part in range(parts) if part not in chosen])
        best = int(np.argmax(inside.mean(axis=0) / inside.std(axis=0)))
        ratios = outside.mean(axis=0) / outside.std(axis=0)
        relative_rank = (ratios <= ratios[best]).sum() / (returns.shape[1] + 1)
        worse.append(np.log(relative_rank / (1 - relative_rank)) <= 0)
    return float(np.mean(worse))


def test_two_parts_by_hand() -> None:
    # In the first half variant a gains and b loses, in the second b gains and a loses: whichever half
    # chooses, the choice is the worse one in the other.
    a, b = [2, 1, 2, 1, 2, -1, -2, -1, -2, -1], [-1, -2, -1, -2, -1, 1, 2, 1, 2, 1]
    assert overfitting_probability(np.array([a, b], float).T, parts=2) == 1.0
    # Where a is the better one in both halves, it is never the wrong choice.
    c = [-3, -2, -3, -2, -3, -2, -3, -2, -3, -2]
    assert overfitting_probability(np.array([a, c], float).T, parts=2) == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_it_equals_a_slow_reading_of_the_paper(seed: int) -> None:
    random = np.random.default_rng(seed)
    returns = random.normal(random.normal(0, 0.1, 7), 1, (60, 7))
    assert overfitting_probability(returns, parts=6) == slow(returns, 6)


def test_noise_is_overfitted_about_half_the_time() -> None:
    found = [
        overfitting_probability(np.random.default_rng(seed).normal(0, 1, (160, 20)), 8) for seed in range(60)
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)


def test_the_two_ends() -> None:
    """The best throughout never is; where one half loses what the other gains, one always is."""
    best, total = (np.random.default_rng(seed).normal(0, 1, (320, 10)) for seed in (1, 2))
    best[:, 3] += 2
    assert overfitting_probability(best) == 0.0
    assert overfitting_probability(total - total.mean(axis=0), 16) > 0.95


def trial(name: str, returns: tuple[float, ...], timerange: str = "20240101-20240401") -> Trial:
    return Trial("", "S", name, timerange, 1, 0.0, 0.0, 0.0, "2024-01-01", returns)


def test_only_variants_on_the_same_candles_are_compared() -> None:
    random = np.random.default_rng(4)
    first, second, third = (tuple(random.normal(0, 1, 90)) for _ in range(3))
    tried = [trial("a", first), trial("b", second), trial("c", third, "20240401-20240701")]
    found = overfitting_among(tried)
    assert found is not None
    assert (found.variants, found.days, found.groups) == (2, 90, 1)
    assert found.probability == overfitting_probability(np.array([first, second]).T)
    assert overfitting_among(tried[1:]) is None


def test_equal_variants_are_one_and_ties_are_broken_at_random() -> None:
    """Also one that was tried twice."""
    random = np.random.default_rng(4)
    first, second = (tuple(random.normal(0, 1, 90)) for _ in range(2))
    found = overfitting_among([trial("a", first), trial("b", first), trial("c", second)])
    assert found is not None
    assert found.variants == 2
    for name in ("a", "b"):
        assert overfitting_among([trial("a", first), trial(name, first)]) is None
    assert overfitting_probability(np.array([first] * 4).T) == 0.5
