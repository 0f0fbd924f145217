"""Every option as a backtest, by the `ict` block: entries, sizes, stops, parts and exits, trade by trade."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.runs.run import read_runs

from ict import Params, analyse
from tests.strategy import obeyed
from tests.strategy.course import Course
from tests.strategy.option_runs import OPTIONS, OPTIONS_TIMERANGE, Option, run_each
from tests.strategy.record import FEE, Backtest, Trade
from tests.strategy.replay import Replay
from tests.strategy.settings import Settings
from tests.strategy.support import BTC, Workplace

every_option = pytest.mark.parametrize("name", OPTIONS)
# Beside the options that the oracle walks: the rest goes to the next pool that is 1 R away.
POOLS = "FirstPool"
AT_POOLS = {
    "partial_exit_at": "liquidity", "partial_exit_percent": 30.0, "target_at": "liquidity",
    "entry_threshold": 2.0, "htf_gate": False, "min_target_r": 1.0,
}  # fmt: skip
CENT = 0.005
LEAST_TRADES = {"Retest": 3, "SetD": 4}


@pytest.fixture(scope="module")
def options(
    workplaces: Callable[..., Workplace], daily_candles: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Backtest]:
    def make(strategies: Path) -> Workplace:
        return workplaces("options", strategies, daily_candles)

    folder = tmp_path_factory.mktemp("options") / "strategies"
    return run_each(make, folder, OPTIONS | {POOLS: Option(AT_POOLS, Settings())}, OPTIONS_TIMERANGE, (BTC,))


@every_option
def test_every_trade_obeys_the_rulebook(options: dict[str, Backtest], name: str) -> None:
    """SIG, REV, VOL, RISK and EXIT: by candles, a second bookkeeper and each trade's course."""
    run = options[name]
    assert len(run.trades) >= LEAST_TRADES.get(name, 15)
    assert obeyed.broken(run) == []


# What keeps signals from entries and what ends trades, at least so often: else "obeys" would say little.
@pytest.mark.parametrize(("name", "least"), [
    ("Leverage", {"daily loss": 10, "daily trades": 10}),
    ("Other", {"daily trades": 10, "the exchange's minimum": 10, "stop_loss": 15}),
    ("Partial", {"daily loss": 5, "a part": 20, "roi": 1, "stop_loss": 1}),  # with a book kept fill by fill
    ("InTime", {"the time": 100}),
    ("TimeStop", {"time_stop": 5}),
    ("BreakEven", {"trailing_stop_loss long": 1, "trailing_stop_loss short": 1}),
    *((name, {"trailing_stop_loss": 4}) for name in ("BreakEven", "Trail", "TrailAndBreakEven", "SetD")),
    # EXIT-2: some blocks are narrower than one average true range of 4h, and 2 R is then further.
    ("Wide", {"widened": 15, "widened roi": 1}),
    # EXIT-1: without a target a trade goes on where others end.
    ("NoTarget", {"beyond 2.5 R": 1}),
])  # fmt: skip
def test_each_thing_occurs(options: dict[str, Backtest], name: str, least: dict[str, int]) -> None:
    run = options[name]
    found = Counter(Replay(run).walk().refused)
    for trade in run.trades:
        found.update([trade.reason, f"{trade.reason} {'long' if trade.side > 0 else 'short'}"])
        found.update(["a part"] if trade.parts else [])
        found.update(told_by(Course(run, trade)))
    assert {what: found[what] for what, count in least.items() if found[what] < count} == {}


def told_by(course: Course) -> Iterator[str]:
    """Say whether a trade's stop was widened to the least distance, on the grid, and how far it could go."""
    trade, chart = course.trade, course.chart
    if course.risk - chart.outlook.least_distance[course.entered - 1] < course.tick:
        yield from ("widened", f"widened {trade.reason}")
    best = chart.high if course.side > 0 else chart.low
    span = best[course.entered : chart.at(trade.closed) + 1]
    yield from ["beyond 2.5 R"] if max(map(course.gain_in_r, map(float, span))) > 2.5 else []


def test_the_files_values_count_and_the_configuration_wins(options: dict[str, Backtest]) -> None:
    assert options["File"].trades == options["Other"].trades


