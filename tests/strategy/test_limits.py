"""Each limit of the account as a backtest of two pairs: which entries it forbids, and only those."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy import obeyed
from tests.strategy.option_runs import LIMITS, LIMITS_TIMERANGE, run_each
from tests.strategy.record import Backtest
from tests.strategy.replay import Replay
from tests.strategy.support import BTC, ETH, Workplace

CAUSES = {
    "TwoPairs": "daily loss", "OpenRisk": "open risk", "Week": "weekly loss", "Drawdown": "drawdown",
    "Streak": "losing streak", "Cost": "the costs in R",
}  # fmt: skip


@pytest.fixture(scope="module")
def limited(
    workplaces: Callable[..., Workplace], candles: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Backtest]:
    def make(strategies: Path) -> Workplace:
        return workplaces("limits", strategies, candles)

    folder = tmp_path_factory.mktemp("limits") / "strategies"
    return run_each(make, folder, LIMITS, LIMITS_TIMERANGE, (BTC, ETH))


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_forbids_what_it_should_and_nothing_else(limited: dict[str, Backtest], name: str) -> None:
    """RISK-2 to RISK-7: each entry and each refused signal, by a second bookkeeper."""
    run = limited[name]
    assert obeyed.broken(run) == []
    assert len(run.trades) >= 30
    assert {trade.pair for trade in run.trades} == {BTC, ETH}
    assert Replay(run).walk().refused.get(CAUSES[name], 0) >= 10


def test_no_callback_failed(limited: dict[str, Backtest]) -> None:
    obeyed.assert_quiet(limited["Week"], tuple(LIMITS))
