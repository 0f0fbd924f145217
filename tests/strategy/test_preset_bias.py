"""Freqtrade's bias analyses of every strategy that ships, all in one process each time."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy.option_runs import with_daily_candles
from tests.strategy.support import Workplace
from tests.strategy.test_tools import NO_LOOKAHEAD, NO_VARIANCE, recursive_differences
from tests.support.places import STRATEGIES

# All but the one that shows a producer's signals.
PRESETS = sorted({file.stem for file in STRATEGIES.glob("ICT*.py")} - {"ICTConsumerStrategy"})
# Long enough for each to end two trades, so that it has a row as well: Freqtrade writes one only where there
# are more signals than the minimum.
TIMERANGE, LEAST_SIGNALS, SIGNALS = "20230401-20230601", 1, 2


@pytest.fixture(scope="module")
def daily_datadir(datadir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_daily_candles(datadir, tmp_path_factory.mktemp("daily"))


@pytest.fixture(scope="module")
def rows(workplaces: Callable[..., Workplace], daily_datadir: Path) -> dict[str, dict[str, str]]:
    """Run lookahead-analysis and read the rows of its CSV file."""
    place = workplaces("preset-lookahead", data=daily_datadir)
    file = place.folder / "lookahead.csv"
    amounts = ("--minimum-trade-amount", str(LEAST_SIGNALS), "--targeted-trade-amount", str(SIGNALS))
    export = ("--lookahead-analysis-exportfilename", str(file))
    data = ("--datadir", str(place.datadir), "--timerange", TIMERANGE, "--timeframe", "15m")
    chosen = (*data, "--strategy-list", *PRESETS)
    run = place.run("lookahead-analysis", *chosen, *amounts, *export, config={"ict": {}})
    assert run.returncode == 0, run.stderr[-3000:]
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["strategy"]: row for row in csv.DictReader(lines)}


@pytest.mark.parametrize("name", PRESETS)
def test_no_lookahead(rows: dict[str, dict[str, str]], name: str) -> None:
    row = rows[name]  # a row that is missing was not analysed
    assert row["has_bias"] == "False"
    assert int(row["total_signals"]) > LEAST_SIGNALS
    biased = [row[f"biased_{kind}"] for kind in ("entry_signals", "exit_signals", "indicators")]
    assert biased == ["0", "0", ""]


def test_no_difference_with_more_startup_candles(
    workplaces: Callable[..., Workplace], daily_datadir: Path
) -> None:
    """For each strategy and column, from the startup that the strategies themselves ask for."""
    place = workplaces("preset-recursive", data=daily_datadir)
    # The command line takes one strategy, the configuration a list of them.
    config = {"ict": {}, "strategy_list": PRESETS}
    data = ("--datadir", str(place.datadir), "--timerange", "20230401-20230430", "--timeframe", "15m")
    startups = ("--startup-candle", "1500", "1999")
    run = place.run("recursive-analysis", *data, *startups, config=config)
    assert run.returncode == 0, run.stderr[-3000:]
    assert recursive_differences(run.stdout) == {}
    for said in (NO_VARIANCE, NO_LOOKAHEAD):
        assert run.stderr.count(said) == len(PRESETS)
    assert "found lookahead" not in run.stderr
    started = re.findall(r"Recursive test of (\w+)\.py started", run.stderr)
    assert sorted(started) == PRESETS
