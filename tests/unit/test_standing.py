"""Where a side stands at a close is what the strategy does there, and what it names as missing is missing."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from ict import Params
from ict.analysis import Analysis
from ict.candles import BOTH_SIDES
from ict.columns import Columns
from ict.setups.entries import find_entries
from ict.setups.resting import direction_of, find_resting
from ict.setups.standing import Standing, standing_at_close, standing_of_resting
from tests.support.markets import and_real, resampled, stretch, traded

START, FIRST, COUNT = 20_000, 600, 2400
TICK = np.full(COUNT, 0.1)
ALWAYS = np.ones(COUNT, np.bool_)
SETUPS: dict[str, dict[str, Any]] = {
    "default": {},
    "gate must agree": {"htf_must_agree": True, "second_trend_timeframe": "1d"},
    "required": {"setup": {"zones": ["ob", "fvg"], "require": ["discount", "trend"]}, "htf_gate": False},
    "events": {"setup": {"zones": [], "events": ["sweep", "break"], "require": ["htf"]}, "htf_gate": False},
    "volatility": {"max_volatility_percentile": 60.0, "entry_threshold": 2.0},
}


@cache
def columns_of(market: str, name: str) -> Columns:
    return analysed(market, SETUPS[name])


def analysed(market: str, settings: dict[str, Any]) -> Columns:
    """Analyse it under any settings; the daily range needs months of days."""
    whole = traded(market).iloc[: START + COUNT]
    higher = {"1d": resampled(whole, "1d")}
    return Analysis(stretch(whole, START, START + COUNT), Params.parse(settings), higher).columns()


def without(standing: Standing) -> dict[str, Any]:
    """Give settings that no longer ask for what a side lacks."""
    settings: dict[str, Any] = {"entry_threshold": standing.score}
    for kind, of in standing.unmet:
        settings |= {
            "fact": {f"use_{of}": "points"},
            "threshold": {},
            "gate": {"htf_gate": False},
            "volatility": {"max_volatility_percentile": 100.0},
        }[kind]
    return settings


@pytest.mark.parametrize("market", and_real("BTC"))
@pytest.mark.parametrize("name", SETUPS)
def test_it_enters_where_the_strategy_does(market: str, name: str) -> None:
    columns = columns_of(market, name)
    direction = find_entries(columns).direction
    entered = direction[FIRST:].nonzero()[0] + FIRST
    rows = {*entered.tolist()[:40], *range(FIRST, COUNT, 61)}
    assert len(entered)
    for row in rows:
        standing = standing_at_close(columns, row)
        assert [side for side in BOTH_SIDES if standing[side].enters] == [
            side for side in BOTH_SIDES if direction[row] == side
        ]


@pytest.mark.parametrize("name", SETUPS)
def test_what_it_names_as_missing_is_all_that_is_missing(name: str) -> None:
    """Take the missing conditions out of the settings, and the entry is made."""
    columns, seen = columns_of("BTC", name), set()
    direction = find_entries(columns).direction
    for row in range(FIRST, COUNT, 11):
        for side, standing in standing_at_close(columns, row).items():
            lacks = standing.trigger and standing.is_alone and standing.unmet
            if not lacks or (standing.unmet, side) in seen:
                continue
            seen.add((standing.unmet, side))
            relaxed = analysed("BTC", SETUPS[name] | without(standing))
            assert (int(direction[row]), int(find_entries(relaxed).direction[row])) == (0, side)
    assert len(seen) > 1


@pytest.mark.parametrize("market", and_real("BTC"))
def test_a_resting_entry_is_wanted_where_it_says_so(market: str) -> None:
    settings = {"setup": {"zones": ["ob", "fvg"], "require": ["htf"], "entry": {"at": "zone"}}}
    columns = analysed(market, settings)
    wanted = find_resting(columns, TICK, ALWAYS)
    direction = direction_of(wanted, columns.chart.candles.close)
    seen = set()
    for row in range(FIRST, COUNT, 23):
        standing = standing_of_resting(columns, row, TICK)
        found = [side for side in BOTH_SIDES if standing[side].enters]
        assert found == [side for side in BOTH_SIDES if direction[row] == side]
        for side in found:
            assert standing[side].price == wanted[side].price[row]
            assert standing[side].stop == wanted[side].stop[row]
        seen.add(direction[row])
    assert seen == {-1, 0, 1}
