"""How trades end, candle by candle, worked by hand."""

import numpy as np
import pytest
from ict_lab.chance.exits import Entries, Fills, Results, follow, targets
from ict_lab.chance.markets import Course, course_of
from ict_lab.chance.rules import ExitRule

from tests.support.markets import candle_frame
from tests.verdict.markets import PAIR, candles_of, market_of, random_moves

CALM = (100.0, 100.5, 99.5, 100.0)
TWO_R = ExitRule(target_r=2.0)


def trade(
    rows: list[tuple[float, ...]],
    *,
    short: bool = False,
    stop: float = 99.0,
    rule: ExitRule = TWO_R,
    fills: Fills | None = None,
    fee: float = 0.0,
    swings: list[float] | None = None,
    funding: float = 0.0,
) -> tuple[int, float, Results]:
    """Enter at the open of the first candle; give the candle and the price of the exit."""
    course = course_of([market_of(candle_frame(rows), funding=funding)], None)
    if swings is not None:
        seen = np.array(swings)
        course = Course(**{**vars(course), "swing": np.concatenate([seen, -seen])})
    side, half = (-1, len(rows)) if short else (1, 0)
    entry, stops = course.open[[half]], np.array([side * stop])
    fees = np.array([fee])
    entries = Entries(
        np.array([half]), stops, targets(entry, stops, rule), np.array([half + len(rows) - 1]), fees, fees
    )
    results = follow(course, entries, rule, fills)
    return int(results.ended_at[0]) - half, float(side * results.exit[0]), results


def test_the_stop_fills_at_its_price() -> None:
    at, price, results = trade([CALM, (100, 100, 98.5, 99), CALM])
    assert (at, price) == (1, 99.0)
    assert results.net_r[0] == pytest.approx(-1.0)


def test_the_target_fills_at_its_price() -> None:
    at, price, results = trade([CALM, (100, 102.5, 100, 102), CALM])
    assert (at, price) == (1, 102.0)
    assert results.net_r[0] == pytest.approx(2.0)


def test_the_stop_comes_before_the_target_within_a_candle() -> None:
    assert trade([CALM, (100, 103, 98, 100), CALM])[1] == 99.0


def test_a_trade_may_end_in_the_candle_of_its_entry() -> None:
    assert trade([(100, 100.5, 98.9, 100), CALM])[:2] == (0, 99.0)


def test_a_short_is_the_mirror() -> None:
    assert trade([CALM, (100, 101.5, 100, 101), CALM], short=True, stop=101.0)[:2] == (1, 101.0)
    assert trade([CALM, (100, 100, 97, 98), CALM], short=True, stop=101.0)[:2] == (1, 98.0)


def test_what_is_left_open_closes_at_the_last_open() -> None:
    assert trade([CALM, CALM, (100.2, 100.5, 99.5, 100)])[:2] == (2, 100.2)


def test_through_a_gap_freqtrade_fills_at_the_stop_and_a_real_exchange_at_the_open() -> None:
    rows = [CALM, (97.0, 99.5, 96.5, 97.0), CALM]
    assert trade(rows)[1] == 99.0
    assert trade(rows, fills=Fills(through_gaps=True))[1] == 97.0


def test_a_candle_wholly_beyond_the_stop_fills_at_its_open() -> None:
    assert trade([CALM, (97.0, 98.0, 96.5, 97.0), CALM])[1] == 97.0


def test_slippage_worsens_stops_and_leaves_targets() -> None:
    slips = Fills(stop_slippage=0.01)
    assert trade([CALM, (100, 100, 98.5, 99), CALM], fills=slips)[1] == pytest.approx(98.01)
    rising = [CALM, (100, 102, 99.5, 101), CALM]
    assert trade(rising, short=True, stop=101.0, fills=slips)[1] == pytest.approx(102.01)
    assert trade([CALM, (100, 102.5, 100, 102), CALM], fills=slips)[1] == 102.0


def test_fees_are_paid_on_both_prices() -> None:
    _, _, results = trade([CALM, (100, 100, 98.5, 99), CALM], fee=0.001)
    assert results.net_r[0] == pytest.approx(-1 - 0.1 - 0.099)
    _, _, doubled = trade([CALM, (100, 100, 98.5, 99), CALM], fee=0.001, fills=Fills(fee_factor=2.0))
    assert doubled.fees[0] == pytest.approx(2 * results.fees[0])


