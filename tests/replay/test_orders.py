"""All signals planned at once are what the strategy plans of each, and refuses what it refuses."""

from typing import Any

import numpy as np
import pytest
from ict_lab.replay.grids import QuickGrid, nearest, onto_grid
from ict_lab.replay.orders import orders_of
from ict_lab.replay.tape import tape_of

from ict import Params
from ict.analysis import Analysis
from ict.desk.grid import Grid
from ict.desk.levels import LevelError
from ict.desk.plan import Signal, plan_entry
from ict.exits.engine import Exits
from ict.setups.entries import Entries as Signalled
from tests.verdict.markets import candles_of, market_of, random_moves

FEE = 0.0005


@pytest.mark.parametrize(
    ("price", "up", "down"),
    [(100.0, 100.0, 100.0), (64870.001, 64870.1, 64870.0), (64870.00000000001, 64870.0, 64870.0)],
)
def test_prices_lie_on_the_grid_as_their_twelve_digits_say(price: float, up: float, down: float) -> None:
    """A short's are negated: up for it is down for a long."""
    tick = np.array([0.1])
    assert onto_grid(np.array([price]), tick)[0] == up
    assert onto_grid(np.array([price]), tick, up=False)[0] == down
    assert onto_grid(np.array([-price]), tick)[0] == -down
    assert nearest(np.array([price, 0.26]), np.array([0.1, 0.1])).tolist() == [down, 0.3]
    assert onto_grid(np.array([1.234]), np.array([0.0]))[0] == 1.234


@pytest.mark.parametrize(("wanted", "lot", "whole"), [
    (1.2345, 0.001, 1.234),
    (0.0009, 0.001, 0.0),
    (17.0, 1.0, 17.0),
    # Decimals say that 0.3 is three lots, and what is a hair below that is two.
    (0.3, 0.1, 0.3),
    (0.29999999999999993, 0.1, 0.2),
    (4.35, 0.05, 4.35),
    (2.74, 0.25, 2.5),
])  # fmt: skip
def test_amounts_are_cut_to_lots_as_the_strategy_cuts_them(wanted: float, lot: float, whole: float) -> None:
    assert QuickGrid(0.1, lot).amount(wanted) == whole == Grid(0.1, lot).amount(wanted)


@pytest.mark.parametrize("settings", [
    {},
    {"risk_reward": 0.0},
    {"risk_reward": 2.37},
    {"max_chase_r": 0.05},
    {"min_stop_costs": 2.5},
    {"target_at": "liquidity"},
    {"partial_exit_at": "liquidity", "partial_exit_at_r": 0.5},
    {"partial_exit_at": "liquidity", "risk_reward": 0.0},
    {"partial_exit_at": "liquidity", "target_at": "liquidity", "min_target_r": 0.5},
])  # fmt: skip
@pytest.mark.parametrize("least", [0.0, 0.35])
def test_every_plan_is_the_strategys(settings: dict[str, Any], least: float) -> None:
    random = np.random.default_rng(3)
    frame = candles_of(random_moves(600, random))
    prices = ["open", "high", "low", "close"]
    frame[prices] = frame[prices].round(2)
    params = Params(**settings)
    market = market_of(frame).analysed_as(Analysis(frame, params).columns())
    tape = tape_of([market])
    side = random.choice([1, -1], 600).astype(np.int8)
    stop = frame["close"].to_numpy() * (1 - side * random.uniform(-0.0005, 0.004, 600))
    close, distance = frame["close"], np.full(600, least)
    distance[::50] = np.nan if least else 0.0
    signalled = Signalled.of(side, stop, np.full(600, "ob", object))
    exits = Exits.of(params)
    rows, entries = orders_of(market, tape, signalled, distance, FEE, params, exits)
    money: dict[str, float] = {"fee": FEE, "equity": 1000.0, "max_leverage": 1.0}
    planned = dict(zip(rows.tolist(), range(len(rows)), strict=True))
    assert 50 < len(planned) < 598
    for row in range(598):
        draws = market.chart.draw[int(side[row])].waiting(row).tolist() if params.aims_at_pools else None
        known = (float(one[row]) for one in (stop, distance, np.zeros(600), close))
        signal, opened = Signal(int(side[row]), *known, draws=draws), float(frame["open"][row + 1])
        try:
            plan = plan_entry(signal, opened, grid=Grid(0.01, 0.001), **money, params=params)
        except LevelError:
            assert row not in planned
            continue
        at = planned[row]
        assert entries.stop[at] == side[row] * plan.levels.stop
        target, part = plan.levels.target, plan.levels.part
        assert entries.target[at] == (np.inf if target is None else side[row] * target)
        pool = np.nan if part is None else side[row] * part
        assert entries.pool[at] == pytest.approx(pool, rel=0.0, nan_ok=True)
