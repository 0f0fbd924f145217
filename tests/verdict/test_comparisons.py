"""What trades are measured against: chance keeps their shapes, placebos those of the zones."""

from dataclasses import replace

import numpy as np
import pytest
from ict_lab.chance.holding import holding_of
from ict_lab.chance.holding_times import HoldingTimes
from ict_lab.chance.placebo import Grounds, Signals
from ict_lab.chance.random_entries import enter_at_random, sums_by_chance
from ict_lab.chance.traced import TracedRun
from ict_lab.errors import LabError
from ict_lab.replay.engine import Setup
from ict_lab.replay.exits import simulate_exits
from ict_lab.replay.markets import Market
from ict_lab.replay.tape import tape_of
from ict_lab.statistics.null_distribution import NullDistribution
from ict_lab.verdict.stress import stressed
from scipy import stats

from ict import Params
from ict.analysis import Analysis
from ict.exits.engine import Exits
from ict.market.zones import Zones
from ict.setups.entries import find_entries
from ict.setups.zones import zones_of
from tests.support.markets import candle_frame, synthetic
from tests.verdict.markets import (
    EXITS,
    PAIR,
    candles_of,
    entries_of,
    exported,
    market_of,
    random_moves,
    record_of,
    traced_of,
    traded,
    trades_from,
)


def by_chance(record, draws: int, seed: int = 1):  # type: ignore[no-untyped-def]
    (traced,) = record.runs
    return sums_by_chance(traced, draws, np.random.default_rng(seed), lambda made: None)


def test_chance_in_a_market_that_repeats_itself_makes_what_the_strategy_made() -> None:
    """Ten times the same candles: wherever the entries go to, they meet what they met before."""
    rows = [(100, 100.5, 99.5, 100), (100, 103, 99.9, 100)] * 300
    tape = tape_of([market_of(candle_frame(rows))])
    at, side = np.arange(0, 500, 10), np.ones(50)
    record = record_of(trades_from(tape, at, side, np.full(50, 0.01), 0.0005), market_of(candle_frame(rows)))
    net, gross = by_chance(record, 20)
    # Even shifts meet the same candles, odd ones the other half of the pair; both end at the target.
    assert gross == pytest.approx(np.full(20, 100.0))
    assert net.max() == pytest.approx(record.trades["r_multiple"].sum())


def test_fees_cost_chance_what_they_cost_the_strategy() -> None:
    """The same seed draws the same."""
    record = traded(3, 100, fee=0.0005)
    net, gross = by_chance(record, 50)
    costs = (record.runs[0].own.results.fees / record.runs[0].own.results.risk).sum()
    assert (gross - net).mean() == pytest.approx(costs, rel=0.01)
    assert (by_chance(record, 10)[0] == by_chance(record, 10)[0]).all()
    assert (by_chance(record, 10)[0] != by_chance(record, 10, seed=2)[0]).any()


def rising(exits: Exits | None) -> TracedRun:
    """Twenty longs in a market that only rises, 0.4 % a candle: stops 2 % away, targets 4 %."""
    closes = 100.0 * 1.004 ** np.arange(1, 2001)
    rows = [(price / 1.004, price, price / 1.004, price) for price in closes]
    market = market_of(candle_frame(rows))
    trades = trades_from(tape_of([market]), np.arange(0, 400, 20), np.ones(20), np.full(20, 0.02), 0.0005)
    return traced_of(trades.assign(exit_reason="roi" if exits else "exit_signal"), market, exits)


def test_where_the_market_only_rises_every_long_reaches_its_target() -> None:
    """2 R less the fees of both sides, over the risk of 2 %; entered among the last candles it may not."""
    draws = enter_at_random([rising(EXITS)], 40, np.random.default_rng(1), lambda made: None)
    assert draws.trades == 20
    assert np.median(draws.net_r) == pytest.approx(2.0 - 0.0005 * 2.04 / 0.02, abs=0.02)
    assert draws.actual == pytest.approx(2.0 - 0.0005 * 2.04 / 0.02)


