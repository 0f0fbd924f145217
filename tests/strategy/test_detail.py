"""A slot that becomes free inside a candle, in a backtest that looks there: neither late nor far (RISK-8)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy.record import CANDLE_MS, Backtest, entry_stop
from tests.strategy.settings import Settings
from tests.strategy.support import BTC, ETH, Workplace, exported, ict_block

pytestmark = pytest.mark.xdist_group("strategy-backtests")

PAIRS = (BTC, ETH, "LTC/USDT:USDT")
ONE_SLOT = {"max_open_trades": 1, "exchange": {"pair_whitelist": [*PAIRS]}}
DAY = Settings(max_daily_trades=100)


def entries(place: Workplace, late_seconds: int, max_chase_r: float) -> list[tuple[bool, float]]:
    """Say of each trade whether it was entered inside a candle, and how far from its signal's close, in R."""
    config = ONE_SLOT | {
        "ict": ict_block(max_daily_trades=100, max_chase_r=max_chase_r),
        "ignore_buying_expired_candle_after": late_seconds,
    }
    words = ("--export", "trades", "--cache", "none", "--timeframe-detail", "5m")
    run = place.analyse("backtesting", "20230201-20230211", *words, config=config)
    assert run.returncode == 0, run.stderr[-3000:]
    results = exported(place.folder / "user_data" / "backtest_results")
    detail, found = Backtest(DAY, PAIRS, results, place.datadir, run.stderr), []
    for trade in detail.trades:
        chart, inside = detail.charts[trade.pair], trade.opened % CANDLE_MS
        row = chart.at(trade.opened - inside)
        close = float(chart.close[row - 1])
        stop = entry_stop(chart, trade.pair, row, close, trade.side, detail.settings)
        found.append((inside > 0, abs(trade.entry - close) / abs(close - stop)))
    return found


@pytest.mark.parametrize(
    ("late_seconds", "max_chase_r", "is_late", "is_far"),
    [
        (60, 100.0, False, False),  # as shipped, but for the chase
        (3_600, 100.0, True, True),  # neither limit
        (3_600, 0.5, True, False),
    ],
    ids=["no late entry", "control", "no chase"],
)
def test_entries_inside_a_candle(
    late_seconds: int,
    max_chase_r: float,
    is_late: bool,
    is_far: bool,
    workplaces: Callable[..., Workplace],
    datadir: Path,
) -> None:
    found = entries(workplaces("detail", data=datadir), late_seconds, max_chase_r)
    assert len(found) >= 20
    assert any(inside for inside, _ in found) is is_late
    assert (max(far for _, far in found) > 0.5 + 1e-6) is is_far
