"""A part that is closed at the first pool, the rest at the next one (EXIT-5, TGT-1): hooks and a backtest."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from freqtrade.strategy.interface import IStrategy
from ict_host.entry import IctEntry
from ict_host.records import LEVELS_KEY
from ict_host.signals import Signals

from ict import Params, analyse
from ict.desk.levels import Levels
from tests.strategy.host import ENTRY, ready, saved
from tests.strategy.option_runs import OPTIONS_TIMERANGE, Option, run_each
from tests.strategy.record import Backtest, Trade
from tests.strategy.settings import Settings
from tests.strategy.support import BTC, Workplace
from tests.strategy.test_levels import both_sides, entered, target
from tests.strategy.test_moved_stops import at_r, wanted

BLOCK = {"partial_exit_at": "liquidity", "partial_exit_percent": 30.0, "target_at": "liquidity"}


def aiming(side: str, pools: list[float], monkeypatch: pytest.MonkeyPatch) -> IStrategy:
    """Load a strategy whose signal sees pools at some multiples of R."""
    levels = [at_r(side, pool) for pool in pools]
    monkeypatch.setattr(Signals, "draws_at", lambda self, row, direction: levels)
    monkeypatch.setattr(IctEntry, "_higher_candles", lambda self, pair, params: {})
    return ready(side, BLOCK)


@both_sides
@pytest.mark.usefixtures("book")
def test_a_part_is_closed_at_the_first_pool_also_after_a_restart(
    side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = entered(strategy := aiming(side, [0.5, 0.8, 2.5], monkeypatch), side)
    assert trade.get_custom_data(LEVELS_KEY)["part"] == at_r(side, 0.5)
    assert target(strategy, trade) == pytest.approx(at_r(side, 2.5), abs=0.1)
    for bot in (strategy, aiming(side, [0.2, 9.0], monkeypatch)):
        assert wanted(bot, trade, at_r(side, 0.49)) is None
        change = wanted(bot, trade, at_r(side, 0.5))
        assert change is not None
        assert -change * trade.amount / trade.stake_amount == pytest.approx(0.003)


@pytest.mark.usefixtures("book")
def test_a_record_without_a_part_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trade that an older version has opened: it keeps its target, and is closed whole."""
    trade = entered(aiming("long", [0.5, 2.5], monkeypatch), "long")
    old = {"schema": 1, "entry": ENTRY, "stop": ENTRY - 600, "target": ENTRY + 1200}
    trade.set_custom_data(LEVELS_KEY, old)
    saved(trade)
    bot = aiming("long", [0.5, 2.5], monkeypatch)
    assert bot._levels.of(trade) == Levels(ENTRY, ENTRY - 600, ENTRY + 1200, None)
    assert wanted(bot, trade, at_r("long", 1.9)) is None


# The rest goes to the next pool that is 1 R away; of the parts some are closed before.
POOLS = {**BLOCK, "entry_threshold": 2.0, "htf_gate": False, "min_target_r": 1.0}


@pytest.fixture(scope="module")
def run(
    workplaces: Callable[..., Workplace], daily_candles: Path, tmp_path_factory: pytest.TempPathFactory
) -> Backtest:
    def make(strategies: Path) -> Workplace:
        return workplaces("pools", strategies, daily_candles)

    options = {"FirstPool": Option(POOLS, Settings())}
    folder = tmp_path_factory.mktemp("pools")
    return run_each(make, folder / "strategies", options, OPTIONS_TIMERANGE, (BTC,))["FirstPool"]


@pytest.fixture(scope="module")
def first_pool(run: Backtest) -> dict[int, np.ndarray]:
    """Nearest level that waits on each side of each close (POOL-3), from the public columns."""
    chart = run.charts[BTC]
    prices = {name: getattr(chart, name) for name in ("open", "high", "low", "close")}
    date = pd.to_datetime(chart.time, unit="ms", utc=True)
    frame = analyse(pd.DataFrame({"date": date, **prices, "volume": 1.0}), Params())
    return {1: frame["ict_buy_side"].to_numpy(), -1: frame["ict_sell_side"].to_numpy()}


def test_parts_of_a_backtest_are_closed_at_their_pools(
    run: Backtest, first_pool: dict[int, np.ndarray]
) -> None:
    """At the first open at or beyond the pool that was nearest when the trade was entered, and once."""
    chart = run.charts[BTC]

    def expected(trade: Trade) -> list[tuple[int, float]]:
        row, last = chart.at(trade.opened), chart.at(trade.closed)
        pool = first_pool[trade.side][row - 1]
        opens = chart.open[row : last + 1]
        beyond = np.flatnonzero(trade.side * (opens - pool) >= 0)[:1]
        return [(int(chart.time[row + at]), float(opens[at])) for at in beyond]

    pools = {trade.opened: first_pool[trade.side][chart.at(trade.opened) - 1] for trade in run.trades}
    # One that opens beyond its nearest pool has another one: its columns do not say which.
    checked = [trade for trade in run.trades if trade.side * (pools[trade.opened] - trade.entry) > 0]
    assert len(checked) > 30
    found = {trade.opened: [(fill.time, fill.price) for fill in trade.parts] for trade in checked}
    assert found == {trade.opened: expected(trade) for trade in checked}
    assert sum(bool(parts) for parts in found.values()) > 10


def test_the_rest_ends_behind_the_first_pool(run: Backtest, first_pool: dict[int, np.ndarray]) -> None:
    chart = run.charts[BTC]
    ended = [trade for trade in run.trades if trade.reason == "roi"]
    assert len(ended) > 5
    for trade in ended:
        risk = abs(trade.entry - trade.first_stop)
        assert trade.side * (trade.exit - trade.entry) >= risk - 0.2
        assert trade.side * (trade.exit - first_pool[trade.side][chart.at(trade.opened) - 1]) > 0
