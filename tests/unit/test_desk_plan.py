"""The plan of an entry (EXIT-1, EXIT-2, RISK-1, RISK-8): grid first, then refusals, then the size."""

import math
from dataclasses import asdict, replace
from typing import Any

import pytest

from ict import Params
from ict.desk.grid import Grid
from ict.desk.levels import LevelError, Levels
from ict.desk.plan import EntryPlan, Signal, levels_of_fill, plan_entry, slipped
from ict.desk.sizing import Maintenance, SizeError
from ict.zone_key import ZoneKey

# A block's stop is 1 % from the close of 100.
LONG, SHORT = Signal(1, 99.0, 0.0, 5.5, 100.0), Signal(-1, 101.0, 0.0, 5.5, 100.0)
GRID = Grid(0.1, 0.01)


def plan(signal: Signal = LONG, entry: float = 100.0, grid: Grid = GRID, **changed: Any) -> EntryPlan:
    """Plan an entry of an account of 10,000, without fees unless they are given."""
    settings = {name: changed.pop(name) for name in list(changed) if name in Params.__slots__}
    asked = {"fee": 0.0, "equity": 10_000.0, "max_leverage": 125.0, "params": Params(**settings), **changed}
    return plan_entry(signal, entry, grid=grid, **asked)


def why_not(*given: Any, **changed: Any) -> str:
    with pytest.raises(LevelError) as refused:
        plan(*given, **changed)
    return str(refused.value)


@pytest.mark.parametrize(("signal", "stop", "target"), [
    (LONG, 99.0, 102.0),
    (SHORT, 101.0, 98.0),
    (replace(LONG, stop=98.94), 99.0, 102.0),  # rounded towards the price: two times what is placed
    (replace(SHORT, stop=101.06), 101.0, 98.0),
    (replace(LONG, least_distance=1.52), 98.4, 103.2),  # EXIT-2: at least so far, on the grid
    (replace(SHORT, least_distance=1.52), 101.6, 96.8),
    (replace(LONG, least_distance=0.5), 99.0, 102.0),
    (replace(LONG, stop=98.90000000000003), 98.9, 102.2),  # a float's error is no tick
    (replace(SHORT, stop=101.09999999999997), 101.1, 97.8),
])  # fmt: skip
def test_levels_are_on_the_grid(signal: Signal, stop: float, target: float) -> None:
    assert plan(signal).levels == Levels(100.0, stop, target)


# TGT-1. The risk is 1: of the pools 1.4, 1.5 and 3 beyond the entry, the nearest that is 1.5 R or more away.
@pytest.mark.parametrize(("draws", "least", "target"), [
    ([101.4, 101.5, 103.0], 1.5, 101.5),
    ([101.4, 101.5, 103.0], 1.6, 103.0),
    ([98.0, 103.0], 1.5, 103.0),  # a pool on the stop's side is no target, however far
    ([101.4, 101.0], 1.5, None),
    ([], 1.5, None),
])  # fmt: skip
@pytest.mark.parametrize("side", [1, -1])
def test_a_pool_is_the_target(draws: list[float], least: float, target: float | None, side: int) -> None:
    signal = replace(LONG if side > 0 else SHORT, draws=[100 + side * (level - 100) for level in draws])
    if target is None:
        said = why_not(signal, target_at="liquidity", min_target_r=least)
        assert said == "no pool of liquidity lies 1.5 R or more from the entry 100.0"
    else:
        levels = plan(signal, target_at="liquidity", min_target_r=least).levels
        assert levels.target == pytest.approx(100 + side * (target - 100))
        assert levels.part is None


# EXIT-5 at the first pool: pools 0.4, 1.2, 1.2, 1.6 and 3 beyond the entry, the risk is 1.
POOLS = [100.4, 101.2, 101.2, 101.6, 103.0]
FIRST = {"partial_exit_at": "liquidity"}
BOTH_AT_POOLS = FIRST | {"target_at": "liquidity"}


