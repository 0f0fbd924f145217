"""Every option as a backtest, by the `ict` block: entries, sizes, stops, parts and exits, trade by trade."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy import obeyed
from tests.strategy.course import Course
from tests.strategy.option_runs import OPTIONS, OPTIONS_TIMERANGE, run_each
from tests.strategy.record import DAY_MS, USABLE, Backtest, Trade, contract
from tests.strategy.replay import Replay
from tests.strategy.support import BTC, Workplace

every_option = pytest.mark.parametrize("name", OPTIONS)
LEAST_TRADES = {"Retest": 3, "SetD": 4}
MOVED = ("BreakEven", "Trail", "TrailAndBreakEven", "SetD")


@pytest.fixture(scope="module")
def options(
    workplaces: Callable[..., Workplace], daily_candles: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Backtest]:
    def make(strategies: Path) -> Workplace:
        return workplaces("options", strategies, daily_candles)

    folder = tmp_path_factory.mktemp("options") / "strategies"
    return run_each(make, folder, OPTIONS, OPTIONS_TIMERANGE, (BTC,))


@every_option
def test_every_trade_obeys_the_rulebook(options: dict[str, Backtest], name: str) -> None:
    """SIG, REV, VOL, RISK and EXIT: by candles, a second bookkeeper and each trade's course."""
    run = options[name]
    assert len(run.trades) >= LEAST_TRADES.get(name, 15)
    assert obeyed.broken(run) == []


@pytest.mark.parametrize(
    ("name", "causes"),
    [("Leverage", {"daily loss", "daily trades"}), ("Other", {"daily trades", "the exchange's minimum"})],
)
def test_each_cause_to_skip_a_signal_occurs(
    options: dict[str, Backtest], name: str, causes: set[str]
) -> None:
    refused = Replay(options[name]).walk().refused
    assert all(refused.get(cause, 0) >= 10 for cause in causes), refused


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
    assert {len(trade.parts) for trade in trades} == {1}
    assert {fill.tag for trade in trades for fill in trade.parts} == {"partial_exit"}
    assert {trade.reason for trade in trades} >= {"roi", "stop_loss"}
    assert not any(trade.parts for name, run in options.items() if name != "Partial" for trade in run.trades)


def test_a_days_loss_with_parts_ends_the_day(options: dict[str, Backtest]) -> None:
    """RISK-2: `obeyed.broken` has compared each entry with a book that is kept fill by fill."""
    assert Replay(options["Partial"]).walk().refused.get("daily loss", 0) >= 5


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
    run = options["Wide"]
    courses = [(trade, Course(run, trade)) for trade in run.trades]
    least = [course.chart.outlook.least_distance[course.entered - 1] for _, course in courses]
    widened = [
        # On the grid: less than a tick further away.
        0 <= course.risk - distance + 1e-6 < course.tick
        for (_, course), distance in zip(courses, least, strict=True)
    ]
    assert all(course.risk >= distance - 1e-6 for (_, course), distance in zip(courses, least, strict=True))
    assert sum(widened) >= 15
    assert any(wide and trade.reason == "roi" for (trade, _), wide in zip(courses, widened, strict=True))


def test_no_target(options: dict[str, Backtest]) -> None:
    """EXIT-1: only the stop ends a trade."""
    reasons = {trade.reason for trade in options["NoTarget"].trades}
    assert {"stop_loss"} <= reasons <= {"stop_loss", "force_exit"}
    run = options["NoTarget"]
    assert any(max(_gains(run, trade)) > 2.5 for trade in run.trades)


def _gains(run: Backtest, trade: Trade) -> list[float]:
    course = Course(run, trade)
    last = course.chart.at(trade.closed)
    best = course.chart.high if course.side > 0 else course.chart.low
    return [course.gain_in_r(float(best[row])) for row in range(course.entered, last + 1)]


def test_time_stop(options: dict[str, Backtest]) -> None:
    """EXIT-6: 90 minutes after the fill, at an open; whatever ends a trade sooner still does."""
    trades = [trade for trade in options["TimeStop"].trades if trade.reason != "force_exit"]
    longest = 6 * 15 * 60 * 1000
    lasted = [(trade.reason, trade.closed - trade.opened) for trade in trades]
    assert {time for reason, time in lasted if reason == "time_stop"} == {longest}
    assert all(time < longest for reason, time in lasted if reason != "time_stop")
    assert sum(reason == "time_stop" for reason, _ in lasted) >= 5


def test_entries_in_time(options: dict[str, Backtest]) -> None:
    """TIME-1: `obeyed.broken` has found every entry in its window, and none skipped but for the time."""
    assert Replay(options["InTime"]).walk().refused["the time"] >= 100


def test_the_gate_looks_at_the_second_timeframe(options: dict[str, Backtest]) -> None:
    """SIG-2: never against it; with `htf_must_agree` never without it either."""
    second, agree = options["SecondTrend"], options["MustAgree"]
    for run, timeframe, allowed in ((second, "1h", {0, 1}), (agree, "1d", {1})):
        (chart,) = run.charts.values()
        trend = chart.outlook.trend
        seen = {int(trend[timeframe][chart.at(trade.opened) - 1]) * trade.side for trade in run.trades}
        assert seen <= allowed
        assert {int(trend["4h"][chart.at(t.opened) - 1]) * t.side for t in run.trades} <= allowed


def test_set_d_trades_in_every_volatility(options: dict[str, Backtest]) -> None:
    """VOL-1 is off at 100: nothing but the volatility's limit tells it from the trend preset."""
    assert OPTIONS["SetD"].base == "ICTObTrendStrategy"
    assert {trade.tag for trade in options["SetD"].trades} <= {"ob+htf", "ob+htf+fvg", "ob+htf+ote"}


def test_retests_are_tagged(options: dict[str, Backtest]) -> None:
    assert {trade.tag for trade in options["Retest"].trades} == {"gap"}


def test_no_callback_failed(options: dict[str, Backtest]) -> None:
    obeyed.assert_quiet(options["Partial"], tuple(OPTIONS))
