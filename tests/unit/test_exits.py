"""What moves and ends a trade (EXIT-1, EXIT-3 to EXIT-6), worked by hand on both sides."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ict import Params
from ict.exits.break_even import BreakEven
from ict.exits.engine import Exits, is_worth_moving
from ict.exits.partial import Partial
from ict.exits.position import Moment, Position
from ict.exits.stop_watch import StopState, stop_is_due
from ict.exits.target import Target
from ict.exits.time_stop import TimeStop, closes_since
from ict.exits.trail import Trail

BOTH = (1, -1)
# A long from 100 with its stop at 98. A short sees all prices negated.
LONG, SHORT = Position(100.0, 98.0), Position(-100.0, -102.0)
NAN, NONE = math.nan, -math.inf
ALL = Exits(stops=(Trail("4h", 0.0), BreakEven(1.0)))


@pytest.mark.parametrize(("trade", "price", "swing", "stop"), [
    (LONG, 101.9, NAN, NONE),  # a gain of 0.95 R has earned nothing
    (LONG, 102.0, NAN, 100.0),  # 1 R: to the entry
    (LONG, 101.0, 99.0, 99.0),  # behind a swing above the first stop
    (LONG, 101.0, 97.0, 97.0),  # below it, which moves nothing: see `is_worth_moving`
    (LONG, 98.5, 99.0, NONE),  # price is below the swing already
    (LONG, 99.0, 99.0, NONE),  # on it is not above it
    (LONG, 104.0, 103.0, 103.0),  # the tighter of both
    (LONG, 104.0, 99.0, 100.0),
    (SHORT, -98.1, NAN, NONE),
    (SHORT, -98.0, NAN, -100.0),
    (SHORT, -99.0, -101.0, -101.0),
    (SHORT, -96.0, -97.0, -97.0),
])  # fmt: skip
def test_the_stop_that_is_earned(trade: Position, price: float, swing: float, stop: float) -> None:
    """EXIT-3 and EXIT-4 with break-even at 1 R: the tighter of both."""
    assert ALL.stop(trade, Moment(price, swing)) == stop


def test_each_rule_works_alone_and_none_moves_nothing() -> None:
    """EXIT-3: the trail is 0.2 % beyond its swing, below a long's and above a short's."""
    now, trail = Moment(103.0, 101.0), Exits(stops=(Trail("4h", 0.002),))
    assert Exits().stop(LONG, now) == NONE
    assert Exits(stops=(BreakEven(1.0),)).stop(LONG, now) == 100.0
    assert trail.stop(LONG, Moment(101.0, 99.0)) == pytest.approx(98.802)
    assert trail.stop(SHORT, Moment(-99.0, -101.0)) == pytest.approx(-101.202)


@pytest.mark.parametrize(("stop", "in_force", "is_worth"), [
    (99.0, 98.0, True),
    (98.0, 98.0, False),
    (97.0, 98.0, False),  # never loosened
    (10_000.0, 9_999.0, False),  # by 0.01 %, and not more
    (10_000.0, 9_998.9, True),
    (-10_000.0, -10_001.1, True),  # a short's goes down
    (-10_000.0, -10_000.5, False),
    (NONE, 98.0, False),
])  # fmt: skip
def test_a_stop_is_moved_for_a_ten_thousandth_and_never_back(
    stop: float, in_force: float, is_worth: bool
) -> None:
    assert bool(is_worth_moving(stop, in_force)) is is_worth


@pytest.mark.parametrize(("entry", "stop", "price"), [(1.1, 1.0, 1.2), (-1.2, -1.3, -1.1), (1.3, 1.2, 1.4)])
def test_a_gain_that_is_exactly_reached(entry: float, stop: float, price: float) -> None:
    """EXIT-4, EXIT-5: one tick of 0.1 is risked, one is gained; by floats less than one."""
    trade = Position(entry, stop)
    for r, is_reached in ((1.0, True), (1.01, False)):
        assert bool(BreakEven(r).stop(trade, Moment(price)) == entry) is is_reached
        assert bool(Partial(r, 0.5).is_due(trade, Moment(price))) is is_reached


def test_gain_in_r() -> None:
    assert LONG.gain_in_r(103.0) == 1.5
    assert SHORT.gain_in_r(-103.0) == -1.5
    assert Position(100.0, 100.0).gain_in_r(105.0) == -math.inf  # no risk, no multiple of it


@pytest.mark.parametrize(("price", "is_due"), [(102.9, False), (103.0, True), (99.0, False)])
@pytest.mark.parametrize("side", BOTH)
def test_a_part_is_due_at_its_gain(side: int, price: float, is_due: bool) -> None:
    """EXIT-5 at 1.5 R."""
    exits = Exits(partial=Partial(1.5, 0.5))
    trade, seen = (LONG, price) if side > 0 else (SHORT, price - 200.0)
    assert bool(exits.part_is_due(trade, Moment(seen))) is is_due
    assert not Exits().part_is_due(trade, Moment(1e9))


@pytest.mark.parametrize(
    ("pool", "price", "is_due"),
    [(103.5, 103.4, False), (103.5, 103.5, True), (103.5, 104.0, True), (NAN, 1e9, False)],
)
@pytest.mark.parametrize("side", BOTH)
def test_a_part_is_due_at_its_pool(side: int, pool: float, price: float, is_due: bool) -> None:
    """EXIT-5: at the price that the trade was given, whatever R that is; never where it was given none."""
    exits = Exits.of(Params(partial_exit_at="liquidity", partial_exit_at_r=1.0))
    mirrored = (pool, price) if side > 0 else (pool - 200.0, price - 200.0)
    trade = Position(LONG.entry, LONG.stop, pool) if side > 0 else Position(-100.0, -102.0, mirrored[0])
    assert bool(exits.part_is_due(trade, Moment(mirrored[1]))) is is_due
    assert str(exits) == "target 2 R, 50% closed at the first pool from 1 R"


CANDLE = timedelta(minutes=15)
TEN = datetime(2024, 3, 5, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(("filled", "now", "closes"), [
    (0, 0, 0),  # a backtest's fill at an open: its candle runs
    (0, 14.9, 0),
    (0, 15, 1),  # the fill's own candle has closed
    (0, 29.9, 1),
    (0, 30, 2),
    (0.1, 15, 1),  # a live bot's fill, seconds later
    (14.9, 15, 1),  # however late in its candle
    (14.9, 30, 2),
    (15, 30, 1),  # the first moment of the next candle belongs to that one
])  # fmt: skip
def test_candles_that_have_closed_since_a_fill(filled: float, now: float, closes: int) -> None:
    """EXIT-6: minutes after 10:00 on candles of 15 minutes, the fill's own candle counted."""
    times = TEN + timedelta(minutes=filled), TEN + timedelta(minutes=now)
    assert closes_since(*times, CANDLE) == closes