@pytest.mark.parametrize(("settings", "part", "target"), [
    (BOTH_AT_POOLS, 100.4, 101.6),  # the first one at all, then the first at 1.5 R
    (BOTH_AT_POOLS | {"partial_exit_at_r": 1.0, "min_target_r": 0.0}, 101.2, 101.6),  # not 101.2 again
    (BOTH_AT_POOLS | {"partial_exit_at_r": 1.6}, 101.6, 103.0),  # exactly 1.6 R away
    (BOTH_AT_POOLS | {"partial_exit_at_r": 1.2, "min_target_r": 2.0}, 101.2, 103.0),
    (FIRST, 100.4, 102.0),  # the rest at 2 R
    (FIRST | {"risk_reward": 1.2, "partial_exit_at_r": 1.0}, None, 101.2),  # all of it at the pool
    (FIRST | {"partial_exit_at_r": 2.5}, None, 102.0),  # the target comes first
    (FIRST | {"partial_exit_at_r": 2.5, "risk_reward": 0.0}, 103.0, None),  # the rest by trail
    ({"partial_exit_at_r": 1.0}, None, 102.0),  # at a multiple of the risk: no pool is looked for
])  # fmt: skip
@pytest.mark.parametrize("side", [1, -1])
def test_a_part_is_closed_at_the_first_pool(
    settings: dict[str, Any], part: float | None, target: float | None, side: int
) -> None:
    """EXIT-5, TGT-1: the rest goes to the next pool, to its multiple of the risk, or has no target."""
    signal = replace(LONG if side > 0 else SHORT, draws=[100 + side * (level - 100) for level in POOLS])
    levels = plan(signal, **settings).levels
    mirrored = [price and round(100 + side * (price - 100), 9) for price in (part, target)]
    assert [levels.part, levels.target] == mirrored


@pytest.mark.parametrize(("draws", "settings", "said"), [
    ([101.6], BOTH_AT_POOLS, "second pool lies beyond 101.6, 1.5"),
    ([101.6, 101.6], BOTH_AT_POOLS, "second pool lies beyond 101.6, 1.5"),
    ([100.4], FIRST | {"partial_exit_at_r": 0.5}, "pool of liquidity lies 0.5"),
    ([], FIRST | {"risk_reward": 0.0}, "pool of liquidity lies 0"),
])  # fmt: skip
def test_without_its_pools_there_is_no_entry(draws: list[float], settings: dict[str, Any], said: str) -> None:
    assert why_not(replace(LONG, draws=draws), **settings) == f"no {said} R or more from the entry 100.0"


@pytest.mark.parametrize(("draws", "settings", "levels"), [
    ([], FIRST, Levels(100.0, 99.0, 102.0)),  # it keeps its target
    ([101.6], BOTH_AT_POOLS, Levels(100.0, 99.0, 101.6)),  # all of it at the only pool
    ([], BOTH_AT_POOLS, Levels(100.0, 99.0, None)),
    ([101.0, 104.0], BOTH_AT_POOLS, Levels(100.0, 99.0, 104.0, 101.0)),
])  # fmt: skip
def test_a_fill_takes_the_pools_that_are_left(
    draws: list[float], settings: dict[str, Any], levels: Levels
) -> None:
    """A market order can fill beyond the pool that it was sent for."""
    assert levels_of_fill(replace(LONG, draws=draws), 100.0, GRID, Params(**settings), 100.0) == levels


