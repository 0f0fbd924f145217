"""How trades end, candle by candle, worked by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ict_lab.replay.exits import Entries, FillModel, Reason, Results, simulate_exits
from ict_lab.replay.tape import Tape, tape_of

from ict.exits.break_even import BreakEven
from ict.exits.engine import Exits
from ict.exits.partial import Partial
from ict.exits.target import Target
from ict.exits.time_stop import TimeStop
from ict.exits.trail import Trail
from tests.support.markets import candle_frame
from tests.verdict.markets import PAIR, candles_of, entries_of, market_of, random_moves

CALM = (100.0, 100.5, 99.5, 100.0)
TWO_R = Exits(Target(2.0))


def trade(
    rows: list[tuple[float, ...]], *, short: bool = False, stop: float = 99.0, exits: Exits = TWO_R,
    fills: FillModel | None = None, fee: float = 0.0, swings: list[float] | None = None, funding: float = 0.0,
    tick: float = 0.0,
) -> tuple[int, float, Results]:  # fmt: skip
    """Enter at the open of the first candle; give the candle and the price of the exit."""
    tape = tape_of([market_of(candle_frame(rows), funding=funding)])
    if swings is not None:
        seen = np.array(swings)
        tape = replace(tape, swing=np.concatenate([seen, -seen]))
    side, half = (-1, len(rows)) if short else (1, 0)
    entries = entries_of(tape, np.array([half]), np.array([side * stop]), exits, fee, tick=np.array([tick]))
    results = simulate_exits(tape, entries, exits, fills)
    return int(results.ended_at[0]) - half, float(side * results.exit[0]), results


NAN = float("nan")
STOPPED, AT_TARGET = [CALM, (100, 100, 98.5, 99), CALM], [CALM, (100, 102.5, 100, 102), CALM]
GAP = [CALM, (97.0, 99.5, 96.5, 97.0), CALM]
FALLS_BACK = [CALM, (100, 110, 100, 110), (110, 111, 103, 104), CALM]
LONG_AFTER = [*[CALM] * 5000, (100, 100, 98.5, 99), CALM]
SHORT: dict[str, Any] = {"short": True, "stop": 101.0}
TRAIL = {"exits": Exits(stops=(Trail("4h", 0.0),))}
AT_ENTRY = {"exits": Exits(stops=(BreakEven(1.0),))}
TIMED = {"exits": Exits(Target(2.0), closes=(TimeStop(2),))}
SLIPS = {"fills": FillModel(stop_slippage=0.01)}


@pytest.mark.parametrize(("rows", "given", "at", "price"), [
    (STOPPED, {}, 1, 99.0),
    (AT_TARGET, {}, 1, 102.0),
    ([CALM, (100, 103, 98, 100), CALM], {}, 1, 99.0),  # within a candle the stop comes before the target
    ([(100, 100.5, 98.9, 100), CALM], {}, 0, 99.0),  # in the candle of its entry
    ([CALM, (100, 101.5, 100, 101), CALM], SHORT, 1, 101.0),
    ([CALM, (100, 100, 97, 98), CALM], SHORT, 1, 98.0),
    ([CALM, CALM, (100.2, 100.5, 99.5, 100)], {}, 2, 100.2),  # what is left open closes at the last open
    # A high that only meets the target is no profit beyond it, and Freqtrade asks for one.
    ([CALM, (100, 102.0, 100, 101), (100, 102.1, 100, 102), CALM], {}, 2, 102.0),
    # Through a gap Freqtrade fills at the stop, a real exchange at the open, as both do wholly beyond it.
    (GAP, {}, 1, 99.0),
    (GAP, {"fills": FillModel(through_gaps=True)}, 1, 97.0),
    ([CALM, (97.0, 98.0, 96.5, 97.0), CALM], {}, 1, 97.0),
    # Slippage worsens stops and leaves targets.
    (STOPPED, SLIPS, 1, 98.01),
    ([CALM, (100, 102, 99.5, 101), CALM], SHORT | SLIPS, 1, 102.01),
    (AT_TARGET, SLIPS, 1, 102.0),
    # The swing at 105 is known before the third candle: its stop is 105 less one percent.
    (FALLS_BACK, {"exits": Exits(stops=(Trail("4h", 0.01),)), "swings": [NAN, NAN, 105.0, 105.0]}, 2, 103.95),
    (FALLS_BACK, TRAIL | {"swings": [NAN, NAN, 103.97, 103.97], "tick": 0.1}, 2, 104.0),  # towards the price
    ([CALM, (100, 110, 100, 110), (110, 111, 109, 110), (110, 110, 104, 105), CALM],
     TRAIL | {"swings": [NAN, 99.5, 108.0, 101.0, 101.0]}, 3, 108.0),  # never loosened
    # To the entry at its gain, and not before.
    ([CALM, (100, 101.2, 100.4, 101), (101, 101, 98, 98), CALM], AT_ENTRY, 2, 100.0),
    ([CALM, (100, 100.9, 99.8, 100.5), (100.5, 100.5, 98, 98), CALM], AT_ENTRY, 2, 99.0),
    # A time stop closes at an open before anything else.
    ([CALM, CALM, (100.3, 103, 98, 100), CALM], TIMED, 2, 100.3),
    ([CALM, (100, 100, 98, 99), (100.3, 103, 98, 100), CALM], TIMED, 1, 99.0),
    # Beyond several looks, and in the last candle but one.
    (LONG_AFTER, {}, 5000, 99.0),
    (LONG_AFTER, AT_ENTRY, 5000, 99.0),
])  # fmt: skip
def test_where_a_trade_ends(
    rows: list[tuple[float, ...]], given: dict[str, Any], at: int, price: float
) -> None:
    found = trade(rows, **given)
    assert found[:2] == (at, pytest.approx(price, rel=1e-12))
    assert (found[2].reason[0] == Reason.TIME_STOP) == (given is TIMED and at == 2)


@pytest.mark.parametrize("ends", [17, 31, 32, 47, 48, 300])
@pytest.mark.parametrize("starts", [0, 1, 15, 16])
def test_a_trade_ends_where_it_first_touches_a_level_however_far_that_is(starts: int, ends: int) -> None:
    """Candles before the entry, and behind the exit, touch it too."""
    through = (100.0, 100.5, 98.0, 100.0)
    frame = candle_frame([through] * starts + [CALM] * (ends - starts) + [through] * 20)
    tape = tape_of([market_of(frame)])
    entries = entries_of(tape, np.array([starts]), np.array([99.0]), TWO_R, 0.0, tick=np.array([0.0]))
    results = simulate_exits(tape, entries, TWO_R)
    assert (results.ended_at[0], results.exit[0]) == (ends, 99.0)
    before = replace(entries, deadline=np.array([ends]))
    assert simulate_exits(tape, before, TWO_R).reason[0] == Reason.TIME_STOP


def test_fees_are_paid_on_both_prices() -> None:
    assert trade(STOPPED)[2].net_r[0] == pytest.approx(-1.0)
    assert trade(AT_TARGET)[2].net_r[0] == pytest.approx(2.0)
    _, _, results = trade(STOPPED, fee=0.001)
    assert results.net_r[0] == pytest.approx(-1 - 0.1 - 0.099)
    _, _, doubled = trade(STOPPED, fee=0.001, fills=FillModel(fee_factor=2.0))
    assert doubled.fees[0] == pytest.approx(2 * results.fees[0])


def test_a_long_pays_the_funding_of_every_candle_that_it_sees_open_and_a_short_receives_it() -> None:
    rows = [CALM, CALM, (100, 100, 98.5, 99), CALM]
    assert trade(rows, funding=0.1)[2].funding[0] == pytest.approx(-0.3)
    rising = [CALM, CALM, (100, 101.5, 100, 101), CALM]
    assert trade(rising, short=True, stop=101.0, funding=0.1)[2].funding[0] == pytest.approx(0.3)


PARTS = Exits(Target(2.0), partial=Partial(1.0, 0.5))
# Above one R within the second candle; at the open of the third, 1.2 R; stopped in the fourth.
PARTED = [CALM, (100, 101.3, 100, 101.2), (101.2, 101.4, 100.9, 101), (101, 101, 98, 98), CALM]


def test_a_part_is_closed_at_the_open_after_its_gain() -> None:
    """Half at 101.2, half at the stop of 99: +0.6 - 0.5; fees of 0.1 % on 100 and on 100.1 received."""
    at, price, results = trade(PARTED, exits=PARTS, fee=0.001, funding=0.01)
    assert (at, price) == (3, 99.0)
    assert results.gross[0] == pytest.approx(0.1)
    assert results.fees[0] == pytest.approx(0.1 + 0.1001)
    # Half of it pays three times, half four times.
    assert results.funding[0] == pytest.approx(-0.035)


@pytest.mark.parametrize(("rows", "given", "gross"), [
    # Once.
    ([*PARTED[:3], (101.5, 101.6, 101.4, 101.5), (101, 101, 98, 98), CALM], {"exits": PARTS}, 0.1),
    # Only at its gain, and only where it is asked for.
    ([CALM, (100, 101.3, 100, 100.9), (100.9, 101, 98, 98), CALM], {"exits": PARTS}, -1.0),
    (PARTED, {}, -1.0),
    # A short is the mirror.
    ([(200 - o, 200 - low, 200 - high, 200 - c) for o, high, low, c in PARTED], SHORT | {"exits": PARTS},
     0.1),
    # Half at the open of 101.5, the other half at the target of 102, in one candle.
    ([CALM, (101.5, 102.5, 101.4, 102), CALM], {"exits": PARTS}, 0.5 * 1.5 + 0.5 * 2.0),
])  # fmt: skip
def test_a_part_by_hand(rows: list[tuple[float, ...]], given: dict[str, Any], gross: float) -> None:
    assert trade(rows, **given)[2].gross[0] == pytest.approx(gross)


def many_at_random(candles: int, trades: int) -> tuple[Tape, Entries]:
    """Enter a random walk on either side."""
    random = np.random.default_rng(8)
    tape = tape_of([market_of(candles_of(random_moves(candles, random)))])
    half = np.where(random.random(trades) < 0.5, candles, 0)
    at = random.integers(0, candles - 10, trades) + half
    stop = tape.open[at] - np.abs(tape.open[at]) * random.uniform(0.001, 0.004, trades)
    return tape, entries_of(tape, at, stop, fee=0.0005)


@pytest.mark.parametrize("exits", [TWO_R, PARTS, Exits(Target(2.0), stops=(BreakEven(1.0),))])
def test_many_trades_at_once_end_as_each_of_them_alone(exits: Exits) -> None:
    tape, entries = many_at_random(400, 60)
    entries = replace(entries, part=np.full(60, exits.partial.share if exits.partial else 0.0))
    together = simulate_exits(tape, entries, exits).net_r
    alone = [simulate_exits(tape, entries[n : n + 1], exits).net_r[0] for n in range(60)]
    assert together.tolist() == alone
    assert tape.begins[PAIR] == 0


def test_stops_that_nothing_moves_end_alike_searched_and_walked() -> None:
    """A break-even that is never reached leaves the search's and the walk's ways the same."""
    tape, entries = many_at_random(3000, 200)
    searched = simulate_exits(tape, entries, TWO_R)
    walked = simulate_exits(tape, entries, Exits(Target(2.0), stops=(BreakEven(99.0),)))
    assert searched.exit.tolist() == walked.exit.tolist()
    assert searched.reason.tolist() == walked.reason.tolist()
