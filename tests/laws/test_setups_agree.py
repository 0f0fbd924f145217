"""Setups against the oracle: entries at closes, orders that rest, and times, by settings drawn at random."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ict import Params
from ict.candles import Candles
from ict.columns import Columns
from ict.facts import ENTRY_EVENTS, ENTRY_ZONES, FACTS
from ict.market.chart import Chart
from ict.params import WEEKDAYS
from ict.setups.blackouts import Blackout, Blackouts
from ict.setups.entries import find_entries
from ict.setups.resting import direction_of, find_resting
from ict.setups.windows import WINDOWS, EntryTimes
from tests.oracle import Setup, View, setup_view
from tests.oracle.resting import candidate, limit_price, moment_of, nearest
from tests.oracle.setup import WORD_OF_KIND, Use
from tests.oracle.setup_entries import entries, stop_of_zone, tag_of, target_of
from tests.oracle.setup_facts import held
from tests.oracle.tables_setups import ENTRY_TABLES, NO_BUFFER, RESTING_TABLES, SetupTable
from tests.oracle.windows import NAMED, is_in_a_window, may_rest, touches_a_blackout
from tests.support.markets import and_real, stretch, synthetic, traded

TICK = 0.5
MARKETS = [*and_real("BTC"), "odd"]
Random = np.random.Generator
BY_AGE = [table for table in RESTING_TABLES if table.name.startswith("of_equal_prices")]


def market_of(name: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    if name == "odd":
        return synthetic(700, seed), synthetic(700, seed + 50)
    one, other = traded(name), traded(name.replace("BTC", "ETH"))
    start = 4500 * (seed + 1)
    return stretch(one, start, start + 900), stretch(other, start, start + 900)


def some(random: Random, words: Any, most: int) -> tuple[str, ...]:
    return tuple(random.permutation(list(words))[: random.integers(0, most + 1)].tolist())


def drawn(random: Random) -> tuple[Setup, dict[str, Any], Params]:
    """Draw a setup, the settings of its patterns, and the product's settings that mean the same."""
    uses = [
        Use(fact, "required" if random.random() < 0.05 else "points", float(random.choice([0.5, 1.5, 2])))
        for fact in FACTS
        if random.random() < 0.5
    ]
    events = some(random, ENTRY_EVENTS, 2) if random.random() < 0.5 else ()
    shared = {
        "entry_zones": some(random, ENTRY_ZONES, 4) or (() if events else ("ob",)),
        "entry_events": events,
        "entry_threshold": float(random.choice([0, 1, 2, 4])),
        "entry_depth": float(random.choice([0, 0.3, 0.5])),
        "htf_gate": bool(random.random() < 0.5),
        "stop_behind": str(random.choice(["zone", "swing", "sweep"])),
    }
    patterns = {
        "trend_timeframe": str(random.choice(["1h", "4h"])),
        "sweep_memory_candles": int(random.choice([4, 16])),
        "session_pools": bool(random.random() < 0.5),
        "mean_threshold": bool(random.random() < 0.3),
        "min_gap_percent": 0.02,
    }
    setup = Setup(facts=tuple(uses), tick=TICK, **shared)
    return setup, patterns, settings_of(setup, **patterns)


def settings_of(setup: Setup, **patterns: Any) -> Params:
    """Give the product's settings that mean the same as a setup of the oracle's, but for its times."""
    uses = {f"use_{fact}": "off" for fact in FACTS} | {f"use_{one.fact}": one.use for one in setup.facts}
    points = {f"points_{one.fact}": one.points for one in setup.facts}
    names = ("entry_zones", "entry_events", "entry_threshold", "entry_depth", "htf_gate", "stop_behind")
    return Params(**{name: getattr(setup, name) for name in names}, **patterns, **uses, **points)


def looked_at(name: str, seed: int) -> tuple[View, Columns]:
    (frame, other), (setup, patterns, params) = market_of(name, seed), drawn(np.random.default_rng(seed))
    shown = (patterns["trend_timeframe"],)
    view = setup_view(frame, setup, reference=other, higher_timeframes=shown, **patterns)
    chart = Chart(Candles.from_frame(frame), params, reference=Candles.from_frame(other))
    return view, Columns(chart)


def words_of(tag: str) -> tuple[str, set[str]]:
    """Take a tag apart: what triggers, and the facts that held, whose order is the product's own."""
    first, *others = tag.split("+")
    return first, set(others)


def columns_of(table: SetupTable) -> Columns:
    params = settings_of(table.setup, **NO_BUFFER | dict(table.params))
    return Columns(Chart(Candles.from_frame(table.frame()), params))


@pytest.mark.parametrize("table", ENTRY_TABLES, ids=lambda table: table.name)
def test_entries_worked_by_hand(table: SetupTable) -> None:
    """SIG-3, SIG-4, STOP-1: every entry of a table; that there is no other depends on its times, too."""
    found = find_entries(columns_of(table))
    for i, entry in table.expected.items():
        assert found.direction[i] == entry.side
        assert words_of(found.tag[i]) == words_of(entry.tag.replace(" ", "+"))
        assert found.stop[i] == pytest.approx(entry.stop)