# The order was sent for 100, with a risk of 1: pools 0.4, 1.2, 1.6 and 3 beyond. At 100.2 the risk is 1.2.
@pytest.mark.parametrize(("settings", "fill", "part", "target"), [
    ({"target_at": "liquidity"}, 100.2, None, 101.6),  # 1.17 R of the fill, 1.6 R of the order
    ({"target_at": "liquidity"}, 99.6, None, 101.6),  # 101.2 would be 2.7 R of the fill
    ({"target_at": "liquidity"}, 101.6, None, None),  # beyond it, and 103 is no 1.5 R away
    ({"target_at": "liquidity", "min_target_r": 0.2}, 100.4, None, 101.2),
    (BOTH_AT_POOLS | {"partial_exit_at_r": 1.2}, 100.2, 101.2, 101.6),
    (FIRST | {"partial_exit_at_r": 1.2}, 100.2, 101.2, 102.6),  # 2 R of the fill
    (FIRST | {"partial_exit_at_r": 2.5}, 99.2, None, 99.6),  # no part with the order, none at the fill
    (FIRST | {"partial_exit_at_r": 2.5}, 100.4, None, 103.2),
])  # fmt: skip
@pytest.mark.parametrize("side", [1, -1])
def test_a_fill_does_not_change_the_pools_of_its_order(
    settings: dict[str, Any], fill: float, part: float | None, target: float | None, side: int
) -> None:
    """TGT-1: a live market order fills at another price than it was sent for."""
    signal = replace(LONG if side > 0 else SHORT, draws=[100 + side * (level - 100) for level in POOLS])
    filled = round(100 + side * (fill - 100), 9)
    levels = levels_of_fill(signal, filled, GRID, Params(**settings), 100.0)
    mirrored = [price and round(100 + side * (price - 100), 9) for price in (part, target)]
    assert [levels.part, levels.target] == mirrored


def test_a_resting_entry_is_planned_at_its_price_and_never_chases() -> None:
    """RISK-8 is of market entries: this one rests 0.6 R below its signal's close."""
    resting = plan(replace(LONG, limit=99.4))
    assert resting.levels == Levels(99.4, 99.0, 100.2)
    # A backtest's order rests a tick beyond: 100.1 is 1.5 R from 99.4, and not from 99.5.
    signal, at_pools = replace(LONG, limit=99.4, draws=[100.1, 103.0]), Params(target_at="liquidity")
    assert levels_of_fill(signal, 99.5, GRID, at_pools, 99.5).target == 100.1


def test_a_tie_counts_at_any_price() -> None:
    """By floats the entry is 0.20000000000437 from the close: half of the stop's 0.4. So with its pool."""
    signal = Signal(1, 59_999.7, 0.0, 5.5, 60_000.1, draws=[60_000.7])
    assert plan(signal, 60_000.3).levels.entry == 60_000.3
    assert plan(signal, 60_000.1, target_at="liquidity").levels.target == 60_000.7


def test_a_signal_without_pools_aims_at_multiples_of_its_risk() -> None:
    assert plan(**BOTH_AT_POOLS).levels == Levels(100.0, 99.0, 102.0)


@pytest.mark.parametrize("zone", [None, ZoneKey("fvg", 1, 2, 100.0, 99.0)])
def test_a_record_gives_the_signal_back(zone: ZoneKey | None) -> None:
    signal = replace(LONG, zone=zone, draws=[103.0])
    assert Signal.from_record(asdict(signal)) == signal


def test_a_target_is_never_nearer_than_asked_for() -> None:
    assert plan(risk_reward=1.25).levels.target == 101.3  # 101.25
    assert plan(SHORT, risk_reward=1.25).levels.target == 98.7
    assert plan(risk_reward=1.3).levels.target == 101.3  # exactly, in spite of floats


def test_size_and_leverage() -> None:
    made = plan(fee=0.0005, risk_per_trade_percent=0.05, position_leverage=20)
    assert made.notional == pytest.approx(5 / (1 + 0.0005 * 199) * 100)
    assert made.leverage == 20.0
    assert plan(position_leverage=20, max_leverage=8.0).leverage == 8.0
    assert plan(max_leverage=0.5).leverage == 1.0
    # 4.547 coins in lots of 0.01 are 4.54
    assert made.stake(20.0, 100.0, 0.0, 1e9) == pytest.approx(454 / 20)
    with pytest.raises(SizeError):
        made.stake(20.0, 100.0, 23.0, 1e9)


