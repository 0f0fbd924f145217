"""The four strategies in one process, `backtesting --strategy-list`: each one's trades obey its own rules."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy import obeyed
from tests.strategy.course import Course
from tests.strategy.option_runs import PRESETS, PRESETS_TIMERANGE, run_all
from tests.strategy.outlook import agreed
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


def tag_of(run: Backtest, trade: Trade) -> str:
    chart = run.charts[trade.pair]
    facts = agreed(chart.columns, chart.outlook, trade.side)
    return "+".join(word for word, holds in facts.items() if holds[chart.at(trade.opened) - 1])


@pytest.mark.parametrize("name", [MVP, STRATEGY, TREND])
def test_tags_name_exactly_what_agreed(presets: dict[str, Backtest], name: str) -> None:
    run = presets[name]
    assert obeyed.wrong(run, lambda trade: trade.tag == tag_of(run, trade)) == []


def test_every_word_of_a_tag_occurs(presets: dict[str, Backtest]) -> None:
    words = {word for trade in presets[STRATEGY].trades for word in str(trade.tag).split("+")}
    assert words == {"ob", "htf", "fvg", "ote"}
    assert {trade.tag for trade in presets[REVERSAL].trades} == {"break"}


def test_each_reason_and_each_condition_occurs(presets: dict[str, Backtest]) -> None:
    """Else that every trade obeys would say little: what the trend strategy forbids, the others trade."""
    for name in (MVP, STRATEGY, REVERSAL):
        assert {"roi", "stop_loss"} <= {trade.reason for trade in presets[name].trades}
    run, mvp = presets[TREND], presets[MVP].trades
    trailed = [trade for trade in run.trades if trade.reason == "trailing_stop_loss"]
    assert max(Course(run, trade).walk().moved for trade in trailed) >= 3
    assert any(trade.profit > 0 for trade in trailed)
    chart = run.charts[BTC]
    seen = Counter(conditions(chart, trade) for trade in mvp)
    assert {(False, True, True), (True, False, True), (True, True, False)} <= seen.keys()
    trend = chart.outlook.trend["4h"]
    assert sum(trend[chart.at(trade.opened) - 1] == -trade.side for trade in mvp) >= 30


def conditions(chart: Chart, trade: Trade) -> tuple[bool, bool, bool]:
    """SIG-2, VOL-1: whether the trends of 4h and of the day agree, and the market is calm."""
    at = chart.at(trade.opened) - 1
    four, day = (bool(chart.outlook.trend[timeframe][at] == trade.side) for timeframe in ("4h", "1d"))
    return four, day, bool(chart.outlook.volatility[at] <= 50.0)


def test_no_callback_failed(presets: dict[str, Backtest]) -> None:
    obeyed.assert_quiet(presets[MVP], tuple(PRESETS))
