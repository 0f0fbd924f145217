"""RISK-8 in a backtest that looks inside its candles: a slot that becomes free there chases nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy.record import CANDLE_MS, Backtest, entry_stop
from tests.strategy.runs import Run
from tests.strategy.settings import Settings
from tests.strategy.support import Workplace

pytestmark = pytest.mark.xdist_group("strategy-backtests")

DETAIL = Run(
    "20230201-20230315",
    Settings(max_daily_trades=100),
    {"max_daily_trades": 100},
    arguments=("--timeframe-detail", "5m"),
)


@pytest.fixture(scope="module")
def detail(workplaces: Callable[..., Workplace], candles: Path) -> Backtest:
    return DETAIL.execute(workplaces("detail", data=candles))


def test_no_entry_is_far_from_its_signal(detail: Backtest) -> None:
    """Without the limit, a trade that is stopped inside the candle could be followed by one at its stop."""
    moved = []
    for trade in detail.trades:
        chart = detail.charts[trade.pair]
        row = chart.at(trade.opened - trade.opened % CANDLE_MS)
        close = float(chart.close[row - 1])
        stop = entry_stop(chart, trade.pair, row, close, trade.side, detail.settings)
        moved.append(abs(trade.entry - close) / abs(close - stop))
    assert len(moved) >= 20
    assert max(moved) <= 0.5 + 1e-6
