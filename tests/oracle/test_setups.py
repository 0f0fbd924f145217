"""The oracle of Setups against tables worked by hand."""

import pytest

from tests.support.markets import synthetic

from . import Setup, setup_view
from .resting import Walk, walk
from .setup_entries import entries, time_stop_at
from .setup_facts import Moment, View, held, holds
from .tables_setups import ENTRY_TABLES, NO_BUFFER, RESTING_TABLES, Expected, SetupTable


def view_of(table: SetupTable) -> View:
    return setup_view(table.frame(), table.setup, **NO_BUFFER | dict(table.params))


def assert_same(found: dict[int, Expected], expected: dict[int, Expected]) -> None:
    """Compare by candle; prices may differ by rounding only."""
    assert found.keys() == expected.keys()
    for i, entry in expected.items():
        assert (found[i].side, found[i].tag) == (entry.side, entry.tag)
        prices = [found[i].price, found[i].stop, found[i].target]
        assert prices == pytest.approx([entry.price, entry.stop, entry.target])


@pytest.mark.parametrize("table", ENTRY_TABLES, ids=lambda table: table.name)
def test_entries(table: SetupTable) -> None:
    view = view_of(table)
    found = {
        entry.at: Expected(
            view.candles.close[entry.at], entry.stop, entry.target, " ".join(entry.tag), entry.direction
        )
        for entry in entries(view)
    }
    assert_same(found, dict(table.expected))


@pytest.mark.parametrize("table", RESTING_TABLES, ids=lambda table: table.name)
def test_resting_orders(table: SetupTable) -> None:
    """After every close the order stands that the hand says, or none; and fills where the hand says."""
    walked: Walk = walk(view_of(table))
    found = {
        i: Expected(order.price, order.stop, order.target, " ".join(order.tag), order.side)
        for i, order in enumerate(walked.standing)
        if order is not None
    }
    assert_same(found, dict(table.expected))
    assert tuple(walked.filled) == table.filled


@pytest.mark.parametrize("side", [1, -1])
def test_facts_at_a_close_are_the_columns(side: int) -> None:
    """SIG-3: at a close, zones and places hold as their columns say, and the default score is SIG-2's."""
    view = setup_view(
        synthetic(1500, seed=8), Setup(), min_gap_percent=0.0, trend_timeframe="1h", higher_timeframes=("1h",)
    )
    bull, long, columns = ("bull", "long", view.columns) if side == 1 else ("bear", "short", view.columns)
    blocks = {one: [top == top for top in columns[f"ict_{one}_ob_top"]] for one in ("bull", "bear")}
    expected = {
        "ob": [here and not (blocks["bull"][i] and blocks["bear"][i]) for i, here in enumerate(blocks[bull])],
        "fvg": columns[f"ict_in_{bull}_fvg"],
        "ifvg": columns[f"ict_in_{bull}_ifvg"],
        "ote": columns[f"ict_in_{bull}_ote"],
        "htf_ob": columns[f"ict_in_{bull}_ob_1h"],
        "htf_fvg": columns[f"ict_in_{bull}_fvg_1h"],
        "discount": [side * (place - 0.5) < 0 for place in columns["ict_range_position"]],
    } | {
        word: [top == top for top in columns[f"ict_{bull}_{word}_top"]]
        for word in ("breaker", "bpr", "unicorn", "rejection", "propulsion")
    }
    for i, close in enumerate(view.candles.close):
        at = Moment(side, i, close)
        for fact, column in expected.items():
            assert holds(view, fact, at) == column[i], (fact, i)
        points = {use.fact: use.points for use in view.setup.facts}
        assert sum(points[fact] for fact in held(view, at)) == columns[f"ict_{long}_score"][i]
    assert all(sum(column) > 0 for column in expected.values()), {f: sum(c) for f, c in expected.items()}


def test_time_stop() -> None:
    """EXIT-6: filled in candle 7, a trade of three candles ends at the close of 9."""
    assert time_stop_at(7, 3) == 9
