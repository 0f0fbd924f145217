"""Every option as a backtest, by the `ict` block: entries, sizes, stops, parts and exits, trade by trade."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ict import Params, analyse
from tests.strategy import obeyed
from tests.strategy.course import Course
from tests.strategy.option_runs import OPTIONS, OPTIONS_TIMERANGE, Option, run_each
from tests.strategy.record import DAY_MS, USABLE, Backtest, Trade, contract
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
LEAST_TRADES = {"Retest": 3, "SetD": 4}
MOVED = ("BreakEven", "Trail", "TrailAndBreakEven", "SetD")


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


# What keeps signals from entries at least so often: else the comparison would say less than it seems.
@pytest.mark.parametrize(("name", "least"), [
    ("Leverage", {"daily loss": 10, "daily trades": 10}),
    ("Other", {"daily trades": 10, "the exchange's minimum": 10}),
    ("Partial", {"daily loss": 5}),  # with a book that is kept fill by fill
    ("InTime", {"the time": 100}),
])  # fmt: skip
def test_each_cause_to_skip_a_signal_occurs(
    options: dict[str, Backtest], name: str, least: dict[str, int]
) -> None:
    refused = Replay(options[name]).walk().refused
    assert all(refused.get(cause, 0) >= count for cause, count in least.items()), refused


@pytest.mark.parametrize("name", ["Leverage", "Other"])
def test_a_day_is_used_up_and_the_next_begins_anew(options: dict[str, Backtest], name: str) -> None:
    """RISK-2, counted once more without the replay."""
    opened, most = [trade.opened for trade in options[name].trades], OPTIONS[name].settings.max_daily_trades
    days = Counter(moment // DAY_MS for moment in opened)
    assert max(days.values()) == most
    full = [day for day, count in days.items() if count == most]
    assert any(moment // DAY_MS - 1 in full and moment % DAY_MS < DAY_MS // 24 for moment in opened)


def test_a_stopped_trade_loses_the_risk_that_was_set(options: dict[str, Backtest]) -> None:
    """RISK-1, with a risk so small that it makes the size: all of it but the last lot, and funding."""
    run = options["Other"]
    equities = Replay(run).walk().equities
    stopped = [trade for trade in run.trades if trade.reason == "stop_loss"]
    assert len(stopped) >= 15
    for trade in stopped:
        risk = equities[trade] * USABLE * run.settings.risk_per_trade_percent / 100
        lot = float(contract(trade.pair).step)
        lost = trade.funding - trade.profit
        assert risk * (1 - lot / (trade.amount + lot)) < lost * (1 + 1e-9) <= risk * (1 + 2e-9)


def test_the_files_values_count_and_the_configuration_wins(options: dict[str, Backtest]) -> None:
    """The same settings, said in two places, make the same trades."""
    assert options["File"].trades == options["Other"].trades


def test_partial_exits(options: dict[str, Backtest]) -> None:
    """EXIT-5: once; the rest keeps stop and target, and still ends at either."""
    trades = [trade for trade in options["Partial"].trades if trade.parts]
    assert len(trades) >= 20
    assert {tuple(fill.tag for fill in trade.parts) for trade in trades} == {("partial_exit",)}
    assert {trade.reason for trade in trades} >= {"roi", "stop_loss"}
    others = (trade for name in OPTIONS.keys() - {"Partial"} for trade in options[name].trades)
    assert not any(trade.parts for trade in others)


@pytest.mark.parametrize("name", MOVED)
def test_stops_only_tighten(options: dict[str, Backtest], name: str) -> None:
    run = options[name]
    moved = [trade for trade in run.trades if trade.reason == "trailing_stop_loss"]
    assert len(moved) >= 4
    for trade in moved:
        assert trade.side * (trade.stop - Course(run, trade).first_stop) > 0


def test_break_even(options: dict[str, Backtest]) -> None:
    """EXIT-4: the stop is at the entry, or a tick nearer to the price, and nowhere else."""
    moved = [trade for trade in options["BreakEven"].trades if trade.reason == "trailing_stop_loss"]
    assert {trade.side for trade in moved} == {1, -1}
    assert all(-0.01 <= trade.side * (trade.stop - trade.entry) <= 0.11 for trade in moved)


def test_a_widened_stop_moves_the_target_with_it(options: dict[str, Backtest]) -> None:
    """EXIT-1, EXIT-2: some blocks are narrower than one average true range of 4h, and 2 R is then further."""
    run, widened = options["Wide"], []
    for trade in run.trades:
        course = Course(run, trade)
        beyond = course.risk - course.chart.outlook.least_distance[course.entered - 1] + 1e-6
        assert beyond >= 0
        # On the grid: less than a tick further away.
        widened += [trade.reason] if beyond < course.tick else []
    assert len(widened) >= 15
    assert "roi" in widened


def test_no_target(options: dict[str, Backtest]) -> None:
    """EXIT-1: only the stop ends a trade."""
    run = options["NoTarget"]
    reasons = {trade.reason for trade in run.trades}
    assert {"stop_loss"} <= reasons <= {"stop_loss", "force_exit"}

    def gain(trade: Trade) -> float:
        course = Course(run, trade)
        best = course.chart.high if course.side > 0 else course.chart.low
        span = slice(course.entered, course.chart.at(trade.closed) + 1)
        return max(course.gain_in_r(float(price)) for price in best[span])

    assert max(map(gain, run.trades)) > 2.5


def test_time_stop(options: dict[str, Backtest]) -> None:
    """EXIT-6: 90 minutes after the fill, at an open; whatever ends a trade sooner still does."""
    trades = [trade for trade in options["TimeStop"].trades if trade.reason != "force_exit"]
    longest = 6 * 15 * 60 * 1000
    lasted = [(trade.reason, trade.closed - trade.opened) for trade in trades]
    assert {time for reason, time in lasted if reason == "time_stop"} == {longest}
    assert all(time < longest for reason, time in lasted if reason != "time_stop")
    assert sum(reason == "time_stop" for reason, _ in lasted) >= 5


def test_the_gate_looks_at_the_second_timeframe(options: dict[str, Backtest]) -> None:
    """SIG-2: never against it; with `htf_must_agree` never without it either."""
    second, agree = options["SecondTrend"], options["MustAgree"]
    for run, timeframe, allowed in ((second, "1h", {0, 1}), (agree, "1d", {1})):
        (chart,) = run.charts.values()
        trend = chart.outlook.trend
        seen = {int(trend[timeframe][chart.at(trade.opened) - 1]) * trade.side for trade in run.trades}
        assert seen <= allowed
        assert {int(trend["4h"][chart.at(t.opened) - 1]) * t.side for t in run.trades} <= allowed


@pytest.mark.parametrize(("name", "tags"), [
    ("Retest", {"gap"}),
    # VOL-1 is off at 100: nothing but the volatility's limit tells it from the trend preset.
    ("SetD", {"ob+htf", "ob+htf+fvg", "ob+htf+ote"}),
])  # fmt: skip
def test_tags(options: dict[str, Backtest], name: str, tags: set[str]) -> None:
    assert {trade.tag for trade in options[name].trades} <= tags


def test_no_callback_failed(options: dict[str, Backtest]) -> None:
    obeyed.assert_quiet(options["Partial"], tuple(OPTIONS))


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
