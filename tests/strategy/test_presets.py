"""The four strategies in one process, `backtesting --strategy-list`: each one's trades obey its own rules."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy import obeyed
from tests.strategy.course import Course
from tests.strategy.entries import agreed, score_of
from tests.strategy.option_runs import PRESETS, PRESETS_TIMERANGE, run_all
from tests.strategy.record import Backtest, Chart, Trade
from tests.strategy.replay import Replay
from tests.strategy.support import BTC, STRATEGY, Workplace

MVP, TREND, REVERSAL = "ICTOrderBlockStrategy", "ICTObTrendStrategy", "ICTSweepReversalStrategy"
# At least so many trades in two months, so that the checks below have something to check.
LEAST_TRADES = {MVP: 150, STRATEGY: 100, TREND: 5, REVERSAL: 30}
every_preset = pytest.mark.parametrize("name", PRESETS)


@pytest.fixture(scope="module")
def presets(workplaces: Callable[..., Workplace], daily_candles: Path) -> dict[str, Backtest]:
    return run_all(workplaces("presets", data=daily_candles), PRESETS, PRESETS_TIMERANGE)


@every_preset
def test_every_trade_obeys_the_rulebook(presets: dict[str, Backtest], name: str) -> None:
    """SIG, REV, VOL, RISK and EXIT: by candles, a second bookkeeper and each trade's course."""
    trades = presets[name].trades
    assert len(trades) >= LEAST_TRADES[name]
    assert {trade.side for trade in trades} == {1, -1}
    assert obeyed.broken(presets[name]) == []


def test_presets_differ_and_signals_are_skipped(presets: dict[str, Backtest]) -> None:
    entries = [tuple(trade.opened for trade in run.trades) for run in presets.values()]
    assert len(set(entries)) == len(PRESETS)
    # Or the comparison of entries would say less than it seems.
    assert {"a position is open", "daily trades"} <= set(Replay(presets[MVP]).walk().refused)


def facts_of(run: Backtest, trade: Trade) -> tuple[Chart, int]:
    """Give a trade's chart, and the row of its signal."""
    chart = run.charts[trade.pair]
    return chart, chart.at(trade.opened) - 1


def tag_of(run: Backtest, trade: Trade) -> str:
    """Say what agreed, as the tag should."""
    chart, signal = facts_of(run, trade)
    facts = agreed(chart.columns, chart.outlook, trade.side)
    return "+".join(word for word, holds in facts.items() if holds[signal])


@pytest.mark.parametrize("name", [MVP, STRATEGY, TREND])
def test_tags_name_exactly_what_agreed(presets: dict[str, Backtest], name: str) -> None:
    run = presets[name]
    assert obeyed.wrong(run, lambda trade: trade.tag == tag_of(run, trade)) == []


def test_every_word_of_a_tag_occurs(presets: dict[str, Backtest]) -> None:
    words = {word for trade in presets[STRATEGY].trades for word in str(trade.tag).split("+")}
    assert words == {"ob", "htf", "fvg", "ote"}
    assert {trade.tag for trade in presets[REVERSAL].trades} == {"break"}


@pytest.mark.parametrize("name", [MVP, STRATEGY])
def test_scores(presets: dict[str, Backtest], name: str) -> None:
    """SIG-2: by the oracle's own score, with which the settings' own trend timeframe agrees.

    Twelve days of candles before may be too few for the oracle's 4h trend, which is two points.
    """
    run = presets[name]

    def is_right(trade: Trade) -> bool:
        chart, signal = facts_of(run, trade)
        score = score_of(chart.columns, chart.outlook, trade.side)[signal]
        oracles = chart.columns[f"ict_{'long' if trade.side > 0 else 'short'}_score"][signal]
        return score >= run.settings.entry_threshold and score in (oracles, oracles + 2.0)

    assert obeyed.wrong(run, is_right) == []


@pytest.mark.parametrize("name", [MVP, STRATEGY, REVERSAL])
def test_exits_are_by_stop_and_target_alone(presets: dict[str, Backtest], name: str) -> None:
    reasons = {trade.reason for trade in presets[name].trades}
    assert {"roi", "stop_loss"} <= reasons <= {"roi", "stop_loss", "force_exit"}


def test_no_entry_against_the_higher_trend(presets: dict[str, Backtest]) -> None:
    """SIG-2; and without the gate there are such entries, so that the gate is not idle."""

    def against(name: str) -> list[str]:
        run = presets[name]
        trend = run.charts[BTC].outlook.trend["4h"]
        return obeyed.wrong(run, lambda t: trend[run.charts[BTC].at(t.opened) - 1] != -t.side)

    assert against(STRATEGY) == []
    assert len(against(MVP)) >= 30


def test_the_trend_strategy_waits_for_both_trends_and_a_calm_market(presets: dict[str, Backtest]) -> None:
    """SIG-2, VOL-1, with the daily trend made from candles of 15 minutes; each condition matters."""
    run = presets[TREND]
    chart, mvp = run.charts[BTC], presets[MVP]

    def facts(trade: Trade) -> tuple[bool, bool, bool]:
        at = chart.at(trade.opened) - 1
        trends = (chart.outlook.trend[timeframe][at] for timeframe in ("4h", "1d"))
        agree = tuple(bool(trend == trade.side) for trend in trends)
        return (*agree, bool(chart.outlook.volatility[at] <= 50.0))

    assert {facts(trade) for trade in run.trades} == {(True, True, True)}
    seen = {facts(trade) for trade in mvp.trades}
    assert {(False, True, True), (True, False, True), (True, True, False)} <= seen


def test_the_trend_strategys_stop_is_wide(presets: dict[str, Backtest]) -> None:
    """EXIT-2: two average true ranges of 4h, which is wider than every one of these blocks."""
    run = presets[TREND]
    for trade in run.trades:
        course = Course(run, trade)
        assert course.risk + 1e-9 >= course.chart.outlook.least_distance[course.entered - 1] > 0
    # What the trades lost says the same without the strategy's own words.
    lost = [abs(one.entry - one.exit) / one.entry for one in run.trades if one.reason == "stop_loss"]
    assert min(lost) > 0.01


def test_the_trend_strategy_exits_by_stops_that_only_tighten(presets: dict[str, Backtest]) -> None:
    """EXIT-3; `obeyed.broken` has walked the trail behind each 4h swing."""
    run = presets[TREND]
    assert {trade.reason for trade in run.trades} <= {"stop_loss", "trailing_stop_loss", "force_exit"}
    ends = [(trade, Course(run, trade)) for trade in run.trades]
    steps = [course.walk().moved for _, course in ends]
    assert max(steps) >= 3
    trailed = [(trade, course) for trade, course in ends if trade.reason == "trailing_stop_loss"]
    assert all(trade.side * (trade.stop - course.first_stop) > 0 for trade, course in trailed)
    assert any(trade.profit > 0 for trade, _ in trailed)


def test_reversals_enter_where_only_one_side_turns(presets: dict[str, Backtest]) -> None:
    """REV-1, from the oracle's columns once more."""
    run = presets[REVERSAL]

    def is_right(trade: Trade) -> bool:
        chart, at = facts_of(run, trade)
        sides = (chart.columns["ict_long_reversal"][at], chart.columns["ict_short_reversal"][at])
        return sides == (trade.side > 0, trade.side < 0)

    assert obeyed.wrong(run, is_right) == []


def test_no_callback_failed(presets: dict[str, Backtest]) -> None:
    obeyed.assert_quiet(presets[MVP], tuple(PRESETS))
