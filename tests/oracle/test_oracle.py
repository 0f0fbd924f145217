"""The oracle against tables worked by hand, and its own laws.

Oracle and fast code run through the same tables.
"""

import math
from functools import cache
from typing import Any

import pytest

from tests.support.compare import differences
from tests.support.fast import fast_columns, fast_zones

from . import Zone, oracle_columns, oracle_zones
from .structure import Break, Swing, find_breaks
from .tables import TABLES, Life, Table, empty_value

IMPLEMENTATIONS = {"oracle": oracle_columns, "fast": fast_columns}
ZONE_IMPLEMENTATIONS = {"oracle": oracle_zones, "fast": fast_zones}

every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
LONGEST = max(TABLES, key=lambda table: len(table.rows))


def same(value: Any, expected: Any) -> bool:
    """Compare two values of a column: NaN equals NaN, prices may differ by rounding only."""
    if isinstance(expected, str):
        return bool(value == expected)
    if math.isnan(expected):
        return math.isnan(value)
    return bool(value == pytest.approx(expected, rel=1e-12, abs=1e-12))


@cache
def columns_of(implementation: str, table: str) -> dict[str, list[Any]]:
    (found,) = (one for one in TABLES if one.name == table)
    return IMPLEMENTATIONS[implementation](found.frame(), **found.given())


@every_table
def test_columns(table: Table) -> None:
    for implementation in IMPLEMENTATIONS:
        columns = columns_of(implementation, table.name)
        for name, values in table.expected.items():
            expected = [values.get(i, empty_value(name)) for i in range(len(table.rows))]
            wrong = {
                i: (columns[name][i], expected[i])
                for i in range(len(table.rows))
                if not same(columns[name][i], expected[i])
            }
            assert not wrong, f"{implementation}, {name}: candle -> (was, expected) {wrong}"


@pytest.mark.parametrize("table", [t for t in TABLES if t.lives], ids=lambda table: table.name)
def test_lives(table: Table) -> None:
    for implementation, zones_of in ZONE_IMPLEMENTATIONS.items():
        zones = zones_of(table.frame(), **table.params)
        for kind, expected in table.lives.items():
            lives = [str(life_of(zone)) for zone in zones if zone.kind == kind]
            assert lives == [str(as_floats(life)) for life in expected], implementation


def life_of(zone: Zone) -> Life:
    return as_floats(
        Life(zone.direction, zone.known_at, zone.ended_at, zone.end_reason, zone.touches, zone.filled_percent)
    )


def as_floats(life: Life) -> Life:
    """Round a life's percentage to a float that prints the same on both sides."""
    return Life(
        life.direction, life.known_at, life.ended_at, life.end_reason, life.touches,
        round(float(life.filled_percent), 9),
    )  # fmt: skip


def test_edges_and_origins_of_every_kind() -> None:
    """A breaker and an inversion keep the edges and the origin of the zone that turned."""
    tables = {table.name: table for table in TABLES}
    blocks = oracle_zones(tables["bull_block_edges_contain_the_close"].frame())
    gaps = oracle_zones(tables["bullish_inversion_ends_by_a_close_only"].frame())
    facts = {(z.kind, z.direction, z.top, z.bottom, z.origin_at) for z in [*blocks, *gaps]}
    assert {
        ("order_block", 1, 106.0, 99.0, 0),
        ("breaker", -1, 106.0, 99.0, 0),
        ("fair_value_gap", -1, 100.0, 98.0, 1),
        ("inversion_gap", 1, 100.0, 98.0, 1),
    } <= facts


def test_both_sides_could_break_but_the_up_side_goes_first() -> None:
    """BOS-1: with a high of 10 below a low of 20, a close of 15 breaks up now and down at the next candle.

    Real candles cannot do this (a close at or under the high is under the low as well, and broke it before),
    so the swings are given by hand.
    """
    swings = [Swing(1, 10.0, 0, 1), Swing(-1, 20.0, 0, 1)]
    assert find_breaks([15.0, 15.0, 15.0, 15.0], swings) == [Break(1, 1, False, 0), Break(2, -1, False, 0)]


@pytest.mark.parametrize("rows", [0, 1, 2, len(LONGEST.rows)])
def test_every_column_has_one_value_per_candle(rows: int) -> None:
    assert {len(column) for column in oracle_columns(LONGEST.frame().iloc[:rows]).values()} == {rows}


@every_table
def test_later_candles_change_nothing(table: Table) -> None:
    frame = table.frame()
    for name, analyse in IMPLEMENTATIONS.items():
        whole = columns_of(name, table.name)
        for count in range(2, len(frame), 1 + len(frame) // 2):
            part = analyse(frame.iloc[:count].reset_index(drop=True), **table.given())
            assert not differences(part, {key: whole[key][:count] for key in whole}, list(whole)), name