def test_a_long_pays_the_funding_of_every_candle_that_it_sees_open_and_a_short_receives_it() -> None:
    rows = [CALM, CALM, (100, 100, 98.5, 99), CALM]
    assert trade(rows, funding=0.1)[2].funding[0] == pytest.approx(-0.3)
    rising = [CALM, CALM, (100, 101.5, 100, 101), CALM]
    assert trade(rising, short=True, stop=101.0, funding=0.1)[2].funding[0] == pytest.approx(0.3)


def test_a_stop_trails_behind_a_swing_by_the_buffer() -> None:
    rule = ExitRule(trails=True, stop_buffer=0.01)
    nan = float("nan")
    rows = [CALM, (100, 110, 100, 110), (110, 111, 103, 104), CALM]
    # The swing at 105 is known before the third candle: its stop is 105 less one percent.
    at, price, _ = trade(rows, rule=rule, swings=[nan, nan, 105.0, 105.0])
    assert (at, price) == (2, pytest.approx(103.95))


def test_a_trailed_stop_is_never_loosened() -> None:
    rule = ExitRule(trails=True)
    rows = [CALM, (100, 110, 100, 110), (110, 111, 109, 110), (110, 110, 104, 105), CALM]
    assert trade(rows, rule=rule, swings=[float("nan"), 99.5, 108.0, 101.0, 101.0])[:2] == (3, 108.0)


def test_a_stop_goes_to_the_entry_at_its_gain() -> None:
    rule = ExitRule(break_even_at_r=1.0)
    rows = [CALM, (100, 101.2, 100.4, 101), (101, 101, 98, 98), CALM]
    assert trade(rows, rule=rule)[:2] == (2, 100.0)
    assert trade([CALM, (100, 100.9, 99.8, 100.5), (100.5, 100.5, 98, 98), CALM], rule=rule)[:2] == (2, 99.0)


PARTS = ExitRule(target_r=2.0, part_at_r=1.0, part=0.5)
# Above one R within the second candle; at the open of the third, 1.2 R; stopped in the fourth.
PARTED = [CALM, (100, 101.3, 100, 101.2), (101.2, 101.4, 100.9, 101), (101, 101, 98, 98), CALM]


def test_a_part_is_closed_at_the_open_after_its_gain() -> None:
    """Half at 101.2, half at the stop of 99: +0.6 - 0.5; fees of 0.1 % on 100 and on 100.1 received."""
    at, price, results = trade(PARTED, rule=PARTS, fee=0.001, funding=0.01)
    assert (at, price) == (3, 99.0)
    assert results.gross[0] == pytest.approx(0.1)
    assert results.fees[0] == pytest.approx(0.1 + 0.1001)
    # Half of it pays three times, half four times.
    assert results.funding[0] == pytest.approx(-0.035)


def test_a_part_of_a_short_is_the_mirror() -> None:
    mirrored = [(200 - o, 200 - low, 200 - high, 200 - c) for o, high, low, c in PARTED]
    assert trade(mirrored, rule=PARTS, short=True, stop=101.0)[2].gross[0] == pytest.approx(0.1)


def test_a_part_is_closed_once_and_only_at_its_gain() -> None:
    again = [*PARTED[:3], (101.5, 101.6, 101.4, 101.5), (101, 101, 98, 98), CALM]
    assert trade(again, rule=PARTS)[2].gross[0] == pytest.approx(0.1)
    short_of_it = [CALM, (100, 101.3, 100, 100.9), (100.9, 101, 98, 98), CALM]
    assert trade(short_of_it, rule=PARTS)[2].gross[0] == pytest.approx(-1.0)
    assert trade(PARTED)[2].gross[0] == pytest.approx(-1.0)


def test_many_trades_at_once_end_as_each_of_them_alone() -> None:
    random = np.random.default_rng(8)
    course = course_of([market_of(candles_of(random_moves(400, random)))], None)
    at = random.integers(0, 390, 60) + np.where(random.random(60) < 0.5, 400, 0)
    stop = course.open[at] - np.abs(course.open[at]) * random.uniform(0.001, 0.004, 60)
    last = np.where(at >= 400, 799, 399)
    fees = np.full(60, 0.0005)
    entries = Entries(at, stop, targets(course.open[at], stop, TWO_R), last, fees, fees)
    together = follow(course, entries, TWO_R).net_r
    alone = [follow(course, entries[number : number + 1], TWO_R).net_r[0] for number in range(60)]
    assert together.tolist() == alone
    assert course.begins[PAIR] == 0
