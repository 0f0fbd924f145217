"""The mean result of a trade and its interval: by hand, against textbooks, and as often as the level says."""

import numpy as np
import pandas as pd
import pytest
from ict_lab.statistics.expectancy import Expectancy, expectancy_of
from scipy import stats

MONDAY = pd.Timestamp("2024-01-01", tz="UTC")
RUNS = 1000


def of(values: list[float], weeks: list[int]) -> Expectancy:
    """Trades that close within weeks from Monday on, each somewhere in its week."""
    within = pd.to_timedelta(np.arange(len(values)) % 168, unit="h")
    closed = MONDAY + pd.to_timedelta(np.array(weeks) * 7, unit="D") + within
    return expectancy_of(pd.Series(values, dtype=float), pd.Series(closed))


def test_three_weeks_by_hand() -> None:
    """Ten trades, mean 0.4. Deviations add up to 0.2, 1.4 and -1.6 by week.

    Squares 0.04, 1.96, 2.56: the error is sqrt(3/2 * 4.56) / 10 = 0.26153. Cubes 0.008, 2.744 and -4.096
    make the third moment -0.001344; Student's t of two weeks is 4.30265, so the interval moves by
    -0.001344 / (6 * 0.0684) * (1 + 2 * 18.5128) = -0.124530.
    """
    found = of([2, -1, 2, -1, 2, -1, 2, 1, -1, -1], [0, 0, 0, 0, 1, 1, 1, 2, 2, 2])
    # Week 0: 2 of four trades (4 * 0.4 = 1.6), week 1: 3 of three (1.2), week 2: -1 of three (1.2).
    assert found.mean == pytest.approx(0.4)
    sums = np.array([2 - 1.6, 3 - 1.2, -1 - 1.2])
    error = np.sqrt(1.5 * (sums**2).sum()) / 10
    moved = (sums**3).sum() / 1000 / (6 * error**2) * (1 + 2 * 4.302653**2)
    assert found.error == pytest.approx(error)
    assert (found.low, found.high) == pytest.approx(
        (0.4 + moved - 4.302653 * error, 0.4 + moved + 4.302653 * error)
    )
    assert (found.count, found.winners, found.losers, found.weeks) == (10, 5, 5, 3)


def test_one_trade_a_week_has_the_interval_of_the_t_distribution() -> None:
    values = np.random.default_rng(3).normal(0.1, 1.0, 400)
    low, high = stats.t.interval(0.95, 399, values.mean(), stats.sem(values))
    found = of(list(values), list(range(400)))
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03 * (high - low))


def test_a_hundred_trades_of_one_week_count_as_one() -> None:
    """Each week's trades all make the same: the interval is that of the weeks, whatever their number."""
    weeks = list(np.random.default_rng(4).normal(0.1, 1.0, 40))
    once, often = of(weeks, list(range(40))), of(weeks * 100, list(range(40)) * 100)
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize(("trades", "weeks", "has"), [(9, 9, False), (10, 2, False), (10, 3, True)])
def test_too_little_has_no_interval(trades: int, weeks: int, has: bool) -> None:
    found = of([1.0, -1.0] * (trades // 2) + [1.0] * (trades % 2), [i % weeks for i in range(trades)])
    assert found.has_interval is has
    assert found.contains_zero
    assert np.isnan(of([], []).mean)
    # Sunday and Monday are two weeks.
    closed = pd.Series([MONDAY - pd.Timedelta(1), MONDAY, MONDAY + pd.Timedelta(days=7) - pd.Timedelta(1)])
    assert expectancy_of(pd.Series([1.0, 2.0, 3.0]), closed).weeks == 2


ENOUGH = ([2.0] * 10 + [-1.0] * 20, [i % 10 for i in range(30)])


@pytest.mark.parametrize(("values", "weeks", "shortage"), [
    (*ENOUGH, ""),
    ([], [], "only 0 trades, of 30 that it takes"),
    (ENOUGH[0][:-1], ENOUGH[1][:-1], "only 29 trades, of 30 that it takes"),
    ([2.0] * 9 + [-1.0] * 21, ENOUGH[1], "only 9 winning trades, of 10 that it takes"),
    ([2.0] * 40 + [-1.0], [i % 10 for i in range(41)], "only 1 losing trade, of 10 that it takes"),
    (ENOUGH[0], [i % 9 for i in range(30)], "only 9 weeks with trades, of 10 that it takes"),
])  # fmt: skip
def test_a_claim_takes_trades_of_both_kinds_in_many_weeks(
    values: list[float], weeks: list[int], shortage: str
) -> None:
    assert of(values, weeks).shortage == shortage


def test_a_gain_or_a_loss_is_claimed_where_there_is_enough() -> None:
    gained, lost = [2.0] * 30 + [-1.0] * 10, [1.0] * 10 + [-1.0] * 30
    weeks = [i * 7 % 13 for i in range(40)]
    assert (of(gained, weeks).shows_gain, of(gained, weeks).shows_loss) == (True, False)
    assert (of(lost, weeks).shows_gain, of(lost, weeks).shows_loss) == (False, True)
    few = of([1.0] * 4 + [-1.0] * 16, [i * 7 % 13 for i in range(20)])
    assert few.high < 0
    assert not few.shows_loss


def claims(target: float, trades: int, weeks: int, shared: float = 0.0) -> tuple[int, int]:
    """Count gains and losses claimed in runs without an edge: a target of so many R, a stop at one.

    `shared` is how far the results of a week move together.
    """
    random = np.random.default_rng(6)
    gains = losses = 0
    for _ in range(RUNS):
        week = random.integers(0, weeks, trades)
        made = np.where(random.random(trades) < 1 / (1 + target), target, -1.0)
        found = of(list(made + shared * random.normal(0, 1, weeks)[week]), list(week))
        gains, losses = gains + found.shows_gain, losses + found.shows_loss
    return gains, losses


@pytest.mark.parametrize(
    ("target", "trades", "weeks", "shared"),
    [(0.1, 300, 52, 0.0), (2.0, 40, 12, 0.0), (2.0, 1000, 100, 0.5), (5.0, 200, 50, 0.0)],
)
def test_without_an_edge_either_claim_is_made_as_often_as_the_level_says(
    target: float, trades: int, weeks: int, shared: float
) -> None:
    most = stats.binom.ppf(0.999, RUNS, 0.025)
    assert max(claims(target, trades, weeks, shared)) <= most