def test_without_a_target_a_trade_is_held_as_long_as_the_one_it_stands_for() -> None:
    """The real ones reached 4 % in their tenth candle; held, they go at its open, nine candles on."""
    draws = enter_at_random([rising(None)], 40, np.random.default_rng(1), lambda made: None)
    gain = 1.004**9 - 1
    assert np.median(draws.net_r) == pytest.approx((gain - 0.0005 * (2 + gain)) / 0.02, abs=0.02)


def test_holding_times_by_hand() -> None:
    """Held 1, 2, 2+ (stopped), 3, 4+ candles: survival 4/5, 3/5, 3/10, and what is left goes at the end."""
    times = HoldingTimes.estimated(np.array([1, 2, 2, 3, 4]), np.array([False, False, True, False, True]))
    assert times.candles.tolist() == [1, 2, 3, 4]
    assert times.probability == pytest.approx([0.2, 0.2, 0.3, 0.3])


def test_with_few_exits_of_its_own_a_strategy_is_not_compared() -> None:
    traced = rising(None)
    stopped = replace(traced.own, trades=traced.own.trades.assign(exit_reason="stop_loss"))
    with pytest.raises(
        LabError, match="only 0 trades ended by the strategy's own exits, of 20 that it takes"
    ):
        enter_at_random([replace(traced, own=stopped)], 10, np.random.default_rng(1), lambda made: None)


def closed_by_time(seed: int) -> TracedRun:
    """Enter a random walk at random: closed after a random time, or at a stop that half of them meet."""
    random = np.random.default_rng(seed)
    market = market_of(candles_of(random_moves(2000, random)))
    tape, count = tape_of([market]), 120
    at = np.sort(random.choice(1900, count, replace=False)) + np.where(random.random(count) < 0.5, 2000, 0)
    stop = tape.open[at] - np.abs(tape.open[at]) * random.uniform(0.002, 0.004, count)
    entries = entries_of(tape, at, stop, Exits(), deadline=at + random.geometric(0.05, count))
    trades = exported(tape, entries, simulate_exits(tape, entries, Exits()))
    return traced_of(trades, market, None)


def test_exits_of_its_own_are_judged_at_their_level_on_random_walks() -> None:
    """A stand-in's length was capped by the real trade's stop, and 14 % were rejected at 5 %."""
    found = []
    for seed in range(200):
        traced = closed_by_time(seed)
        assert traced.own.agree.all()
        null = enter_at_random([traced], 39, np.random.default_rng(seed), lambda made: None)
        found.append(null.p_value)
    low, high = stats.binom.interval(0.999, len(found), 0.05)
    assert low <= sum(p <= 0.05 for p in found) <= high
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_backtests_that_count_together_weigh_by_their_trades() -> None:
    few, many = traded(3, 40).runs[0], traded(4, 80).runs[0]
    random = np.random.default_rng(1)
    together = enter_at_random([few, many], 10, random, lambda made: None)
    again = np.random.default_rng(1)
    sums = [sums_by_chance(traced, 10, again, lambda made: None)[0] for traced in (few, many)]
    assert together.trades == 120
    assert list(together.net_r) == pytest.approx(list((sums[0] + sums[1]) / 120))


@pytest.mark.parametrize(("draws", "actual", "p_value"), [
    ([0.0] * 99, 0.5, 0.01), ([1.0] * 99, 0.5, 1.0), ([0.1, 0.3], 0.2, pytest.approx(2 / 3)),
])  # fmt: skip
def test_the_share_of_the_draws_counts_the_backtest_in(
    draws: list[float], actual: float, p_value: float
) -> None:
    made = np.array(draws)
    assert NullDistribution(made, made, 1.0, actual=actual, actual_trades=1).p_value == p_value


def test_holding_earns_the_rise_less_fees_and_funding() -> None:
    rows = [(100, 101, 99, 100)] * 96 + [(110, 121, 109, 110)] * 96
    market = market_of(candle_frame(rows, start="2024-01-01"), funding=0.01)
    trades = trades_from(tape_of([market]), np.array([5]), np.ones(1), np.array([0.02]), 0.001)
    held = holding_of(record_of(trades, market).runs).held
    assert held == pytest.approx(0.10 - 0.001 - 0.001 * 1.1 - 192 * 0.01 / 100)


