"""What trades are measured against: chance keeps their shapes, placebos those of the zones."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.chance.draws import Draws
from ict_lab.chance.exits import Fills
from ict_lab.chance.markets import Market, course_of
from ict_lab.chance.parts import Part
from ict_lab.chance.random_entries import enter_at_random, sums_by_chance
from ict_lab.chance.replay import replay
from ict_lab.chance.rules import ExitRule, IctRules
from ict_lab.trades import Backtest
from ict_lab.verdict.holding import holding_of
from ict_lab.verdict.placebo import _Book, _Ground, _Signal, risked_percent
from ict_lab.verdict.stress import stressed

from ict import Params, analyse
from ict.confluence import block_entries
from tests.support.markets import candle_frame, synthetic
from tests.verdict.markets import PAIR, market_of, subject_of, traded, trades_from


def by_chance(subject, draws: int, seed: int = 1):  # type: ignore[no-untyped-def]
    (part,) = subject.parts
    random = np.random.default_rng(seed)
    return sums_by_chance(part.course, part.replayed, part.rule, draws, random, lambda made: None)


def test_chance_in_a_market_that_repeats_itself_makes_what_the_strategy_made() -> None:
    """Ten times the same candles: wherever the entries go to, they meet what they met before."""
    rows = [(100, 100.5, 99.5, 100), (100, 103, 99.9, 100)] * 300
    course = course_of([market_of(candle_frame(rows))], None)
    at, side = np.arange(0, 500, 10), np.ones(50)
    subject = subject_of(
        trades_from(course, at, side, np.full(50, 0.01), 0.0005), market_of(candle_frame(rows))
    )
    net, gross = by_chance(subject, 20)
    # Even shifts meet the same candles, odd ones the other half of the pair; both end at the target.
    assert gross == pytest.approx(np.full(20, 100.0))
    assert net.max() == pytest.approx(subject.trades["r_multiple"].sum())


def test_fees_cost_chance_what_they_cost_the_strategy() -> None:
    subject = traded(3, 100, fee=0.0005)
    net, gross = by_chance(subject, 50)
    costs = (subject.parts[0].replayed.results.fees / subject.parts[0].replayed.results.risk).sum()
    assert (gross - net).mean() == pytest.approx(costs, rel=0.01)


def rising(held: bool) -> Part:
    """Twenty longs in a market that only rises, 0.4 % a candle: stops 2 % away, targets 4 %."""
    closes = 100.0 * 1.004 ** np.arange(1, 2001)
    rows = [(price / 1.004, price, price / 1.004, price) for price in closes]
    market = market_of(candle_frame(rows))
    course = course_of([market], None)
    trades = trades_from(course, np.arange(0, 400, 20), np.ones(20), np.full(20, 0.02), 0.0005)
    (part,) = subject_of(trades, market).parts
    if not held:
        return part
    rule = ExitRule(held=True)
    return replace(part, rule=rule, replayed=replay(trades, course, [market], rule, None))


def test_where_the_market_only_rises_every_long_reaches_its_target() -> None:
    """2 R less the fees of both sides, over the risk of 2 %; entered among the last candles it may not."""
    draws = enter_at_random([rising(held=False)], 40, np.random.default_rng(1), lambda made: None)
    assert draws.trades == 20
    assert np.median(draws.net_r) == pytest.approx(2.0 - 0.0005 * 2.04 / 0.02, abs=0.02)
    assert draws.actual == pytest.approx(2.0 - 0.0005 * 2.04 / 0.02)


def test_without_a_target_a_trade_is_held_as_long_as_the_one_it_stands_for() -> None:
    """The real ones reached 4 % in their tenth candle; held, they go at its open, nine candles on."""
    draws = enter_at_random([rising(held=True)], 40, np.random.default_rng(1), lambda made: None)
    gain = 1.004**9 - 1
    assert np.median(draws.net_r) == pytest.approx((gain - 0.0005 * (2 + gain)) / 0.02, abs=0.02)


def test_backtests_that_count_together_weigh_by_their_trades() -> None:
    few, many = traded(3, 40).parts[0], traded(4, 80).parts[0]
    random = np.random.default_rng(1)
    together = enter_at_random([few, many], 10, random, lambda made: None)
    again = np.random.default_rng(1)
    sums = [
        sums_by_chance(part.course, part.replayed, part.rule, 10, again, lambda made: None)[0]
        for part in (few, many)
    ]
    assert together.trades == 120
    assert list(together.net_r) == pytest.approx(list((sums[0] + sums[1]) / 120))


def test_the_same_seed_draws_the_same() -> None:
    subject = traded(3, 60)
    assert (by_chance(subject, 10)[0] == by_chance(subject, 10)[0]).all()
    assert (by_chance(subject, 10)[0] != by_chance(subject, 10, seed=2)[0]).any()


def test_a_strategy_that_no_draw_reaches_has_the_least_p_value() -> None:
    draws = Draws(np.zeros(99), np.zeros(99), 1.0, actual=0.5, actual_trades=1)
    assert draws.p_value == 0.01
    assert Draws(np.ones(99), np.ones(99), 1.0, actual=0.5, actual_trades=1).p_value == 1.0


def test_holding_earns_the_rise_less_fees_and_funding() -> None:
    rows = [(100, 101, 99, 100)] * 96 + [(110, 121, 109, 110)] * 96
    market = market_of(candle_frame(rows, start="2024-01-01"), funding=0.01)
    trades = trades_from(course_of([market], None), np.array([5]), np.ones(1), np.array([0.02]), 0.001)
    held = holding_of(subject_of(trades, market)).held
    assert held == pytest.approx(0.10 - 0.001 - 0.001 * 1.1 - 192 * 0.01 / 100)


def test_stress_by_hand() -> None:
    """One long from 100 with its stop at 99, stopped in a candle that opens at 98.5."""
    calm = (100.0, 100.5, 99.5, 100.0)
    rows = [calm, (100, 100.5, 99.6, 100), (98.5, 99.2, 98.0, 98.5), calm]
    market = market_of(candle_frame(rows))
    trades = trades_from(course_of([market], None), np.array([0]), np.ones(1), np.array([0.01]), 0.001)
    as_filled, gap, slipped, fees, late, worst = stressed(subject_of(trades, market).parts, 0.01)
    assert as_filled.total == pytest.approx(-1 - 0.1 - 0.099)
    assert gap.total == pytest.approx(-1.5 - 0.1 - 0.0985)
    assert slipped.total == pytest.approx(-100 + 98.5 * 0.99 - 0.1 - 98.5 * 0.99 * 0.001)
    assert fees.total == pytest.approx(-1 - 2 * (0.1 + 0.099))
    assert late.total == pytest.approx(as_filled.total)
    assert worst.total == pytest.approx(-100 + 98.5 * 0.99 - 2 * (0.1 + 98.5 * 0.99 * 0.001))
    assert [case.trades for case in (as_filled, late)] == [1, 1]
    # All in the one R that the trade risked.
    assert gap.expectancy_r == pytest.approx(gap.total / 1.0)


def test_an_entry_that_comes_too_late_falls_out() -> None:
    calm = (100.0, 100.5, 99.5, 100.0)
    rows = [calm, (98.9, 99, 98, 98.5), calm, calm]
    market = market_of(candle_frame(rows))
    trades = trades_from(course_of([market], None), np.array([0]), np.ones(1), np.array([0.01]), 0.0)
    assert [case.trades for case in stressed(subject_of(trades, market).parts, 0.0)] == [1, 1, 1, 1, 0, 0]


def test_fills_without_a_word_are_freqtrades() -> None:
    assert Fills() == Fills(through_gaps=False, stop_slippage=0.0, fee_factor=1.0)


@pytest.fixture
def ground() -> _Ground:
    params = Params(entry_threshold=2.0, htf_gate=False)
    frame = synthetic(3000, seed=5)
    market = Market(PAIR, analyse(frame, params), {}, 500, np.zeros(3000), np.zeros(3000))
    return _Ground.of(market, IctRules(params, block_entries))


def test_placebo_zones_have_the_shapes_and_the_number_of_the_real_ones(ground: _Ground) -> None:
    real = ground.blocks[ground.blocks.known_at >= 500]
    placebo = ground.scattered(np.random.default_rng(1))
    assert len(placebo) == len(real) > 50
    assert placebo.direction.sum() == real.direction.sum()

    def shapes(zones):  # type: ignore[no-untyped-def]
        atr, close = ground.atr[zones.known_at], ground.candles.close[zones.known_at]
        return np.sort((zones.top - zones.bottom) / atr), np.sort((zones.top - close) / atr)

    for drawn, found in zip(shapes(placebo), shapes(real), strict=True):
        assert drawn == pytest.approx(found)


def test_placebo_zones_lie_at_other_candles_and_live_by_the_rules(ground: _Ground) -> None:
    placebo = ground.scattered(np.random.default_rng(1))
    assert (np.diff(placebo.known_at) >= 0).all()
    assert placebo.known_at.min() >= 500
    assert len(np.intersect1d(placebo.known_at, ground.blocks.known_at)) < 0.5 * len(placebo)
    ended = placebo.ended_at >= 0
    age = (placebo.ended_at - placebo.known_at)[ended]
    assert age.min() >= 1
    assert age.max() == ground.rules.params.ob_max_age_candles + 1


HOUR = 3600 * 10**9


def book(slots: float = 9, **settings: float) -> _Book:
    return _Book(slots, Params(**settings))  # type: ignore[arg-type]


def signal(pair: int, opened: int, closed: int, percent: float = 0.0, *, short: bool = False) -> _Signal:
    return _Signal(pair, short, opened * HOUR, closed * HOUR, percent)


def test_a_slot_is_free_at_the_candle_of_the_close() -> None:
    desk = book(slots=1)
    assert desk.takes(signal(0, 1, 3))
    assert not desk.takes(signal(1, 2, 5))
    assert desk.takes(signal(1, 3, 5))


def test_a_position_may_be_turned_at_the_candle_of_its_close_and_not_repeated() -> None:
    desk = book()
    assert desk.takes(signal(0, 1, 3))
    assert not desk.takes(signal(0, 3, 4))
    assert desk.takes(signal(0, 3, 4, short=True))


def test_pairs_with_a_position_have_their_turn_first() -> None:
    desk = book()
    assert desk.takes(signal(2, 1, 9))
    assert desk.takes(signal(1, 2, 9))
    waiting = [signal(0, 9, 10), signal(1, 9, 10), signal(2, 9, 10)]
    assert [each.pair for each in sorted(waiting, key=desk.turn)] == [2, 1, 0]


def test_the_days_caps_close_the_desk_until_the_next_day() -> None:
    """Three percent lost by 03:00; what gained at the same moment comes after it."""
    desk = book(max_daily_loss_percent=3.0)
    assert desk.takes(signal(0, 1, 3, -3.0))
    assert desk.takes(signal(1, 2, 3, +5.0))
    assert not desk.takes(signal(2, 3, 4))
    assert desk.takes(signal(2, 24, 25))
    capped = book(max_daily_trades=1)
    assert capped.takes(signal(0, 1, 3))
    assert not capped.takes(signal(1, 5, 6))


def test_what_a_trade_risked_is_of_the_equity_at_its_entry() -> None:
    """1,000 less 100 is the equity of the second: 10 are one percent, then 18 are two."""
    at = pd.date_range("2024-01-01", periods=4, freq="h", tz="UTC")
    trades = pd.DataFrame({"open_date": at[[0, 2]], "close_date": at[[1, 3]]})
    trades = trades.assign(profit_abs=[-100.0, 0.0], risk_abs=[10.0, 18.0])
    backtest = Backtest("S", "1h", (PAIR,), at[0], at[3], 1000.0, "USDT", trades, Path())
    assert risked_percent(backtest) == pytest.approx(1.5)
