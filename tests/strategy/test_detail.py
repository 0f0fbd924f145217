"""RISK-8 in a backtest that looks inside its candles: a slot that becomes free there chases nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy.record import CANDLE_MS, Backtest, entry_stop
from tests.strategy.runs import Run
from tests.strategy.settings import Settings
from tests.strategy.support import Workplace

pytestmark = pytest.mark.xdist_group("strategy-backtests")

PERIOD, SETTINGS = "20230201-20230315", Settings(max_daily_trades=100)
ALLOWED = 0.5


@pytest.fixture(scope="module", params=[0.5, 100.0])
def detail(request: pytest.FixtureRequest, workplaces: Callable[..., Workplace], candles: Path) -> Backtest:
    block = {"max_daily_trades": 100, "max_chase_r": request.param}
    run = Run(PERIOD, SETTINGS, block, arguments=("--timeframe-detail", "5m"))
    return run.execute(workplaces("detail", data=candles))


def test_no_entry_inside_a_candle_is_far_from_its_signal(
    detail: Backtest, request: pytest.FixtureRequest
) -> None:
    """Without the limit, a trade that is stopped inside the candle is followed by one at its stop."""
    moved = []
    for trade in detail.trades:
        chart = detail.charts[trade.pair]
        row = chart.at(trade.opened - trade.opened % CANDLE_MS)
        close = float(chart.close[row - 1])
        stop = entry_stop(chart, trade.pair, row, close, trade.side, detail.settings)
        moved.append(abs(trade.entry - close) / abs(close - stop))
    is_limited = request.node.callspec.params["detail"] == ALLOWED
    assert len(moved) >= 20
    assert (max(moved) <= ALLOWED + 1e-6) is is_limited