def test_stress_by_hand() -> None:
    """One long from 100 with its stop at 99, stopped in a candle that opens at 98.5."""
    calm = (100.0, 100.5, 99.5, 100.0)
    market = market_of(candle_frame([calm, (100, 100.5, 99.6, 100), (98.5, 99.2, 98.0, 98.5), calm]))
    trades = trades_from(tape_of([market]), np.array([0]), np.ones(1), np.array([0.01]), 0.001)
    cases = stressed(record_of(trades, market).runs, 0.01)
    slipped = 98.5 * 0.99
    assert [case.total for case in cases] == pytest.approx([
        -1 - 0.1 - 0.099,  # as filled
        -1.5 - 0.1 - 0.0985,  # through the gap
        -100 + slipped - 0.1 - slipped * 0.001,
        -1 - 2 * (0.1 + 0.099),  # fees twice
        -1 - 0.1 - 0.099,  # a candle late
        -100 + slipped - 2 * (0.1 + slipped * 0.001),  # all of it
    ])  # fmt: skip
    assert [case.trades for case in cases] == [1] * 6
    # All in the one R that the trade risked.
    assert cases[1].expectancy_r == pytest.approx(cases[1].total / 1.0)
    # An entry that comes too late falls out.
    market = market_of(candle_frame([calm, (98.9, 99, 98, 98.5), calm, calm]))
    trades = trades_from(tape_of([market]), np.array([0]), np.ones(1), np.array([0.01]), 0.0)
    assert [case.trades for case in stressed(record_of(trades, market).runs, 0.0)] == [1, 1, 1, 1, 0, 0]


@pytest.fixture(scope="module")
def market() -> Market:
    params = Params(entry_threshold=2.0, htf_gate=False)
    frame = synthetic(3000, seed=5)
    return Market(PAIR, frame, {}, 500, np.zeros(3000), np.zeros(3000), Analysis(frame, params).columns())


@pytest.fixture
def placebo(market: Market) -> Zones:
    """Order blocks at random candles."""
    columns = Grounds(market, market.chart.params).scattered(np.random.default_rng(1))
    return zones_of(columns.chart, "ob")


def test_placebo_zones_have_the_shapes_of_the_real_ones_at_other_candles(
    market: Market, placebo: Zones
) -> None:
    """And live by the rules."""
    real = zones_of(market.chart, "ob")
    real = real[real.known_at >= 500]
    assert len(placebo) == len(real) > 50
    assert placebo.direction.sum() == real.direction.sum()

    def shapes(zones):  # type: ignore[no-untyped-def]
        atr, close = market.chart.atr[zones.known_at], market.candles.close[zones.known_at]
        return np.sort((zones.top - zones.bottom) / atr), np.sort((zones.top - close) / atr)

    for drawn, found in zip(shapes(placebo), shapes(real), strict=True):
        assert drawn == pytest.approx(found)
    assert (np.diff(placebo.known_at) >= 0).all()
    assert placebo.known_at.min() >= 500
    assert len(np.intersect1d(placebo.known_at, market.chart.blocks.known_at)) < 0.5 * len(placebo)
    age = (placebo.ended_at - placebo.known_at)[placebo.ended_at >= 0]
    assert (age.min() >= 1, age.max()) == (True, market.chart.params.ob_max_age_candles + 1)


def test_placebo_signals_keep_their_runs_and_stops_and_come_where_the_gate_is_open(market: Market) -> None:
    setup = {"zones": [], "events": ["cisd"], "require": ["discount"]}
    params = Params.parse({"setup": setup, "htf_gate": False})
    columns = Analysis(market.frame, params).columns()
    signals = Signals.of(replace(market, columns=columns), Setup(params, find_entries))
    drawn = signals.scattered(np.random.default_rng(1))
    rows = np.flatnonzero(drawn.direction)
    # Runs that fall on each other, or behind the last candle, lose a signal.
    assert 0.9 * len(signals.run) < len(rows) <= len(signals.run)
    starts = rows[np.append(True, np.diff(rows) > 1)]
    position = columns.range_position[starts]
    assert (drawn.direction[starts] * (position - 0.5) < 0).mean() > 0.95
    close, atr = market.candles.close[rows], columns.chart.atr[rows]
    distance = drawn.direction[rows] * (close - drawn.stop[rows]) / atr
    assert np.isin(distance.round(9), signals.distance.round(9)).all()
