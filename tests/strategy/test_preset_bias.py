"""Freqtrade's bias analyses of every strategy that ships, each in one process."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.strategy.option_runs import with_daily_candles
from tests.strategy.support import STRATEGY, Workplace, copied_strategies, ict_block
from tests.support.places import STRATEGIES

# All but the one that shows a producer's signals.
PRESETS = sorted({file.stem for file in STRATEGIES.glob("ICT*.py")} - {"ICTConsumerStrategy"})
# As short as it can be for each to end two trades, so that it has a row as well: Freqtrade writes one only
# where there are more signals than the minimum.
TIMERANGE, LEAST_SIGNALS = "20230411-20230426", 1
Rows = dict[str, dict[str, str]]
PEEKING = "PeekingStrategy"
# Enters only where the fourth candle from here closes higher: what nobody can know.
PEEKING_SOURCE = f"""
from {STRATEGY} import {STRATEGY}


class {PEEKING}({STRATEGY}):
    def populate_entry_trend(self, dataframe, metadata):
        dataframe = super().populate_entry_trend(dataframe, metadata)
        rises = dataframe["close"].shift(-4) > dataframe["close"]
        dataframe["enter_long"] = (dataframe["enter_long"].eq(1) & rises).astype(int)
        return dataframe
"""
NO_VARIANCE = "No variance on indicator(s) found due to recursive formula."
NO_LOOKAHEAD = "No lookahead bias on indicators found."


@pytest.fixture(scope="module")
def daily_datadir(datadir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_daily_candles(datadir, tmp_path_factory.mktemp("daily"))


def lookahead(
    place: Workplace, timerange: str, signals: int, names: list[str], ict: dict[str, object]
) -> Rows:
    """Run lookahead-analysis and read the rows of its CSV file; more signals than one less are asked for."""
    file = place.folder / "lookahead.csv"
    amounts = ("--minimum-trade-amount", str(signals - 1), "--targeted-trade-amount", str(signals))
    export = ("--lookahead-analysis-exportfilename", str(file))
    data = ("--datadir", str(place.datadir), "--timerange", timerange, "--timeframe", "15m")
    run = place.run(
        "lookahead-analysis", *data, "--strategy-list", *names, *amounts, *export, config={"ict": ict}
    )
    assert run.returncode == 0, run.stderr[-3000:]
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["strategy"]: row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def rows(workplaces: Callable[..., Workplace], daily_datadir: Path) -> Rows:
    place = workplaces("preset-lookahead", data=daily_datadir)
    return lookahead(place, TIMERANGE, LEAST_SIGNALS + 1, PRESETS, {})


@pytest.mark.parametrize("name", PRESETS)
def test_no_lookahead(rows: Rows, name: str) -> None:
    row = rows[name]  # a row that is missing was not analysed
    assert row["has_bias"] == "False"
    assert int(row["total_signals"]) > LEAST_SIGNALS
    biased = [row[f"biased_{kind}"] for kind in ("entry_signals", "exit_signals", "indicators")]
    assert biased == ["0", "0", ""]


def test_a_peek_is_found(workplaces: Callable[..., Workplace], tmp_path: Path) -> None:
    """Without this, the test above could be one that never fails."""
    strategies = copied_strategies(tmp_path / "strategies")
    (strategies / f"{PEEKING}.py").write_text(PEEKING_SOURCE, encoding="utf-8")
    found = lookahead(workplaces("peeking", strategies), "20240101-20240105", 4, [PEEKING], ict_block())
    assert found[PEEKING]["has_bias"] == "True"
    assert int(found[PEEKING]["biased_entry_signals"]) > 0


def recursive_differences(output: str) -> dict[str, dict[int, str]]:
    """Read the table of the recursive analysis: column -> startup candles -> difference, `-` for none."""
    rows = [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in output.splitlines()]
    table = [row for row in rows if len(row) > 1]
    if not table:
        return {}
    startups = [int(cell.split()[0]) for cell in table[0][1:]]
    return {row[0]: dict(zip(startups, row[1:], strict=True)) for row in table[1:]}


def test_the_reader_of_the_recursive_analysis() -> None:
    """As Freqtrade 2026.9 prints it: the next test must not pass on a table that it cannot read."""
    output = """
                 Recursive Analysis
    ┏━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━┓
    ┃ Indicators ┃     199 ┃ 203 (from strategy) ┃
    ┡━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━┩
    │     ict_ob │    nan% │                   - │
    │        ema │ -0.002% │              0.001% │
    └────────────┴─────────┴─────────────────────┘
    """
    expected = {"ict_ob": {199: "nan%", 203: "-"}, "ema": {199: "-0.002%", 203: "0.001%"}}
    assert recursive_differences(output) == expected


def test_no_difference_with_more_startup_candles(
    workplaces: Callable[..., Workplace], daily_datadir: Path
) -> None:
    """For each strategy and column, from the startup that the strategies themselves ask for."""
    place = workplaces("preset-recursive", data=daily_datadir)
    # The command line takes one strategy, the configuration a list of them.
    config = {"ict": {}, "strategy_list": PRESETS}
    data = ("--datadir", str(place.datadir), "--timerange", "20230420-20230430", "--timeframe", "15m")
    # Freqtrade compares the strategy's own startup first, and no more where that one shows nothing.
    run = place.run("recursive-analysis", *data, "--startup-candle", "1999", config=config)
    assert run.returncode == 0, run.stderr[-3000:]
    assert recursive_differences(run.stdout) == {}
    for said in (NO_VARIANCE, NO_LOOKAHEAD):
        assert run.stderr.count(said) == len(PRESETS)
    assert "found lookahead" not in run.stderr
    started = re.findall(r"Recursive test of (\w+)\.py started", run.stderr)
    assert sorted(started) == PRESETS