def test_leverage_goes_down_until_the_stop_comes_first() -> None:
    """And the size stays: 1 % away, a sixtieth is the last way of which 60 % hold the stop."""
    made = plan(position_leverage=125)
    assert made.leverage_before(Maintenance(0.0, 0.0), 0.05) == 60.0
    assert plan(position_leverage=5).leverage_before(Maintenance(0.0, 0.0), 0.05) == 5.0
    assert plan(replace(LONG, stop=40.0)).leverage_before(Maintenance(0.0, 0.0), 0.05) == 1.0
    with pytest.raises(LevelError, match=r"^stop 99.0 is too close to the liquidation at any leverage$"):
        made.leverage_before(Maintenance(0.0, 0.0), 1.0)


@pytest.mark.parametrize("least_distance", [0.0, 5.0])
@pytest.mark.parametrize(
    ("signal", "entry", "side"), [(LONG, 98.9, "below"), (LONG, 99.0, "below"), (SHORT, 101.1, "above")]
)
def test_a_zone_whose_stop_is_broken_is_not_entered(
    signal: Signal, entry: float, side: str, least_distance: float
) -> None:
    """EXIT-2: also where the least distance would move the stop behind the price again."""
    said = why_not(replace(signal, least_distance=least_distance), entry)
    assert said == f"stop must be a price {side} the entry {entry}, was {signal.stop}"


@pytest.mark.parametrize("stop", [99.8, 99.71])
def test_three_ticks_are_the_least(stop: float) -> None:
    """99.71 is placed at 99.8, two ticks away."""
    assert plan(replace(LONG, stop=99.7)).levels.stop == 99.7
    said = why_not(replace(LONG, stop=stop))
    assert said == "stop 99.8 is less than 3 ticks from the entry 100.0, a tick is 0.1"


def test_faults_coarse_tick() -> None:
    """The stop of a block that is touched on its edge: it would be placed on the entry, or a tick away."""
    for bottom in (0.0300, 0.0299, 0.0298):
        signal = Signal(1, bottom * (1 - 0.002), 0.0, 5.5, 0.0300)
        with pytest.raises(LevelError):
            plan(signal, 0.0300, Grid(0.0001, 1.0))
    far = Signal(1, 0.0297 * (1 - 0.002), 0.0, 5.5, 0.0300)
    assert plan(far, 0.0300, Grid(0.0001, 1.0)).levels == Levels(0.03, 0.0297, 0.0306)


@pytest.mark.parametrize(("costs", "fee", "is_allowed"), [
    (2.0, 0.0025, True),  # twice 0.0025 * 199 is 0.995
    (2.0, 0.00252, False),  # 1.003
    (1.0, 0.005, True),
    (1.0, 0.0051, False),
    (0.0, 0.0051, True),  # off
    (2.0, math.nan, False),
])  # fmt: skip
def test_a_stop_must_be_worth_its_fees(costs: float, fee: float, is_allowed: bool) -> None:
    """Both sides' fees of an entry at 100 with its stop at 99."""
    if is_allowed:
        assert plan(fee=fee, min_stop_costs=costs)
    else:
        said = why_not(fee=fee, min_stop_costs=costs)
        assert said.startswith("stop 99.0 is nearer to the entry 100.0 than")


def test_a_stop_exactly_as_far_as_its_fees() -> None:
    """Twice 0.0005 * 200 is 0.2; by floats 100.1 is 0.19999999999998863 from 99.9."""
    for side, entry, stop in ((1, 100.1, 99.9), (-1, 99.9, 100.1), (1, 20_120.1, 20_079.9)):
        signal = Signal(side, stop, 0.0, 5.5, entry)
        assert plan(signal, entry, Grid(0.01, 0.01), fee=0.0005, min_stop_costs=2.0).levels.stop == stop
        assert why_not(signal, entry, Grid(0.01, 0.01), fee=0.00051, min_stop_costs=2.0)