@pytest.mark.parametrize(("closes", "reason"), [(0, None), (2, None), (3, "time_stop"), (40, "time_stop")])
def test_the_time_is_over(closes: int, reason: str | None) -> None:
    """EXIT-6 after three candles, whatever the price; never where it is off."""
    for price in (1.0, 1e9):
        assert Exits(closes=(TimeStop(3),)).close_reason(LONG, Moment(price, closes=closes)) == reason
        assert Exits().close_reason(LONG, Moment(price, closes=closes)) is None


def test_many_trades_at_once_are_as_each_alone() -> None:
    """A simulation asks for all of its trades, longs and shorts, in one call."""
    exits = Exits(Target(2.0), (Trail("4h", 0.01), BreakEven(1.0)), Partial(1.0, 0.5), (TimeStop(2),))
    entry, stop = np.array([100.0, -100.0, 100.0]), np.array([98.0, -102.0, 95.0])
    price, swing = np.array([102.0, -98.0, 104.0]), np.array([90.0, -105.0, 103.0])
    trades, now = Position(entry, stop), Moment(price, swing, np.array([1, 2, 3]))
    assert exits.target.price(trades).tolist() == [104.0, -96.0, 110.0]
    assert exits.stop(trades, now).tolist() == [100.0, -100.0, pytest.approx(101.97)]
    assert exits.part_is_due(trades, now).tolist() == [True, True, False]
    assert exits.close_is_due(trades, now).tolist() == [False, True, True]
    assert Exits().stop(trades, now).tolist() == [NONE] * 3
    assert Exits().part_is_due(trades, now).tolist() == [False] * 3
    assert Exits().close_is_due(trades, now).tolist() == [False] * 3
    assert Exits().target.price(trades).tolist() == [math.inf] * 3


def test_the_settings_put_rules_to_use() -> None:
    assert Exits.of(Params()) == Exits(Target(2.0))
    asked = Params(
        risk_reward=0.0, trail_timeframe="1h", stop_buffer=0.01, break_even_at_r=1.5,
        partial_exit_at_r=1.0, partial_exit_percent=30.0, max_hold_candles=96,
    )  # fmt: skip
    exits = Exits(Target(0.0), (Trail("1h", 0.01), BreakEven(1.5)), Partial(1.0, 0.3), (TimeStop(96),))
    assert Exits.of(asked) == exits
    assert Partial.of(Params(partial_exit_at="liquidity")) == Partial(0.0, 0.5, at_pool=True)
    assert (exits.trail_timeframe, Exits(stops=(BreakEven(1.0),)).trail_timeframe) == ("1h", "none")
    assert str(Exits()) == "no target"
    assert str(exits) == (
        "no target, stop trailed behind 1h swings, stop at the entry from 1.5 R, 30% closed from 1 R, "
        "closed after 96 candles"
    )


# The live bot's look at a resting stop. 0.2 % of a stop at 1000 are 2; both are exact in binary.
AT = 1000.0


@pytest.mark.parametrize(("rests", "rate", "is_due"), [
    (False, 1000.5, False),
    (False, 1000.0, True),
    (False, 999.5, True),
    (True, 1000.0, False),
    (True, 998.0, False),  # exactly 0.2 % beyond: it may be about to fill
    (True, 997.9, True),
])  # fmt: skip
@pytest.mark.parametrize("direction", BOTH)
def test_a_stop_is_due(direction: int, rests: bool, rate: float, is_due: bool) -> None:
    seen = AT + direction * (rate - AT)
    for scale in (1.0, 2**-20):  # a coin for less than a cent, too
        assert stop_is_due(StopState(AT * scale, rests), seen * scale, direction) is is_due


@pytest.mark.parametrize("price", [0.0, -1.0, math.nan])
@pytest.mark.parametrize("direction", BOTH)
@pytest.mark.parametrize("rests", [False, True])
def test_no_stop_is_no_exit(price: float, direction: int, rests: bool) -> None:
    """Freqtrade's stop is 0 before it has set one: a short's price is always above that."""
    for rate in (0.01, 1000.0):
        assert stop_is_due(StopState(price, rests), rate, direction) is False
