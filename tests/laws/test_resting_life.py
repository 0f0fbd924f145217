"""Orders that rest live and die close by close as a slow reading of the rulebook has it (LIM-1, LIM-2)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ict_host.signals import Signals

from ict import Params
from ict.analysis import Analysis
from ict.desk.grid import Grid
from ict.desk.levels import LevelError
from ict.desk.plan import Signal
from ict.setups.entries import find_entries
from tests.oracle import Setup, setup_view
from tests.oracle.resting import walk
from tests.oracle.setup import FACTS, POINTS, REQUIRED, ZONE_WORDS, Use
from tests.support.markets import second_market, synthetic

TICK, CANDLES = 0.01, 1_000
# Small enough that each pattern is there often.
OFTEN = {"min_gap_percent": 0.02, "pool_max_age_candles": 100, "major_swing_strength_candles": 8}


def setups(count: int) -> list[Setup]:
    """Draw setups at random: some facts with points, one or none required, some kinds of zones."""
    random, drawn = np.random.default_rng(7), []
    for _ in range(count):
        chosen = sorted(random.choice(len(FACTS), 4, replace=False))
        facts = [Use(FACTS[number], POINTS, 1.0) for number in chosen]
        if random.random() < 0.6:
            number = int(random.integers(4))
            facts[number] = replace(facts[number], use=REQUIRED)
        kinds = tuple(map(str, random.choice([*ZONE_WORDS], random.integers(1, 5), replace=False)))
        setup = Setup(
            facts=tuple(facts), entry_threshold=float(random.integers(0, 3)), entry_zones=kinds,
            htf_gate=bool(random.random() < 0.3), tick=TICK,
            stop_behind=str(random.choice(["zone", "swing", "sweep"])),
            target_at=str(random.choice(["rr", "liquidity"])),
            entry_depth=float(random.choice([0.0, 0.5, 0.62])),
        )  # fmt: skip
        drawn.append(setup)
    return drawn


def params_of(setup: Setup, **changed: Any) -> Params:
    off = dict.fromkeys((f"use_{name}" for name in FACTS), "off")
    uses = {f"use_{fact.fact}": fact.use for fact in setup.facts}
    points = {f"points_{fact.fact}": fact.points for fact in setup.facts}
    names = ("entry_threshold", "htf_gate", "entry_zones", "entry_events", "entry_depth", "stop_behind")
    same = {name: getattr(setup, name) for name in (*names, "target_at", "risk_reward", "min_target_r")}
    return Params(**{**OFTEN, **off, **uses, **points, **same, **changed})


def signals_of(frame: pd.DataFrame, params: Params) -> Signals:
    columns = Analysis(frame, params, None, second_market(frame)).columns()
    count = len(frame)
    always, tick = np.ones(count, np.bool_), np.full(count, TICK)
    return Signals.find(pd.DatetimeIndex(frame["date"]), columns, always, tick, find_entries)


def frame_of(seed: int) -> pd.DataFrame:
    frame = synthetic(CANDLES, seed=seed)
    prices = ["open", "high", "low", "close"]
    frame[prices] = frame[prices].round(2)
    return frame


class Resting:
    """The order that rests, by the strategy's own parts, close by close."""

    def __init__(self, frame: pd.DataFrame, params: Params) -> None:
        self.signals, self.params, self.frame = signals_of(frame, params), params, frame
        self.order: Signal | None = None

    def target(self, order: Signal, row: int) -> float | None:
        """Target of the order at a close, None for none (TGT-1); off the grid, as the oracle has it."""
        draws = self.signals.draws_at(row, order.direction)
        entry, grid = order.limit or 0.0, Grid(1e-9, 1.0)
        try:
            return replace(order, draws=draws).levels_from(entry, order.stop, grid, self.params).target
        except LevelError:
            return None

    def close(self, row: int) -> None:
        """Keep the order, take it back, or place one (LIM-1, LIM-2)."""
        if self.order is not None and not self._stays(self.order, row):
            self.order = None
        if self.order is None:
            self.order = self._placed(row)

    def _stays(self, order: Signal, row: int) -> bool:
        assert order.limit is not None
        assert order.zone is not None
        wanted = self.signals.why_over(row, order.direction, order.limit, order.zone) is None
        return wanted and self.target(order, row) is not None

    def _placed(self, row: int) -> Signal | None:
        side = int(self.signals.direction[row])
        order = self.signals.at(row, side) if side else None
        coming = (
            self.frame["open"].iloc[row + 1] if row + 1 < len(self.frame) else self.frame["close"].iloc[row]
        )
        if order is None or order.limit is None or side * (coming - order.limit) <= 0:
            return None
        return order if self.target(order, row) is not None else None


@pytest.mark.parametrize("setup", setups(4))
def test_orders_that_rest(setup: Setup) -> None:
    """Where an order is filled is the oracle's to say: the strategy leaves that to the exchange."""
    frame = frame_of(4)
    view = setup_view(frame, setup, reference=second_market(frame), **OFTEN)
    walked, resting = walk(view), Resting(frame, params_of(setup, entry_at="zone"))
    for row, expected in enumerate(walked.standing):
        if row in walked.filled:
            resting.order = None
        resting.close(row)
        order = resting.order
        assert (order is None) == (expected is None), row
        if order is not None and expected is not None:
            assert order.direction == expected.side
            assert (order.limit, order.stop) == pytest.approx((expected.price, expected.stop), rel=1e-9)
            assert resting.target(order, row) == pytest.approx(expected.target, rel=1e-6)


@pytest.mark.parametrize("setup", setups(4))
def test_what_a_backtest_knows_ahead_of_an_order(setup: Setup) -> None:
    """The first close that may end an order is never after one that does, and mostly it is that one."""
    params = params_of(setup, entry_at="zone")
    resting, exact, asked = Resting(frame_of(4), params), 0, 0
    for row in range(0, CANDLES, 7):
        order = resting._placed(row)
        if order is None or order.limit is None or order.zone is None:
            continue
        draws = resting.signals.draws_at(row, order.direction)
        levels = replace(order, draws=draws).levels_from(order.limit, order.stop, Grid(1e-9, 1.0), params)
        until = min(
            resting.signals.stays_until(row, order),
            resting.signals.pools_until(row, order.direction, levels, params),
        )
        assert all(resting._stays(order, later) for later in range(row, until))
        asked += 1
        exact += until == CANDLES or until - row == 64 or not resting._stays(order, until)
    assert asked > 10
    assert exact > asked / 2
