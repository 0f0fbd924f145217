"""A slot that becomes free inside a candle, in a backtest that looks there: neither late nor far (RISK-8)."""

from collections.abc import Callable

import pytest

from tests.strategy.option_runs import run_all, write_variant
from tests.strategy.record import CANDLE_MS, Backtest, entry_stop
from tests.strategy.settings import Settings
from tests.strategy.support import BTC, ETH, Workplace, copied_strategies, ict_block

Runs = dict[str, Backtest]
PAIRS = (BTC, ETH, "LTC/USDT:USDT")
DAY = Settings(max_daily_trades=100)
# How long a signal is acted on in seconds, how far from its close in R; whether an entry is late, or far.
RUNS = {
    "NoLateEntry": (60, 100.0, False, False),  # as shipped, but for the chase
    "Control": (3_600, 100.0, True, True),  # neither limit
    "NoChase": (3_600, 0.5, True, False),
}


@pytest.fixture(scope="module")
def runs(workplaces: Callable[..., Workplace], tmp_path_factory: pytest.TempPathFactory) -> Runs:
    strategies = copied_strategies(tmp_path_factory.mktemp("detail") / "strategies")
    for name, (late, chase, *_) in RUNS.items():
        block = ict_block(max_daily_trades=100, max_chase_r=chase)
        more = f"\n    ignore_buying_expired_candle_after = {late}\n"
        write_variant(strategies, name, block, more=more)
    place, words = workplaces("detail", strategies), ("--timeframe-detail", "5m")
    settings = dict.fromkeys(RUNS, DAY)
    return run_all(place, settings, "20230201-20230211", PAIRS, *words, max_open_trades=1)


@pytest.mark.parametrize("name", RUNS)
def test_entries_inside_a_candle(runs: Runs, name: str) -> None:
    run, (*_, is_late, is_far) = runs[name], RUNS[name]
    late, far = [], []
    for trade in run.trades:
        chart, inside = run.charts[trade.pair], trade.opened % CANDLE_MS
        row = chart.at(trade.opened - inside)
        close = float(chart.close[row - 1])
        stop = entry_stop(chart, trade.pair, row, close, trade.side, DAY)
        late.append(inside > 0)
        far.append(abs(trade.entry - close) / abs(close - stop))
    assert len(late) >= 20
    assert (any(late), max(far) > 0.5 + 1e-6) == (is_late, is_far)
