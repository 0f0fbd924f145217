"""Live bot and backtest place, take back and fill the same resting orders (LIM-1 to LIM-3)."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from ict_lab.parity.both import lived_through
from ict_lab.parity.orders import Ending, OrderCause, Rest
from ict_lab.parity.resting import Sides, anew
from ict_lab.parity.scenario import CANDLE_MS, SCENARIOS

NAME = "resting"
SCENARIO = SCENARIOS[NAME]
MIN_FILLS, MIN_TAKEN_BACK = 10, 3


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    runs = lived_through(tmp_path_factory.mktemp("resting"), NAME, SCENARIO.days)
    assert runs.live["refusals"] == []
    return Sides.of(runs, SCENARIO)


def test_every_difference_has_a_cause(sides: Sides) -> None:
    assert [*sides.orders().unexplained, *sides.trades().unexplained] == []


def test_there_is_enough_to_compare(sides: Sides) -> None:
    ended = Counter((order.side, order.ending) for order in sides.live)
    assert sum(count for (_, ending), count in ended.items() if ending is Ending.FILLED) >= MIN_FILLS
    assert all(ended[side, Ending.TAKEN_BACK] and ended[side, Ending.FILLED] for side in (1, -1))
    assert anew(sides.live) >= MIN_TAKEN_BACK


def test_the_orders_are_the_same_but_for_the_tick(sides: Sides) -> None:
    orders, trades = sides.orders(), sides.trades()
    assert orders.causes.keys() == {OrderCause.TICK}
    assert len(orders.same) == len(sides.live) == len(sides.backtest)
    assert (trades.lonely, all(pair.closes_together for pair in trades.pairs)) == ([], True)


# What a bot that rests otherwise would do, and the words that say it.
FAULTS: dict[str, tuple[Ending, Callable[[Rest], Rest | None], str]] = {
    "a tick nearer": (Ending.FILLED, lambda one: replace(one, price=one.price + one.side * 0.1), "rests 0.2"),
    "two lots more": (Ending.FILLED, lambda one: replace(one, amount=one.amount + 0.004), "by backtest"),
    "a look later": (Ending.FILLED, lambda one: replace(one, placed=one.placed + 5_000), "placed at another"),
    "filled late": (Ending.FILLED, lambda one: replace(one, ended=one.ended + 60_000), "off the path"),
    "taken back late": (
        Ending.TAKEN_BACK,
        lambda one: replace(one, ended=one.ended + CANDLE_MS),
        "taken back of candle",
    ),
    "left to rest": (Ending.TAKEN_BACK, lambda one: replace(one, ending=Ending.RESTS), "rests at the end of"),
    "no order": (Ending.TAKEN_BACK, lambda _: None, "has no counterpart"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_comparison_sees_a_fault(fault: str, sides: Sides) -> None:
    """Else that nothing is unexplained would prove nothing."""
    ending, change, words = FAULTS[fault]
    spoilt = next(order for order in sides.live if order.ending is ending)
    changed = [order for one in sides.live if (order := change(one) if one is spoilt else one)]
    found = replace(sides, live=changed).orders().unexplained
    assert any(words in sentence for sentence in found), found