@pytest.mark.parametrize("table", BY_AGE, ids=lambda table: table.name)
def test_the_newest_of_equal_limit_prices(table: SetupTable) -> None:
    """LIM-1: the nearest limit price, then the newest zone, as the hand says."""
    count = len(table.rows)
    found = find_resting(columns_of(table), np.full(count, table.setup.tick), np.ones(count, np.bool_))
    for i, order in table.expected.items():
        assert found[order.side].tag[i] == order.tag
        wanted = [found[order.side].price[i], found[order.side].stop[i]]
        assert wanted == pytest.approx([order.price, order.stop])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", MARKETS)
def test_entries_at_closes(name: str, seed: int) -> None:
    """SIG-3, SIG-4, STOP-1: the same closes, sides, stops and tags."""
    view, columns = looked_at(name, seed)
    expected = {one.at: (one.direction, one.stop, words_of("+".join(one.tag))) for one in entries(view)}
    found = find_entries(columns)
    assert np.flatnonzero(found.direction).tolist() == list(expected)
    for i, (side, stop, tag) in expected.items():
        assert (found.direction[i], words_of(found.tag[i])) == (side, tag)
        assert found.stop[i] == pytest.approx(stop, rel=1e-12)


@pytest.mark.parametrize("seed", range(4, 8))
@pytest.mark.parametrize("name", MARKETS)
def test_orders_that_rest(name: str, seed: int) -> None:
    """LIM-1: at every close the same nearest zone of each side, by price, stop and tag, and the same side."""
    view, columns = looked_at(name, seed)
    count = len(view.candles)
    fast = find_resting(columns, np.full(count, TICK), np.ones(count, np.bool_))
    nearer = direction_of(fast, columns.chart.candles.close)
    for i in range(count):
        for side in (1, -1):
            zone = candidate(view, side, i, set())
            if zone is None:
                assert np.isnan(fast[side].price[i])
                continue
            tag = tag_of(WORD_OF_KIND[zone.kind], held(view, moment_of(view, zone, i)))
            assert words_of(fast[side].tag[i]) == words_of("+".join(tag))
            prices = [limit_price(view, zone), stop_of_zone(view, zone, i)]
            assert [fast[side].price[i], fast[side].stop[i]] == pytest.approx(prices, rel=1e-12)
        chosen = nearest(view, i, set())
        assert nearer[i] == (0 if chosen is None else chosen.direction)


@pytest.mark.parametrize("name", MARKETS)
def test_targets_at_liquidity(name: str) -> None:
    """TGT-1: the nearest pool that is far enough, of the product's list of those that wait."""
    frame, _ = market_of(name, 8)
    kinds = ("week", "day", "session", "equal")
    setup = Setup(target_at="liquidity")
    view = setup_view(frame, setup, session_pools=True, draw_kinds=kinds)
    chart = Chart(Candles.from_frame(frame), Params(session_pools=True, draw_kinds=kinds))
    found = 0
    for i, close in enumerate(view.candles.close):
        for side in (1, -1):
            stop = close * (1 - side * 0.002)
            target = target_of(view, side, close, stop, i)
            far = [level for level in chart.draw[side].waiting(i) if side * (level - close) >= 0.003 * close]
            assert target == pytest.approx(far[0] if far else float("nan"), nan_ok=True)
            found += bool(far)
    assert found > 300


@pytest.mark.parametrize("day", ["2024-03-08", "2024-11-01", "2024-07-01"])
def test_times_of_entries(day: str) -> None:
    """TIME-1, TIME-2: moments and whole candles, around the changes of New York's clock."""
    random = np.random.default_rng(3)
    assert NAMED.keys() == WINDOWS.keys()
    for _ in range(12):
        own = "-".join(f"{random.integers(24):02}:{random.integers(60):02}" for _ in range(2))
        windows, days = (*some(random, WINDOWS, 2), own), sorted(random.permutation(7)[:5].tolist())
        step = pd.Timedelta(minutes=int(random.choice([5, 15, 60])))
        opens = pd.date_range(day, periods=150, freq=step, tz="UTC")
        start = datetime.fromisoformat(day).replace(hour=9, minute=7, tzinfo=UTC)
        end = start.replace(minute=20)
        news = (pd.Timestamp(start), pd.Timestamp(end))
        setup = Setup(entry_windows=windows, entry_weekdays=tuple(days), blackouts=(news,))
        weekdays = tuple(WEEKDAYS[one] for one in days)
        times = EntryTimes.of(Params(entry_windows=windows, entry_weekdays=weekdays))
        at, length = opens.as_unit("ns").asi8, step.value
        touched = Blackouts((Blackout(start, end, "news"),)).touch(at, length)
        assert touched.tolist() == [touches_a_blackout(one, one + step, setup) for one in opens]
        assert times.allow_moments(at).tolist() == [is_in_a_window(one, setup) for one in opens]
        rests = times.allow_candles(at, length) & ~touched
        assert rests.tolist() == [may_rest(one, one + step, setup) for one in opens]