@pytest.mark.parametrize(("name", "tags"), [
    ("Retest", {"gap"}),
    # VOL-1 is off at 100: nothing but the volatility's limit tells it from the trend preset.
    ("SetD", {"ob+htf", "ob+htf+fvg", "ob+htf+ote"}),
])  # fmt: skip
def test_tags(options: dict[str, Backtest], name: str, tags: set[str]) -> None:
    assert {trade.tag for trade in options[name].trades} <= tags
    parts = {fill.tag for trade in options["Partial"].trades for fill in trade.parts}
    assert parts == {"partial_exit"}


def test_no_callback_failed(options: dict[str, Backtest]) -> None:
    obeyed.assert_quiet(options["Partial"], tuple(OPTIONS))


# The export as our tools read it


@pytest.fixture(scope="module", params=["Partial", "TrailAndBreakEven"])
def exported(request: pytest.FixtureRequest, options: dict[str, Backtest]) -> tuple[Backtest, pd.DataFrame]:
    """Give a run at five times leverage with parts, and one whose stop moves to the entry and swings."""
    run = options[request.param]
    (read,) = [one for one in read_runs(run.folder) if one.strategy == request.param]
    return run, read.trades.set_index("open_timestamp")


def test_the_first_stop_is_the_one_fixed_at_the_entry(exported: tuple[Backtest, pd.DataFrame]) -> None:
    """EXIT-1, recomputed from raw candles; also where it moved, or a part was closed."""
    run, trades = exported
    assert len(trades) == len(run.trades) >= 20
    for expected in run.trades:
        course, found = Course(run, expected), trades.loc[expected.opened]
        assert found["first_stop"] == pytest.approx(course.first_stop, abs=course.tick), str(expected)
        entered = sum(fill.amount for fill in expected.fills if fill.is_entry)
        assert found["risk_abs"] == pytest.approx(course.risk * entered, abs=course.tick * entered)
        assert found["r_multiple"] == pytest.approx(expected.profit / found["risk_abs"])


def test_profit_is_prices_less_fees_and_funding_to_the_cent(exported: tuple[Backtest, pd.DataFrame]) -> None:
    run, trades = exported
    added = trades["gross_abs"] - trades["fees_abs"] + trades["funding_abs"]
    assert np.abs(added - trades["profit_abs"]).max() < CENT
    (chart,) = run.charts.values()
    for expected in run.trades:
        found = trades.loc[expected.opened]
        fees = FEE * sum(fill.amount * fill.price for fill in expected.fills)
        assert found["fees_abs"] == pytest.approx(fees, abs=1e-6)
        # Rate times mark price at each funding time, from the files; a part's share is not known.
        assert expected.parts or found["funding_abs"] == pytest.approx(chart.funding_of(expected), abs=CENT)
    assert (trades["funding_abs"].abs() > 0.01).sum() >= 5


# A part at the first pool, the rest at the next one


@pytest.fixture(scope="module")
def first_pool(options: dict[str, Backtest]) -> dict[int, np.ndarray]:
    """Nearest level that waits on each side of each close (POOL-3), from the public columns."""
    chart = options[POOLS].charts[BTC]
    prices = {name: getattr(chart, name) for name in ("open", "high", "low", "close")}
    date = pd.to_datetime(chart.time, unit="ms", utc=True)
    frame = analyse(pd.DataFrame({"date": date, **prices, "volume": 1.0}), Params())
    return {1: frame["ict_buy_side"].to_numpy(), -1: frame["ict_sell_side"].to_numpy()}


def test_parts_of_a_backtest_are_closed_at_their_pools(
    options: dict[str, Backtest], first_pool: dict[int, np.ndarray]
) -> None:
    """At the first open at or beyond the pool that was nearest when the trade was entered, and once."""
    run, chart = options[POOLS], options[POOLS].charts[BTC]

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


def test_the_rest_ends_behind_the_first_pool(
    options: dict[str, Backtest], first_pool: dict[int, np.ndarray]
) -> None:
    run, chart = options[POOLS], options[POOLS].charts[BTC]
    ended = [trade for trade in run.trades if trade.reason == "roi"]
    assert len(ended) > 5
    for trade in ended:
        risk = abs(trade.entry - trade.first_stop)
        assert trade.side * (trade.exit - trade.entry) >= risk - 0.2
        assert trade.side * (trade.exit - first_pool[trade.side][chart.at(trade.opened) - 1]) > 0