@pytest.mark.parametrize(("signal", "entry", "is_allowed"), [
    (LONG, 100.5, True),  # half of the signal's 1.0
    (LONG, 100.6, False),
    (LONG, 99.5, True),
    (LONG, 99.4, False),  # either way: the price is on its way to the stop
    (SHORT, 99.5, True),
    (SHORT, 99.4, False),
    (SHORT, 100.6, False),
    (replace(LONG, least_distance=2.0), 101.0, True),  # EXIT-2 makes the R of the signal
    (replace(LONG, least_distance=2.0), 101.1, False),
])  # fmt: skip
def test_a_price_is_not_chased(signal: Signal, entry: float, is_allowed: bool) -> None:
    if is_allowed:
        assert plan(signal, entry).levels.entry == entry
    else:
        assert why_not(signal, entry).endswith("R away from the signal's close 100.0, 0.5 R are allowed")


def test_the_chase_is_a_setting() -> None:
    assert plan(LONG, 103.0, max_chase_r=3.0)
    assert why_not(LONG, 100.1, max_chase_r=0.0) == (
        "price 100.1 is 0.10 R away from the signal's close 100.0, 0 R are allowed"
    )
    assert why_not(replace(LONG, close=math.nan))


def test_prices_that_are_none() -> None:
    for signal in (LONG, SHORT):
        for stop in (math.nan, math.inf, -math.inf, 0.0, -5.0):
            assert why_not(replace(signal, stop=stop)).startswith("stop must be a price")
    for entry in (math.nan, math.inf, 0.0, -1.0):
        assert why_not(LONG, entry).startswith("stop must be a price")
    for least in (math.nan, math.inf, 100.0):
        assert why_not(replace(LONG, least_distance=least))


@pytest.mark.parametrize(("signal", "fill", "levels"), [
    (LONG, 100.0, Levels(100.0, 99.0, 102.0)),
    (LONG, 100.03, Levels(100.03, 99.0, 102.1)),  # the mean of several fills: 102.09 is no tick
    (LONG, 99.1, Levels(99.1, 99.0, 99.3)),  # near, but on the right side
    (LONG, 102.0, Levels(102.0, 99.0, 108.0)),  # far: it has filled
    (LONG, 99.0, Levels(99.0, 98.9, None)),  # on its stop, so the stop is a tick behind it
    (LONG, 98.0, Levels(98.0, 97.9, None)),
    (SHORT, 100.0, Levels(100.0, 101.0, 98.0)),
    (SHORT, 102.0, Levels(102.0, 102.1, None)),
    (replace(LONG, least_distance=2.0), 100.0, Levels(100.0, 98.0, 104.0)),
    (replace(LONG, least_distance=2.0), 98.5, Levels(98.5, 98.4, None)),  # its zone's stop was broken
    (replace(LONG, limit=99.4), 99.3, Levels(99.4, 99.0, 100.2)),  # as it was placed
    (Signal(1, 60_000.0, 0.0, 5.5, 60_100.0), 59_000.0, Levels(59_000.0, 58_970.5, None)),  # 0.05 % behind
    (Signal(-1, 160.0, 0.0, 5.5, 100.0), 100.0, Levels(100.0, 160.0, None)),  # 2 R below 0
])  # fmt: skip
def test_levels_of_a_fill(signal: Signal, fill: float, levels: Levels) -> None:
    assert levels_of_fill(signal, fill, GRID, Params(), fill) == levels


def test_a_fill_beyond_its_stop_is_said() -> None:
    assert slipped(LONG, 99.1, GRID) is None
    assert slipped(SHORT, 100.9, GRID) is None
    assert slipped(LONG, 98.9, GRID) == (
        "the entry filled at 98.9, beyond its stop of 99.0: the position is closed at once, at a loss"
    )
    assert slipped(SHORT, 101.0, GRID)
