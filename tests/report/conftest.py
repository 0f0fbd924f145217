"""Fixtures: a page of an export made by hand, and a real backtest whose stops move."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ict_lab.report.__main__ import main
from ict_lab.runs.run import BacktestRun, read_runs

from tests.report.exports import EVIL, STRATEGY, candles_of, many, random_walk, result, write, write_candles
from tests.strategy import record
from tests.strategy.conftest import datadir, exchange_overlay, workplaces  # noqa: F401
from tests.strategy.option_runs import OPTIONS
from tests.strategy.support import BTC, Workplace, all_exported, copied_strategies

TIMERANGE = "20230410-20230501"
# At five times leverage with a partial exit; with a stop that goes to the entry and behind swings.
CHECKED = ("Partial", "TrailAndBreakEven")
_SOURCE = """
from {base} import {base}


class {name}({base}):
    def __init__(self, config):
        config["ict"] = {block!r}
        super().__init__(config)
"""


@dataclass(frozen=True)
class Real:
    """A real export as the report reads it, and as an independent recomputation from raw candles does."""

    read: BacktestRun
    recomputed: record.Backtest


@pytest.fixture(scope="session")
def made_datadir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make candles of BTC alone over the whole time of the exports made by hand, in which they happened."""
    return write_candles(tmp_path_factory.mktemp("data"), candles_of(many(60), random_walk(2700, 3)))


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory, made_datadir: Path) -> Path:
    """Make the report of two strategies, one of whose tags mean harm, and of one that traded nothing."""
    folder = tmp_path_factory.mktemp("page")
    export = write(
        folder,
        {STRATEGY: result(many(60)), "OfAVeryLongNameThatNoPhoneHolds": result(many(12, tag=EVIL)),
         "Silent": result([])},
    )  # fmt: skip
    out = folder / "report.html"
    assert main([str(export), "--out", str(out), "--datadir", str(made_datadir)]) == 0
    return out


@pytest.fixture(scope="session")
def real(
    workplaces: Callable[..., Workplace],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
    datadir: Path,  # noqa: F811
) -> dict[str, Real]:
    """Backtest with the real Freqtrade, once."""
    strategies = copied_strategies(tmp_path_factory.mktemp("report") / "strategies")
    for name in CHECKED:
        option = OPTIONS[name]
        source = _SOURCE.format(name=name, base=option.base, block=option.block)
        (strategies / f"{name}.py").write_text(source, encoding="utf-8")
    place = workplaces("report", strategies)
    arguments = ("--datadir", str(place.datadir), "--timerange", TIMERANGE, "--strategy-list", *CHECKED)
    config: dict[str, Any] = {"ict": {}, "max_open_trades": 1, "exchange": {"pair_whitelist": [BTC]}}
    how = ("--timeframe", "15m", "--export", "trades", "--cache", "none")
    run = place.run("backtesting", *arguments, *how, config=config)
    assert run.returncode == 0, run.stderr[-3000:]
    folder = place.folder / "user_data" / "backtest_results"
    exported = all_exported(folder)
    return {
        backtest.strategy: Real(
            backtest,
            record.Backtest(
                OPTIONS[backtest.strategy].settings, (BTC,), exported[backtest.strategy], datadir
            ),
        )
        for backtest in read_runs(folder)
    }
